"""What a line says of its own end: bytes that a hex dump spells and shows, numbers of a column that go on by the same step,
and names that have the letters of their code (formats/MIXING.md, section 7).
"""

MOST_DIGITS = 16
_MOST_BYTES, _LEAST_BYTES = 64, 4
_MOST_LETTERS, _LEAST_LETTERS = 4, 2
_DIGITS = b"0123456789abcdef"
_SPACE, _LINE_FEED, _BAR = 32, 10, 124


class SpeltBytes:
    """The bytes that a line has spelt in pairs of hex digits, and which of them the text behind two spaces has come to.

    The text stands behind a bar where the line before had one, as `hexdump -C` writes them behind an offset and in two
    halves.
    """

    def __init__(self) -> None:
        self._barred = self._has_bar = self._has_gap = False
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
            self._barred, self._has_bar, self._has_gap = self._has_bar, False, False
            return
        self._has_bar |= byte == _BAR and before == _SPACE and not self.coming
        if self._at is not None:
            self._at += 1
        elif (digit := _DIGITS.find(byte)) < 0:
            self._half = None
            self._read_other(byte, before)
        elif self._half is None:
            self._half = digit
        else:
            self._bytes = [*self._bytes, self._half * 16 + digit][:_MOST_BYTES]
            self._half = None

    def _read_other(self, byte: int, before: int) -> None:
        spaces = byte == before == _SPACE
        starts = (byte, before) == (_BAR, _SPACE) if self._barred else spaces
        if starts and len(self._bytes) >= _LEAST_BYTES:
            self._at = 0
        elif byte != _SPACE or (self._barred and spaces and not self._has_gap):
            self._bytes = []
        self._has_gap |= spaces


class ShortName:
    """The letters that a line begins with, where they are a short field: what comes next often has them too."""

    def __init__(self) -> None:
        self._letters = b""
        self._open, self._at = True, -1

    @property
    def coming(self) -> int:
        """0x40000 + the coming letter, a small one, 0x40000 behind the last; 0 without a short name."""
        if self._at < 0:
            return 0
        return 0x40000 | (self._letters[self._at] if self._at < len(self._letters) else 0)

    def read(self, byte: int, delimiter: int, *, is_letter: bool) -> None:
        """A byte of the line."""
        if byte == _LINE_FEED:
            self._letters, self._open, self._at = b"", True, -1
        elif not self._open:
            if 0 <= self._at < len(self._letters) and self._letters[self._at] == byte | 32:
                self._at += 1
        elif is_letter:
            self._letters = (self._letters + bytes([byte | 32]))[: _MOST_LETTERS + 1]
        else:
            self._open = False
            if byte == delimiter != _SPACE and _LEAST_LETTERS <= len(self._letters) <= _MOST_LETTERS:
                self._at = 0


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
