"""Whether an archive gives back what went into it: every block decoded, every file compared, nothing written."""

from collections.abc import Sequence

from nacomp.archive.archive_reader import Archive
from nacomp.formats.entry import Entry
from nacomp.formats.records import dataclass
from nacomp.runtime.progress import Job


@dataclass(frozen=True)
class Tested:
    """What came back as it was: entries, and the bytes of the files."""

    entries: int
    size: int


def check_archive(archive: Archive, entries: Sequence[Entry], job: Job) -> Tested:
    """Decode these entries of an open archive. Raises CorruptArchive, ModelMissing, ModelsMissing."""
    archive.load_engines()
    return Tested(len(entries), archive.check(job, entries))
