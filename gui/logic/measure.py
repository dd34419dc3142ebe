"""How much there is to read: sizes of files and folders."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SMALL_BYTES = 100_000
"""A file that is packed in about a second."""


@dataclass(frozen=True)
class Measure:
    """Bytes and number of files under some paths."""

    size: int
    files: int


def is_folder(path: Path) -> bool:
    """Whether it is a folder and no link to one. What cannot be asked is none: its name is too long, or the folder
    above it is shut.
    """
    try:
        return path.is_dir() and not path.is_symlink()
    except OSError:
        return False


def walk_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every regular file under the paths, in a fixed order; links are not followed, unreadable folders passed over."""
    for path in paths:
        if not is_folder(path):
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(files))


def small_files(paths: Iterable[Path]) -> int:
    """How many of the paths are small files themselves; what cannot be asked is none."""
    found = 0
    for path in paths:
        try:
            about = path.stat()
        except (OSError, ValueError):
            continue
        found += stat.S_ISREG(about.st_mode) and about.st_size <= SMALL_BYTES
    return found


def measure(paths: Iterable[Path]) -> Measure:
    """Add up sizes. What cannot be read counts as empty: the worker will say what is wrong with it."""
    size = files = 0
    for file in walk_files(paths):
        try:
            size += file.lstat().st_size
        except OSError:
            continue
        files += 1
    return Measure(size, files)
