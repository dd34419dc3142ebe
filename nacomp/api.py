"""The library: `nacomp.compress`, `nacomp.compress_files`, `nacomp.decompress`, `nacomp.open`.

    import nacomp
    small = nacomp.compress(text.encode())
    assert nacomp.decompress(small) == text.encode()
    with nacomp.open("book.nac") as archive:
        for entry in archive.entries:
            print(entry.path, entry.size)
        chapter = archive.read("book/chapter-1.txt")

Every function takes a `progress` callback (called at most ten times a second, from a worker thread) and a `cancel` token.
"""

import builtins
import io
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nacomp.archive.archive_reader import Archive
from nacomp.archive.extract import bytes_to_write, extract_tree
from nacomp.archive.guard import check_names, check_output, check_room
from nacomp.archive.patterns import Patterns
from nacomp.archive.selection import no_bytes, select
from nacomp.archive.sources import Source
from nacomp.archive.walk import Taken
from nacomp.codecs.levels import DEFAULT_LEVEL
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import UsageError, file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS, check_limit
from nacomp.formats.protection.seal import Seal
from nacomp.operations.compress import CompressOptions, sources_of
from nacomp.operations.compress import compress as write
from nacomp.operations.read import is_single_file
from nacomp.runtime.file_properties import AttributeChoice, Keep, Restore
from nacomp.runtime.progress import CancelToken, Job, ProgressCallback

if TYPE_CHECKING:
    from typing_extensions import Buffer
else:
    Buffer = object  # Python has the name from 3.12 on

AnyPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]
"""A path as Python's own functions take it."""


