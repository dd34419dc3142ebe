"""The file system's side: what goes in, and output that appears whole or not at all.

`walk` turns paths into sources with the names they get in the archive; `save` gives a temporary file beside the target that
replaces it only when everything has been written and flushed.
"""

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nacomp.errors import FileChanged, FileProblem, OutputExists
from nacomp.formats.entry import EntryKind

TEMPORARY_SUFFIX = ".nacomp-part"


@dataclass(frozen=True)
class Source:
    """One thing to archive.

    Attributes:
        name: path in the archive, '/'-separated, relative.
        path: where its bytes are; None for bytes handed over in memory.
        data: the bytes, when they do not come from a file.
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

    def chunks(self, chunk_bytes: int) -> Iterator[bytes]:
        """The content in pieces of `chunk_bytes`. Raises FileChanged or FileProblem."""
        if self.data is not None:
            for at in range(0, len(self.data), chunk_bytes):
                yield self.data[at : at + chunk_bytes]
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


def file_problem(path: Path | str, problem: OSError) -> FileProblem:
    """An operating system's error as a sentence."""
    reason = problem.strerror or str(problem)
    return FileProblem(path=path, reason=reason[:1].lower() + reason[1:])


def walk(inputs: Iterable[Path]) -> list[Source]:
    """Everything under the inputs, folders before what they hold, names starting with each input's own name.

    Raises FileProblem for what cannot be read, and for two inputs that would get the same name.
    """
    sources: dict[str, Source] = {}
    for path in inputs:
        # The name of "." or "folder/.." is only known once it is made absolute.
        top = path.name or path.resolve().name
        for source in _walk_one(path, top if top != ".." else path.resolve().name):
            if source.name in sources:
                raise FileProblem(path=path, reason=f"two inputs would both be called {source.name!r}")
            sources[source.name] = source
    return list(sources.values())


def _walk_one(path: Path, name: str) -> Iterator[Source]:
    try:
        found = path.lstat()
        mode, mtime = stat.S_IMODE(found.st_mode), found.st_mtime_ns
        if stat.S_ISLNK(found.st_mode):
            yield Source(name, EntryKind.SYMLINK, 0, mode, mtime, path, link_target=os.readlink(path))  # noqa: PTH115
        elif stat.S_ISDIR(found.st_mode):
            yield Source(name, EntryKind.FOLDER, 0, mode, mtime, path)
            for child in sorted(path.iterdir(), key=lambda p: p.name):
                yield from _walk_one(child, f"{name}/{child.name}")
        elif stat.S_ISREG(found.st_mode):
            yield Source(name, EntryKind.FILE, found.st_size, mode, mtime, path)
        else:
            raise FileProblem(path=path, reason="is neither a file, a folder nor a link")
    except OSError as problem:
        raise file_problem(path, problem) from problem


def check_free(target: Path, *, overwrite: bool) -> None:
    """Raise OutputExists or FileProblem if nothing may be written there."""
    if not overwrite and os.path.lexists(target):
        raise OutputExists(path=target)
    if target.is_dir():
        raise FileProblem(path=target, reason="is a folder")


@contextlib.contextmanager
def save(target: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A file that becomes `target` when the block ends well, and vanishes when it does not.

    Written beside the target, flushed to disk, then put in place by one rename; the folder is flushed too, so the
    name survives a power cut. Raises OutputExists, FileProblem.
    """
    check_free(target, overwrite=overwrite)
    try:
        handle, name = tempfile.mkstemp(TEMPORARY_SUFFIX, f".{target.name[:40]}.", target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    os.close(handle)
    temporary = Path(name)
    try:
        with temporary.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; the target gets what an ordinary new file would have.
        temporary.chmod(0o666 & ~_umask())
        if not overwrite and os.path.lexists(target):
            raise OutputExists(path=target)
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open folders, and needs no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
