"""The coefficients of a scan: read from its bits, and written as libjpeg writes them (formats/JPEG.md, section 2).

The twin of `native/scans.cpp`.
"""

from collections.abc import Iterator

from nacomp.models.jpeg.bits import BitReader, BitWriter
from nacomp.models.jpeg.file import COEFFICIENTS, ZIGZAG, Huffman, Picture, Scan, Unsuited

_MOST_RUN = 0x7FFF
"""Blocks in a run of ends."""
_MOST_HELD = 937
"""Correction bits that libjpeg holds back before it ends a run."""
_MOST = 32767
_MOST_SIZE = 15
_SIXTEEN_ZEROS = 0xF0


def read_scan(
    picture: Picture, scan: Scan, data: bytes, at: int, padding: int | None
) -> tuple[int, int | None]:
    """Read the scan at a place of the file.

    Args:
        picture: has room for coefficients, which are filled in.
        scan: what its segment says.
        data: the file.
        at: where the scan's bits begin.
        padding: the bit that fills bytes, or None while none was seen.

    Returns:
        Where the scan ends, and the padding.
    """
    reader = _Reader(scan, picture.progressive, BitReader(data, at), padding)
    for number, block in _units(picture, scan):
        if block is None:
            reader.restart()
        else:
            reader.block(number, block)
    return reader.end()


def write_scan(picture: Picture, scan: Scan, padding: int, out: bytearray, limit: int) -> None:
    """Append the scan's bits. Raises Unsuited beyond `limit` bytes in `out`, and for values without a code."""
    writer = _Writer(scan, picture.progressive, padding, BitWriter(out, limit))
    for number, block in _units(picture, scan):
        if block is None:
            writer.restart()
        else:
            writer.block(number, block)
    writer.end()


def _units(picture: Picture, scan: Scan) -> Iterator[tuple[int, memoryview | None]]:
    """Every block of a scan in its order, behind the number of its component in the scan; None for a restart."""
    for count, unit in enumerate(_blocks(picture, scan)):
        if scan.restart and count and count % scan.restart == 0:
            yield 0, None
        yield from unit


def _blocks(picture: Picture, scan: Scan) -> Iterator[list[tuple[int, memoryview]]]:
    components = [picture.components[number] for number in scan.components]
    if len(components) == 1:
        [only] = components
        for y in range(only.own_height):
            for x in range(only.own_width):
                yield [(0, only.block(x, y))]
        return
    for row in range(picture.units_down):
        for column in range(picture.units_across):
            yield [
                (number, one.block(column * one.across + h, row * one.down + v))
                for number, one in enumerate(components)
                for v in range(one.down)
                for h in range(one.across)
            ]


def _stored(value: int) -> int:
    if not -_MOST <= value <= _MOST:
        raise Unsuited("a coefficient out of range")
    return value


def _signed(bits: int, size: int) -> int:
    """The value of this many bits."""
    return bits - (1 << size) + 1 if size and bits < 1 << size - 1 else bits


def _bits_of(value: int) -> tuple[int, int]:
    """The bits of a value, and how many."""
    size = abs(value).bit_length()
    return (value + (1 << size) - 1 if value < 0 else value), size


class _Reader:
    """Coefficients from bits."""

    def __init__(self, scan: Scan, progressive: bool, bits: BitReader, padding: int | None) -> None:
        self._scan, self._progressive, self._bits, self._padding = scan, progressive, bits, padding
        self._dc = [0] * len(scan.components)
        self._run, self._restarts = 0, 0

    def block(self, number: int, q: memoryview) -> None:
        """The next block, of a component of the scan."""
        scan = self._scan
        if not self._progressive:
            self._difference(number, q)
            self._whole(number, q)
        elif scan.first == 0:
            if scan.high == 0:
                self._difference(number, q)
            elif self._bits.bit():
                q[0] = _stored(q[0] | 1 << scan.low)
        elif scan.high == 0:
            self._band(q)
        else:
            self._refine(q)

    def restart(self) -> None:
        """What stands between two blocks."""
        self.end()
        self._bits.pass_restart(self._restarts)
        self._restarts += 1
        self._dc = [0] * len(self._dc)

    def end(self) -> tuple[int, int | None]:
        """Where the scan ends, and the padding."""
        if self._run:
            raise Unsuited("a run of ends past the last block")
        self._padding = self._bits.pass_padding(self._padding)
        return self._bits.at, self._padding

    def _symbol(self, number: int = 0) -> tuple[int, int]:
        """A run of zeros and the size of the value behind it."""
        return divmod(self._bits.symbol(self._scan.ac[number]), 16)

    def _value(self, size: int) -> int:
        return _signed(self._bits.bits(size), size)

    def _difference(self, number: int, q: memoryview) -> None:
        size = self._bits.symbol(self._scan.dc[number])
        if size > _MOST_SIZE:
            raise Unsuited("a DC coefficient out of range")
        self._dc[number] = _stored(self._dc[number] + self._value(size))
        q[0] = _stored(self._dc[number] << self._scan.low)

    def _whole(self, number: int, q: memoryview) -> None:
        k = 1
        while k < COEFFICIENTS:
            run, size = self._symbol(number)
            if size == 0 and run != 15:
                if run:
                    raise Unsuited("a run of ends in a baseline scan")
                return
            k = self._place(k + run)
            if size:
                q[ZIGZAG[k]] = self._value(size)
            k += 1

    def _band(self, q: memoryview) -> None:
        k = self._scan.first
        while not self._run and k <= self._scan.last:
            run, size = self._symbol()
            if size == 0 and run != 15:
                self._run = (1 << run) + self._bits.bits(run)
                break
            k = self._place(k + run)
            if size:
                q[ZIGZAG[k]] = _stored(self._value(size) << self._scan.low)
            k += 1
        self._run -= self._run > 0

    def _place(self, k: int) -> int:
        if k > self._scan.last:
            raise Unsuited("more coefficients than a block has")
        return k

    def _refine(self, q: memoryview) -> None:
        """One more bit of what is known, and values that begin."""
        k, bit = self._scan.first, 1 << self._scan.low
        while not self._run and k <= self._scan.last:
            run, size = self._symbol()
            if size == 0 and run != 15:
                self._run = (1 << run) + self._bits.bits(run)
                break
            if size > 1:
                raise Unsuited("a coefficient that begins with more than a bit")
            fresh = (bit if self._bits.bit() else -bit) if size else 0
            k = self._place(self._pass(q, k, run))
            q[ZIGZAG[k]] = fresh
            k += 1
        if self._run:
            self._pass(q, k, COEFFICIENTS)
            self._run -= 1

    def _pass(self, q: memoryview, k: int, zeros: int) -> int:
        """Correct what is known, up to the zero behind so many others."""
        while k <= self._scan.last:
            value = q[ZIGZAG[k]]
            if value:
                if self._bits.bit():
                    step = 1 << self._scan.low
                    q[ZIGZAG[k]] = _stored(value + step if value > 0 else value - step)
            elif zeros == 0:
                break
            else:
                zeros -= 1
            k += 1
        return k


