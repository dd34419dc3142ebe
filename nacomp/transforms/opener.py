"""Looks into bytes, and into what comes out, as deep as views lie in one another.

    data -> sites -> a view of each (deflate, JPEG, base64, ...) -> its parts, looked into again -> Content

What is opened is what pays: a view stays closed where what it is made of would not come out smaller than it. Bounded in
depth and in bytes that come out, so that a bomb is an ordinary file of a few kilobytes.
"""

from collections.abc import Iterable
from dataclasses import field

from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass
from nacomp.transforms import (
    base64,
    charset,
    deflate_view,
    hexadecimal,
    jpeg,
    png_rows,
    quoted_printable,
    sites,
    utf,
)
from nacomp.transforms.deflate import open_stream
from nacomp.transforms.deflate_view import DeflatePiece, Trailer
from nacomp.transforms.sites import Kind, Site
from nacomp.transforms.table import view_method
from nacomp.transforms.tree import Content, Opened, Piece, Run, Slice, Tail, plain
from nacomp.transforms.view import View

MOST_DEPTH = 6
"""Views in one another; a picture in a document in a package in an archive has 4."""
MOST_OPENED = 32 << 20
"""Bytes that come out of views, of what is looked into at a time."""
MAY_GO_ON = 12 << 20
"""What looks cut off this close to the end of the data may go on behind it, if more data follows."""
MOST_BLOCK = 1 << 18
"""Bytes; few encoders write longer blocks."""
LEAST_STREAM = 60
"""Bytes; a shorter deflate stream gains less than the view's row in the index costs, 10 to 20 bytes with its corrections."""
MOST_CORRECTIONS = 0.15
"""Share of a stream that its corrections may take: what it unpacks to comes out a fifth smaller than the stream at least,
with LZMA alone. Asking zstd's quick level lost: on small texts it is larger than deflate, and they stayed closed."""
WORTH_PICTURE = 0.97
"""Of a stream, that its picture and its corrections may take."""
MOST_TIMES, FLATTEST = 14, 500
"""Of a stream, and of the words that its picture takes: larger pictures stay rows, which are coded as blocks. Readers count
rows twice, and refuse more work than 36 times what is coded and comes out and 4,096 times the payload."""
DENSE = 0.97
"""A stream that is not smaller than this share of what it unpacks to holds something that others have compressed."""
RUNS = {
    Kind.BASE64: (MethodKind.BASE64, base64.open_view),
    Kind.HEXADECIMAL: (MethodKind.HEXADECIMAL, hexadecimal.open_view),
    Kind.QUOTED_PRINTABLE: (MethodKind.QUOTED_PRINTABLE, quoted_printable.open_view),
}
"""What opens a run of text that spells bytes."""


@dataclass(frozen=True)
class Continuation:
    """A long deflate stream goes on at this bit of the data to come."""

    start_bit: int
    window: bytes


@dataclass(frozen=True)
class Looked:
    """What was found in the first bytes of some data, and how the rest begins."""

    content: Content
    continuation: Continuation | None = None


@dataclass
class _Found:
    """Pieces that stand for `start` to `end` of the data."""

    start: int
    end: int
    pieces: list[Piece] = field(default_factory=list)
    continuation: Continuation | None = None

    @property
    def may_go_on(self) -> bool:
        """Whether nothing can be told before there is more data."""
        return not self.pieces


def look_inside(data: bytes, *, is_last: bool, continuation: Continuation | None = None) -> Looked:
    """What is inside the first bytes of `data`, at least one of them: those that can be told without more.

    `is_last` says that no more data follows. `continuation` is what the data before this one left.
    """
    if not sites.CAN_LOOK:
        return Looked(plain(data))
    return _Look(data, is_last=is_last, depth=0, room=_Room(MOST_OPENED)).run(continuation)


@dataclass
class _Room:
    """Bytes that may still come out of views."""

    left: int


