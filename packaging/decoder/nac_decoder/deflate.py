"""TRANSFORMS.md, "Deflate": a stream of its content and the corrections."""

import zlib
from dataclasses import dataclass
from itertools import islice

from nac_decoder.deflate_coder import Decisions
from nac_decoder.deflate_codes import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    FIXED_DISTANCES,
    FIXED_LITERALS,
    LENGTH_BASE,
    LENGTH_EXTRA,
    ORDER,
    REPEATS,
    Dynamic,
    fixed_expected,
    read_codes,
)
from nac_decoder.deflate_matcher import LEVELS, Match, Matcher, Settings
from nac_decoder.errors import check
from nac_decoder.numbers import Numbers


@dataclass(frozen=True)
class Token:
    """A literal has the length 1; an odd copy is spelt with symbol 284."""

    length: int
    distance: int = 0
    odd: bool = False

    @property
    def symbol(self) -> int:
        """Of a copy: its length's."""
        if self.length == 258 and not self.odd:
            return 28
        return max(n for n, base in enumerate(LENGTH_BASE[:28]) if base <= self.length)

    @property
    def distance_symbol(self) -> int:
        return max(n for n, base in enumerate(DISTANCE_BASE) if base <= self.distance)


class BitWriter:
    """RFC 1951, section 3.1.1."""

    def __init__(self) -> None:
        self.bits = bytearray()

    def number(self, value: int, count: int) -> None:
        self.bits += bytes(value >> place & 1 for place in range(count))

    def code(self, code: tuple[int, int]) -> None:
        value, length = code
        check(length > 0, "symbol has no code")
        self.bits += bytes(value >> place & 1 for place in range(length - 1, -1, -1))

    def missing(self) -> int:
        return -len(self.bits) % 8

    def packed(self) -> bytes:
        self.number(0, self.missing())
        text = bytes(self.bits[::-1]).translate(bytes([48, 49]) + bytes(254)).decode()
        return int("0" + text, 2).to_bytes(len(self.bits) // 8, "little")


def canonical(lengths: list[int]) -> list[tuple[int, int]]:
    """Code and its length for each symbol (RFC 1951, section 3.2.2)."""
    found, code = [(0, 0)] * len(lengths), 0
    for size in range(1, 16):
        code *= 2
        for symbol, length in enumerate(lengths):
            if length == size:
                found[symbol] = (code, size)
                code += 1
    return found


def close_deflate(given: Numbers, parts: list[bytes]) -> bytes:
    """`deflate-1`."""
    flags = given.take(1)[0]
    check(flags < 12 and 2 <= len(parts) <= 3, "deflate view is malformed")
    *before, content, corrections = parts
    dictionary = b"".join(before)
    check(len(dictionary) <= 32_768, "dictionary is too long")
    stream = Stream(dictionary, content, corrections).made()
    stream = stream[flags & 1 : len(stream) - (flags >> 1 & 1)]
    if flags >> 2 == 1:
        stream += zlib.adler32(content).to_bytes(4, "big")
    if flags >> 2 == 2:
        stream += zlib.crc32(content).to_bytes(4, "little") + (len(content) % 2**32).to_bytes(4, "little")
    return stream


class Stream:
    """One piece while it is made."""

    def __init__(self, dictionary: bytes, content: bytes, corrections: bytes) -> None:
        self.data, self.start = dictionary + content, len(dictionary)
        self.given, self.lead, self.final, decisions = _header(corrections)
        self.ask = Decisions(decisions)
        self.ask.begin("hit", *((53_248, 0) if self.given.rough else (65_280, 8)))
        self.ask.begin("odd", 256, 8)
        self.matcher = Matcher(self.data, self.given)
        self.at, self.history, self.stored_before = self.start, 3, 0
        self.out = BitWriter()
        self.most = 2 * len(content) + 512 * len(corrections) + 1024

    def made(self) -> bytes:
        self.out.number(0, self.lead)
        more, blocks, dynamic, was_stored = 1, 0, 0, 0
        while more:
            header = len(self.out.bits)
            self.out.number(0, 1)
            was_stored = self.ask.bit("stored", was_stored)
            if was_stored:
                self._stored()
            else:
                dynamic += self._coded()
            blocks += 1
            c = self.at - self.start
            check(blocks <= 1024 + c // 8 and dynamic <= 1024 + c // 96, "stream has too many blocks")
            check(len(self.out.bits) <= 8 * self.most, "stream is too long")
            more = self.ask.bit("more", int(self.at == len(self.data)))
        check(self.at == len(self.data), "blocks end before the content")
        if self.final:
            self.out.bits[header] = 1
            self._fill()
        return self.out.packed()

    def _fill(self) -> None:
        missing = self.out.missing()
        if missing:
            bits = self.ask.tree(7, "fill") if self.ask.bit("padded") else 0
            check(bits < 1 << missing, "fill is too large")
            self.out.number(bits, missing)

    def _stored(self) -> None:
        self.out.number(0, 2)
        self._fill()
        rest = min(len(self.data) - self.at, 65_535)
        if self.ask.bit("all"):
            size = rest
        elif self.ask.bit("again"):
            size = self.stored_before
        else:
            size = self.ask.count("stored size")
        check(size <= rest, "stored block is too long")
        self.stored_before = size
        self.out.number(size, 16)
        self.out.number(size ^ 0xFFFF, 16)
        for byte in self.data[self.at : self.at + size]:
            self.out.number(byte, 8)
        self.at += size

    def _coded(self) -> bool:
        """A block with codes; whether it is dynamic."""
        start, tokens = self.at, self._tokens()
        literals, distances = [0] * 286, [0] * 30
        literals[256] = 1
        at = start
        for token in tokens:
            if token.distance:
                literals[257 + token.symbol] += 1
                distances[token.distance_symbol] += 1
            else:
                literals[self.data[at]] += 1
            at += token.length
        fixed = self.ask.bit("fixed", int(fixed_expected(literals, distances)))
        self.out.number(1 if fixed else 2, 2)
        codes = (FIXED_LITERALS, FIXED_DISTANCES)
        if not fixed:
            found = read_codes(self.ask, literals, distances, self.given.joint)
            self._write_codes(found)
            codes = (found.literals, found.distances)
        self._write_tokens(start, tokens, canonical(codes[0]), canonical(codes[1]))
        return not fixed

    def _tokens(self) -> list[Token]:
        """Where a block ends."""
        tokens: list[Token] = []
        start, copies, bits, last = self.at, 0, 0, self.at
        left = len(self.data) - self.at
        count = -1 if self.ask.bit("regular") else self.ask.count("tokens")
        check(count <= left, "block has too many tokens")
        while len(tokens) != count if count >= 0 else self.at < len(self.data):
            last, token = self.at, self._token()
            tokens.append(token)
            if token.distance:
                copies += 1
                bits += 5 + DISTANCE_EXTRA[token.distance_symbol]
            t = len(tokens)
            if count >= 0:
                continue
            if t == self.given.capacity:
                break
            i = last - start + (self.given.search == 3)
            if self.given.truncates and t % 4096 == 0 and copies < t // 2 and (8 * t + bits) // 8 < i // 2:
                break
        return tokens

    def _token(self) -> Token:
        check(self.at < len(self.data), "token is behind the content")
        found, copies = self.matcher.expected(self.at)
        expected = Token(*found) if copies else Token(1)
        context = 20 * _far(found[1]) + _size(found[0]) + 10 * copies
        token = expected
        hit = self.ask.bit("hit", self.history, context)
        if not hit:
            token = self._other(expected, context, copies)
        if token.distance:
            length, distance = token.length, token.distance
            check(length <= self.matcher.room(self.at) and distance <= min(self.at, 32_768), "copy leads out")
            check(self.matcher.same(self.at - distance, self.at, length) == length, "copy gives other bytes")
        self.history = hit + 2 * (token.distance == 0)
        if token.length == 258 and self.ask.bit("odd"):
            token = Token(258, token.distance, odd=True)
        self.matcher.passed(self.at, token.length)
        self.at += token.length
        return token

    def _other(self, expected: Token, context: int, copies: bool) -> Token:
        """Points 2 to 4."""
        ask = self.ask
        if copies and ask.bit("literal", context):
            return Token(1)
        steps: list[Match] = []
        for candidate in self.matcher.candidates(self.at):
            if not steps or candidate[0] > steps[-1][0]:
                steps.append(candidate)
            if candidate[0] == 258:
                break
        if ask.bit("outside"):
            length = 3 + ask.tree(8, "outside length")
            return Token(length, 1 + ask.count("distances"))
        check(bool(steps), "copy has no step")
        number = self._step(steps, expected, copies)
        top, distance = steps[number]
        length = self._length(top, steps[number - 1][0] + 1 if number else 3)
        if (length, distance) != (expected.length, expected.distance) and ask.bit(
            "nearest", min(length - 3, 3)
        ):
            return Token(length, distance)
        rank = ask.count("ranks")
        if rank == 0:
            return Token(length, 1 + ask.count("distances"))
        fitting = (one for one in self.matcher.candidates(self.at) if one[0] >= length)
        ranked = next(islice(fitting, rank, None), None)
        check(ranked is not None, "copy has no such rank")
        return Token(length, ranked[1] if ranked else 0)

    def _step(self, steps: list[Match], expected: Token, copies: bool) -> int:
        last = len(steps) - 1
        for number in range(last, 0, -1):
            length, relation = steps[number][0], 0
            if copies:
                relation = 1 if length == expected.length else 2 if length < expected.length else 3
            if self.ask.bit("step", min(last - number, 3), relation):
                return number
        return 0

    def _length(self, top: int, bottom: int) -> int:
        index = min(top, 19)
        if top == bottom or self.ask.bit("whole", index):
            return top
        length = bottom if bottom == top - 1 else top - 1 - self.ask.count("shorter", index)
        check(length >= bottom, "copy is too short for its step")
        return length

    def _write_codes(self, found: Dynamic) -> None:
        out = self.out
        out.number(found.literal_count - 257, 5)
        out.number(found.distance_count - 1, 5)
        out.number(found.code_count - 4, 4)
        for symbol in ORDER[: found.code_count]:
            out.number(found.codes[symbol], 3)
        codes = canonical(found.codes)
        for symbol, repeat in found.runs:
            out.code(codes[symbol])
            least, bits = REPEATS.get(symbol, (1, 0))
            out.number(repeat - least, bits)

    def _write_tokens(
        self, at: int, tokens: list[Token], literals: list[tuple[int, int]], distances: list[tuple[int, int]]
    ) -> None:
        for token in tokens:
            if token.distance:
                self.out.code(literals[257 + token.symbol])
                self.out.number(token.length - LENGTH_BASE[token.symbol], LENGTH_EXTRA[token.symbol])
                self.out.code(distances[token.distance_symbol])
                base = DISTANCE_BASE[token.distance_symbol]
                self.out.number(token.distance - base, DISTANCE_EXTRA[token.distance_symbol])
            else:
                self.out.code(literals[self.data[at]])
            at += token.length
        self.out.code(literals[256])


def _far(distance: int) -> int:
    return 0 if distance <= 256 else 1 if distance <= 4096 else 2


def _size(length: int) -> int:
    """The context of what is found."""
    starts = (3, 4, 5, 6, 7, 9, 17, 33, 258)
    return sum(length >= start for start in starts)


def _header(corrections: bytes) -> tuple[Settings, int, bool, bytes]:
    """Settings, lead, final, decisions."""
    fields = Numbers(corrections)
    piece, choices = fields.take(2)
    check(piece < 16 and choices < 128, "corrections have bits of a later version")
    given = Settings(choices & 3, *(bool(choices >> bit & 1) for bit in range(2, 7)))
    given.capacity = _number(fields, 1, 2**31 - 1)
    if given.search >= 2:
        packed, given.hash_bits = fields.take(2)
        given.window, level = packed & 15, packed >> 4
        check(given.window >= 9 and level <= 9 and 8 <= given.hash_bits <= 16, "window is impossible")
        bounds = ((0, 65_535), (0, 65_535), (3, 65_535), (4, 4096))
        rest = LEVELS[level - 1] if level else tuple(_number(fields, *pair) for pair in bounds)
        given.good, given.lazy, given.nice, given.chain = rest
    return given, piece & 7, bool(piece & 8), corrections[fields.at :]


def _number(fields: Numbers, low: int, high: int) -> int:
    """Like a varint, but perhaps with a last byte of zero."""
    value = 0
    for place in range(5):
        byte = fields.take(1)[0]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            break
    check(byte < 128 and low <= value <= high, "number is impossible")
    return value
