"""What was found inside some bytes, laid out for coding: every run of bytes gets a place in the unit's data.

    Content (transforms/tree) --lay_out--> data + Layout --extents, once blocks are written--> extents + derived contents

Text that came out of several views lies side by side, so that the model reads on from one part of a document to the next;
then what is binary, then the views' own bookkeeping.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from nacomp.archive.segments import Range, SegmentKind, split
from nacomp.formats.derived import Derived
from nacomp.formats.extent import Extent
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass
from nacomp.transforms.tree import Content, Opened, Run, Slice, Tail

PICTURES = (MethodKind.JPEG, MethodKind.PNG_ROWS)
"""Views whose parts are words of a coder, but for a few bytes."""


@dataclass(frozen=True)
class Span:
    """`length` bytes at `offset` of the data, or of what a view makes."""

    offset: int
    length: int
    view: "LaidOut | None" = None


@dataclass(frozen=True)
class Window:
    """The last `length` bytes of what the long deflate stream's piece before this one unpacked to."""

    length: int


@dataclass(frozen=True)
class LaidOut:
    """One view, with the places of what it is made of."""

    method: Method
    parameters: bytes
    size: int
    parts: tuple[tuple[Span | Window, ...], ...]
    tail: int | None
    """The last of the parts that a later `Window` looks into: in front of it stands nothing but the view's own window."""

    @property
    def coded(self) -> int:
        """Bytes of its parts."""
        return sum(span.length for part in self.parts for span in part)


@dataclass(frozen=True)
class Layout:
    """How some bytes are made of the data that is coded for them."""

    spans: tuple[Span | Window, ...]

    @property
    def picture_bytes(self) -> int:
        """Of the data, what views of pictures take, at any depth: nearly all of it is coded before any block is."""
        return _bytes_of_pictures(self.spans)

    @property
    def opened(self) -> bool:
        """Whether a view makes any of it."""
        return any(isinstance(span, Span) and span.view is not None for span in self.spans)

    def methods(self) -> Iterator[Method]:
        """Those of all views in it, at any depth, as often as they are there."""
        return _methods(self.spans)


def _bytes_of_pictures(spans: Iterable[Span | Window]) -> int:
    return sum(
        span.view.coded
        if span.view.method.kind in PICTURES
        else sum(map(_bytes_of_pictures, span.view.parts))
        for span in spans
        if isinstance(span, Span) and span.view is not None
    )


def _methods(spans: Iterable[Span | Window]) -> Iterator[Method]:
    for span in spans:
        if isinstance(span, Span) and span.view is not None:
            yield span.view.method
            for part in span.view.parts:
                yield from _methods(part)


def lay_out(content: Content) -> tuple[bytes, Layout]:
    """The data to code for a content, and how the content is made of it."""
    if all(isinstance(piece, Run) for piece in content.pieces):
        return bytes(content.data), Layout((Span(0, len(content.data)),))
    runs = list(_runs(content))
    order = sorted(range(len(runs)), key=lambda number: _rank(*runs[number]))
    places, data = [0] * len(runs), bytearray()
    for number in order:
        places[number] = len(data)
        data += runs[number][0]
    return bytes(data), Layout(_spans(content, iter(places), {}))


def _runs(content: Content, *, notes: bool = False) -> Iterator[tuple[memoryview, bool]]:
    """Every run of bytes that no view explains, in order, and whether it is a view's bookkeeping."""
    seen: set[int] = set()
    for piece in content.pieces:
        if isinstance(piece, Run):
            yield memoryview(content.data)[piece.start : piece.end], notes
        elif isinstance(piece, Slice) and id(piece.opened) not in seen:
            seen.add(id(piece.opened))
            for part in piece.opened.parts:
                yield from _runs(part, notes=notes or part.notes)


def _rank(data: memoryview, notes: bool) -> int:
    if notes:
        return 2
    return 0 if all(segment.kind is SegmentKind.TEXT for segment in split(bytes(data))) else 1


