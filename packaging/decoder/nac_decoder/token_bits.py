"""PREDICTORS.md section 14: tokens as bits, beside the context mixer."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from nac_decoder.bits import BitDecoder
from nac_decoder.ensemble import Ensemble, Row
from nac_decoder.mixing import Stream, Streams
from nac_decoder.mixing_parts import (
    APM,
    NEW,
    ONE,
    Contexts,
    Network,
    Node,
    clamp,
    combine,
    learnt,
    squash,
)
from nac_decoder.mixing_text import Text

Z = 2.0**44
TRUST = (20000, 45536)
SURE = 1900


def _mantissas() -> list[int]:
    found = []
    for i in range(1024):
        y = ((2 * i + 1) << 30) // (4097 + 2 * i)
        q, t, w = y * y >> 30, 0, y
        for k in range(1, 30, 2):
            t += w // k
            w = w * q >> 30
        found.append((2 * t + 2**13) >> 14)
    return found


MANTISSAS = _mantissas()


def log(x: int) -> int:
    e = x.bit_length() - 1
    behind = (x << 10 >> e) - 1024
    return 45426 * e + MANTISSAS[behind]


def odds(zero: int, one: int) -> int:
    return clamp((log(one + 1) - log(zero + 1) + 128) >> 8)


def bucket(x: int) -> int:
    return max(0, min(23, (x + 3072) >> 8))


class Weights:
    """*The row*: an ensemble's row, by places."""

    def __init__(self, row: Row, places: dict[int, int], order: Sequence[int]) -> None:
        self.asked = row.model is not None
        self.of = [int(row.weights[symbol]) for symbol in order]
        self.sums = [0]
        for weight in self.of:
            self.sums.append(self.sums[-1] + weight)
        decisions, left = row.mixed
        self.masses = {
            places[candidate.symbol]: floor(made.mass * Z)
            for candidate, made in zip(row.candidates, decisions, strict=True)
            if candidate.symbol in places
        }
        rest = self.sums[-1] - sum(self.of[place] for place in self.masses)
        self.scale = left * Z / rest if rest else 0.0
        best = self.of.index(max(self.of))
        most = self.chained(best, best + 1)
        for place, mass in self.masses.items():
            if mass > most:
                best, most = place, mass
        self.expected = best + 1

    def base(self, low: int, high: int) -> int:
        return self.sums[high] - self.sums[low]

    def chained(self, low: int, high: int) -> int:
        inside = [place for place in self.masses if low <= place < high]
        rest = self.base(low, high) - sum(self.of[place] for place in inside)
        return floor(float(rest) * self.scale) + sum(self.masses[place] for place in inside)


class ContextSet:
    """A *context set*: entries of a check and a node."""

    def __init__(self, size: int, most: int) -> None:
        self.bits = next((b for b in range(12, most) if 2**b >= 4 * size), most)
        self.entries: dict[int, tuple[int, Node]] = {}
        self.contexts = Contexts()
        self.open: list[int] = []

    def predict(self, values: Sequence[int]) -> tuple[list[list[int]], int]:
        """Four inputs of each, and how many have been seen."""
        nodes, self.open = [], []
        for i, value in enumerate(values):
            key = combine(value, i + 1) * 0x9E3779B1 % 2**32
            number = key >> (32 - self.bits)
            if self.entries.get(number, (0, NEW))[0] != key % 65536:
                self.entries[number] = (key % 65536, NEW)
            self.open.append(number)
            nodes.append(self.entries.get(number, (0, NEW))[1])
        return self.contexts.inputs(nodes), sum(n > 0 for _, _, n in nodes)

    def learn(self, bit: int) -> None:
        self.contexts.learn(bit)
        for number in self.open:
            check, node = self.entries.get(number, (0, NEW))
            self.entries[number] = (check, learnt(node, bit))


@dataclass
class At:
    """A node of the tree, and what the row says of it."""

    node: int
    size: int  # bytes of the token so far
    base: int
    chained: int


class Tokens:
    """What a stream's last tokens were: 1 + place, and sizes, the latest first."""

    def __init__(self) -> None:
        self.last = [0, 0]
        self.sizes = [0, 0]


