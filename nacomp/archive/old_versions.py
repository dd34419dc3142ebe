"""What changed files were before: an update finds in them what it need not code again.

    entry of a changed file -> decoded into a temporary file -> chunks (repeats) -> extents of what is there already

Only the old version of the same path is decoded. The index knows no chunks, and decoding all of an archive for one changed
file would take as long as coding it did; keeping every chunk's digest would cost 16 bytes for each 24 KiB of all files.
"""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import BinaryIO, cast

from nacomp.archive.archive_reader import Archive
from nacomp.archive.repeats import LEAST_RUN
from nacomp.archive.sources import Source
from nacomp.errors import Interrupted, NacompError
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.records import dataclass
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job

LEAST_OLD = 2 * LEAST_RUN
"""Bytes; a smaller file is coded as soon as its old version is decoded, and has hardly a run to find."""


@dataclass(frozen=True)
class OldVersion:
    """Bytes that are in the archive, and where: extents as an update calls their contents."""

    source: Source
    extents: tuple[Extent, ...]


def old_versions(
    archive: Archive, changed: Iterable[Source], chain: int, stack: ExitStack, job: Job
) -> list[OldVersion]:
    """What these files were, for as long as `stack` lasts, as far as an update that can name contents from `chain` on.

    What cannot be decoded, or has no room on the disk meanwhile, is left out: it is coded anew. Raises Interrupted.
    """
    entries = {entry.path: entry for entry in archive.entries}
    found = []
    for source in changed:
        entry = entries.get(source.name)
        if entry is None or source.kind is not EntryKind.FILE or not _is_worth_it(entry, chain):
            continue
        job.enter(Phase.COMPARING, entry.path)
        spool = _decoded(archive, entry, job)
        if spool is not None:
            stack.enter_context(spool)
            old = Source(
                f"\0{entry.path}", EntryKind.FILE, entry.data_size, entry.mode, entry.mtime_ns, spool=spool
            )
            extents = (Extent(one.content - chain, one.offset, one.length) for one in entry.extents)
            found.append(OldVersion(old, tuple(extents)))
    return found


def extents_by_name(versions: Iterable[OldVersion]) -> Mapping[str, tuple[Extent, ...]]:
    """Where the bytes of each are."""
    return {version.source.name: version.extents for version in versions}


def _is_worth_it(entry: Entry, chain: int) -> bool:
    near = all(extent.content >= chain for extent in entry.extents)
    return entry.kind is EntryKind.FILE and near and entry.data_size >= LEAST_OLD


def _decoded(archive: Archive, entry: Entry, job: Job) -> BinaryIO | None:
    """A file's data in a temporary file, checked; None if it cannot be had."""
    spool: BinaryIO | None = None
    try:
        if shutil.disk_usage(tempfile.gettempdir()).free // 2 < entry.data_size:
            return None
        spool = cast(BinaryIO, tempfile.TemporaryFile(prefix="nacomp-"))  # noqa: SIM115 - the caller closes it
        for _, pieces in archive.data([entry], Job(cancel=job.cancel)):
            for piece in pieces:
                job.step()
                spool.write(piece)
        spool.flush()
        return spool
    except Interrupted:
        raise
    except (NacompError, OSError):
        if spool is not None:
            spool.close()
        return None
