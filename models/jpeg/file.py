"""The segments of a JPEG file (ITU-T T.81, annex B), and the picture that they describe (formats/JPEG.md, section 1).

The twin of `native/file.cpp`: bytes -> Segments -> the picture's shape and tables, and where each scan begins.
"""

from array import array
from collections.abc import Iterator
from dataclasses import field

from nacomp.formats.records import dataclass

COEFFICIENTS = 64
_COMPONENTS, _TABLES = 4, 4
_BLOCKS, _SCANS = 1 << 21, 64
_LOW = 13
_BITS = 16
_DQT, _DHT, _DRI, _SOS, _EOI, _DNL = 0xDB, 0xC4, 0xDD, 0xDA, 0xD9, 0xDC


def _zigzag() -> tuple[int, ...]:
    """Places (8 row + column) along the diagonals, each the other way round."""
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda at: (sum(at), at[0] if sum(at) % 2 else at[1]))
    return tuple(8 * row + column for row, column in places)


ZIGZAG = _zigzag()


class Unsuited(ValueError):
    """No JPEG file, or none of those that are taken apart: baseline or progressive, Huffman codes, 8 bits a sample."""


@dataclass
class Huffman:
    """The codes of one table."""

    values: dict[tuple[int, int], int] = field(default_factory=dict)
    """By (length, code)."""
    codes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """(length, code) by value."""


@dataclass
class Component:
    """One of the picture's colours.

    Attributes:
        name: what scans call it.
        across, down: sampling factors.
        table: the number of its quantisation table.
        width, height: blocks, in whole units of interleaved scans.
        own_width, own_height: blocks that the picture covers.
        coefficients: (height, width, 64) values of 16 bits, row by row of a block's frequencies.
    """

    name: int
    across: int
    down: int
    table: int
    width: int = 0
    height: int = 0
    own_width: int = 0
    own_height: int = 0
    coefficients: memoryview = field(default_factory=lambda: memoryview(array("h")))

    def block(self, x: int, y: int) -> memoryview:
        """(64,) coefficients, to read and to write."""
        at = (y * self.width + x) * COEFFICIENTS
        return self.coefficients[at : at + COEFFICIENTS]


@dataclass
class Picture:
    """What the segments say of the picture, and its coefficients.

    Attributes:
        units_across, units_down: units of interleaved scans.
        quantisation: (64,) steps of each table, row by row; empty where there is none.
    """

    progressive: bool = False
    units_across: int = 0
    units_down: int = 0
    components: list[Component] = field(default_factory=list)
    quantisation: list[list[int]] = field(default_factory=lambda: [[] for _ in range(_TABLES)])

    @property
    def blocks(self) -> int:
        """Of all components."""
        return sum(component.width * component.height for component in self.components)

    def allocate(self) -> None:
        """Make room for the coefficients, all 0."""
        for component in self.components:
            count = component.width * component.height * COEFFICIENTS
            component.coefficients = memoryview(array("h", bytes(2 * count)))


@dataclass
class Scan:
    """One scan's header, and the tables as they are where it begins.

    Attributes:
        components: their numbers in the frame.
        dc, ac: tables of each.
        first, last: the band of coefficients in zigzag order.
        high, low: bits known before, and bits left out (annex G).
        restart: units between restart markers, or 0.
    """

    components: list[int]
    dc: list[Huffman]
    ac: list[Huffman]
    first: int
    last: int
    high: int
    low: int
    restart: int