def _spans(content: Content, places: Iterator[int], known: dict[int, LaidOut]) -> tuple[Span | Window, ...]:
    """The content's pieces, with the next places for its runs: they come in the order of `_runs`."""
    spans: list[Span | Window] = []
    for piece in content.pieces:
        if isinstance(piece, Run):
            spans.append(Span(next(places), piece.end - piece.start))
            continue
        if isinstance(piece, Tail):
            spans.append(Window(piece.length))
            continue
        opened = piece.opened
        if id(opened) not in known:
            known[id(opened)] = _view(opened, places)
        spans.append(Span(piece.offset, piece.length, known[id(opened)]))
    return tuple(spans)


def _view(opened: Opened, places: Iterator[int]) -> LaidOut:
    parts = tuple(_spans(part, places, {}) for part in opened.parts)
    return LaidOut(opened.method, opened.parameters, opened.size, parts, opened.tail)


class Placement:
    """Where the ranges of a unit's data went."""

    def __init__(self, placed: Sequence[tuple[Range, Extent]]) -> None:
        """`placed` says which range of the data is which extent."""
        self._placed = sorted(placed, key=lambda item: item[0])
        self._starts = [start for (start, _), _ in self._placed]

    def extents(self, start: int, length: int) -> list[Extent]:
        """The extents that hold `length` bytes of the data from `start` on."""
        found, end = [], start + length
        at = max(bisect_right(self._starts, start) - 1, 0)
        while at < len(self._placed) and self._placed[at][0][0] < end:
            (low, high), extent = self._placed[at]
            first, last = max(low, start), min(high, end)
            if first < last:
                found.append(Extent(extent.content, extent.offset + first - low, last - first))
            at += 1
        return found


class DerivedContents:
    """The derived contents of an archive that is being written.

    Their numbers begin behind the last block's, which is not known before the end: until `numbered`, the first has the
    number -1, the second -2.
    """

    def __init__(self, methods: Sequence[Method]) -> None:
        self._methods = methods
        self._rows: list[Derived] = []
        self._tail: list[Extent] = []

    def extents(self, layout: Layout, start: int, placement: Placement) -> list[Extent]:
        """The extents of a layout whose data begins at `start` of its unit's; its views are added."""
        return self._extents(layout.spans, start, placement, {})

    def _extents(
        self, spans: Sequence[Span | Window], start: int, placement: Placement, known: dict[int, int]
    ) -> list[Extent]:
        found: list[Extent] = []
        for span in spans:
            if isinstance(span, Window):
                found += last_bytes(self._tail, span.length)
            elif span.view is None:
                found += placement.extents(start + span.offset, span.length)
            else:
                if id(span.view) not in known:
                    known[id(span.view)] = self._add(span.view, start, placement)
                found.append(Extent(known[id(span.view)], span.offset, span.length))
        return found

    def _add(self, view: LaidOut, start: int, placement: Placement) -> int:
        parts = tuple(tuple(self._extents(part, start, placement, {})) for part in view.parts)
        if view.tail is not None:
            # With its own window in front: a piece may be shorter than what the next one looks back to.
            self._tail = [extent for part in parts[: view.tail + 1] for extent in part]
        self._rows.append(Derived(self._methods.index(view.method), view.size, view.parameters, parts))
        return -len(self._rows)

    def numbered(self, blocks: int) -> list[Derived]:
        """All of them, their extents with the numbers they get behind so many blocks."""
        return [
            Derived(
                one.method,
                one.size,
                one.parameters,
                tuple(tuple(numbered(extent, blocks) for extent in part) for part in one.parts),
            )
            for one in self._rows
        ]


def last_bytes(extents: Sequence[Extent], length: int) -> list[Extent]:
    """The extents of the last `length` bytes of these."""
    found: list[Extent] = []
    for extent in reversed(extents):
        taken = min(length, extent.length)
        if taken:
            found.append(Extent(extent.content, extent.offset + extent.length - taken, taken))
        length -= taken
    return found[::-1]


def numbered(extent: Extent, blocks: int) -> Extent:
    """An extent with the number that its derived content gets behind so many blocks."""
    if extent.content >= 0:
        return extent
    return Extent(blocks - 1 - extent.content, extent.offset, extent.length)
