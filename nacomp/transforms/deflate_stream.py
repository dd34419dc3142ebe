"""A DEFLATE stream taken apart: its blocks, their tokens, and what they stand for."""

from collections.abc import Sequence
from dataclasses import field

from nacomp.formats.records import dataclass
from nacomp.transforms.deflate_bits import BitReader
from nacomp.transforms.deflate_blocks import Block, BlockKind
from nacomp.transforms.deflate_tables import (
    DISTANCE_BASE,
    DISTANCE_CODES,
    DISTANCE_EXTRA,
    END_OF_BLOCK,
    FIXED_LENGTHS,
    LENGTH_BASE,
    LENGTH_EXTRA,
    LENGTH_ORDER,
    LITERAL,
    LITERAL_CODES,
    LONGEST,
    ODD_LONGEST,
    REPEAT_BASE,
    REPEAT_EXTRA,
    Token,
)
from nacomp.transforms.deflate_tree_model import Trees
from nacomp.transforms.deflate_trees import Run


class NoStream(Exception):
    """These bytes are no valid stream, or exceed a limit."""


@dataclass
class PlacedBlock(Block):
    """A block of a stream."""

    start: int = 0
    """Where its content begins, behind the dictionary's."""
    length: int = 0
    """Bytes of content."""
    bit: int = 0
    """Of the bits behind its kind, counted from the byte in which the stream begins."""


@dataclass
class Stream:
    """`data` is the dictionary, then the content."""

    data: bytearray
    dictionary: int
    blocks: list[PlacedBlock] = field(default_factory=list)
    final: bool = False
    bits: int = 0
    """Without those that fill the last byte."""
    padding: int = 0
    """Those, if final."""


def take_apart(data: bytes, start_bit: int, dictionary: bytes, limit: int, piece: int) -> Stream:
    """Up to the stream's end, or the first end of a block with `piece` or more bytes of content.

    Raises NoStream where it is not valid, where its content exceeds `limit` bytes, or where it has too many blocks: both
    bound the memory.
    """
    stream = Stream(bytearray(dictionary), len(dictionary))
    parser = _Parser(BitReader(data, start_bit), limit, stream)
    while not stream.final and (not stream.blocks or parser.content < piece):
        stream.final = parser.block()
    stream.bits = parser.reader.position - start_bit
    if stream.final:
        stream.padding = parser.reader.read(-parser.reader.position % 8)
    return stream


class _Parser:
    def __init__(self, reader: BitReader, limit: int, stream: Stream) -> None:
        self.reader = reader
        self._first = reader.position // 8 * 8
        self._limit = limit
        self._stream = stream
        self._dynamic = 0

    @property
    def content(self) -> int:
        return len(self._stream.data) - self._stream.dictionary

    def block(self) -> bool:
        """One block; whether it is the last."""
        final, kind = self.reader.read(1), self.reader.read(2)
        if kind > 2:
            raise NoStream
        block = PlacedBlock(
            BlockKind(kind), start=len(self._stream.data), bit=self.reader.position - self._first
        )
        if block.kind is BlockKind.STORED:
            self._stored(block)
        else:
            self._coded(block)
        block.length = len(self._stream.data) - block.start
        self._stream.blocks.append(block)
        self._dynamic += block.kind is BlockKind.DYNAMIC
        too_many = (
            len(self._stream.blocks) > 1024 + self.content // 8 or self._dynamic > 1024 + self.content // 96
        )
        if self.reader.overrun or too_many:
            raise NoStream
        return bool(final)

    def _stored(self, block: PlacedBlock) -> None:
        block.padding = self.reader.read(-self.reader.position % 8)
        block.size = self.reader.read(16)
        if self.reader.read(16) != block.size ^ 0xFFFF or self.content + block.size > self._limit:
            raise NoStream
        self._stream.data += bytes(self.reader.read(8) for _ in range(block.size))

    def _coded(self, block: PlacedBlock) -> None:
        if block.kind is BlockKind.FIXED:
            literals, distances = _Decoder(FIXED_LENGTHS), _Decoder((5,) * 32)
        else:
            block.trees = self._header()
            literals = _Decoder(block.trees.literal_lengths, True)
            distances = _Decoder(block.trees.distance_lengths, True)
        while True:
            symbol = literals.decode(self.reader)
            if symbol == END_OF_BLOCK:
                return
            if symbol >= LITERAL_CODES or self.reader.overrun:
                raise NoStream
            if symbol < END_OF_BLOCK:
                if self.content >= self._limit:
                    raise NoStream
                self._stream.data.append(symbol)
                block.tokens.append(LITERAL)
            else:
                block.tokens.append(self._copy(symbol - 257, distances))

    def _copy(self, index: int, distances: "_Decoder") -> Token:
        length = LENGTH_BASE[index] + self.reader.read(LENGTH_EXTRA[index])
        symbol = distances.decode(self.reader)
        if symbol >= DISTANCE_CODES:
            raise NoStream
        distance = DISTANCE_BASE[symbol] + self.reader.read(DISTANCE_EXTRA[symbol])
        data = self._stream.data
        if distance > len(data) or self.content + length > self._limit:
            raise NoStream
        for _ in range(length):
            data.append(data[-distance])
        return Token(ODD_LONGEST if index == 27 and length == LONGEST else length, distance)

    def _header(self) -> Trees:
        trees = Trees(257 + self.reader.read(5), 1 + self.reader.read(5), 4 + self.reader.read(4))
        if trees.literals > LITERAL_CODES or trees.distances > DISTANCE_CODES:
            raise NoStream
        for symbol in LENGTH_ORDER[: trees.lengths]:
            trees.length_lengths[symbol] = self.reader.read(3)
        decoder = _Decoder(trees.length_lengths)
        lengths: list[int] = []
        while len(lengths) < trees.literals + trees.distances:
            symbol = decoder.decode(self.reader)
            if self.reader.overrun or (symbol == 16 and not lengths):
                raise NoStream
            repeat = REPEAT_BASE.get(symbol, 1) + self.reader.read(REPEAT_EXTRA.get(symbol, 0))
            lengths += [symbol if symbol < 16 else lengths[-1] if symbol == 16 else 0] * repeat
            trees.runs.append(Run(symbol, repeat))
        if len(lengths) > trees.literals + trees.distances or lengths[END_OF_BLOCK] == 0:
            raise NoStream
        trees.literal_lengths[: trees.literals] = lengths[: trees.literals]
        trees.distance_lengths[: trees.distances] = lengths[trees.literals :]
        return trees


class _Decoder:
    """Symbols of a canonical Huffman code (RFC 1951, 3.2.2)."""

    def __init__(self, lengths: Sequence[int], may_be_incomplete: bool = False) -> None:
        """NoStream for a set that no decoder takes: too many codes, or too few unless it is one of one bit, or none."""
        left = 1 << 15
        for length in lengths:
            left -= 1 << (15 - length) if length else 0
        if left < 0 or (left > 0 and not (may_be_incomplete and max(lengths) <= 1)):
            raise NoStream
        self._symbols: dict[tuple[int, int], int] = {}
        code = 0
        for length in range(1, 16):
            for symbol, own in enumerate(lengths):
                if own == length:
                    self._symbols[length, code] = symbol
                    code += 1
            code <<= 1

    def decode(self, reader: BitReader) -> int:
        bits, code = reader.peek(15), 0
        for length in range(1, 16):
            code = 2 * code + (bits >> (length - 1) & 1)
            if (length, code) in self._symbols:
                reader.position += length
                return self._symbols[length, code]
        raise NoStream
