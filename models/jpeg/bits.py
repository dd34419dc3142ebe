"""The bits of a scan: read from a file, where FF stands as FF 00, and written back (ITU-T T.81, annex F.1.2.3)."""

from nacomp.models.jpeg.file import Huffman, Unsuited

_MOST_BITS = 16


class BitReader:
    """Bits from the highest of each byte down."""

    def __init__(self, data: bytes, at: int) -> None:
        self.at = at
        """The next byte."""
        self._data, self._byte, self._left = data, 0, 0

    def bit(self) -> int:
        """The next bit."""
        if not self._left:
            self._fill()
        self._left -= 1
        return self._byte >> self._left & 1

    def bits(self, count: int) -> int:
        """The next ones as a number."""
        value = 0
        for _ in range(count):
            value = value << 1 | self.bit()
        return value

    def symbol(self, table: Huffman) -> int:
        """The value of the next code."""
        code = 0
        for length in range(1, _MOST_BITS + 1):
            code = code << 1 | self.bit()
            value = table.values.get((length, code))
            if value is not None:
                return value
        raise Unsuited("a code that no table has")

    def pass_padding(self, padding: int | None) -> int | None:
        """Pass what is left of a byte, which holds the same bit all over the file; gives it, None while none was seen."""
        while self._left:
            found = self.bit()
            if padding not in (None, found):
                raise Unsuited("padding of both kinds")
            padding = found
        return padding

    def pass_restart(self, number: int) -> None:
        """The restart marker of this number."""
        if self._data[self.at : self.at + 2] != bytes([0xFF, 0xD0 + number % 8]):
            raise Unsuited("no restart marker")
        self.at += 2

    def _fill(self) -> None:
        if self.at == len(self._data):
            raise Unsuited("a scan that is cut off")
        self._byte, self._left = self._data[self.at], 8
        self.at += 1
        if self._byte == 0xFF:
            if self._data[self.at : self.at + 1] != b"\0":
                raise Unsuited("a marker inside a scan")
            self.at += 1


class BitWriter:
    """What a BitReader reads."""

    def __init__(self, out: bytearray, limit: int) -> None:
        """`limit`: bytes that `out` may grow to."""
        self._out, self._limit = out, limit
        self._byte, self._held = 0, 0

    def bits(self, value: int, count: int) -> None:
        """The lower bits of a number."""
        for shift in reversed(range(count)):
            self._byte = self._byte << 1 | value >> shift & 1
            self._held += 1
            if self._held == 8:
                self._append(self._byte)
                if self._byte == 0xFF:
                    self._append(0)
                self._byte = self._held = 0

    def symbol(self, table: Huffman, value: int) -> None:
        """The code of a value."""
        if value not in table.codes:
            raise Unsuited("a value without a code")
        length, code = table.codes[value]
        self.bits(code, length)

    def pad(self, bit: int) -> None:
        """Fill the last byte."""
        while self._held:
            self.bits(bit, 1)

    def restart(self, number: int) -> None:
        """The restart marker of this number, behind a whole byte."""
        self._append(0xFF)
        self._append(0xD0 + number % 8)

    def _append(self, byte: int) -> None:
        if len(self._out) >= self._limit:
            raise Unsuited("more bytes than stated")
        self._out.append(byte)