def compress(
    data: Buffer,
    *,
    level: str = DEFAULT_LEVEL,
    model: str | None = None,
    name: str = "data",
    password: str | None = None,
    threads: int = 0,
    progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> bytes:
    """An archive that holds `data` as one file called `name`.

    Args:
        data: any contiguous buffer, taken as its bytes: of an array of numbers these are its memory.
        level: `fast`, `balanced` or `max`.
        password: seals the archive, so that nothing but its size shows without it.
        model: a catalogue id in place of the level's choice.
        threads: 0 for one per core; never changes the result.

    Raises:
        ModelError: a model or kernel that is not there. UsageError: no such level. Interrupted: cancelled.
        TypeError: not a contiguous buffer, or a password that is no string.
    """
    content = _bytes_of(data)
    _check_password(password)
    source = Source(name, EntryKind.FILE, len(content), 0o644, 0, data=content)
    out = io.BytesIO()
    seal = None if password is None else Seal(password)
    write(
        [source],
        out,
        ModelLoader(threads=threads),
        CompressOptions(level, model, seal=seal),
        Job(0, progress, cancel),
    )
    return out.getvalue()


def compress_files(
    inputs: Iterable[AnyPath] | AnyPath,
    output: AnyPath,
    *,
    level: str = DEFAULT_LEVEL,
    model: str | None = None,
    overwrite: bool = False,
    password: str | None = None,
    exclude: Iterable[str] | str = (),
    include: Iterable[str] | str = (),
    gitignore: bool = False,
    exclude_caches: bool = False,
    one_file_system: bool = False,
    full_paths: bool = False,
    owners: bool = False,
    xattrs: bool = False,
    acls: bool = False,
    all_xattrs: bool = False,
    threads: int = 0,
    progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """An archive of files and folders at `output`. The arguments are what `nacomp compress` has as options.

    One input or pattern may stand by itself, without a list around it.

    Raises:
        ModelError, UsageError, Interrupted: as `compress`. FileProblem, OutputExists.
        TypeError: a password that is no string.
    """
    _check_password(password)
    attributes = AttributeChoice(xattrs or all_xattrs, acls, all_xattrs)
    patterns = Patterns(_each(exclude), _each(include), gitignore, exclude_caches)
    taken = Taken(one_file_system, patterns, Keep(owners, attributes), full_paths)
    paths = [inputs] if isinstance(inputs, str | bytes | os.PathLike) else inputs
    sources = sources_of([_path(path) for path in paths], cancel, taken=taken)
    check_names(sources)
    options = CompressOptions(
        level, model, overwrite=overwrite, seal=None if password is None else Seal(password)
    )
    write(sources, _path(output), ModelLoader(threads=threads), options, Job(0, progress, cancel))


def decompress(
    data: Buffer,
    *,
    max_output: int | None = None,
    password: str | None = None,
    threads: int = 0,
    progress: ProgressCallback | None = None,
    cancel: CancelToken | None = None,
) -> bytes:
    """The bytes of an archive that holds one file.

    Args:
        data: any contiguous buffer, taken as its bytes.
        max_output: the most bytes it may give; without a word 16 GiB, or 1,000 times its size if that is more.

    Raises:
        PasswordNeeded, WrongPassword: the archive is sealed.
        CorruptArchive, UnsupportedArchive, LimitExceeded: not an archive this version can read.
        ModelMissing: the archive's model is not on this machine; `nacomp models pull` gets it.
        UsageError: the archive holds something else than one file; use `open`.
        TypeError: not a contiguous buffer, or a password that is no string.
    """
    content = _bytes_of(data)
    _check_password(password)
    loader = ModelLoader(threads=threads)
    limits = replace(DEFAULT_LIMITS, max_total_size=max_output)
    with Archive(io.BytesIO(content), loader.for_method, limits, password, loader.threads) as archive:
        if not is_single_file(archive):
            raise UsageError(reason=f"the archive holds {len(archive.entries)} entries; use nacomp.open")
        entry = archive.entries[0]
        check_output(entry.size, len(content), max_output)
        return archive.read(entry, Job(entry.data_size, progress, cancel))


def _bytes_of(data: Buffer) -> bytes:
    """The bytes of a buffer, in C order. A length in items or rows must not be taken for one in bytes."""
    if isinstance(data, bytes):
        return data
    view = memoryview(data)
    if not view.c_contiguous:
        raise TypeError("expected a contiguous buffer, found one with gaps or in another order")
    return view.tobytes()


def _path(path: AnyPath) -> Path:
    """Raises UsageError for an empty path: it would be the folder the program is in, with all that lies there."""
    name = os.fsdecode(path)
    if not name:
        raise UsageError(reason="a path is empty")
    return path if isinstance(path, Path) else Path(name)


def _each(words: Iterable[str] | str) -> tuple[str, ...]:
    """A single word is one word, and not its letters."""
    return (words,) if isinstance(words, str) else tuple(words)


def _check_password(password: object) -> None:
    if password is not None and not isinstance(password, str):
        raise TypeError(f"expected a password as str, found {type(password).__name__}")


class ArchiveFile:
    """An archive on disk, open for reading."""

    def __init__(self, path: AnyPath, *, password: str | None = None, threads: int = 0) -> None:
        """Raises FileProblem, PasswordNeeded, WrongPassword, CorruptArchive, UnsupportedArchive, LimitExceeded.

        Raises TypeError for what is no path: an open file, its number, the archive's bytes in a buffer.
        """
        _check_password(password)
        self._loader = ModelLoader(threads=threads)
        try:
            # A number would be taken for a file that is open, and closed in the end.
            self._file = builtins.open(os.fspath(path), "rb")  # noqa: SIM115, PTH123 - closed by close()
        except OSError as problem:
            raise file_problem(os.fsdecode(path), problem) from problem
        try:
            self._archive = Archive(
                self._file, self._loader.for_method, DEFAULT_LIMITS, password, self._loader.threads
            )
        except BaseException:
            self._file.close()
            raise

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Files, folders and links, sorted by path."""
        return self._archive.entries

    def read(
        self, path: str, *, progress: ProgressCallback | None = None, cancel: CancelToken | None = None
    ) -> bytes:
        """One file's bytes; decodes only the blocks it lies in.

        Raises EntryMissing, FileProblem for a folder or a symbolic link, LimitExceeded for more than an archive may give (as
        `decompress`), CorruptArchive, ModelMissing.
        """
        entry = self._archive.file(path)
        if entry.kind is not EntryKind.FILE:
            raise no_bytes(entry)
        check_output(entry.size, self._archive.reader.size, None)
        return self._archive.read(entry, Job(entry.data_size, progress, cancel))

    def extract(
        self,
        folder: AnyPath,
        paths: Iterable[str] | str = (),
        *,
        overwrite: bool = False,
        max_output: int | None = None,
        strip_components: int = 0,
        same_owner: bool | None = None,
        numeric_owner: bool = False,
        xattrs: bool = False,
        acls: bool = False,
        all_xattrs: bool = False,
        progress: ProgressCallback | None = None,
        cancel: CancelToken | None = None,
    ) -> list[Path]:
        """Write entries (all, or those named or matched and what is below them) into a folder; gives the files' paths.

        The rest of the arguments are what `nacomp decompress` has as options.

        Raises LimitExceeded for more than `max_output` bytes (as for `decompress`), FileProblem, OutputExists,
        CorruptArchive, ModelMissing.
        """
        restore = Restore.of(
            same_owner=same_owner,
            numeric=numeric_owner,
            attributes=AttributeChoice(xattrs or all_xattrs, acls, all_xattrs),
        )
        entries = select(self._archive, _each(paths), strip_components)
        target = _path(folder)
        size = bytes_to_write(entries, target)
        if max_output is not None:
            check_limit(size, max_output, "bytes of output")
        check_output(size, self._archive.reader.size, max_output)
        check_room(size, target)
        job = Job(sum(entry.data_size for entry in entries), progress, cancel)
        return extract_tree(self._archive, entries, target, job, overwrite=overwrite, restore=restore)

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._archive.close()
        self._file.close()

    def __enter__(self) -> "ArchiveFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(path: AnyPath, *, password: str | None = None, threads: int = 0) -> ArchiveFile:
    """Open an archive for reading. Raises what `ArchiveFile` does."""
    return ArchiveFile(path, password=password, threads=threads)
