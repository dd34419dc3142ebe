"""Streams to open: zlib's, and valid ones that no encoder would write."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from nacomp.transforms.deflate_bits import BitWriter
from nacomp.transforms.deflate_tables import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    LENGTH_BASE,
    LENGTH_EXTRA,
    LENGTH_ORDER,
    distance_index,
)

WORDS = b"the of and a to in is that it for was on are as with they be at one have this".split()


def text(size: int, seed: int = 0) -> bytes:
    """Words in random order, with numbers and long repeats in between."""
    rng, out = random.Random(seed), bytearray()
    while len(out) < size:
        kind = rng.random()
        if kind < 0.02 and len(out) > 400:
            at = rng.randrange(len(out) - 300)
            out += out[at : at + rng.randrange(3, 300)]
        elif kind < 0.03:
            out += bytes([rng.randrange(256)]) * rng.randrange(1, 400)
        elif kind < 0.2:
            out += str(rng.randrange(10 ** rng.randrange(1, 9))).encode() + b" "
        else:
            out += rng.choice(WORDS) + b" "
    return bytes(out[:size])


def zlib_stream(
    content: bytes,
    level: int = 6,
    window: int = 15,
    memory: int = 8,
    strategy: int = 0,
    dictionary: bytes = b"",
) -> bytes:
    """A raw stream of zlib's."""
    if dictionary:
        coder = zlib.compressobj(level, zlib.DEFLATED, -window, memory, strategy, dictionary)
    else:
        coder = zlib.compressobj(level, zlib.DEFLATED, -window, memory, strategy)
    return coder.compress(content) + coder.flush()


@dataclass
class RandomStream:
    """A valid stream drawn from a seed: random blocks, copies from anywhere, random codes and words of headers.

    Distances go up to the window's end, lengths of 258 have both spellings, and the bits that nobody reads are random.
    """

    seed: int
    blocks: int = 4
    dictionary: bytes = b""
    lead: int = 0
    """Zero bits in front."""
    writer: BitWriter = field(default_factory=lambda: BitWriter(1 << 24))

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.data = bytearray(self.dictionary)
        self.writer.write(0, self.lead)

    @property
    def content(self) -> bytes:
        """What the stream stands for."""
        return bytes(self.data[len(self.dictionary) :])

    def write(self) -> bytes:
        """The stream."""
        for left in range(self.blocks - 1, -1, -1):
            kind = self.rng.choice((0, 1, 2, 2))
            self.writer.write(left == 0, 1)
            self.writer.write(kind, 2)
            if kind == 0:
                self._stored()
            else:
                self._coded(kind == 2)
        fill = -self.writer.position % 8
        self.writer.write(self.rng.randrange(1 << fill) if self.rng.random() < 0.5 else 0, fill)
        return self.writer.finish()

    def _stored(self) -> None:
        fill = -self.writer.position % 8
        self.writer.write(self.rng.randrange(1 << fill) if self.rng.random() < 0.3 else 0, fill)
        content = self.rng.randbytes(self.rng.choice((0, 1, 5, 300)))
        self.writer.write(len(content), 16)
        self.writer.write(len(content) ^ 0xFFFF, 16)
        for byte in content:
            self.writer.write(byte, 8)
        self.data += content

    def _coded(self, dynamic: bool) -> None:
        symbols = [self._token() for _ in range(self.rng.choice((0, 1, 10, 60)))]
        if dynamic:
            literals = random_lengths(self.rng, {s[0] for s in symbols} | {256}, 286, 15)
            distances = random_lengths(self.rng, {s[2] for s in symbols if s[0] > 256}, 30, 15)
            self._header(literals, distances)
        else:
            literals = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
            distances = [5] * 30
        for symbol, extra, far, more in symbols:
            self._symbol(literals, symbol)
            if symbol > 256:
                self.writer.write(extra, LENGTH_EXTRA[symbol - 257])
                self._symbol(distances, far)
                self.writer.write(more, DISTANCE_EXTRA[far])
        self._symbol(literals, 256)

    def _token(self) -> tuple[int, int, int, int]:
        """Symbol and extra bits of a literal or length, and of a distance."""
        data, rng = self.data, self.rng
        if not data or rng.random() < 0.5:
            byte = rng.choice(b"abc") if rng.random() < 0.9 else rng.randrange(256)
            data.append(byte)
            return byte, 0, 0, 0
        index = rng.choice((0, 0, 1, 2, 27, 28, rng.randrange(29)))
        extra = rng.choice((0, (1 << LENGTH_EXTRA[index]) - 1))
        farthest = min(len(data), 32768)
        distance = rng.choice((1, farthest, rng.randrange(1, farthest + 1)))
        for _ in range(LENGTH_BASE[index] + extra):
            data.append(data[-distance])
        far = distance_index(distance)
        return 257 + index, extra, far, distance - DISTANCE_BASE[far]

    def _header(self, literals: Sequence[int], distances: Sequence[int]) -> None:
        rng = self.rng
        counts = [
            max((i + 1 for i, bits in enumerate(lengths) if bits), default=1)
            for lengths in (literals, distances)
        ]
        counts = [rng.randrange(max(count, least), most + 1) if rng.random() < 0.3 else max(count, least)
                  for count, least, most in zip(counts, (257, 1), (286, 30), strict=True)]  # fmt: skip
        lengths = [*literals[: counts[0]], *distances[: counts[1]]]
        runs = [*random_runs(rng, lengths)]
        codes = random_lengths(rng, {symbol for symbol, _ in runs}, 19, 7, complete=True)
        order = [codes[symbol] for symbol in LENGTH_ORDER]
        given = max(4, *(i + 1 for i, bits in enumerate(order) if bits))
        given = rng.randrange(given, 20) if rng.random() < 0.3 else given
        self.writer.write(counts[0] - 257, 5)
        self.writer.write(counts[1] - 1, 5)
        self.writer.write(given - 4, 4)
        for bits in order[:given]:
            self.writer.write(bits, 3)
        for symbol, repeat in runs:
            self._symbol(codes, symbol)
            if symbol >= 16:
                base, extra = {16: (3, 2), 17: (3, 3), 18: (11, 7)}[symbol]
                self.writer.write(repeat - base, extra)

    def _symbol(self, lengths: Sequence[int], symbol: int) -> None:
        """RFC 1951, 3.2.2, in the slowest way."""
        bits, code = lengths[symbol], 0
        for length in range(1, bits + 1):
            code = (code + sum(own == length - 1 for own in lengths if own)) << 1
        code += sum(own == bits for own in lengths[:symbol])
        for bit in range(bits - 1, -1, -1):
            self.writer.write(code >> bit & 1, 1)


