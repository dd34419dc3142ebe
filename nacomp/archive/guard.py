"""What is looked at before a job starts, so that it fails in the first second and not in the last.

Names: the container refuses some that file systems allow; finding that out when the index is written would cost hours.
Sizes: an archive of a kilobyte can name petabytes. What an honest archive may give without a question is bounded by its
own size and by the room on the disk, unless the caller names a limit. A plain bound lost: any that lets a disk image pass
lets a bomb fill the disk, and ratios alone refuse a small file of zeros.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from nacomp.archive.sources import Source
from nacomp.errors import FileProblem, LimitExceeded, Remedy
from nacomp.formats.entry import EntryKind
from nacomp.formats.errors import UnsafePath
from nacomp.formats.paths import check_link, check_path, display_name, encode_path
from nacomp.runtime.destinations import Place, find_place

FREE_OUTPUT = 16 << 30
"""Bytes that any archive may give; a disk image of zeros this large is 2.4 MB of archive."""
FREE_RATIO = 1000
"""And how many times its own size; LZMA reaches about 7,000 on zeros, prose with a model about 10."""


def name_fault(source: Source) -> str | None:
    """Why no archive may hold this name or link, or None."""
    try:
        raw = encode_path(source.name)
        check_path(raw)
        if source.kind is EntryKind.SYMLINK:
            check_link(raw, encode_path(source.link_target))
    except UnsafePath as fault:
        return str(fault.fields["reason"])
    return None


def check_names(sources: Iterable[Source]) -> None:
    """Raise FileProblem for the first source whose name or link no archive may hold."""
    faults = [(source, fault) for source in sources if (fault := name_fault(source))]
    if faults:
        source, fault = faults[0]
        raise FileProblem(
            path=display_name(str(source.path or source.name)),
            reason=f"cannot be in an archive: {fault}{_more(len(faults) - 1)}",
            remedy=Remedy.LEAVE_OUT_UNSAFE,
        )


def _more(count: int) -> str:
    return f" (and {count} more like it)" if count else ""


def split_names(sources: Sequence[Source]) -> tuple[list[Source], list[tuple[Source, str]]]:
    """The sources an archive may hold, and the others with what is wrong with them."""
    good: list[Source] = []
    bad: list[tuple[Source, str]] = []
    for source in sources:
        fault = name_fault(source)
        if fault:
            bad.append((source, fault))
        else:
            good.append(source)
    return good, bad


def find_archive_place(output: Path, sources: Iterable[Source], *, overwrite: bool) -> Place:
    """Where an archive of these sources goes, judged before a model is looked for. Raises OutputExists, FileProblem."""
    place = find_place(output, overwrite=overwrite)
    if not place.is_stream:
        check_apart(place.path, sources)
    return place


def check_apart(output: Path, sources: Iterable[Source]) -> None:
    """Raise FileProblem if an archive would take the place of one of its sources, or lie in one of their folders.

    Told by what is there, not by names: links and several names of one file lead to the same place.
    """
    own = _identity(output)
    above = {_identity(folder) for folder in Path(os.path.realpath(output)).parents}
    found = list(sources)
    names = {source.name for source in found}
    for source in found:
        if source.path is None or source.kind is EntryKind.SYMLINK:
            continue
        if source.kind is EntryKind.FILE and own is not None and _identity(source.path) == own:
            raise FileProblem(
                path=output, reason="is one of the inputs, and would be replaced by its own archive"
            )
        # Folders further down are below this one, so whatever lies in them lies in it.
        is_top = source.kind is EntryKind.FOLDER and source.name.rpartition("/")[0] not in names
        if is_top and _identity(source.path) in above:
            raise FileProblem(path=output, reason=f"lies in {source.path}, which is one of the inputs")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever it is called; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def default_max_output(archive_size: int) -> int:
    """Bytes an archive may give if nobody says."""
    return max(FREE_OUTPUT, FREE_RATIO * archive_size)


def check_output(size: int, archive_size: int, max_output: int | None) -> None:
    """Raise LimitExceeded if an archive would give more than it may; a limit that was asked for is checked on opening."""
    limit = default_max_output(archive_size)
    if max_output is None and size > limit:
        raise LimitExceeded(
            asked=f"{size:,}",
            limit=f"{limit:,}",
            what="bytes of output",
            size=size,
            remedy=Remedy.ALLOW_OUTPUT,
        )


def existing_folder(target: Path) -> Path:
    """The nearest thing above a path, or at it, that is there. Raises OSError."""
    folder = target.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def check_room(size: int, target: Path) -> None:
    """Raise FileProblem if the disk that `target` will be on does not have so many bytes left."""
    try:
        usage = shutil.disk_usage(existing_folder(target))
    except OSError:
        return
    # Some network drives tell nothing and say 0.
    if usage.total and size > usage.free:
        reason = f"the archive holds {size:,} bytes and the disk has room for {usage.free:,}"
        raise FileProblem(path=target, reason=reason)
