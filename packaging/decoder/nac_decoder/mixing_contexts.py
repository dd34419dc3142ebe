"""MIXING.md sections 8 to 11: what contexts have in common, and those of each profile but text, bitmap and words."""

from functools import reduce

from nac_decoder.machine_code import Instructions
from nac_decoder.mixing_parts import combine, squash, stretch


def mixed(*values: int) -> int:
    return reduce(combine, values)


class Context:
    """What all profiles have; `width` is 0 where there is none."""

    by_bit = False
    """Whether contexts are taken anew for each bit."""

    def __init__(self, byte: int, width: int) -> None:
        self.byte, self.width, self.past = byte, width, bytearray()
        self.of_byte: dict[int, int] = {}
        self.of_pair: dict[int, int] = {}
        self.row, self.done = 1, 0
        """The bits of the coming byte so far behind a leading 1, and how many."""
        self.expected: tuple[int, int] | None = None
        """The first match's guess, and the class of its length."""

    def last(self, count: int) -> int:
        """The last bytes, newest lowest."""
        return int.from_bytes(self.past[-count:], "big")

    def back(self, distance: int) -> int:
        return self.past[-distance] if 0 < distance <= len(self.past) else 0

    def before(self, byte: int) -> None:
        for table, key in ((self.of_byte, self.last(1)), (self.of_pair, self.last(2))):
            table[key] = (table.get(key, 0) << 8 | byte) % 2**32

    def after(self, past: bytearray) -> None:
        self.past = past

    def followers(self) -> list[int]:
        c1 = self.last(1)
        found = (self.of_byte.get(c1, 0), self.of_pair.get(self.last(2), 0))
        return [mixed(value & 0xFFFF, c1) for value in found]

    def values(self) -> list[int]:
        raise NotImplementedError

    def inputs(self) -> list[int]:
        return []

    def rows(self) -> list[int]:
        return [min(511, self.column())]

    def last_rows(self) -> list[int]:
        return []

    def fourth_row(self, guess: int) -> int:
        """Of the first mixer's set 4; the first match's guess if it agrees, else 0."""
        return guess

    def four_shapes(self) -> int:
        return 0

    def column(self) -> int:
        return len(self.past) % (self.width or 4)

    def node(self) -> int:
        """The number of the coming bit's node in a slot."""
        j = self.done % 4
        return (1 << j) + self.row % (1 << j) - 1

    def near(self) -> tuple[int, int, int]:
        """The contexts of the APMs; the first is a row of weights too."""
        return self.row, 256 * self.back(1) + self.row, combine(self.last(3), self.row) >> 16

    def match(self) -> int:
        if self.expected is None:
            return 0
        return combine(self.expected[0] + 1, combine(self.expected[1], self.last(1)))

    def orders(self) -> list[int]:
        """The first eleven contexts of the profiles binary and code."""
        c4, w = self.last(4), self.width
        found = [
            self.match(),
            self.last(1),
            self.last(2),
            self.last(3),
            c4,
            mixed(c4, self.last(8) >> 32 & 0xFFFF),
        ]
        found += [c4 & mask for mask in (0xFF00, 0xFFFF00, 0xFFFF0000, 0xF0F0F0F0)]
        return [*found, mixed(self.back(w) << 8 | self.back(2 * w), self.column())]


class Binary(Context):
    def values(self) -> list[int]:
        u = self.back(self.width)
        return [*self.orders(), mixed(u << 8 | self.back(self.width + 1), self.last(1)), *self.followers()]


class Code(Context):
    def __init__(self, byte: int, width: int) -> None:
        super().__init__(byte, width)
        self.code = Instructions()

    def after(self, past: bytearray) -> None:
        self.code.read(past[-1])

    def values(self) -> list[int]:
        code, c1 = self.code, self.last(1)
        part = combine(code.at, code.field)
        now = combine(code.now, part)
        one, two, three = code.before
        found = [*self.orders(), self.followers()[1], now, combine(now, one), combine(now, two)]
        found += [mixed(code.rough, part, three), combine(part, code.address), combine(part, c1)]
        return [*found, combine(now, code.last)]

    def rows(self) -> list[int]:
        code = self.code
        return [(256 if code.doubt else 0) + 8 * code.at + self.done, (256 if code.map else 0) + code.opcode]


def clip(x: int) -> int:
    return max(0, min(255, x))


def wide(x: int, bits: int) -> int:
    return max(-1 << (bits - 1), min((1 << (bits - 1)) - 1, x))


