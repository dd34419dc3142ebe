"""Turns folders of text files into one more shard for `corpus`, without what is held out.

Used before training, by the recipe's `gather` command: the corpus at hand may be thin in a sort of text (HTML, manual
pages, Lisp) that users have. The held-out test is the one the corpus was made with: windows of 40 bytes of the text in
lower case with its white space run together, one in 16 chosen by a checksum; a file that shares more than five
distinct ones with a held-out file is left out.
"""

import gzip
import lzma
import random
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

WINDOW = 40
GRID = 16
SHARED = 5
SIZES = range(400, 400_000)
LONGEST_LINE = 5_000
"""Longer lines are minified or generated text."""


def fingerprints(text: str) -> set[int]:
    """Checksums of the chosen windows of a text."""
    plain = " ".join(text.lower().split()).encode()
    sums = (zlib.crc32(plain[at : at + WINDOW]) for at in range(len(plain) - WINDOW + 1))
    return {value for value in sums if value % GRID == 0}


def _read(file: Path) -> str | None:
    """The text of a file, gzip taken off; None for what is no text, or not of a useful size."""
    raw = file.read_bytes()
    try:
        if file.suffix == ".gz":
            raw = gzip.decompress(raw)
        text = raw.decode("utf-8")
    except (UnicodeDecodeError, OSError, EOFError, zlib.error):
        return None
    if len(raw) not in SIZES or "\0" in text:
        return None
    return None if max(map(len, text.split("\n"))) > LONGEST_LINE else text


def texts(folder: Path, held_out: set[int], most: int, seed: int = 1) -> Iterator[str]:
    """Texts of a folder in random order, about `most` bytes of them, none of which shares much with what is held out."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    random.Random(seed).shuffle(files)
    used = 0
    for file in files:
        text = _read(file)
        if text is None or used + len(text) > most or len(fingerprints(text) & held_out) > SHARED:
            continue
        used += len(text)
        yield text


def write(folders: Iterable[Path], held_out: Iterable[Path], most: int, out: Path) -> int:
    """Writes the shard; gives its size in bytes before compression. Raises OSError."""
    marks: set[int] = set()
    for file in held_out:
        marks |= fingerprints(file.read_bytes().decode("utf-8", "replace"))
    documents = [text.encode() for folder in folders for text in texts(folder, marks, most)]
    random.Random(1).shuffle(documents)
    raw = b"\0".join(documents)
    out.write_bytes(lzma.compress(raw, preset=9))
    return len(raw)
