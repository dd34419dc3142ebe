"""An adaptive binary arithmetic coder in exact integers: how corrections are written (TRANSFORMS.md, "Deflate").

Encoder and decoder have the same verb, `code`, which gives back the bit: the encoder's is the one it was given, the
decoder's the one it read. So one description of a stream serves both directions. Chances that remember less (127 instead of
255) made streams of nine encoders 0.1% smaller, and those with more, 0.2% larger: not worth a choice.
"""

from typing import Protocol

from nacomp.transforms.deflate_bits import corrupt

_ONE = (1 << 22) - 1
_SLOWEST = 255


class Chance:
    """How probable a 1 is: 22 bits of probability, and a count of what was seen."""

    __slots__ = ("_probability", "_seen")

    def __init__(self, of_65536: int = 1 << 15, seen: int = 0) -> None:
        self._probability = of_65536 << 6
        self._seen = seen

    @property
    def of_65536(self) -> int:
        """P(1) as 1..65535 of 65536."""
        return max(self._probability >> 6, 1)

    def learn(self, bit: bool) -> None:
        """Move towards the bit, by 1 / (seen + 1.5) of the way."""
        rate = 131072 // (2 * self._seen + 3)
        if bit:
            self._probability += (_ONE - self._probability) * rate >> 16
        else:
            self._probability -= self._probability * rate >> 16
        self._seen = min(self._seen + 1, _SLOWEST)


class Coder(Protocol):
    """One direction."""

    decodes: bool

    def code(self, chance: Chance, bit: bool) -> bool:
        """The bit: an encoder's is given, a decoder's is found."""
        ...


class DecisionEncoder:
    """Writes decisions."""

    decodes = False

    def __init__(self) -> None:
        self._low, self._high = 0, 0xFFFFFFFF
        self._out = bytearray()

    def code(self, chance: Chance, bit: bool) -> bool:
        """Write the bit."""
        middle = _middle(self._low, self._high, chance)
        if bit:
            self._high = middle
        else:
            self._low = middle + 1
        chance.learn(bit)
        while (self._low ^ self._high) >> 24 == 0:
            self._out.append(self._high >> 24)
            self._low, self._high = _shift(self._low), _shift(self._high) | 255
        return bit

    @property
    def size(self) -> int:
        """Bytes so far."""
        return len(self._out)

    def finish(self) -> bytes:
        """The fewest bytes that say it all: the decoder reads zeros behind them."""
        for zeros in (32, 24, 16, 8, 0):
            value = -(-self._low >> zeros) << zeros
            if value <= self._high:
                self._out += value.to_bytes(4, "big")
                break
        return bytes(self._out).rstrip(b"\0")


class DecisionDecoder:
    """Reads what the encoder wrote; zeros behind the end."""

    decodes = True

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 4
        self._low, self._high = 0, 0xFFFFFFFF
        self._code = int.from_bytes(data[:4].ljust(4, b"\0"), "big")

    def code(self, chance: Chance, bit: bool) -> bool:
        """Read a bit; what is given does not matter."""
        middle = _middle(self._low, self._high, chance)
        bit = self._code <= middle
        if bit:
            self._high = middle
        else:
            self._low = middle + 1
        chance.learn(bit)
        while (self._low ^ self._high) >> 24 == 0:
            self._low, self._high = _shift(self._low), _shift(self._high) | 255
            self._code = _shift(self._code) | (self._data[self._at] if self._at < len(self._data) else 0)
            self._at += 1
        return bit


def _middle(low: int, high: int, chance: Chance) -> int:
    """The last code of a 1."""
    return low + ((high - low) * chance.of_65536 >> 16)


def _shift(word: int) -> int:
    return word << 8 & 0xFFFFFFFF


class NumberModel:
    """A number of 0 to 2^31 - 2: how many bits n + 1 has, in unary, then these bits below the first, highest first."""

    def __init__(self) -> None:
        self._longer = [Chance() for _ in range(32)]
        self._low: dict[tuple[int, int], Chance] = {}

    def code(self, coder: Coder, number: int) -> int:
        """The number."""
        value, bits = number + 1, 1
        while coder.code(self._longer[bits], value >> bits != 0):
            bits += 1
            if bits > 31:
                raise corrupt("a number in the description of a deflate stream is too large")
        found = 1
        for bit in range(bits - 2, -1, -1):
            chance = self._low.setdefault((bits, bit), Chance())
            found = 2 * found + coder.code(chance, bool(value >> bit & 1))
        return found - 1


class TreeModel:
    """A number of a fixed count of bits, every prefix with a chance of its own."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._nodes = [Chance() for _ in range(1 << bits)]

    def code(self, coder: Coder, number: int) -> int:
        """The number."""
        node = 1
        for bit in range(self._bits - 1, -1, -1):
            node = 2 * node + coder.code(self._nodes[node], bool(number >> bit & 1))
        return node - (1 << self._bits)