class _Look:
    """One look into one content."""

    def __init__(self, data: bytes, *, is_last: bool, depth: int, room: _Room) -> None:
        self._data = data
        self._is_last = is_last
        self._depth = depth
        self._room = room
        self._pieces: list[Piece] = []
        self._done = 0

    def run(self, continuation: Continuation | None = None) -> Looked:
        """Open what is there, up to the end of the data or to what only more of it can tell."""
        if self._depth >= MOST_DEPTH or not self._data:
            return Looked(plain(self._data))
        text = self._text() if continuation is None else None
        if text is not None:
            return Looked(text)
        goes_on = self._resume(continuation) if continuation is not None else None
        for site in sites.sites(self._data) if goes_on is None else ():
            if site.start < self._done:
                continue
            if self._room.left <= 0 and self._done:
                return self._cut(self._done)
            found = self._open(site)
            if found is None:
                continue
            if found.may_go_on and site.start:
                return self._cut(site.start)
            self._take(found)
            goes_on = found.continuation
            if goes_on is not None:
                break
        return self._cut(len(self._data) if goes_on is None else self._done, goes_on)

    def _resume(self, continuation: Continuation) -> Continuation | None:
        """Take up the stream that the data before left; gives how it goes on behind this data."""
        found = self._deflate(0, continuation.start_bit, Trailer.NOTHING, continuation.window)
        if found is None or found.may_go_on:
            return None
        self._take(found)
        return found.continuation

    def _take(self, found: _Found) -> None:
        if found.start > self._done:
            self._pieces.append(Run(self._done, found.start))
        self._pieces += found.pieces
        self._done = found.end

    def _cut(self, end: int, continuation: Continuation | None = None) -> Looked:
        if end > self._done:
            self._pieces.append(Run(self._done, end))
        data = self._data if end == len(self._data) else self._data[:end]
        return Looked(Content(data, tuple(self._pieces)), continuation)

    def _text(self) -> Content | None:
        """All of it as text in UTF-8, if it is text in another encoding."""
        for module, kind in ((utf, MethodKind.UTF), (charset, MethodKind.CHARSET)):
            view = module.open_view(self._data)
            if view is not None:
                opened = self._opened(view_method(kind), view, len(self._data))
                return Content(self._data, (Slice(opened, 0, opened.size),))
        return None

    def _open(self, site: Site) -> _Found | None:
        data, start = self._data, site.start
        match site.kind:
            case Kind.ZIP:
                found = self._member(sites.zip_stream(data, start), Trailer.NOTHING)
            case Kind.GZIP:
                found = self._member(sites.gzip_stream(data, start), Trailer.CRC32_AND_SIZE)
            case Kind.ZLIB:
                found = self._member(start + 2, Trailer.ADLER32, sites.pdf_image(data, start))
            case Kind.PNG:
                found = self._png(start)
            case Kind.JPEG:
                found = self._jpeg(start)
            case _:
                kind, open_view = RUNS[site.kind]
                found = self._whole(open_view(data[start : site.end]), kind, start, site.end)
        return found

    def _whole(self, view: View | None, kind: MethodKind, start: int, end: int) -> _Found | None:
        if view is None:
            return None
        opened = self._opened(view_method(kind), view, end - start)
        return _Found(start, end, [Slice(opened, 0, opened.size)])

    def _opened(self, method: Method, view: View, size: int) -> Opened:
        return Opened(method, view.parameters, size, tuple(self._inner(part) for part in view.parts))

    def _inner(self, data: bytes) -> Content:
        self._room.left -= len(data)
        return _Look(data, is_last=True, depth=self._depth + 1, room=self._room).run().content

    def _may_go_on(self, start: int) -> bool:
        return not self._is_last and len(self._data) - start < MAY_GO_ON

    def _jpeg(self, start: int) -> _Found | None:
        end = sites.jpeg_end(self._data, start)
        if end is None:
            return _Found(start, start) if self._may_go_on(start) else None
        return self._whole(jpeg.open_view(self._data[start:end]), MethodKind.JPEG, start, end)

    def _member(
        self, at: int | None, trailer: Trailer, image: tuple[int, int] | None = None
    ) -> _Found | None:
        if at is None or at >= len(self._data):
            return None
        return self._deflate(at, 8 * at, trailer, b"", image)

    def _deflate(
        self,
        start: int,
        start_bit: int,
        trailer: Trailer,
        window: bytes,
        image: tuple[int, int] | None = None,
    ) -> _Found | None:
        """The stream at this bit, all of it or what can be told of it; `image` is the size it has if it is pixels."""
        view = memoryview(self._data)
        taken: list[Piece] = []
        done, following = start, start_bit
        for piece in deflate_view.pieces(view, start_bit, trailer, window):
            if not window and not taken and not self._pays(piece):
                return None
            if piece.start > done:
                taken.append(Run(done, piece.start))
            is_whole = not window and not taken and piece.end_bit is None
            picture = self._picture(piece, *image) if image is not None and is_whole else None
            opened = self._piece(piece, picture)
            taken.append(Slice(opened, 0, opened.size))
            done, window = piece.end, (piece.window + piece.content)[-deflate_view.WINDOW :]
            if piece.end_bit is None:
                return _Found(start, done, taken)
            following = piece.end_bit
            if self._room.left <= 0:
                return _Found(start, done, taken, Continuation(following % 8, window))
        if not self._may_go_on(done):
            return _Found(start, done, taken) if taken else None
        if taken:
            return _Found(start, done, taken, Continuation(following % 8, window))
        return _Found(start, start) if self._begins(view, start_bit, window) else None

    def _begins(self, view: memoryview, start_bit: int, window: bytes) -> bool:
        """Whether at least a block of a stream is here, or may be, where its end is not."""
        if len(view) - start_bit // 8 < MOST_BLOCK:
            return True
        limit = deflate_view.PIECE_LIMIT
        return open_stream(view, start_bit, window, limit=limit, piece=1) is not None

    def _pays(self, piece: DeflatePiece) -> bool:
        size = piece.end - piece.start
        if size < LEAST_STREAM or size > DENSE * len(piece.content):
            return False
        return len(piece.corrections) <= MOST_CORRECTIONS * size

    def _pays_as_picture(self, piece: DeflatePiece, view: View) -> bool:
        """What it takes is known: pictures shrink more than corrections of an odd encoder's stream cost."""
        size = piece.end - piece.start
        return len(piece.corrections) + sum(map(len, view.parts)) < WORTH_PICTURE * size

    def _piece(self, piece: DeflatePiece, content: Content | None = None) -> Opened:
        window = [Content(piece.window, (Tail(len(piece.window)),))] if piece.window else []
        inner = content or self._inner(piece.content)
        parts = (*window, inner, plain(piece.corrections, notes=True))
        size = piece.end - piece.start
        return Opened(view_method(MethodKind.DEFLATE), piece.parameters, size, parts, tail=len(window))

    def _picture(self, piece: DeflatePiece, width: int, height: int) -> Content | None:
        """Rows of grey, RGB or CMYK samples or of bits, with a PNG predictor's filters or without."""
        return self._rows(_readable(_view_of_rows(piece.content, width, height), piece), piece.content)

    def _png(self, start: int) -> _Found | None:
        """The chunks of an image's data hold one zlib stream together; each is a slice of it."""
        png = sites.png_data(self._data, start)
        if png is None:
            return _Found(start, start) if self._may_go_on(start) else None
        stream = b"".join(self._data[low:high] for low, high in png.chunks)
        if len(stream) > MOST_OPENED:
            return None
        piece = deflate_view.whole(memoryview(stream), 16, Trailer.ADLER32, MOST_OPENED)
        if piece is None:
            return None
        view = None
        if not png.interlaced:
            view = png_rows.open_rows(piece.content, png.width, png.height, png.bit_depth, png.colour_type)
            view = _readable(view, piece)
        if view is None and len(piece.content) > deflate_view.PIECE_BYTES:
            return None
        if not (self._pays(piece) if view is None else self._pays_as_picture(piece, view)):
            return None
        rows = self._rows(view, piece.content)
        opened = self._piece(piece, rows)
        begin, end = png.chunks[0][0], png.chunks[-1][1]
        return _Found(begin, end, list(_spread(opened, piece, png.chunks)))

    def _rows(self, view: View | None, rows: bytes) -> Content | None:
        """An image's rows as a picture, where that is smaller."""
        if view is None:
            return None
        self._room.left -= len(rows)
        parts = tuple(plain(part) for part in view.parts)
        opened = Opened(view_method(MethodKind.PNG_ROWS), view.parameters, len(rows), parts)
        return Content(rows, (Slice(opened, 0, len(rows)),))