class _Writer:
    """Coefficients to bits."""

    def __init__(self, scan: Scan, progressive: bool, padding: int, bits: BitWriter) -> None:
        self._scan, self._progressive, self._padding, self._bits = scan, progressive, padding, bits
        self._dc = [0] * len(scan.components)
        self._run, self._restarts = 0, 0
        self._held: list[int] = []
        """Correction bits behind the run of ends."""

    def block(self, number: int, q: memoryview) -> None:
        """The next block, of a component of the scan."""
        scan = self._scan
        if not self._progressive:
            self._difference(number, q[0])
            self._whole(number, q)
        elif scan.first == 0:
            if scan.high == 0:
                self._difference(number, q[0] >> scan.low)
            else:
                self._bits.bits(q[0] >> scan.low & 1, 1)
        elif scan.high == 0:
            self._band(q)
        else:
            self._refine(q)

    def restart(self) -> None:
        """What stands between two blocks."""
        self.end()
        self._bits.restart(self._restarts)
        self._restarts += 1
        self._dc = [0] * len(self._dc)

    def end(self) -> None:
        """Whole bytes."""
        self._end_run()
        self._bits.pad(self._padding)

    def _difference(self, number: int, value: int) -> None:
        bits, size = _bits_of(value - self._dc[number])
        self._dc[number] = value
        self._bits.symbol(self._scan.dc[number], size)
        self._bits.bits(bits, size)

    def _coefficient(self, table: Huffman, run: int, value: int) -> None:
        bits, size = _bits_of(value)
        for _ in range(run // 16):
            self._bits.symbol(table, _SIXTEEN_ZEROS)
        self._bits.symbol(table, run % 16 << 4 | size)
        self._bits.bits(bits, size)

    def _whole(self, number: int, q: memoryview) -> None:
        table, run = self._scan.ac[number], 0
        for k in range(1, COEFFICIENTS):
            value = q[ZIGZAG[k]]
            if value:
                self._coefficient(table, run, value)
                run = 0
            else:
                run += 1
        if run:
            self._bits.symbol(table, 0)

    def _shown(self, value: int) -> int:
        """The bits of a value that are known behind this scan, with its sign."""
        return -(-value >> self._scan.low) if value < 0 else value >> self._scan.low

    def _band(self, q: memoryview) -> None:
        run = 0
        for k in range(self._scan.first, self._scan.last + 1):
            value = self._shown(q[ZIGZAG[k]])
            if value:
                self._end_run()
                self._coefficient(self._scan.ac[0], run, value)
                run = 0
            else:
                run += 1
        if run:
            self._lengthen_run()

    def _refine(self, q: memoryview) -> None:
        table = self._scan.ac[0]
        values = [self._shown(q[ZIGZAG[k]]) for k in range(self._scan.first, self._scan.last + 1)]
        last = max((k for k, value in enumerate(values) if abs(value) == 1), default=-1)
        run, own = 0, list[int]()  # zeros, and correction bits behind them
        for k, value in enumerate(values):
            if not value:
                run += 1
                continue
            while run > 15 and k <= last:
                self._end_run()
                self._bits.symbol(table, _SIXTEEN_ZEROS)
                self._corrections(own)
                run -= 16
            if abs(value) > 1:
                own.append(abs(value) & 1)
                continue
            self._end_run()
            self._bits.symbol(table, run << 4 | 1)
            self._bits.bits(int(value > 0), 1)
            self._corrections(own)
            run = 0
        if run or own:
            self._held += own
            self._lengthen_run()

    def _lengthen_run(self) -> None:
        """By a block without more values."""
        self._run += 1
        if self._run == _MOST_RUN or len(self._held) > _MOST_HELD:
            self._end_run()

    def _end_run(self) -> None:
        if self._run:
            size = self._run.bit_length() - 1
            self._bits.symbol(self._scan.ac[0], size << 4)
            self._bits.bits(self._run, size)
        self._run = 0
        self._corrections(self._held)

    def _corrections(self, held: list[int]) -> None:
        for bit in held:
            self._bits.bits(bit, 1)
        held.clear()
