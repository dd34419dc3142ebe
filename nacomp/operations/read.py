"""Opening an archive, and its files' bytes as a stream: what every operation that reads begins with."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from nacomp.archive.archive_reader import Archive
from nacomp.errors import file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.limits import Limits
from nacomp.formats.methods import Method
from nacomp.formats.protection.seal import Password
from nacomp.runtime.progress import Job

if TYPE_CHECKING:
    from nacomp.codecs.neural import NeuralCodec


class EngineSource(Protocol):
    """Where the engines of neural methods come from: a `ModelLoader`, or what makes one when it is first asked."""

    threads: int

    @property
    def warn(self) -> Callable[[str, str | None], None]:
        """Hears what the user should know, and the model that would help."""
        ...

    def for_method(self, method: Method) -> "NeuralCodec":
        """See `ModelLoader.for_method`."""
        ...


def open_archive(
    path: Path | BinaryIO,
    loader: EngineSource,
    stack: ExitStack,
    limits: Limits,
    password: Password = None,
) -> Archive:
    """Open an archive for as long as `stack` lasts. Raises FileProblem, WrongPassword, CorruptArchive and its kin.

    Warns where an update behind it was cut off. A copy of an archive that lacks its end looks the same, and is whole for
    every other check: who is told nothing would take the old state for the newest.
    """
    if isinstance(path, Path):
        try:
            path = stack.enter_context(path.open("rb"))
        except OSError as problem:
            raise file_problem(str(path), problem) from problem
    archive = stack.enter_context(Archive(path, loader.for_method, limits, password, loader.threads))
    if archive.unfinished_bytes:
        loader.warn(
            f"the last {archive.unfinished_bytes:,} bytes of the archive are of an update that was cut off, and are not "
            "read: this is the state before it",
            None,
        )
    return archive


def is_single_file(archive: Archive) -> bool:
    """Whether the archive holds one file and nothing else, so that it extracts to a file, not a folder."""
    entries = archive.entries
    return len(entries) == 1 and entries[0].kind is EntryKind.FILE and "/" not in entries[0].path


def write_contents(archive: Archive, entries: Sequence[Entry], out: BinaryIO, job: Job) -> int:
    """Files one after the other to a stream (`-c`, `cat`); bytes go out before their hash is known, errors follow."""
    archive.load_engines()
    total = 0
    for _, pieces in archive.contents(entries, job):
        for piece in pieces:
            out.write(piece)
            total += len(piece)
    out.flush()
    return total
