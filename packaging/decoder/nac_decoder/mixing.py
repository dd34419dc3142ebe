"""MIXING.md: the payload of a block of the kind `mixed`."""

import struct
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from nac_decoder.bitmap import Bitmap
from nac_decoder.bits import BitDecoder
from nac_decoder.errors import check
from nac_decoder.image import Image
from nac_decoder.machine_code import untwisted
from nac_decoder.mixing_contexts import Binary, Code, Context, Samples
from nac_decoder.mixing_parts import (
    APM,
    ONE,
    Contexts,
    Counter,
    Network,
    Slots,
    combine,
    learnt,
    squash,
    stretch,
    toward_zero,
)
from nac_decoder.mixing_text import Text
from nac_decoder.records import Records
from nac_decoder.words import Words, turned_back

PROFILES = (Text, Binary, Samples, Image, Code, Bitmap, Words, Records)
COUNTS = (22, 14, 18, 18, 19, 14, 14, 22)
SETS = (10, 6, 6, 6, 7, 6, 7, 6)
MINIMA = ((5, 20, 10), *[(6, 20)] * 7)
BOUNDS = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 64, 128, 400)


def decode(given: dict[str, Any], payload: bytes, size: int) -> bytes:
    """Section 1."""
    check(given == {"predictor": "mixing-6"} and size <= 1 << 24, "predictor is unknown")
    check(len(payload) >= 4 and len(payload) % 4 == 0, "payload has another size")
    profile, byte, width = struct.unpack("<BBH", payload[:4])
    check(profile < 8, "profile is unknown")
    sample, shift = byte % 8, byte // 16
    if profile == 2:
        check(2 <= sample <= 4 and shift < sample and width % sample == 0, "samples are wrong")
    elif profile == 7:
        check(byte in (2, 4, 8) and width % byte == 0, "numbers are wrong")
    else:
        check(profile == 0 or 1 <= byte <= {3: 8, 6: 2}.get(profile, 1), "bytes of a pixel are wrong")
    most = {0: 0, 2: 8 * sample, 6: 0}.get(profile, 65535)
    check((0, 0, sample, byte, 0, 1, 0, byte)[profile] <= width <= most, "width is wrong")
    block, coder = Streams(profile, byte, width, size).streams[0], BitDecoder(payload[4:])
    for _ in range(8 * size):
        block.learn(coder.decode(4 * block.predict()))
    content = bytes(block.context.past)
    if profile == 2:
        if not byte & 8:
            content = swapped(content, sample)
        end = max(0, size - shift)
        content = content[end:] + content[:end]
    if profile == 7:
        return swapped(content, byte)
    if profile == 6 and byte == 2:
        return turned_back(content)
    return untwisted(content) if profile == 4 else content


def swapped(content: bytes, count: int) -> bytes:
    whole = len(content) // count * count
    return b"".join(content[i : i + count][::-1] for i in range(0, whole, count)) + content[whole:]


def length_class(length: int) -> int:
    return sum(bound <= length for bound in BOUNDS)


class Matches:
    """Section 5: what the streams share of one match model."""

    def __init__(self, minimum: int, size: int, pasts: Sequence[bytearray]) -> None:
        self.minimum, self.pasts = minimum, pasts
        self.bits = next((m for m in range(10, 20) if 2**m >= size), 20)
        self.table: dict[int, int] = {}
        self.counters: defaultdict[int, Counter] = defaultdict(Counter)

    def at(self, place: int) -> tuple[bytearray, int]:
        """The stream of a place, and its position there."""
        return self.pasts[place % len(self.pasts)], place // len(self.pasts)


class Match:
    """Section 5, of one stream."""

    def __init__(self, shared: Matches, stream: int) -> None:
        self.shared, self.stream = shared, stream
        self.at = self.length = self.missed = 0
        self.guess: int | None = None
        self.agrees = False

    def learn_byte(self) -> None:
        past, streams = self.shared.pasts[self.stream], len(self.shared.pasts)
        if self.guess is not None:
            right = self.guess == past[-1]
            self.missed = (2 * self.missed + (not right)) % 256
            self.length = min(65535, self.length + 1) if right else 0
            self.at = 0 if self.missed == 255 else self.at + streams
        if len(past) >= self.shared.minimum:
            self.search(past)
        self.guess = None
        if self.at:
            other, position = self.shared.at(self.at - 1)
            self.guess = other[position] if position < len(other) else None
        if self.guess is None:
            self.at = 0

    def search(self, past: bytearray) -> None:
        n, h, minimum = len(past), 0, self.shared.minimum
        for i in range(0, minimum, 4):
            newest_first = [past[n - 1 - j] for j in range(i, min(i + 4, minimum))]
            h = combine(h, sum(byte << 8 * k for k, byte in enumerate(newest_first)))
        number = h * 0x9E3779B1 % 2**32 >> (32 - self.shared.bits)
        entry = self.shared.table.get(number, 0)
        if entry and self.length < minimum:
            (other, place), same = self.shared.at(entry - 1), 0
            while same < min(400, place, n) and other[place - 1 - same] == past[n - 1 - same]:
                same += 1
            if same >= minimum:
                self.at, self.length, self.missed = entry, same, 0
        self.shared.table[number] = n * len(self.shared.pasts) + self.stream + 1

    def inputs(self, row: int, done: int) -> list[int]:
        self.agrees = self.guess is not None and (256 + self.guess) >> (8 - done) == row
        if not self.agrees:
            return [0, 0]
        assert self.guess is not None
        coming = self.guess >> (7 - done) & 1
        ones = min(7, bin(self.missed).count("1"))
        context = (length_class(self.length) * 16 + ones * 2 + self.missed % 2) * 2 + coming
        self.counter = self.shared.counters[context]
        return [stretch(self.counter.p), toward_zero((self.counter.p >> 10) - 2048)]

    def learn(self, bit: int) -> None:
        if self.agrees:
            self.counter.learn(bit, 1023)


