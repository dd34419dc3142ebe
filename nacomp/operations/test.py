"""Whether an archive gives back what went into it: every block decoded, every file compared, nothing written."""

from dataclasses import dataclass

from nacomp.archive.archive_reader import Archive
from nacomp.runtime.progress import Job


@dataclass(frozen=True)
class Tested:
    """What came back as it was: entries, and the bytes of the files."""

    entries: int
    size: int


def check_archive(archive: Archive, job: Job) -> Tested:
    """Decode all of an open archive. Raises CorruptArchive, ModelMissing."""
    return Tested(len(archive.entries), archive.check(job))
