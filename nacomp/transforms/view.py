"""What every view gives: a few parameters, and parts that are contents of their own."""

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class View:
    """Another shape of some bytes, from which the view's `close_view` makes the same bytes again.

    `parameters` are at most a few dozen bytes; `parts` will be looked into and compressed like any content.
    """

    parameters: bytes
    parts: tuple[bytes, ...]


def corrupt(kind: str, reason: str) -> CorruptArchive:
    """The error for a view that cannot be closed: `reason` says what was expected and what was found."""
    return CorruptArchive(reason=f"a view of kind {kind} cannot be closed: {reason}")
