"""The coefficients of a picture as bits under adaptive probabilities (formats/JPEG.md, sections 3 to 7).

Many contexts of each bit, a mixer over them, and one secondary estimation. Encoder and decoder are one walk with another
coder. The twin of `native/model.cpp`.
"""

from collections import defaultdict
from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

from nacomp.formats.records import dataclass
from nacomp.models.jpeg.contexts import (
    ZEROS,
    Block,
    Lines,
    across,
    down,
    edge_lines,
    magnitude,
    not_zero,
    signed_class,
    smooth,
    towards_zero,
    within,
)
from nacomp.models.jpeg.file import ZIGZAG, Component, Picture, Unsuited
from nacomp.models.mixing.arithmetic import GOLDEN, MASK, ONE, combine, squash, stretch
from nacomp.models.mixing.bit_coder import BitDecoder, BitEncoder
from nacomp.models.mixing.counters import Apm, Counter
from nacomp.models.mixing.mixer import Rates, TwoLayers

_LINE_BITS, _NODES, _LIMIT = 18, 16, 255
_RATES, _FINAL_RATES = Rates(40, 400), Rates(10, 50)
_BIAS = 256
_TO_FREQUENCY = 4
_MOST_BITS = 12
_INNER = tuple(place for place in ZIGZAG if place > 8 and place % 8)
"""Places of inner coefficients, in their order."""
_UPPER, _LEFT = range(1, 8), range(8, 64, 8)
_NOT_DC = range(1, 64)


class Kind(IntEnum):
    """What a bit belongs to."""

    COUNT = 0
    INNER = 1
    EDGE_COUNT = 2
    EDGE = 3
    DC = 4


_CONTEXTS = {Kind.COUNT: 7, Kind.INNER: 10, Kind.EDGE_COUNT: 6, Kind.EDGE: 9, Kind.DC: 6}


class Coder(Protocol):
    """One direction."""

    def code(self, bit: int, one: int) -> int:
        """A bit under the frequency of a 1: the one that was given, or the one that was read."""


class _Encode:
    def __init__(self) -> None:
        self.coder = BitEncoder()

    def code(self, bit: int, one: int) -> int:
        self.coder.encode(bit, one)
        return bit


class _Decode:
    def __init__(self, words: bytes) -> None:
        self._coder = BitDecoder(words)

    def code(self, _bit: int, one: int) -> int:
        return self._coder.decode(one)


def encode_coefficients(picture: Picture) -> bytes:
    """The words of the range coder. Raises Unsuited for coefficients out of range."""
    encode = _Encode()
    _Walk(picture, _Bits(encode)).run()
    return encode.coder.finish()


def decode_coefficients(picture: Picture, words: bytes, most: int) -> None:
    """Fill the picture's coefficients, which are 0. ValueError for words that no encoder writes.

    Args:
        picture: with room for its coefficients.
        words: of the range coder.
        most: how many values may differ from 0.
    """
    _Walk(picture, _Bits(_Decode(words), most)).run()


@dataclass(frozen=True)
class _Question:
    """What the bits of a value, or three bits of a count, are predicted from.

    Attributes:
        rows: of the three sets of weights.
        estimate: which of the kind's rows of the APM.
    """

    kind: Kind
    position: int
    contexts: Sequence[int]
    rows: tuple[int, int, int]
    estimate: int

    def lines(self) -> list[int]:
        """Of each context, in the table of counters."""
        seed = combine(self.kind, self.position)
        hashes = (combine(combine(seed, c), w) for c, w in enumerate(self.contexts))
        return [(found * GOLDEN & MASK) >> 32 - _LINE_BITS for found in hashes]


