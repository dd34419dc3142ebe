"""JPEG.md section 2: the bits of a scan (T.81, annexes F and G)."""

from collections.abc import Callable, Iterator

from nac_decoder.errors import check
from nac_decoder.jpeg_coefficients import Plane
from nac_decoder.jpeg_segments import ZIGZAG, Codes, Picture, Scan

Coefficients = list[int]
"""Of one block, in T.81's order, as far as the scan has them."""


class BitWriter:
    def __init__(self, padding: int, most: int) -> None:
        self.out = bytearray()
        self.padding, self.most = padding, most
        self.value = self.count = 0

    def bits(self, value: int, count: int) -> None:
        self.value, self.count = self.value << count | value, self.count + count
        while self.count >= 8:
            self.count -= 8
            byte = self.value >> self.count
            self.value &= (1 << self.count) - 1
            self.out += b"\xff\0" if byte == 255 else bytes([byte])
            check(len(self.out) <= self.most, "view makes another size")

    def fill(self) -> None:
        missing = -self.count % 8
        self.bits(self.padding * ((1 << missing) - 1), missing)


class ScanWriter:
    """One scan. A band's runs of blocks and their correction bits wait until something else is written."""

    def __init__(self, picture: Picture, scan: Scan, planes: list[Plane], writer: BitWriter) -> None:
        self.picture, self.scan, self.planes, self.writer = picture, scan, planes, writer
        self.before = [0] * len(scan.components)
        """DC of the block before, by component."""
        self.run = 0
        self.waiting: list[int] = []
        """Correction bits behind the run."""

    def write(self) -> None:
        block = self._kind()
        for number, unit in enumerate(self._units()):
            if number and self.scan.restart and number % self.scan.restart == 0:
                self._end()
                self.writer.out += bytes([255, 0xD0 + (number // self.scan.restart - 1) % 8])
                self.before = [0] * len(self.before)
            for i, row, column in unit:
                component, dc, ac = self.scan.components[i]
                own = self.planes[component].block(row, column).at
                block(i, [own[place] for place in ZIGZAG[self.scan.first : self.scan.last + 1]], dc, ac)
        self._end()

    def _end(self) -> None:
        self._flush()
        self.writer.fill()

    def _kind(self) -> Callable[[int, Coefficients, Codes, Codes], None]:
        if not self.picture.progressive:
            return self._whole
        if self.scan.first == 0:
            return self._dc_bit if self.scan.high else self._dc
        return self._refine if self.scan.high else self._band

    def _units(self) -> Iterator[list[tuple[int, int, int]]]:
        """The blocks of each unit: number in the scan, row, column (T.81 A.2)."""
        frame = [self.picture.components[number] for number, _, _ in self.scan.components]
        if len(frame) == 1:
            width, height = frame[0].reached
            yield from ([(0, row, column)] for row in range(height) for column in range(width))
            return
        for y in range(self.picture.units[1]):
            for x in range(self.picture.units[0]):
                yield [
                    (i, y * one.down + row, x * one.across + column)
                    for i, one in enumerate(frame)
                    for row in range(one.down)
                    for column in range(one.across)
                ]

    def _symbol(self, codes: Codes, value: int) -> None:
        check(value in codes, "JPEG has no code for a value")
        self.writer.bits(*codes[value])

    def _magnitude(self, value: int) -> None:
        size = abs(value).bit_length()
        self.writer.bits(value if value >= 0 else value + (1 << size) - 1, size)

    def _dc(self, i: int, own: Coefficients, dc: Codes, _: Codes) -> None:
        value = own[0] >> self.scan.low
        step, self.before[i] = value - self.before[i], value
        self._symbol(dc, abs(step).bit_length())
        self._magnitude(step)

    def _dc_bit(self, _number: int, own: Coefficients, _dc: Codes, _ac: Codes) -> None:
        self.writer.bits(own[0] >> self.scan.low & 1, 1)

    def _whole(self, i: int, own: Coefficients, dc: Codes, ac: Codes) -> None:
        self._dc(i, own, dc, ac)
        if self._runs(own[1:], ac):
            self._symbol(ac, 0)

    def _band(self, _number: int, own: Coefficients, _: Codes, ac: Codes) -> None:
        low = self.scan.low
        if self._runs([value >> low if value >= 0 else -(-value >> low) for value in own], ac):
            self._longer([], ac)

    def _runs(self, values: Coefficients, ac: Codes) -> int:
        """Coefficients, each with the zeros before it; gives the zeros behind the last."""
        zeros = 0
        for value in values:
            if value == 0:
                zeros += 1
                continue
            self._flush()
            for _ in range(zeros // 16):
                self._symbol(ac, 0xF0)
            self._symbol(ac, zeros % 16 << 4 | abs(value).bit_length())
            self._magnitude(value)
            zeros = 0
        return zeros

    def _refine(self, _number: int, own: Coefficients, _: Codes, ac: Codes) -> None:
        """T.81 G.1.2.3: those that begin here are 1 now, the others get their next bit."""
        sizes = [abs(value) >> self.scan.low for value in own]
        last = max((i for i, size in enumerate(sizes) if size == 1), default=-1)
        zeros, corrections = 0, list[int]()
        for i, size in enumerate(sizes):
            if size == 0:
                zeros += 1
                continue
            while zeros > 15 and i <= last:
                self._flush()
                self._symbol(ac, 0xF0)
                self._all(corrections)
                zeros, corrections = zeros - 16, []
            if size > 1:
                corrections.append(size & 1)
                continue
            self._flush()
            self._symbol(ac, zeros << 4 | 1)
            self.writer.bits(own[i] > 0, 1)
            self._all(corrections)
            zeros, corrections = 0, []
        if zeros or corrections:
            self._longer(corrections, ac)

    def _longer(self, corrections: list[int], ac: Codes) -> None:
        """A block ends by the run."""
        self.run, self.codes = self.run + 1, ac
        self.waiting += corrections
        if self.run == 32_767 or len(self.waiting) > 937:
            self._flush()

    def _flush(self) -> None:
        if self.run:
            size = self.run.bit_length() - 1
            self._symbol(self.codes, size << 4)
            self.writer.bits(self.run - (1 << size), size)
            self._all(self.waiting)
            self.run, self.waiting = 0, []

    def _all(self, bits: list[int]) -> None:
        for bit in bits:
            self.writer.bits(bit, 1)
