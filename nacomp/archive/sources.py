"""What goes in: paths as sources, with the names they get in the archive."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nacomp.errors import FileChanged, FileProblem, file_problem
from nacomp.formats.entry import EntryKind


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