class _Mix:
    """The probabilities of one kind of bits."""

    def __init__(self, contexts: int) -> None:
        inputs = 1 + 2 * contexts
        self._layers = TwoLayers([(1 << 16) // contexts * 2 // 3] * inputs, 3, _RATES, _FINAL_RATES)
        self._apm = Apm()

    def p(self, inputs: Sequence[int], rows: Sequence[int], node: int, estimate: int) -> int:
        x = self._layers.mix(inputs, [row * _NODES + node for row in rows], (node, node))
        refined = self._apm.refine(x, estimate * _NODES + node)
        return max(1, min(ONE - 1, (3 * squash(x) + refined) >> 2))

    def learn(self, bit: int) -> None:
        self._layers.learn(bit)
        self._apm.learn(bit)


class _Bits:
    """Bits, each under a probability that learns from it."""

    def __init__(self, coder: Coder, most: int | None = None) -> None:
        """`most`: values that may differ from 0."""
        self._coder, self._left_over = coder, most
        self._counters: defaultdict[tuple[int, int], Counter] = defaultdict(Counter)
        self._mixes = {kind: _Mix(contexts) for kind, contexts in _CONTEXTS.items()}
        self._question, self._lines = _Question(Kind.COUNT, 0, (), (0, 0, 0), 0), list[int]()

    def ask(self, question: _Question) -> None:
        """What the next bits are of."""
        self._question, self._lines = question, question.lines()

    def bit(self, node: int, bit: int) -> int:
        """A bit of it, given or read."""
        counters = [self._counters[line, node] for line in self._lines]
        inputs = [_BIAS]
        for counter in counters:
            if counter.seen:
                inputs += stretch(counter.p), towards_zero((counter.p >> 10) - 2048, 2)
            else:
                inputs += 0, 0
        question, mix = self._question, self._mixes[self._question.kind]
        one = mix.p(inputs, question.rows, node, question.estimate)
        found = self._coder.code(bit, one * _TO_FREQUENCY)
        mix.learn(found)
        for counter in counters:
            counter.learn(found, _LIMIT)
        return found

    def three(self, value: int) -> int:
        """Three bits of a count from the highest."""
        node = 1
        for shift in (2, 1, 0):
            node = node * 2 + self.bit(node, value >> shift & 1)
        return node & 7

    def value(self, value: int) -> int:
        """Is it 0, how many bits has it, its sign, the bits below the highest."""
        size = abs(value)
        if size >> _MOST_BITS:
            raise Unsuited("a coefficient out of range")
        if not self.bit(0, int(value != 0)):
            return 0
        if self._left_over is not None:
            self._left_over -= 1
            if self._left_over < 0:
                raise Unsuited("more coefficients than the file can hold")
        bits = 1
        while bits < _MOST_BITS and self.bit(1 + bits, int(size >> bits != 0)):
            bits += 1
        negative = self.bit(1, int(value < 0))
        found = 1
        for place in range(bits - 1):
            found = found << 1 | self.bit(min(13 + place, 15), size >> bits - 2 - place & 1)
        return -found if negative else found


class _Walk:
    """The values of a picture in their order."""

    def __init__(self, picture: Picture, bits: _Bits) -> None:
        self._picture, self._bits = picture, bits

    def run(self) -> None:
        """All components."""
        before = None
        for number, component in enumerate(self._picture.components):
            self._component(component, before, min(number, 2))
            before = component

    def _component(self, own: Component, before: Component | None, role: int) -> None:
        counts, off = defaultdict[tuple[int, int], int](int), defaultdict[tuple[int, int], int](int)
        lower: list[Lines] = [[] for _ in range(own.width)]  # of the row of blocks above
        for y in range(own.height):
            right: Lines = []  # of the block before
            for x in range(own.width):
                b = self._block(own, before, role, x, y)
                count = counts[x, y] = self._count(b, counts, x, y)
                self._inner(b, count)
                self._edge(b, _UPPER, count)
                self._edge(b, _LEFT, count)
                off[x, y] = self._dc(b, lower[x], right, count, (off[x, y - 1], off[x - 1, y]))
                dc = b.own[0] * b.steps[0]
                lower[x], right = (
                    [[dc + sample for sample in line] for line in edge_lines(b.own, b.steps, rows, (7, 6))]
                    for rows in (True, False)
                )

    def _block(self, own: Component, before: Component | None, role: int, x: int, y: int) -> Block:
        at = (x * before.width // own.width, y * before.height // own.height) if before else (0, 0)
        return Block(
            own.block(x, y),
            own.block(x, y - 1) if y else ZEROS,
            own.block(x - 1, y) if x else ZEROS,
            own.block(x - 1, y - 1) if x and y else ZEROS,
            before.block(*at) if before else ZEROS,
            y > 0,
            x > 0,
            role,
            self._picture.quantisation[own.table],
        )

    def _count(self, b: Block, counts: defaultdict[tuple[int, int], int], x: int, y: int) -> int:
        above, left = counts[x, y - 1], counts[x - 1, y]
        corner, right = counts[x - 1, y - 1], counts[x + 1, y - 1]
        if not b.has_above:
            above = left
        if not b.has_left:
            left = above
        other, count = not_zero(b.other, _NOT_DC), not_zero(b.own, _INNER)
        contexts = (
            (above + left + 1) // 2,
            64 * above + left,
            16 * ((2 * above + 2 * left + corner + right + 3) // 6) + other // 4,
            64 * corner + right // 2 + 4096 * (left // 4),
            other,
            left,
            above,
        )
        found, group = 0, 0
        for half, part in enumerate((count >> 3, count & 7)):
            position = 16 * b.role + group
            rows = (position, min(63, (above + left) // 2), min(15, other // 4))
            self._bits.ask(_Question(Kind.COUNT, position, contexts, rows, 2 * b.role + half))
            found = found << 3 | self._bits.three(part)
            group = 8 + found
        return found

    def _inner(self, b: Block, count: int) -> None:
        left, total, last, last_but_one = count, 0, 0, 0
        for at in _INNER:
            if not left:
                return
            self._bits.ask(_inner_question(b, at, count, left, total, last, last_but_one))
            b.own[at] = found = self._bits.value(b.own[at])
            left -= found != 0
            total += abs(found)
            last, last_but_one = found, last

    def _edge(self, b: Block, edge: Sequence[int], count: int) -> None:
        upper = edge is _UPPER
        above, beside, other = not_zero(b.above, edge), not_zero(b.left, edge), not_zero(b.other, edge)
        before = 0 if upper else not_zero(b.own, _UPPER)
        contexts = (
            count,
            8 * above + beside,
            64 * (above + beside) + count,
            64 * other + count // 2,
            64 * before + count // 2,
            8 * above + beside + 64 * min(count // 3, 9),
        )
        position = 2 * b.role + upper
        self._bits.ask(
            _Question(Kind.EDGE_COUNT, position, contexts, (position, count, above + beside), position)
        )
        left, last = self._bits.three(not_zero(b.own, edge)), 0
        for k, at in enumerate(edge, 1):
            if not left:
                return
            self._bits.ask(_edge_question(b, k, at, count, left, last))
            b.own[at] = last = self._bits.value(b.own[at])
            left -= last != 0

    def _dc(self, b: Block, lower: Lines, right: Lines, count: int, off: tuple[int, int]) -> int:
        """What the DC coefficient differs from the foreseen one. off: that of the blocks above and left."""
        sides = [(lower, edge_lines(b.own, b.steps, True, (0, 1)))] if b.has_above else []
        sides += [(right, edge_lines(b.own, b.steps, False, (0, 1)))] if b.has_left else []
        found, step = smooth(sides), b.steps[0]
        foreseen = max(-2048, min(2047, (2 * found.mean + step) // (2 * step)))
        part = within(4 * found.mean // step - 4 * foreseen, 4)
        spread = min(60, 4 * found.away // step)
        width, turn = magnitude(found.width // step), signed_class(towards_zero(found.apart, step))
        above, left = map(magnitude, off)
        contexts = (
            spread,
            16 * width + min(15, count // 3),
            8 * turn + min(7, spread // 2),
            10 * part + width,
            count,
            10 * (16 * turn + part) + magnitude(spread // 4) + 4096 * above + 65536 * left,
        )
        rows = (b.role, spread, min(16, count // 3))
        self._bits.ask(_Question(Kind.DC, b.role, contexts, rows, b.role))
        value = self._bits.value(b.own[0] - foreseen)
        b.own[0] = foreseen + value
        return value


def _inner_question(
    b: Block, at: int, count: int, left: int, total: int, last: int, last_but_one: int
) -> _Question:
    """Of an inner coefficient.

    left: how many of those counted are still to come. total: magnitudes so far. last: the last two values.
    """
    v, u = divmod(at, 8)
    above, beside = abs(b.above[at]), abs(b.left[at])
    near = (13 * (above + beside) + 6 * abs(b.corner[at])) // 8
    r, s = b.own[at - 1] if u > 1 else 0, b.own[at - 2] if u > 2 else 0
    c, d = b.own[at - 8] if v > 1 else 0, b.own[at - 16] if v > 2 else 0
    both = b.own[at - 9] if u > 1 and v > 1 else 0
    inside = 2 * abs(r) + 2 * abs(c) + abs(both) + abs(s) + abs(d)
    step = 181 * b.steps[at]
    from_above = towards_zero(down(b, u, v), step) if b.has_above else 0
    from_left = towards_zero(across(b, v, u), step) if b.has_left else 0
    contexts = (
        64 * min(near, 40) + left,
        10 * magnitude(above) + magnitude(beside) + 1000 * min(left, 3),
        100 * magnitude(r) + 10 * magnitude(c) + magnitude(both) + 1000 * (left // 4),
        64 * count + left + 4096 * min(15, total // 2),
        10 * magnitude(last) + magnitude(last_but_one) + 100 * min(left, 10) + 2000 * (near > 4),
        32 * signed_class(from_above) + signed_class(from_left),
        16 * (8 * signed_class(b.other[at]) + min(7, left // 2)) + min(15, near // 2),
        32 * min(30, near) + min(30, inside),
        64 * signed_class(towards_zero(from_above + from_left, 2)) + left,
        10 * (32 * signed_class(r) + signed_class(c)) + magnitude(both),
    )
    position = 64 * (b.role > 0) + at
    return _Question(
        Kind.INNER, position, contexts, (position, min(40, near), 2 * left + (near > 8)), position
    )


def _edge_question(b: Block, k: int, at: int, count: int, left: int, last: int) -> _Question:
    """Of coefficient number k of an edge. left: how many of those counted are still to come."""
    upper = at < 8
    has, total = (b.has_above, down(b, k, 8)) if upper else (b.has_left, across(b, k, 8))
    foreseen2 = towards_zero(total, 64 * b.steps[at]) if has else 0
    foreseen = towards_zero(foreseen2, 2)
    through, along = (b.above[at], b.left[at]) if upper else (b.left[at], b.above[at])
    inside = sum(abs(b.own[8 * t + k if upper else 8 * k + t]) for t in (1, 2, 3))
    near = 2 * (abs(b.above[at]) + abs(b.left[at])) + abs(b.corner[at])
    contexts = (
        within(foreseen2, 40),
        8 * within(foreseen, 30) + left,
        32 * signed_class(last) + signed_class(along) + 1024 * left,
        8 * min(20, inside) + left + 1024 * magnitude(through),
        64 * signed_class(b.other[at]) + 8 * left + min(7, inside),
        32 * within(foreseen, 20) + signed_class(b.other[at]),
        32 * signed_class(through) + signed_class(along),
        128 * within(foreseen, 20) + signed_class(last),
        8 * min(31, near) + left + 1024 * (count // 8),
    )
    position = 64 * (b.role > 0) + at
    rows = (position, within(foreseen2, 20), 8 * left + min(7, inside))
    return _Question(Kind.EDGE, position, contexts, rows, position)
