"""Reads a folder of text as documents, the first step of the recipe.

A shard is a `.txt` or `.txt.xz` file of UTF-8 documents separated by one NUL byte (so a plain text file is one
document). Shards whose name starts or ends with `valid` (`more-valid.txt.xz`) are held out for measuring. JSON lines were
the alternative; NUL separation keeps the bytes as they are and needs no escapes.
"""

import lzma
from collections.abc import Iterator
from pathlib import Path


def _held_out(file: Path) -> bool:
    name = file.name.partition(".")[0]
    return name.startswith("valid") or name.endswith("-valid")


def shards(folder: Path, *, held_out: bool) -> list[Path]:
    """The shard files of one side of the split, sorted by name. Raises FileNotFoundError if there are none."""
    found = sorted(p for p in folder.iterdir() if p.name.endswith((".txt", ".txt.xz")))
    chosen = [p for p in found if _held_out(p) == held_out]
    if not chosen:
        raise FileNotFoundError(
            f"{folder} has no {'valid*' if held_out else 'training'} .txt or .txt.xz files"
        )
    return chosen


def documents(files: list[Path]) -> Iterator[str]:
    """The non-empty documents of some shards, in file order. Raises UnicodeDecodeError on anything but UTF-8."""
    for file in files:
        raw = file.read_bytes()
        if file.name.endswith(".xz"):
            raw = lzma.decompress(raw)
        for document in raw.split(b"\0"):
            if document:
                yield document.decode("utf-8")
