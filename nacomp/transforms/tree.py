"""What was found inside some bytes: runs of them as they are, and slices of what views were opened on.

Content: Run | Slice of an Opened (method, parameters) -> its parts: Content, ... -> and so on
"""

from nacomp.formats.methods import Method
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class Run:
    """Bytes `start` to `end` (exclusive) of the content's own data."""

    start: int
    end: int


@dataclass(frozen=True)
class Tail:
    """The last `length` bytes of what the deflate piece before this one unpacked to: the window to go on with."""

    length: int


@dataclass(frozen=True)
class Slice:
    """`length` bytes at `offset` of what a view was opened on: all of it, or a piece where it stands in several."""

    opened: "Opened"
    offset: int
    length: int


Piece = Run | Tail | Slice


@dataclass(frozen=True)
class Content:
    """Bytes, and what they consist of, in order and without gaps.

    Attributes:
        notes: whether they are a view's bookkeeping, and nothing that anyone wrote.
    """

    data: bytes | memoryview
    pieces: tuple[Piece, ...]
    notes: bool = False


@dataclass(frozen=True)
class Opened:
    """One view: its row of the methods table, its parameters, the bytes it stands for and what it is made of.

    Attributes:
        tail: the last of its parts that a `Tail` in a later view may mean, behind its own window; or None.
    """

    method: Method
    parameters: bytes
    size: int
    parts: tuple[Content, ...]
    tail: int | None = None


def plain(data: bytes | memoryview, *, notes: bool = False) -> Content:
    """Bytes nothing was found in."""
    return Content(data, (Run(0, len(data)),) if len(data) else (), notes)
