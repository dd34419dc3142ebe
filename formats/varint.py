"""Integers of variable length, and a cursor that stays inside the index body (SPEC.md, section 2)."""

from nacomp.formats.errors import CorruptArchive

MAX_VARINT = (1 << 63) - 1
_MAX_SHIFT = 56


def encode_varint(value: int) -> bytes:
    """The shortest spelling of 0 <= value < 2^63."""
    if not 0 <= value <= MAX_VARINT:
        raise ValueError(f"{value} does not fit a varint")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Cursor:
    """A reading position in bytes that are in memory. Reading past their end raises CorruptArchive."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def remaining(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._at

    def bytes(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > self.remaining:
            raise CorruptArchive(
                reason=f"the index ends early: expected {size:,} bytes, found {self.remaining:,}"
            )
        start, self._at = self._at, self._at + size
        return self._data[start : self._at]

    def varint(self) -> int:
        """The next varint."""
        data, at, value, shift = self._data, self._at, 0, 0
        while True:
            if at >= len(data):
                raise CorruptArchive(reason="the index ends inside a number")
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            if shift == _MAX_SHIFT:
                raise CorruptArchive(reason="a number in the index is longer than 9 bytes")
            shift += 7
        if byte == 0 and shift:
            raise CorruptArchive(reason="a number in the index is not in its shortest form")
        self._at = at
        return value

    def count(self, smallest: int) -> int:
        """The next varint as a number of things of at least `smallest` bytes each, all still to come."""
        value = self.varint()
        self.check_room(value, smallest)
        return value

    def check_room(self, count: int, smallest: int) -> None:
        """Raise CorruptArchive unless there is room for `count` things of at least `smallest` bytes each."""
        if count * smallest > self.remaining:
            raise CorruptArchive(
                reason=f"the index states {count:,} items, more than its last {self.remaining:,} bytes hold"
            )