def random_lengths(
    rng: random.Random, symbols: set[int], count: int, longest: int, complete: bool = False
) -> list[int]:
    """A random full code of at most `longest` bits for these symbols, and some others.

    One symbol alone gets one bit, or gets a second one where the code has to be complete.
    """
    symbols = set(symbols)
    while rng.random() < 0.7 or (complete and len(symbols) < 2) or (len(symbols) == 0 and rng.random() < 0.5):
        symbols.add(rng.randrange(count))
    lengths = [0] * count
    leaves = [0] if symbols else []
    while len(leaves) < len(symbols):
        # Splitting the shallowest now and then keeps it from running out of bits.
        split = leaves.index(min(leaves)) if rng.random() < 0.5 else rng.randrange(len(leaves))
        if leaves[split] < longest:
            leaves += [leaves.pop(split) + 1] * 2
    rng.shuffle(leaves)
    for symbol, bits in zip(sorted(symbols), leaves, strict=True):
        lengths[symbol] = max(bits, 1)
    return lengths


def random_runs(rng: random.Random, lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Words of a header for these lengths, with repeats or without, now and then across the border."""
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(lengths):
        same = 1
        while at + same < len(lengths) and lengths[at + same] == lengths[at]:
            same += 1
        symbol, repeat = lengths[at], 1
        if rng.random() < 0.8:
            if at and lengths[at] == lengths[at - 1] and same >= 3 and (lengths[at] or rng.random() < 0.2):
                symbol, repeat = 16, rng.randrange(3, min(same, 6) + 1)
            elif lengths[at] == 0 and same >= 11:
                symbol, repeat = 18, rng.choice((min(same, 138), rng.randrange(11, min(same, 138) + 1)))
            elif lengths[at] == 0 and same >= 3:
                symbol, repeat = 17, min(same, 10)
        runs.append((symbol, repeat))
        at += repeat
    return runs
