"""JPEG.md section 1: what the segments of a JPEG file without its scans' bits say (T.81, annex B)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from nac_decoder.errors import check

Codes = dict[int, tuple[int, int]]
"""By value: the code and its length."""
ZIGZAG = sorted(
    range(64), key=lambda at: (at // 8 + at % 8, at % 8 if (at // 8 + at % 8) % 2 == 0 else at // 8)
)
"""Places, 8 row + column, by T.81's order; the first is DC."""


@dataclass
class Component:
    name: int
    across: int
    down: int
    """Factors."""
    table: int
    width: int = 0
    height: int = 0
    """In blocks, as interleaved scans ask for."""
    reached: tuple[int, int] = (0, 0)
    """Width and height of a scan of this component alone."""


@dataclass(frozen=True)
class Scan:
    end: int
    """Of its segment, in the rest."""
    components: list[tuple[int, Codes, Codes]]
    """Number in the frame, codes for DC and for the others."""
    first: int
    last: int
    high: int
    low: int
    restart: int
    """In units, 0 for none."""


@dataclass
class Picture:
    """Segments as they are read, from SOI to EOI."""

    progressive: bool = False
    components: list[Component] = field(default_factory=list)
    units: tuple[int, int] = (0, 0)
    """Of interleaved scans, across and down."""
    scans: list[Scan] = field(default_factory=list)
    steps: dict[int, list[int]] = field(default_factory=dict)
    """By a quantisation table's number, 64 by place."""
    codes: dict[tuple[int, int], Codes] = field(default_factory=dict)
    """By class and number."""
    restart: int = 0

    def take(self, marker: int, body: bytes, end: int) -> None:
        check(marker >= 0xC0 and not 0xD0 <= marker <= 0xD8 and marker != 0xDC, "JPEG marker is out of place")
        if marker == 0xC4:
            self._huffman(body)
        elif marker in (0xC0, 0xC1, 0xC2):
            self._frame(marker, body)
        elif marker == 0xDB:
            self._quantisation(body)
        elif marker == 0xDD:
            check(len(body) >= 2, "JPEG restart interval is cut off")
            self.restart = int.from_bytes(body[:2], "big")
        elif marker == 0xDA:
            self._scan(body, end)
        else:
            check(marker >= 0xD0, "JPEG frame is of another kind")

    def _huffman(self, body: bytes) -> None:
        """T.81 B.2.4.2 and annex C."""
        at = 0
        while at < len(body):
            counts = body[at + 1 : at + 17]
            values = body[at + 17 : at + 17 + sum(counts)]
            check(len(counts) == 16 and len(values) == sum(counts), "JPEG Huffman table is cut off")
            check(body[at] >> 4 <= 1 and body[at] & 15 <= 3, "JPEG Huffman table has no such number")
            check(len(set(values)) == len(values), "JPEG value has two codes")
            codes, code, rest = {}, 0, iter(values)
            for length, count in enumerate(counts, 1):
                check(code + count <= 1 << length, "JPEG Huffman table has too many codes")
                for _ in range(count):
                    codes[next(rest)] = code, length
                    code += 1
                code *= 2
            self.codes[body[at] >> 4, body[at] & 15] = codes
            at += 17 + len(values)

    def _quantisation(self, body: bytes) -> None:
        """T.81 B.2.4.1."""
        at = 0
        while at < len(body):
            wide, number = body[at] >> 4, body[at] & 15
            values = body[at + 1 : at + 65 + 64 * wide]
            check(wide <= 1 and number <= 3, "JPEG quantisation table has no such number")
            check(len(values) == 64 + 64 * wide, "JPEG quantisation table is cut off")
            steps = [int.from_bytes(values[i : i + 1 + wide], "big") for i in range(0, len(values), 1 + wide)]
            check(0 not in steps, "JPEG step is 0")
            self.steps[number] = [step for _, step in sorted(zip(ZIGZAG, steps, strict=True))]
            at += 1 + len(values)

    def _frame(self, marker: int, body: bytes) -> None:
        """T.81 B.2.2 and A.2."""
        check(not self.components, "JPEG has a second frame")
        check(len(body) >= 6 and len(body) == 6 + 3 * body[5], "JPEG frame is malformed")
        height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
        check(body[0] == 8 and 1 <= body[5] <= 4 and height > 0 and width > 0, "JPEG frame is not read")
        self.progressive = marker == 0xC2
        for i in range(6, len(body), 3):
            name, factors, table = body[i : i + 3]
            check(1 <= factors >> 4 <= 4 and 1 <= factors & 15 <= 4, "JPEG factor is not from 1 to 4")
            check(table <= 3, "JPEG quantisation table has no such number")
            alone = len(body) == 9
            self.components.append(
                Component(name, 1 if alone else factors >> 4, 1 if alone else factors & 15, table)
            )
        check(
            len({one.name for one in self.components}) == len(self.components), "JPEG component comes twice"
        )
        across = max(one.across for one in self.components)
        down = max(one.down for one in self.components)
        self.units = -(-width // (8 * across)), -(-height // (8 * down))
        for one in self.components:
            one.width, one.height = self.units[0] * one.across, self.units[1] * one.down
            one.reached = -(-width * one.across // (8 * across)), -(-height * one.down // (8 * down))

    def _scan(self, body: bytes, end: int) -> None:
        """T.81 B.2.3."""
        check(len(body) >= 1 and 1 <= body[0] <= 4 and len(body) == 4 + 2 * body[0], "JPEG scan is malformed")
        check(len(self.scans) < 64, "JPEG has too many scans")
        names = [one.name for one in self.components]
        found = []
        for i in range(1, len(body) - 3, 2):
            check(body[i] in names, "JPEG scan's component is not there")
            dc, ac = body[i + 1] >> 4, body[i + 1] & 15
            check(dc <= 3 and ac <= 3, "JPEG Huffman table has no such number")
            found.append((names.index(body[i]), self.codes.get((0, dc), {}), self.codes.get((1, ac), {})))
        first, last, high, low = body[-3], body[-2], body[-1] >> 4, body[-1] & 15
        if self.progressive:
            band = len(found) == 1 and 1 <= first <= last <= 63
            check((first, last) == (0, 0) or band, "JPEG scan is no band")
            check(high in (0, low + 1) and low <= 13, "JPEG scan has another precision")
        else:
            check((first, last, high, low) == (0, 63, 0, 0), "JPEG scan is not whole")
        self.scans.append(Scan(end, found, first, last, high, low, self.restart))


def read(rest: bytes) -> Picture:
    """All of it but what lies behind EOI."""
    picture = Picture()
    for marker, body, end in _segments(rest):
        picture.take(marker, body, end)
    check(len(picture.scans) > 0, "JPEG has no scan")
    return picture


def _segments(rest: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, what the segment holds behind its length, and where it ends."""
    check(rest[:2] == b"\xff\xd8", "JPEG does not begin with SOI")
    at = 2
    while True:
        check(rest[at : at + 1] == b"\xff", "JPEG has no marker where one should be")
        while rest[at : at + 1] == b"\xff":
            at += 1
        check(at < len(rest), "JPEG ends before EOI")
        marker = rest[at]
        if marker == 0xD9:
            return
        size = int.from_bytes(rest[at + 1 : at + 3], "big")
        check(size >= 2 and at + 1 + size <= len(rest), "JPEG segment is cut off")
        yield marker, rest[at + 3 : at + 1 + size], at + 1 + size
        at += 1 + size