class TokenDecoder:
    """*The tree*, and the probabilities of its decisions."""

    def __init__(self, symbols: Sequence[bytes], size: int, streams: int, words: bytes) -> None:
        """`symbols`: (id,) their bytes; the last 256 are escapes, in use for bytes that no token is."""
        self.coder = BitDecoder(words)
        tokens = set(symbols[:-256])
        coded = [
            i for i, data in enumerate(symbols) if data and (i < len(symbols) - 256 or data not in tokens)
        ]
        self.order = sorted(coded, key=lambda i: (symbols[i], i))
        self.pieces = [symbols[i] for i in self.order]
        self.places = {symbol: place for place, symbol in enumerate(self.order)}
        self.mixer = Streams(0, ord(","), 0, size, streams, (*TRUST, 0, 0))
        self.tokens = [Tokens() for _ in range(streams)]
        self.node_set, self.end_set = ContextSet(size, 21), ContextSet(size, 20)
        self.ends = Network([*TRUST] + [0] * (1 + 4 * 14), 3, (10, 40), (2, 6))
        self.end_apm, self.sure_apm = APM(30, 1023), APM(30, 1023)

    def decode(self, _: Ensemble, rows: Sequence[Row]) -> list[int]:
        """A step's symbols, row by row."""
        return [self.symbol(row.stream, Weights(row, self.places, self.order)) for row in rows]

    def coded(self, p: int) -> int:
        """The bit whose probability to be 1 is p."""
        return self.coder.decode(4 * p)

    def symbol(self, number: int, seen: Weights) -> int:
        stream, tokens = self.mixer.streams[number], self.tokens[number]
        low, high, node, depth, taken = 0, len(self.order), 0, 0, 0
        while high - low > 1:
            depth, end, split = self.fall_apart(low, high, depth)
            taken = self.take(stream, low, taken, depth)
            base = odds(seen.base(low, split), seen.base(split, high))
            chained = odds(seen.chained(low, split), seen.chained(split, high))
            at = At(node, depth // 8, base, chained)
            if (chained >= SURE and base >= 0) or (chained <= -SURE and base <= 0):
                bit = self.sure(at, end=end)
                if not end:
                    stream.skip(bit)
            elif end:
                bit = self.end(at, stream, tokens, seen)
            else:
                bit = self.bit(at, stream, tokens, seen)
            if not end:
                depth, taken = depth + 1, taken + 1
            node += split - low if bit else 1
            low, high = (split, high) if bit else (low, split)
        size = len(self.pieces[low])
        self.take(stream, low, taken, 8 * size)
        tokens.last, tokens.sizes = [low + 1, tokens.last[0]], [size, tokens.sizes[0]]
        return self.order[low]

    def place_bit(self, place: int, depth: int) -> int:
        return self.pieces[place][depth // 8] >> (7 - depth % 8) & 1

    def fall_apart(self, low: int, high: int, depth: int) -> tuple[int, bool, int]:
        """Bits before the node, whether it is an end, and its split."""
        while len(self.pieces[low]) * 8 != depth:
            if self.place_bit(low, depth) != self.place_bit(high - 1, depth):
                ones = (place for place in range(low, high) if self.place_bit(place, depth))
                return depth, False, next(ones)
            depth += 1
        return depth, True, low + 1

    def take(self, stream: Stream, place: int, taken: int, depth: int) -> int:
        """Pass the bits that all entries share."""
        for i in range(taken, depth):
            stream.skip(self.place_bit(place, i))
        return max(taken, depth)

    def sure(self, at: At, *, end: bool) -> int:
        p = (squash(at.chained) + self.sure_apm.refine(at.chained, int(end))) // 2
        bit = self.coded(bounded(p))
        self.sure_apm.learn(bit)
        return bit

    def bit(self, at: At, stream: Stream, tokens: Tokens, row: Weights) -> int:
        last, a = tokens.last[0], int(not row.asked)
        first, second = (at.node, last), (at.node, row.expected, last)
        fours, _ = self.node_set.predict([joined(*first), joined(*second)])
        bb, cb = bucket(at.base), bucket(at.chained)
        rows = [(4 * a + min(at.size, 3)) * 24 + cb, (24 * a + bb) * 24 + cb]
        bit = self.coded(stream.predict([at.base, at.chained, *(four[1] for four in fours)], rows))
        stream.learn(bit)
        self.node_set.learn(bit)
        return bit

    def end(self, at: At, stream: Stream, tokens: Tokens, row: Weights) -> int:
        fours, seen = self.end_set.predict(self.values_of_end(at, stream, tokens, row))
        a, n, c1 = int(not row.asked), min(15, at.size), stream.context.last(1)
        bb, cb = bucket(at.base), bucket(at.chained)
        inputs = [at.base, at.chained, 256] + [x for four in fours for x in four]
        rows = [(24 * a + bb) * 24 + cb, 32 * n + seen, 64 * cb + c1 // 4]
        x = self.ends.mix(inputs, rows, [24 * a + cb, n])
        bit = self.coded(bounded((squash(x) + self.end_apm.refine(x, 64 * n + c1 // 4)) // 2))
        for learner in (self.ends, self.end_set, self.end_apm):
            learner.learn(bit)
        return bit

    def values_of_end(self, at: At, stream: Stream, tokens: Tokens, row: Weights) -> list[int]:
        context, n, node = stream.context, at.size, at.node
        assert isinstance(context, Text)
        c4, c8, (last, last2) = context.last(4), context.last(8) >> 32, tokens.last
        tuples = [
            (node,),
            (node, last),
            (context.last(1), n),
            (context.last(2),),
            (context.last(3),),
            (c4, n),
            (c4, c8 & 0xFF),
            (c4, c8 & 0xFFFF),
            (n, *tokens.sizes),
            (node, context.field),
            (context.word, n),
            (node, last, last2),
            (node, row.expected),
            (node, row.expected, last),
        ]
        return [joined(*values) for values in tuples]


def joined(value: int, *more: int) -> int:
    for other in more:
        value = combine(value, other)
    return value


def bounded(p: int) -> int:
    return max(1, min(ONE - 1, p))
