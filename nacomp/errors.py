"""Every error of nacomp in one place, for callers: the layers below define theirs, the pipeline adds its own.

The exit code of each class stands on the class; `nacomp.cli.main` alone turns it into a process exit.
"""

from pathlib import Path

from nacomp.formats.errors import (
    CorruptArchive,
    ExitCode,
    LimitExceeded,
    NacompError,
    NoFileOfBytes,
    PasswordNeeded,
    Remedy,
    UnsupportedArchive,
    WrongPassword,
)
from nacomp.models.errors import (
    DeviceUnavailable,
    DownloadFailed,
    ExtraMissing,
    FingerprintMismatch,
    GpuFull,
    HashMismatch,
    HomeMissing,
    KernelUnavailable,
    ModelError,
    ModelMissing,
    ModelsMissing,
    OtherFloatRules,
    UnsupportedModel,
)


class UsageError(NacompError):
    """{reason}."""

    exit_code = ExitCode.USAGE


class FileProblem(NacompError):
    """{path}: {reason}."""

    exit_code = ExitCode.IO


class OutputExists(FileProblem):
    """{path} exists already."""

    remedy = Remedy.REPLACE_OUTPUT


class FileChanged(FileProblem):
    """{path} changed while it was being read, so nothing was written; compress it again when it is at rest."""


class Interrupted(NacompError):
    """Stopped on request; {left}."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, left: str = "nothing was left behind", remedy: Remedy | None = None) -> None:
        super().__init__(left=left, remedy=remedy)


class VerificationFailed(NacompError):
    """The written archive did not decode to its source ({path}); it was removed and the source kept."""


class EntryMissing(NacompError):
    """There is no entry {path} in this archive."""


class NotAllRead(NacompError):
    """The archive is in its place, but not all inputs could be read; left out: {count}."""


class ClusterProblem(NacompError):
    """The Dask cluster at {address} cannot be used: {reason}."""

    exit_code = ExitCode.IO


class WorkerRefused(ModelError):
    """The worker {worker} cannot take part: {reason}."""


class SomeFailed(NacompError):
    """{failed} of {total} inputs failed."""


def file_problem(path: Path | str, problem: OSError) -> FileProblem:
    """An operating system's error as a sentence."""
    reason = problem.strerror or str(problem)
    return FileProblem(path=path, reason=reason[:1].lower() + reason[1:])


__all__ = [
    "ClusterProblem",
    "CorruptArchive",
    "DeviceUnavailable",
    "DownloadFailed",
    "EntryMissing",
    "ExitCode",
    "ExtraMissing",
    "FileChanged",
    "FileProblem",
    "FingerprintMismatch",
    "GpuFull",
    "HashMismatch",
    "HomeMissing",
    "Interrupted",
    "KernelUnavailable",
    "LimitExceeded",
    "ModelError",
    "ModelMissing",
    "ModelsMissing",
    "NacompError",
    "NoFileOfBytes",
    "NotAllRead",
    "OtherFloatRules",
    "OutputExists",
    "PasswordNeeded",
    "Remedy",
    "SomeFailed",
    "UnsupportedArchive",
    "UnsupportedModel",
    "UsageError",
    "VerificationFailed",
    "WorkerRefused",
    "WrongPassword",
    "file_problem",
]