class Body:
    """The bytes of a segment, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        """The next byte."""
        if self.ended:
            raise Unsuited("a segment that is cut off")
        self._at += 1
        return self._data[self._at - 1]

    def two(self) -> int:
        """The next two, the upper first."""
        return self.byte() << 8 | self.byte()

    @property
    def ended(self) -> bool:
        """Whether none is left."""
        return self._at == len(self._data)


class Segments:
    """The segments of a file, up to the end of the picture."""

    def __init__(self, data: bytes, limit: int) -> None:
        """`limit`: blocks that the picture may have."""
        self.picture = Picture()
        self.at = 2
        """Behind the last segment that was read; whoever reads a scan's bits moves it behind them."""
        self._data, self._limit = data, limit
        self._dc, self._ac = [Huffman() for _ in range(_TABLES)], [Huffman() for _ in range(_TABLES)]
        self._restart = 0

    def scans(self) -> Iterator[Scan]:
        """Each scan's header, with `at` behind it. Raises Unsuited."""
        if self._data[:2] != b"\xff\xd8":
            raise Unsuited("no JPEG file")
        count = 0
        while (marker := self._marker()) != _EOI:
            body = self._body(marker)
            if marker != _SOS:
                self._read(marker, body)
                continue
            count += 1
            scan = self._scan(body)
            if count > _SCANS:
                raise Unsuited("too many scans")
            yield scan
        if not count:
            raise Unsuited("no scan")
        if not all(self.picture.quantisation[component.table] for component in self.picture.components):
            raise Unsuited("a component without a quantisation table")

    def _marker(self) -> int:
        """The next one, with any number of FF before it; `at` stays before it."""
        while self._data[self.at : self.at + 2] == b"\xff\xff":
            self.at += 1
        if len(self._data) - self.at < 2 or self._data[self.at] != 0xFF:
            raise Unsuited("no marker where one is due")
        return self._data[self.at + 1]

    def _body(self, marker: int) -> Body:
        head = self._data[self.at : self.at + 4]
        if marker < 0xC0 or 0xD0 <= marker <= 0xD8 or len(head) < 4:
            raise Unsuited("a marker of another kind")
        size = int.from_bytes(head[2:], "big")
        begin, self.at = self.at + 4, self.at + 2 + size
        if size < 2 or self.at > len(self._data):
            raise Unsuited("a segment that is cut off")
        return Body(self._data[begin : self.at])

    def _read(self, marker: int, body: Body) -> None:
        if marker == _DQT:
            _read_quantisation(body, self.picture)
        elif marker == _DHT:
            self._read_tables(body)
        elif marker == _DRI:
            self._restart = body.two()
        elif 0xC0 <= marker <= 0xC2:
            self.picture.progressive = marker == 0xC2
            _read_frame(body, self.picture, self._limit)
        elif marker & 0xF0 == 0xC0 or marker == _DNL:
            # Arithmetic codes, lossless, hierarchical; a height that comes later.
            raise Unsuited("a picture of another kind")

    def _read_tables(self, body: Body) -> None:
        while not body.ended:
            kind, number = divmod(body.byte(), 16)
            if kind > 1 or number >= _TABLES:
                raise Unsuited("a Huffman table of another kind")
            (self._ac if kind else self._dc)[number] = _read_huffman(body)

    def _scan(self, body: Body) -> Scan:
        count = body.byte()
        if not 1 <= count <= _COMPONENTS:
            raise Unsuited("a scan of another kind")
        names = [component.name for component in self.picture.components]
        chosen = [(body.byte(), *divmod(body.byte(), 16)) for _ in range(count)]
        if any(name not in names or dc >= _TABLES or ac >= _TABLES for name, dc, ac in chosen):
            raise Unsuited("a scan of what is not there")
        scan = Scan(
            [names.index(name) for name, _, _ in chosen],
            [self._dc[dc] for _, dc, _ in chosen],
            [self._ac[ac] for _, _, ac in chosen],
            body.byte(),
            body.byte(),
            *divmod(body.byte(), 16),
            self._restart,
        )
        if not body.ended or not (_progressive if self.picture.progressive else _whole)(scan):
            raise Unsuited("a scan of another kind")
        return scan


def _whole(scan: Scan) -> bool:
    """What a baseline scan is."""
    return (scan.first, scan.last, scan.high, scan.low) == (0, COEFFICIENTS - 1, 0, 0)


def _progressive(scan: Scan) -> bool:
    """DC alone, or a band of one component, from its highest bits or one bit further."""
    band = 0 < scan.first <= scan.last < COEFFICIENTS and len(scan.components) == 1
    refines = scan.high in (0, scan.low + 1)
    return (band or scan.first == scan.last == 0) and refines and scan.low <= _LOW


def _read_quantisation(body: Body, picture: Picture) -> None:
    while not body.ended:
        wide, number = divmod(body.byte(), 16)
        if wide > 1 or number >= _TABLES:
            raise Unsuited("a quantisation table of another kind")
        steps = [0] * COEFFICIENTS
        for place in ZIGZAG:
            steps[place] = body.two() if wide else body.byte()
        if 0 in steps:
            raise Unsuited("a quantisation step of 0")
        picture.quantisation[number] = steps


def _read_huffman(body: Body) -> Huffman:
    counts = [body.byte() for _ in range(_BITS)]
    table, code, codes = Huffman(), 0, []
    for length, count in enumerate(counts, 1):
        codes += [(length, code + i) for i in range(count)]
        code += count
        if code > 1 << length or len(codes) > 256:
            raise Unsuited("a Huffman table that is too full")
        code <<= 1
    for one in codes:
        value = body.byte()
        if value in table.codes:
            raise Unsuited("a value with two codes")
        table.values[one], table.codes[value] = value, one
    return table


def _read_frame(body: Body, picture: Picture, limit: int) -> None:
    if picture.components:
        raise Unsuited("a second frame")
    bits, height, width, count = body.byte(), body.two(), body.two(), body.byte()
    if bits != 8 or not height or not width or not 1 <= count <= _COMPONENTS:
        raise Unsuited("a frame of another kind")
    found = [Component(body.byte(), *divmod(body.byte(), 16), body.byte()) for _ in range(count)]
    for one in found:
        if not 1 <= one.across <= 4 or not 1 <= one.down <= 4 or one.table >= _TABLES:
            raise Unsuited("a component of another kind")
    if len({one.name for one in found}) < count or not body.ended:
        raise Unsuited("two components of one name, or a frame with more in it")
    if count == 1:  # never interleaved: its factors mean nothing
        found[0].across = found[0].down = 1
    across, down = max(one.across for one in found), max(one.down for one in found)
    picture.units_across, picture.units_down = -(-width // (8 * across)), -(-height // (8 * down))
    for one in found:
        one.width, one.height = picture.units_across * one.across, picture.units_down * one.down
        one.own_width = _covered(width, one.across, across)
        one.own_height = _covered(height, one.down, down)
    picture.components = found
    if picture.blocks > min(limit, _BLOCKS):
        raise Unsuited("more blocks than the file can hold")


def _covered(samples: int, factor: int, most: int) -> int:
    """Blocks that so many samples of the picture ask for."""
    return -(-(samples * factor) // (8 * most))
