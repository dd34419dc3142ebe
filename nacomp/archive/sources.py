"""What goes in: paths as sources, with the names they get in the archive."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nacomp.errors import FileChanged, FileProblem, file_problem
from nacomp.formats.entry import EntryKind


@dataclass(frozen=True)
class Source:
    """One thing to archive.

    Attributes:
        name: path in the archive, '/'-separated, relative.
        path: where its bytes are; None for bytes handed over in memory.
        data: the bytes, when they do not come from a file.
        spool: a file of our own that holds them, when they came from a stream.
        size: bytes to read, 0 for folders and links.
        mode: permission bits. mtime_ns: nanoseconds since 1970.
    """

    name: str
    kind: EntryKind
    size: int
    mode: int
    mtime_ns: int
    path: Path | None = None
    data: bytes | None = None
    link_target: str = ""
    spool: BinaryIO | None = None

    def chunks(self, chunk_bytes: int) -> Iterator[bytes]:
        """The content in pieces of `chunk_bytes`. Raises FileChanged or FileProblem."""
        if self.data is not None:
            for at in range(0, len(self.data), chunk_bytes):
                yield self.data[at : at + chunk_bytes]
            return
        if self.spool is not None:
            self.spool.seek(0)
            while piece := self.spool.read(chunk_bytes):
                yield piece
            return
        assert self.path is not None
        total = 0
        try:
            with self.path.open("rb") as file:
                while piece := file.read(chunk_bytes):
                    total += len(piece)
                    yield piece
                after = os.fstat(file.fileno())
        except OSError as problem:
            raise file_problem(self.path, problem) from problem
        if total != self.size or after.st_mtime_ns != self.mtime_ns:
            raise FileChanged(path=self.path)


ReadSpecial = Callable[[Path, str], Source]
"""Reads what is no plain file, a pipe or a device, as a source of this name."""


def walk(inputs: Iterable[Path], special: ReadSpecial | None = None, *, follow: bool = True) -> list[Source]:
    """Everything under the inputs, folders before what they hold, names starting with each input's own name.

    Links that are inputs themselves are followed, those found below are not. `special` reads inputs that are neither files
    nor folders, and files whose size is not known before they are read.

    Raises FileProblem for what cannot be read, and for two inputs that would get the same name.
    """
    sources: dict[str, Source] = {}
    for path in inputs:
        for source in _walk_input(path, special, follow):
            if source.name in sources:
                raise FileProblem(path=path, reason=f"two inputs would both be called {source.name!r}")
            sources[source.name] = source
    return list(sources.values())


def _walk_input(path: Path, special: ReadSpecial | None, follow: bool) -> Iterator[Source]:
    # The name of "." or "folder/.." is only known once it is made absolute.
    name = path.name if path.name not in ("", "..") else path.resolve().name
    try:
        found = path.stat() if follow else path.lstat()
    except OSError as problem:
        raise file_problem(path, problem) from problem
    if special is None or not _is_special(found):
        yield from _walk_one(path, name, found, special if _is_generated(path) else None)
    else:
        yield special(path, name)


def _is_special(found: os.stat_result) -> bool:
    """Whether it is neither file nor folder nor link, and can perhaps be read."""
    return any(kind(found.st_mode) for kind in (stat.S_ISFIFO, stat.S_ISCHR, stat.S_ISBLK))


def _is_generated(path: Path) -> bool:
    """Whether files there are made by the system as they are read, so that their sizes say nothing."""
    return os.path.realpath(path).startswith(("/proc/", "/sys/"))


def _walk_one(
    path: Path, name: str, found: os.stat_result, generated: ReadSpecial | None
) -> Iterator[Source]:
    """What is at a path and below it. A stack of our own, because folders can lie deeper than calls may."""
    waiting: list[tuple[Path, str, os.stat_result | None]] = [(path, name, found)]
    while waiting:
        path, name, known = waiting.pop()
        try:
            found = known or path.lstat()
            mode, mtime = stat.S_IMODE(found.st_mode), found.st_mtime_ns
            if stat.S_ISLNK(found.st_mode):
                target = os.readlink(path)  # noqa: PTH115
                yield Source(name, EntryKind.SYMLINK, 0, mode, mtime, path, link_target=target)
            elif stat.S_ISDIR(found.st_mode):
                yield Source(name, EntryKind.FOLDER, 0, mode, mtime, path)
                children = sorted(path.iterdir(), key=lambda p: p.name, reverse=True)
                waiting += [(child, f"{name}/{child.name}", None) for child in children]
            elif stat.S_ISREG(found.st_mode):
                whole = Source(name, EntryKind.FILE, found.st_size, mode, mtime, path)
                yield generated(path, name) if generated else whole
            else:
                raise FileProblem(path=path, reason="is neither a file, a folder nor a link")
        except OSError as problem:
            raise file_problem(path, problem) from problem
