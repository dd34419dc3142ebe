"""What each model makes of each language, and which of them a level chooses by itself.

    python -m tests.benchmarks.languages FOLDER [--bytes 40000] [--level balanced] [--model ID]... [--only LANGUAGE]...

FOLDER holds a folder of pages (`.html`) for each language, as Debian's `installation-guide-amd64` does once unpacked, or a
text file (`.txt`) for each. Of every language the middle is taken, cut at characters: whole archives at this level, by PPMd,
by each model that is demanded, and by the level's own choice.
"""

import argparse
import io
import time
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from nacomp.archive.archive_reader import Archive
from nacomp.archive.walk import walk
from nacomp.codecs import classical
from nacomp.codecs.levels import DEFAULT_LEVEL
from nacomp.codecs.model_loader import ModelLoader
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job

NOT_TEXT = ("script", "style", "head")
ENDS_A_LINE = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "pre", "dt", "dd", "br", "table")
TARGET = 0.62
"""Of PPMd's size on average: what a pair of models is expected to reach."""


class _Text(HTMLParser):
    """The text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self._hidden += tag in NOT_TEXT

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in NOT_TEXT
        if tag in ENDS_A_LINE:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def text_of(page: str) -> str:
    """A page's text: a line for each paragraph, spaces once."""
    parser = _Text()
    parser.feed(page)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return "".join(f"{line}\n" for line in lines if line)


def texts(folder: Path) -> dict[str, str]:
    """Each language's text by its name."""
    found = {}
    for place in sorted(folder.iterdir()):
        pages = sorted(place.glob("*.html")) if place.is_dir() else []
        if pages:
            found[place.name] = "".join(text_of(page.read_text("utf-8")) for page in pages)
        elif place.suffix == ".txt":
            found[place.stem] = place.read_text("utf-8")
    return found


def middle(text: str, size: int) -> bytes:
    """About `size` bytes of the middle, whole characters."""
    data = text.encode()
    start = max(0, (len(data) - size) // 2)
    return data[start : start + size].decode(errors="ignore").encode()


def archive_of(
    file: Path, loader: ModelLoader, level: str, model: str | None
) -> tuple[int, float, dict[str, int]]:
    """Its size, processor seconds, and the source bytes that each method of it stands for."""
    out, began = io.BytesIO(), time.process_time()
    compress(walk([file]), out, loader, CompressOptions(level, model), Job())
    seconds = time.process_time() - began
    shares: dict[str, int] = {}
    with Archive(io.BytesIO(out.getvalue()), loader.for_method) as archive:
        for block in archive.reader.blocks:
            method = archive.reader.methods[block.method]
            model_named: Any = method.parameters.get("model", {})
            name = model_named.get("id", str(method.kind))
            shares[name] = shares.get(name, 0) + block.original_size
    return len(out.getvalue()), seconds, shares


def measure(files: Sequence[Path], level: str, models: Sequence[str | None], threads: int) -> None:
    """Print a table, a row a language, and the sums."""
    loader = ModelLoader(threads=threads)
    table = Table("language", "bytes", "PPMd", *(m or level for m in models), "of PPMd", "by", "seconds")
    parts = []
    for file in files:
        ppmd = classical.ppmd_size(file.read_bytes())
        sizes: list[int] = []
        seconds: list[float] = []
        shares: dict[str, int] = {}
        for model in models:
            size, took, shares = archive_of(file, loader, level, model)
            sizes.append(size)
            seconds.append(took)
        parts.append(sizes[-1] / ppmd)
        row = [f"{size:,}" for size in (file.stat().st_size, ppmd, *sizes)]
        times = " ".join(f"{took:.1f}" for took in seconds)
        table.add_row(file.stem, *row, f"{parts[-1]:.3f}", ", ".join(shares), times)
        print(file.stem, *row, f"{parts[-1]:.3f}", shares, times, flush=True)
    Console(width=200).print(table)
    print(f"of PPMd on average {sum(parts) / len(parts):.3f} (expected {TARGET}), at most {max(parts):.3f}")


def main() -> None:
    """Measure every language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bytes", type=int, default=40_000, help="of each language")
    parser.add_argument("--level", default=DEFAULT_LEVEL)
    parser.add_argument("--model", dest="models", action="append", default=[], help="to be demanded too")
    parser.add_argument("--only", action="append", default=[], metavar="LANGUAGE")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-choice", action="store_true", help="only the models demanded")
    chosen = parser.parse_args()
    models: list[str | None] = [*chosen.models] + ([] if chosen.no_choice else [None])
    with TemporaryDirectory(prefix="nacomp-languages-") as folder:
        files = []
        for name, text in texts(chosen.folder).items():
            if not chosen.only or name in chosen.only:
                files.append(Path(folder) / f"{name}.txt")
                files[-1].write_bytes(middle(text, chosen.bytes))
        measure(files, chosen.level, models, chosen.threads)


if __name__ == "__main__":
    main()
