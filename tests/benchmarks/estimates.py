"""How near `nacomp estimate` comes: its size over the real one, of each file alone and of all together.

python -m tests.benchmarks.estimates [--level fast] FILE...    # compresses them, so a megabyte takes a minute or so
"""

import argparse
import io
import time
from pathlib import Path

from nacomp.archive.sources import Source
from nacomp.archive.walk import walk
from nacomp.codecs.levels import LEVELS, level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.operations.compress import CompressOptions, compress
from nacomp.operations.estimate import estimate
from nacomp.runtime.progress import Job


def main() -> None:
    """Print one line a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--level", choices=list(LEVELS), default="fast")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    loader = ModelLoader()
    sources = walk(options.files)
    for group in [[source] for source in sources] + ([sources] if len(sources) > 1 else []):
        _compare(group, options.level, loader)


def _compare(sources: list[Source], level: str, loader: ModelLoader) -> None:
    chooser = loader.for_texts(level_named(level), None)
    began = time.perf_counter()
    found = estimate(chooser, sources, level_named(level), Job())
    seconds = time.perf_counter() - began
    archive = io.BytesIO()
    done = compress(sources, archive, loader, CompressOptions(level), Job()).written
    name = sources[0].name if len(sources) == 1 else "all of them"
    print(
        f"{name}: {done.original_size:,} -> {done.compressed_size:,} B, estimated {found.estimated_size:,} "
        f"({found.estimated_size / done.compressed_size:.2f}) in {seconds:.1f} s; "
        f"time {done.seconds:.1f} s, estimated {found.seconds:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
