"""Bits in DEFLATE's order: the first bit of a byte is its lowest."""

from nacomp.formats.errors import CorruptArchive


def corrupt(reason: str) -> CorruptArchive:
    """What a damaged or hostile description of a stream runs into."""
    return CorruptArchive(reason=reason)


class BitReader:
    """Reads from `data`, starting at bit `position`. Past the end it gives zeros and counts on: see `overrun`."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self.position = position

    def peek(self, count: int) -> int:
        """The next `count` bits, up to 32, which stay unread."""
        first = self.position // 8
        return int.from_bytes(self._data[first : first + 5], "little") >> self.position % 8 & (
            (1 << count) - 1
        )

    def read(self, count: int) -> int:
        """The next `count` bits, up to 32."""
        value = self.peek(count)
        self.position += count
        return value

    @property
    def overrun(self) -> bool:
        """Whether more was read than there is."""
        return self.position > 8 * len(self._data)


class BitWriter:
    """Collects bits; more than `limit` bytes are a sign of a hostile description."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self._bits = self._held = 0

    def write(self, value: int, count: int) -> None:
        """The lowest `count` bits, 0 to 32, of a value that has no others."""
        self._bits |= value << self._held
        self._held += count
        while self._held >= 8:
            self._push()
            self._bits >>= 8
            self._held -= 8

    @property
    def position(self) -> int:
        """How many bits were written."""
        return 8 * len(self._bytes) + self._held

    def finish(self) -> bytes:
        """The bytes, the last one filled up with zeros."""
        if self._held:
            self._push()
        return bytes(self._bytes)

    def _push(self) -> None:
        if len(self._bytes) >= self._limit:
            raise corrupt("a deflate stream grows beyond what its content allows")
        self._bytes.append(self._bits & 255)
