"""JPEG.md sections 3 to 7: the coefficients of a picture, from the words of the range coder."""

from array import array
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nac_decoder.bits import BitDecoder
from nac_decoder.errors import check
from nac_decoder.jpeg_segments import ZIGZAG, Component
from nac_decoder.mixing_parts import APM, ONE, Counter, Network, combine, squash, stretch, toward_zero

INNER = [at for at in ZIGZAG if at // 8 and at % 8]
UPPER, LEFT = [range(1, 8), range(8, 64, 8)]
"""The edges' places."""
CONTEXTS = (7, 10, 6, 9, 6)
"""By kind: count, inner, edge count, edge, DC."""
E = (1448, 1420, 1338, 1204, 1024, 805, 554, 283, 0)


def _share(i: int, k: int) -> int:
    if k == 0:
        return 1024
    a = (2 * i + 1) * k % 32
    a = 32 - a if a > 16 else a
    return -E[16 - a] if a > 8 else E[a]


SHARE = np.array([[_share(i, k) for k in range(8)] for i in range(8)], np.int64)


class Block:
    """Coefficients by place, and how many are not 0."""

    __slots__ = ("at", "count", "edges", "inner", "value")

    def __init__(self) -> None:
        self.at = array("h", bytes(128))
        self.count = self.inner = self.value = 0
        """Inner coefficients as they were counted, and as they are; what was coded for DC."""
        self.edges = [0, 0]
        """Upper, left."""


NOTHING = Block()


class Plane:
    """A component's blocks, as far as they are known."""

    def __init__(self, component: Component, steps: list[int]) -> None:
        self.width, self.height, self.steps = component.width, component.height, steps
        self.blocks: list[Block] = []

    def block(self, row: int, column: int) -> Block:
        inside = row >= 0 and 0 <= column < self.width
        return self.blocks[row * self.width + column] if inside else NOTHING


class Bits:
    """Section 4: what is asked, by contexts, and its bits."""

    def __init__(self, words: bytes) -> None:
        self.coder = BitDecoder(words)
        self.counters: defaultdict[int, Counter] = defaultdict(Counter)
        """By 16 line + node."""
        self.networks = [
            Network([65536 // n * 2 // 3] * (1 + 2 * n), 3, (40, 400), (10, 50)) for n in CONTEXTS
        ]
        self.apms = [APM() for _ in CONTEXTS]

    def ask(
        self, kind: int, position: int, values: Sequence[int], sets: tuple[int, int, int], estimate: int
    ) -> None:
        seed = combine(kind, position)
        keys = [combine(combine(seed, c), w) * 0x9E3779B1 % 2**32 for c, w in enumerate(values)]
        self.lines = [16 * (key >> 14) for key in keys]
        self.network, self.apm, self.sets, self.estimate = (
            self.networks[kind],
            self.apms[kind],
            sets,
            estimate,
        )

    def bit(self, node: int) -> int:
        counters, inputs = [self.counters[line + node] for line in self.lines], [256]
        for one in counters:
            inputs += [stretch(one.p), toward_zero((one.p >> 10) - 2048)] if one.n else [0, 0]
        x = self.network.mix(inputs, [16 * row + node for row in self.sets], (node, node))
        p = (3 * squash(x) + self.apm.refine(x, 16 * self.estimate + node)) >> 2
        bit = self.coder.decode(4 * max(1, min(ONE - 1, p)))
        self.network.learn(bit)
        self.apm.learn(bit)
        for one in counters:
            one.learn(bit, 255)
        return bit

    def three(self) -> int:
        node = 1
        while node < 8:
            node = 2 * node + self.bit(node)
        return node - 8

    def value(self) -> int:
        """Section 3."""
        if not self.bit(0):
            return 0
        size = 1
        while size < 12 and self.bit(1 + size):
            size += 1
        negative, magnitude = self.bit(1), 1
        for i in range(size - 1):
            magnitude = 2 * magnitude + self.bit(min(13 + i, 15))
        return -magnitude if negative else magnitude


def magnitude_class(v: int) -> int:
    v = abs(v)
    return v if v < 4 else 4 + sum(v >= bound for bound in (6, 9, 14, 24, 50))


def sign(v: int) -> int:
    return 10 + magnitude_class(v) if v >= 0 else 10 - magnitude_class(v)


def within(v: int, m: int) -> int:
    return max(-m, min(m, v)) + m


def quotient(a: int, b: int) -> int:
    """Towards 0; b is above 0."""
    return a // b if a >= 0 else -(-a // b)


class Coefficients:
    """All planes of a picture, one after the other."""

    def __init__(self, words: bytes, planes: list[Plane], most: int) -> None:
        self.bits, self.planes, self.most = Bits(words), planes, most
        """`most` is how many values may be other than 0."""

    def decode(self) -> None:
        for number, plane in enumerate(self.planes):
            self.role, self.plane, self.steps = min(2, number), plane, plane.steps
            before = self.planes[number - 1] if number else None
            for row in range(plane.height):
                for column in range(plane.width):
                    if before is not None:
                        self.other = before.block(
                            row * before.height // plane.height, column * before.width // plane.width
                        )
                    else:
                        self.other = NOTHING
                    self._block(row, column)

    def _block(self, row: int, column: int) -> None:
        plane, self.own = self.plane, Block()
        self.above, self.left = plane.block(row - 1, column), plane.block(row, column - 1)
        self.corner, self.right = plane.block(row - 1, column - 1), plane.block(row - 1, column + 1)
        self.has_above, self.has_left = row > 0, column > 0
        self._count()
        self._inner()
        self._edge(0, UPPER)
        self._edge(1, LEFT)
        self._dc()
        plane.blocks.append(self.own)

    def _value(self, place: int, foreseen: int = 0) -> int:
        """Of a coefficient, which is this much more."""
        value = self.bits.value()
        self.most -= value != 0
        check(self.most >= 0, "JPEG has too many coefficients")
        self.own.at[place] = foreseen + value
        return value

    def _count(self) -> None:
        a, b = self.above.count, self.left.count
        a, b = a if self.has_above else b, b if self.has_left else a
        corner, right = self.corner.count, self.right.count
        other = self.other.inner + sum(self.other.edges)
        values = [
            (a + b + 1) // 2,
            64 * a + b,
            16 * ((2 * a + 2 * b + corner + right + 3) // 6) + other // 4,
            64 * corner + right // 2 + 4096 * (b // 4),
            other,
            b,
            a,
        ]
        count = 0
        for half in (0, 1):
            position = 16 * self.role + (8 + count if half else 0)
            sets = position, min(63, (a + b) // 2), min(15, other // 4)
            self.bits.ask(0, position, values, sets, 2 * self.role + half)
            count = 8 * count + self.bits.three()
        self.own.count = count

    def _inner(self) -> None:
        left, past, total = self.own.count, [0, 0], 0
        for place in INNER:
            if left == 0:
                break
            near, values = self._inner_contexts(place, left, past, total)
            position = 64 * (self.role > 0) + place
            self.bits.ask(1, position, values, (position, min(40, near), 2 * left + (near > 8)), position)
            value = self._value(place)
            past, total, left = [value, past[0]], total + abs(value), left - (value != 0)
        self.own.inner = self.own.count - left

    def _inner_contexts(self, at: int, left: int, past: list[int], total: int) -> tuple[int, list[int]]:
        own, above, beside = self.own.at, self.above.at[at], self.left.at[at]
        v, u = divmod(at, 8)
        near = (13 * (abs(above) + abs(beside)) + 6 * abs(self.corner.at[at])) // 8
        r, s = own[at - 1] if u > 1 else 0, own[at - 2] if u > 2 else 0
        c, d = own[at - 8] if v > 1 else 0, own[at - 16] if v > 2 else 0
        b = own[at - 9] if u > 1 and v > 1 else 0
        inside = 2 * abs(r) + 2 * abs(c) + abs(b) + abs(s) + abs(d)
        x = quotient(self._across(v, u, u), 181 * self.steps[at]) if self.has_left else 0
        y = quotient(self._down(v, u, v), 181 * self.steps[at]) if self.has_above else 0
        kind, t1, t2 = magnitude_class, *past
        return near, [
            64 * min(near, 40) + left,
            10 * kind(above) + kind(beside) + 1000 * min(left, 3),
            100 * kind(r) + 10 * kind(c) + kind(b) + 1000 * (left // 4),
            64 * self.own.count + left + 4096 * min(15, total // 2),
            10 * kind(t1) + kind(t2) + 100 * min(left, 10) + 2000 * (near > 4),
            32 * sign(y) + sign(x),
            16 * (8 * sign(self.other.at[at]) + min(7, left // 2)) + min(15, near // 2),
            32 * min(30, near) + min(30, inside),
            64 * sign(quotient(x + y, 2)) + left,
            10 * (32 * sign(r) + sign(c)) + kind(b),
        ]

    def _down(self, row: int, column: int, known: int) -> int:
        return self._smooth(self.above, column, 8, row, known)

    def _across(self, row: int, column: int, known: int) -> int:
        return self._smooth(self.left, 8 * row, 1, column, known)

    def _smooth(self, there: Block, first: int, stride: int, own: int, known: int) -> int:
        """Section 6's down and across: along places from `first` on."""
        found = 0
        for k in range(8):
            at = first + stride * k
            weight = (181 if k else 128) * self.steps[at]
            found += -weight * there.at[at] if k % 2 else weight * there.at[at]
            if 1 <= k < known and k != own:
                found -= weight * self.own.at[at]
        return found

    def _edge(self, number: int, places: range) -> None:
        count = left = self._edge_count(number)
        before = 0
        for k, place in enumerate(places, 1):
            if left == 0:
                break
            foreseen, inside, values = self._edge_contexts(number, k, place, left, before)
            position = 64 * (self.role > 0) + place
            sets = position, within(foreseen, 20), 8 * left + min(7, inside)
            self.bits.ask(3, position, values, sets, position)
            before = self._value(place)
            left -= before != 0
        self.own.edges[number] = count - left

    def _edge_count(self, number: int) -> int:
        count = self.own.count
        above, left, other = (one.edges[number] for one in (self.above, self.left, self.other))
        upper = self.own.edges[0] if number else 0
        values = [
            count,
            8 * above + left,
            64 * (above + left) + count,
            64 * other + count // 2,
            64 * upper + count // 2,
            8 * above + left + 64 * min(count // 3, 9),
        ]
        position = 2 * self.role + (number == 0)
        self.bits.ask(2, position, values, (position, count, above + left), position)
        return self.bits.three()

    def _edge_contexts(
        self, number: int, k: int, at: int, left: int, before: int
    ) -> tuple[int, int, list[int]]:
        through, along = (self.left, self.above) if number else (self.above, self.left)
        twice = 0
        if self.has_left if number else self.has_above:
            summed = self._across(k, 0, 8) if number else self._down(0, k, 8)
            twice = quotient(summed, 64 * self.steps[at])
        foreseen, own = quotient(twice, 2), self.own.at
        inside = sum(abs(own[at + i * (1 if number else 8)]) for i in (1, 2, 3))
        above, beside, other = self.above.at[at], self.left.at[at], self.other.at[at]
        around = 2 * (abs(above) + abs(beside)) + abs(self.corner.at[at])
        return (
            twice,
            inside,
            [
                within(twice, 40),
                8 * within(foreseen, 30) + left,
                32 * sign(before) + sign(along.at[at]) + 1024 * left,
                8 * min(20, inside) + left + 1024 * magnitude_class(through.at[at]),
                64 * sign(other) + 8 * left + min(7, inside),
                32 * within(foreseen, 20) + sign(other),
                32 * sign(through.at[at]) + sign(along.at[at]),
                128 * within(foreseen, 20) + sign(before),
                8 * min(31, around) + left + 1024 * (self.own.count // 8),
            ],
        )

    def _dc(self) -> None:
        """Section 7."""
        step, count = self.steps[0], self.own.count
        mean, away, width, apart = self._smooth_dc()
        foreseen = max(-2048, min(2047, (2 * mean + step) // (2 * step)))
        part = within(4 * mean // step - 4 * foreseen, 4)
        spread, reach = min(60, 4 * away // step), magnitude_class(width // step)
        turn = sign(quotient(apart, step))
        beside = 4096 * magnitude_class(self.above.value) + 65536 * magnitude_class(self.left.value)
        values = [
            spread,
            16 * reach + min(15, count // 3),
            8 * turn + min(7, spread // 2),
            10 * part + reach,
            count,
            10 * (16 * turn + part) + magnitude_class(spread // 4) + beside,
        ]
        self.bits.ask(4, self.role, values, (self.role, spread, min(16, count // 3)), self.role)
        self.own.value = self._value(0, foreseen)

    def _smooth_dc(self) -> tuple[int, int, int, int]:
        """Mean, away, width, apart."""
        sides = []
        for there, there_is, across in (
            (self.above, self.has_above, False),
            (self.left, self.has_left, True),
        ):
            if there_is:
                q0, q1 = (self._line(there, i, across) + there.at[0] * self.steps[0] for i in (7, 6))
                p0, p1 = (self._line(self.own, i, across) for i in (0, 1))
                sides.append((q0 + ((q0 - q1 + p1 - p0) >> 1) - p0).tolist())
        if not sides:
            return 0, 0, 0, 0
        every = sorted(x for side in sides for x in side)
        n = len(every)
        mean = sum(every[n // 4 : n - n // 4]) // (n // 2)
        away = sum(abs(x - mean) for x in every) // n
        apart = (sum(sides[0]) >> 3) - (sum(sides[1]) >> 3) if n == 16 else 0
        return mean, away, every[-1] - every[0], apart

    def _line(self, block: Block, number: int, across: bool) -> NDArray[np.int64]:
        """An edge line's 8 samples without DC: a row, or a column."""
        values = (np.array(block.at, np.int64) * self.steps).reshape(8, 8)
        values[0, 0] = 0
        part = SHARE[number] @ (values.T if across else values) >> 7
        line: NDArray[np.int64] = np.clip(SHARE @ part >> 13, -(2**24), 2**24)
        return line