class Filter:
    def __init__(self, own: int, other: int, rate: int) -> None:
        self.own, self.other, self.rate = own, other, rate
        self.weights = [65536] + [0] * (own + other - 1)
        self.wrong = 0

    def predict(self, own: list[int], other: list[int], bits: int) -> int:
        self.taps = own[: self.own] + other[: self.other]
        self.guess = wide(sum(w * t for w, t in zip(self.weights, self.taps, strict=True)) >> 16, bits)
        return self.guess

    def learn(self, sample: int) -> None:
        sign = (sample > self.guess) - (sample < self.guess)
        rate = self.rate + 16 * self.rate // (1 + self.wrong // 256)
        self.wrong += sign != 0
        for i, tap in enumerate(self.taps):
            self.weights[i] += sign * ((tap > 0) - (tap < 0)) * rate


class Samples(Context):
    """`byte` is that of the header: bytes of a sample, and more."""

    def __init__(self, byte: int, width: int) -> None:
        super().__init__(byte, width)
        self.size = byte % 8
        self.bits, self.channels = 8 * self.size, width // self.size
        shapes = ((16, 8, 20), (32, 16, 6), (8, 0, 40))
        self.filters = [[Filter(*shape) for shape in shapes] for _ in range(self.channels)]
        self.errors = [[65536] * 8 for _ in range(self.channels)]

    def sample(self, frame: int, channel: int) -> int:
        at = frame * self.width + self.size * channel
        return int.from_bytes(self.past[at : at + self.size], "big", signed=True) if frame >= 0 else 0

    def guess(self, frame: int, channel: int) -> None:
        own = [self.sample(frame - 1 - i, channel) for i in range(32)]
        late, other = (0, channel - 1) if channel else (1, self.channels - 1)
        others = [self.sample(frame - late - i, other) if self.channels > 1 else 0 for i in range(16)]
        g = [one.predict(own, others, self.bits) for one in self.filters[channel]]
        a, b, c, o, q = *own[:3], *others[:2]
        g += [wide(x, self.bits) for x in (a, 2 * a - b, 3 * a - 3 * b + c, a + o - q)]
        self.guesses = [*g, (g[0] + g[1]) >> 1]

    def learn(self, sample: int, channel: int) -> None:
        for one in self.filters[channel]:
            one.learn(sample)
        errors = self.errors[channel]
        for k, g in enumerate(self.guesses):
            errors[k] += (256 * abs(sample - g) - errors[k]) >> 4

    def so_far(self) -> bytes:
        """The whole bytes of the coming sample that are known."""
        return bytes(self.past[len(self.past) // self.size * self.size :])

    def inputs(self) -> list[int]:
        """Of a bit whose sample has so far been one of `count` from `first` on."""
        bits = "".join(f"{byte:08b}" for byte in self.so_far()) + bin(self.row)[3:]
        known, half = len(bits), 2 ** (self.bits - 1)
        count = 2 * half >> known
        first = int(bits, 2) * count if known else half
        first -= 2 * half if first >= half else 0
        channel = len(self.past) % self.width // self.size
        found = []
        for guess, error in zip(self.guesses, self.errors[channel], strict=True):
            edges = (first, first + count // 2, first + count)
            low, half, high = (squash((2 * t - 1 - 2 * guess) * 45440 // (error + 64)) for t in edges)
            x = stretch((2**22 * (high - half + 1)) // (high - low + 2))
            found.append(x if known else -x)
        return found

    def mark(self, g: int, low: int) -> int:
        below = self.bits - 8 * (low + 1)
        if low == 0:
            return (g + (1 << (self.bits - 1))) >> (self.bits - 12)
        rest = g - (int.from_bytes(self.so_far(), "big", signed=True) << (below + 8))
        if below == 0:
            return max(-256, min(511, rest)) + 256
        return max(-4096, min(8191, rest >> (below - 4))) + 4096

    def values(self) -> list[int]:
        n, c1, low = len(self.past), self.last(1), len(self.past) % self.size
        channel = n % self.width // self.size
        if not low:
            if n:
                self.learn(int.from_bytes(self.past[-self.size :], "big", signed=True), channel - 1)
            self.guess(n // self.width, channel)
        m = [self.mark(g, low) for g in self.guesses]
        more = [m[0] >> 3 << 16 | m[1] >> 3, m[0] >> 2, m[1] >> 2, m[1] >> 3 << 16 | m[5] >> 4]
        found = [mixed(value, low) for value in m + more]
        found += [combine(m[0] >> 4, combine(low, channel)), 2 + low, mixed(c1, low + 4)]
        return found + [mixed(self.last(count), low) for count in (2, 3, 4)]
