"""What a line says of its own end: bytes that a hex dump spells and shows, and numbers of a column that go on by the same
step (formats/MIXING.md, section 7).
"""

MOST_DIGITS = 16
_MOST_BYTES, _LEAST_BYTES = 64, 4
_DIGITS = b"0123456789abcdef"
_SPACE, _LINE_FEED = 32, 10


class SpeltBytes:
    """The bytes that a line has spelt in pairs of hex digits, and which of them the text behind two spaces has come to."""

    def __init__(self) -> None:
        self._bytes: list[int] = []
        self._half: int | None = None
        self._at: int | None = None

    @property
    def coming(self) -> int:
        """0x10000 + the byte that the coming character stands for; 0 for none."""
        if self._at is None or self._at >= len(self._bytes):
            return 0
        return 0x10000 | self._bytes[self._at]

    def read(self, byte: int, before: int) -> None:
        """A byte of the line, and the one before it."""
        if byte == _LINE_FEED:
            self._bytes, self._half, self._at = [], None, None
        elif self._at is not None:
            self._at += 1
        elif (digit := _DIGITS.find(byte)) < 0:
            self._half = None
            if byte != _SPACE:
                self._bytes = []
            elif before == _SPACE and len(self._bytes) >= _LEAST_BYTES:
                self._at = 0
        elif self._half is None:
            self._half = digit
        else:
            self._bytes = [*self._bytes, self._half * 16 + digit][:_MOST_BYTES]
            self._half = None


class NextNumber:
    """The number that a field begins with if it is as far from the one above as that is from the one above it."""

    def __init__(self) -> None:
        self._digits = b""
        self._at = 0
        self._agrees = False

    @property
    def coming(self) -> int:
        """0x20000 + the coming digit, 0x30000 where the number ends; 0 for none, and once it went another way."""
        if not self._agrees:
            return 0
        return 0x20000 | self._digits[self._at] if self._at < len(self._digits) else 0x30000

    def foresee(self, above: bytes, older: bytes) -> None:
        """At a field's start: what its line and the line before that have from this field on."""
        one, two = _digits_of(above), _digits_of(older)
        self._agrees = False
        if len(one) < 2 or not two:
            return
        base = 16 if one.startswith(b"0") or (one + two).translate(None, b"0123456789") else 10
        coming = (2 * int(one, base) - int(two, base)) % (1 << 64)
        if coming >> 62:
            return
        written = f"{coming:x}" if base == 16 else f"{coming}"
        self._digits, self._at, self._agrees = written.rjust(len(one), "0").encode(), 0, True

    def read(self, byte: int) -> None:
        """A byte of the field."""
        self._agrees = self._agrees and self._at < len(self._digits) and self._digits[self._at] == byte
        self._at += 1


def _digits_of(field: bytes) -> bytes:
    field = field[:MOST_DIGITS]
    return field[: len(field) - len(field.lstrip(_DIGITS))]
