"""Every error a user can act on starts here: one class each, with its exit code.

The base class lives in the lowest layer so that `formats`, `models`, `nacomp` and `gui` can all raise it.
`nacomp.cli.main` alone turns an error into a process exit code.
"""

from enum import Enum, IntEnum, auto
from functools import partial
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process reports to the shell; documented in the README and fixed for scripts."""

    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    CORRUPT = 3
    MODEL = 4
    IO = 5
    INTERRUPTED = 130


class Remedy(Enum):
    """What the caller could do about an error.

    An error does not say how that is spelled: whoever shows it has words of its own for it, switches on the command line
    (`nacomp.cli.hints`) and buttons in a window.
    """

    REPLACE_OUTPUT = auto()
    NAME_OUTPUT = auto()
    NAME_FOLDER = auto()
    GIVE_PASSWORD = auto()
    LEAVE_OUT_UNSAFE = auto()
    LEAVE_OUT_UNREADABLE = auto()
    ALLOW_OUTPUT = auto()
    DELETE = auto()
    GO_ON = auto()
    LIST_MODELS = auto()
    PULL_MODEL = auto()
    GET_MODELS = auto()
    ADD_MODEL = auto()
    FETCH_BY_HAND = auto()


class NacompError(Exception):
    """Base of all errors with a sentence for a person.

    A subclass's docstring is its message, a `str.format` template over the keyword arguments given to the
    constructor, which stay readable as attributes in `fields`.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.SOME_FAILED
    remedy: Remedy | None = None
    """What could be done about it: the same for all errors of a class, or of this one alone."""

    def __init__(self, *, remedy: Remedy | None = None, **fields: object) -> None:
        self.fields = fields
        if remedy is not None:
            self.remedy = remedy
        super().__init__(self.message)

    @classmethod
    def template(cls) -> str:
        """The sentence on one line, with its fields open."""
        return " ".join((cls.__doc__ or cls.__name__).split())

    @property
    def message(self) -> str:
        """The sentence, on one line."""
        return " ".join(self.template().format(**self.fields).split())

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[partial["NacompError"], tuple[()]]:
        """Errors travel between processes; without this, they would be made anew from their message alone."""
        return partial(type(self), remedy=self.remedy, **self.fields), ()


class CorruptArchive(NacompError):
    """The archive is damaged or not a nacomp archive: {reason}."""

    exit_code = ExitCode.CORRUPT


class NoFileOfBytes(NacompError):
    """The file object that was handed over is no file of bytes: {reason}."""

    exit_code = ExitCode.IO


class UnsupportedArchive(NacompError):
    """This archive needs {needed}, which this version of nacomp does not know; a newer release may."""

    exit_code = ExitCode.CORRUPT


class LimitExceeded(NacompError):
    """The archive asks for {asked} where the limit is {limit}; it may be hostile ({what})."""

    exit_code = ExitCode.CORRUPT


class UnsafePath(NacompError):
    """The path {path} cannot be in an archive: {reason}."""

    exit_code = ExitCode.CORRUPT


class DamagedBlock(CorruptArchive):
    """Block {number} of the archive is damaged: {reason}."""


class PasswordNeeded(NacompError):
    """The archive is sealed with a password."""

    exit_code = ExitCode.MODEL
    remedy = Remedy.GIVE_PASSWORD


class WrongPassword(NacompError):
    """The password is not the one this archive was sealed with; nothing was decoded."""

    exit_code = ExitCode.MODEL


class NoRecoveryData(CorruptArchive):
    """The archive cannot be repaired: it has no usable recovery data ({reason})."""


class BeyondRepair(CorruptArchive):
    """The archive is damaged beyond what its recovery data can repair: {reason}."""