def _view_of_rows(pixels: bytes, width: int, height: int) -> View | None:
    for depth, colour_type in ((8, 0), (8, 2), (8, 6), (1, 0)):
        row = (width * depth * png_rows.SAMPLES[colour_type] + 7) // 8
        if len(pixels) == height * (row + 1):
            return png_rows.open_rows(pixels, width, height, depth, colour_type)
        if len(pixels) == height * row:
            return png_rows.open_pixels(pixels, width, height, depth, colour_type)
    return None


def _readable(view: View | None, piece: DeflatePiece) -> View | None:
    """The view of a stream's rows, unless readers would refuse the work that these are."""
    if view is None:
        return None
    most = max(MOST_TIMES * (piece.end - piece.start), FLATTEST * len(view.parts[0]))
    return view if len(piece.content) <= most else None


def _spread(opened: Opened, piece: DeflatePiece, chunks: Iterable[tuple[int, int]]) -> Iterable[Piece]:
    """A stream that stands in several chunks: its slices, and as they are the bytes around it and between the chunks."""
    at, previous = 0, None
    for low, high in chunks:
        if previous is not None:
            yield Run(previous, low)
        first, last = max(at, piece.start), min(at + high - low, piece.end)
        if first >= last:
            yield Run(low, high)
        else:
            if first > at:
                yield Run(low, low + first - at)
            yield Slice(opened, first - piece.start, last - first)
            if last < at + high - low:
                yield Run(low + last - at, high)
        at, previous = at + high - low, high