class Streams:
    """Sections 4 to 6: the streams, and all that they share. `outside`: the first weights of inputs from outside."""

    def __init__(
        self, profile: int, byte: int, width: int, size: int, streams: int = 1, outside: Sequence[int] = ()
    ) -> None:
        count = COUNTS[profile]
        self.slots = Slots(next((b for b in range(12, 21) if 2**b >= size * count // 4), 21))
        self.contexts = Contexts()
        own = 1 + 2 * len(MINIMA[profile]) + 4 * count + {0: 1, 2: 8, 3: 8}.get(profile, 0)
        sets, last_sets = SETS[profile] + (2 if outside else 0), 2 if profile else 4
        self.five = profile == 0 and not outside
        if outside:  # PREDICTORS.md, section 14
            self.network = Network([*outside] + [0] * own, sets, (20, 100), (8, 40), last_sets)
            self.apms = [APM(10, 1023) for _ in range(3)]
        else:
            self.network = Network([3000] * own, sets, (45, 250), (16, 80), last_sets)
            self.apms = [APM() for _ in range(5 if self.five else 3)]
        pasts = [bytearray() for _ in range(streams)]
        self.matches = [Matches(minimum, size, pasts) for minimum in MINIMA[profile]]
        self.streams = [Stream(self, i, PROFILES[profile](byte, width)) for i in range(streams)]
        for stream, past in zip(self.streams, pasts, strict=True):
            stream.context.past = past
            stream.context.of_byte = self.streams[0].context.of_byte
            stream.context.of_pair = self.streams[0].context.of_pair


class Stream:
    """One stream of bytes."""

    def __init__(self, shared: Streams, number: int, context: Context) -> None:
        self.shared, self.context = shared, context
        self.matches = [Match(matches, number) for matches in shared.matches]
        self.row, self.done = 1, 0
        self.hashes: list[int] = []
        """Of this byte's contexts; none before they are asked for."""
        self.places: list[int] = []
        """Of this nibble's slots, likewise."""

    def look_up(self) -> None:
        if not self.hashes:
            self.hashes = [
                combine(value, (i + 1) * 0x85EBCA6B % 2**32) for i, value in enumerate(self.context.values())
            ]
        if not self.places:
            late = -1 if self.context.by_bit else self.done - 4
            hashes = self.hashes if late < 0 else [combine(h, self.row >> late) for h in self.hashes]
            self.places = [self.shared.slots.find(h * 0x9E3779B1 % 2**32) for h in hashes]

    def predict(self, outside: Sequence[int] = (), selected: Sequence[int] = ()) -> int:
        self.context.row, self.context.done = self.row, self.done
        self.look_up()
        self.node, near = self.context.node(), self.context.near()
        nodes = [self.shared.slots.nodes[place][self.node] for place in self.places]
        said = self.shared.contexts.inputs(nodes)
        inputs = [*outside, 256] + [x for match in self.matches for x in match.inputs(self.row, self.done)]
        inputs += self.context.inputs() + [x for four in said for x in four]
        seen = sum(n > 0 for _, _, n in nodes[1:6])
        short, long = self.matches[:2]
        m = 1 + length_class(short.length) if short.agrees else 0
        c1, guess = self.context.back(1), short.guess if short.agrees else 0
        rows = [
            near[0],
            c1,
            32 * m + 16 * long.agrees + self.done,
            self.context.fourth_row(guess or 0),
            8 * seen + self.done,
        ]
        last_rows = [near[0], m, *self.context.last_rows()]
        x = self.shared.network.mix(inputs, [*rows, *self.context.rows(), *selected], last_rows)
        expected = 256 * m + guess if guess is not None and m else self.row
        return max(1, min(ONE - 1, self.refined(x, near, expected)))

    def refined(self, x: int, near: tuple[int, int, int], expected: int) -> int:
        chosen = list(near)
        if self.shared.five:
            chosen += [combine(self.context.four_shapes(), self.row) >> 16, expected]
        a, b, c, *de = (apm.refine(x, k) for apm, k in zip(self.shared.apms, chosen, strict=True))
        if de:
            return (2 * squash(x) + a + b + c + 2 * de[0] + de[1]) >> 3
        return (4 * squash(x) + a + b + 2 * c) >> 3

    def learn(self, bit: int) -> None:
        """The bit that was predicted last."""
        self.shared.network.learn(bit)
        for apm in self.shared.apms:
            apm.learn(bit)
        for match in self.matches:
            match.learn(bit)
        self.shared.contexts.learn(bit)
        for place in self.places:
            nodes = self.shared.slots.nodes[place]
            nodes[self.node] = learnt(nodes[self.node], bit)
        self.skip(bit)

    def skip(self, bit: int) -> None:
        """A bit that becomes part of the bytes, predicted or not."""
        self.row, self.done = 2 * self.row + bit, self.done + 1
        if self.done == 4:
            self.places = []
        elif self.done == 8:
            self.context.before(self.row - 256)
            self.context.past.append(self.row - 256)
            for match in self.matches:
                match.learn_byte()
            short = self.matches[0]
            self.context.expected = None if short.guess is None else (short.guess, length_class(short.length))
            self.row, self.done = 1, 0
            self.hashes, self.places = [], []
            self.context.after(self.context.past)
        if self.context.by_bit:
            self.hashes, self.places = [], []
