"""Which of what lies below the inputs goes in, and which entries come out: patterns as in .gitignore files.

    walk -> Filter.leaves_out, IgnoreFiles -> sources;    selection -> Pattern -> entries

One language of patterns for all, which most people know and which says all that the others do: `*.o` at any depth, `/top`,
`a/**/b`, `folder/`, `!but-not-this`. The library pathspec reads it, as for black and many others: git's own cases are its
tests, and it is pure Python of 200 KB. fnmatch lost: it knows neither `**` nor anchors nor exceptions.
"""

import os
import stat
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from nacomp.archive.sources import Source
from nacomp.errors import UsageError, file_problem
from nacomp.formats.entry import EntryKind
from nacomp.formats.records import dataclass

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".gitignore"
CACHE_TAG = "CACHEDIR.TAG"
CACHE_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
"""What the file that marks a folder of a cache begins with: bford.info/cachedir."""


@dataclass(frozen=True)
class Patterns:
    """What is left out of what a walk finds.

    Attributes:
        exclude, include: patterns of names in the archive. What is included is taken alone, what is excluded not at all.
        gitignore: leave out what the .gitignore files among it name.
        caches: leave out what is in folders that a CACHEDIR.TAG marks, but for the tag.
    """

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    gitignore: bool = False
    caches: bool = False


def compiled(patterns: Iterable[str]) -> "GitIgnoreSpec":
    """Lines of a .gitignore file. Raises UsageError for what is no pattern."""
    from pathspec import GitIgnoreSpec  # most commands have no patterns

    lines = list(patterns)
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as wrong:
        raise UsageError(reason=f"no pattern: {wrong}") from None


def read_patterns(path: Path) -> tuple[str, ...]:
    """The lines of a file of patterns. Raises FileProblem."""
    try:
        return tuple(path.read_text("utf-8", "surrogateescape").splitlines())
    except OSError as problem:
        raise file_problem(path, problem) from problem


class Filter:
    """Patterns at work on names in the archive."""

    def __init__(self, patterns: Patterns) -> None:
        """Raises UsageError."""
        self._exclude = compiled(patterns.exclude) if patterns.exclude else None
        self._include = compiled(patterns.include) if patterns.include else None

    def leaves_out(self, name: str, *, is_folder: bool = False) -> bool:
        """Whether this is excluded, itself or by a folder above it."""
        return self._exclude is not None and self._exclude.match_file(_shown(name, is_folder))

    def takes(self, name: str, *, is_folder: bool = False) -> bool:
        """Whether this is included, itself or by a folder above it."""
        return self._include is None or self._include.match_file(_shown(name, is_folder))

    def included(self, sources: Sequence[Source]) -> list[Source]:
        """The sources that are included, and the folders they lie in."""
        if self._include is None:
            return list(sources)
        taken = {s.name for s in sources if self.takes(s.name, is_folder=s.kind is EntryKind.FOLDER)}
        above = {folder for name in taken for folder in _folders_above(name)}
        return [s for s in sources if s.name in taken or (s.kind is EntryKind.FOLDER and s.name in above)]


def _shown(name: str, is_folder: bool) -> str:
    return f"{name}/" if is_folder else name


def _folders_above(name: str) -> list[str]:
    return list(accumulate(name.split("/")[:-1], "{}/{}".format))


@dataclass(frozen=True)
class _IgnoreFile:
    """One .gitignore file; what it sees of a name in the archive is `prefix` and what stands behind `cut`."""

    spec: "GitIgnoreSpec"
    prefix: str
    cut: int


@dataclass(frozen=True)
class IgnoreFiles:
    """The .gitignore files above a place, the nearest last."""

    files: tuple[_IgnoreFile, ...] = ()

    def with_folder(self, folder: Path, name: str) -> "IgnoreFiles":
        """With that of this folder, whose name in the archive this is. Raises OSError, FileProblem."""
        return self._with(folder, "", len(name) + 1 if name else 0)

    def with_repository(self, top: Path, name: str) -> "IgnoreFiles":
        """With those between an input and the root of the repository it lies in. Raises OSError, FileProblem."""
        where = Path(os.path.realpath(top))
        above = list(where.parents)
        root = next((number for number, folder in enumerate(above) if (folder / ".git").exists()), None)
        found = self
        if root is not None and not (where / ".git").exists():
            for folder in reversed(above[: root + 1]):
                found = found._with(folder, where.relative_to(folder).as_posix(), len(name))
        return found

    def _with(self, folder: Path, prefix: str, cut: int) -> "IgnoreFiles":
        path = folder / IGNORE_FILE
        if not _is_plain(path):
            return self
        lines = [line for line in read_patterns(path) if _is_pattern(line)]
        return IgnoreFiles((*self.files, _IgnoreFile(compiled(lines), prefix, cut)))

    def leave_out(self, name: str, *, is_folder: bool) -> bool:
        """Whether they name this; the nearest file that says anything of it decides, as with git."""
        for file in reversed(self.files):
            said = file.spec.check_file(_shown(file.prefix + name[file.cut :], is_folder)).include
            if said is not None:
                return said
        return False


def _is_pattern(line: str) -> bool:
    """Whether a line is one that can be read; git passes over others."""
    try:
        compiled([line])
    except UsageError:
        return False
    return True


def is_cache(folder: Path) -> bool:
    """Whether a folder is marked as a cache. Raises OSError."""
    tag = folder / CACHE_TAG
    if not _is_plain(tag):
        return False
    with tag.open("rb") as file:
        return file.read(len(CACHE_SIGNATURE)) == CACHE_SIGNATURE


def _is_plain(path: Path) -> bool:
    """Whether it is a file: a pipe of that name would be waited for."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False
