"""Says what a block is: its kind, its tokens and where they end, its Huffman codes."""

from dataclasses import field
from enum import IntEnum

from nacomp.formats.records import dataclass
from nacomp.transforms.deflate_bits import corrupt
from nacomp.transforms.deflate_coder import Chance, Coder, NumberModel, TreeModel
from nacomp.transforms.deflate_parameters import Parameters, Search
from nacomp.transforms.deflate_tables import (
    DISTANCE_EXTRA,
    LITERAL,
    Token,
    distance_index,
    length_index,
    width,
)
from nacomp.transforms.deflate_tokens import TokenModel
from nacomp.transforms.deflate_tree_model import Trees, TreesModel
from nacomp.transforms.deflate_trees import Frequencies, build_lengths, expect_fixed

_MOST_STORED = 65535


class BlockKind(IntEnum):
    """As in a block's header."""

    STORED = 0
    FIXED = 1
    DYNAMIC = 2


@dataclass
class Block:
    """What an encoder knows and a decoder makes."""

    kind: BlockKind = BlockKind.STORED
    padding: int = 0
    """The bits between a stored block's header and its length."""
    size: int = 0
    """Bytes of a stored block."""
    tokens: list[Token] = field(default_factory=list)
    """Literals and copies, without the end of the block."""
    trees: Trees = field(default_factory=Trees)


def too_many_blocks(blocks: int, dynamic: int, content: int) -> bool:
    """More blocks, or dynamic ones, than so much content should have: the smallest that zlib makes have 127 tokens."""
    return blocks > 1024 + content // 8 or dynamic > 1024 + content // 96


class BlockEnd:
    """Where zlib, or GNU gzip, ends a block: after so many tokens, or where it seems to compress well enough."""

    def __init__(self, parameters: Parameters, start: int) -> None:
        self._parameters = parameters
        self._start = start
        self._tokens = self._copies = self._copy_bits = 0

    def after(self, at: int, token: Token) -> bool:
        """Whether the block ends with this token."""
        self._tokens += 1
        if token.length > 1:
            self._copies += 1
            self._copy_bits += 5 + DISTANCE_EXTRA[distance_index(token.distance)]
        if self._tokens == self._parameters.capacity:
            return True
        return self._parameters.truncates and self._tokens % 4096 == 0 and self._compresses_well(at)

    def _compresses_well(self, at: int) -> bool:
        """GNU gzip's estimate: a byte for a token, and the copies' distances."""
        out = (8 * self._tokens + self._copy_bits) // 8
        inside = at - self._start + (self._parameters.search is Search.LAZY)
        return self._copies < self._tokens // 2 and out < inside // 2


class BlockModel:
    """The blocks of a stream, one after the other."""

    def __init__(self, data: bytes, parameters: Parameters) -> None:
        self._data = data
        self._parameters = parameters
        self._token_model = TokenModel(data, parameters)
        self._trees = TreesModel()
        self._stored, self._fixed, self._more = ([Chance(), Chance()] for _ in range(3))
        self._padded, self._stored_rest, self._stored_again, self._regular = (Chance() for _ in range(4))
        self._padding = TreeModel(7)
        self._stored_size, self._count = NumberModel(), NumberModel()
        self._last_stored = 0
        self._was_stored = False

    def code(self, coder: Coder, at: int, bit: int, given: Block) -> tuple[Block, int]:
        """The block at `at`, and where the next one begins. `bit`: where the bits behind its kind stand."""
        self._was_stored = coder.code(self._stored[self._was_stored], given.kind is BlockKind.STORED)
        if self._was_stored:
            return self._code_stored(coder, at, bit, given)
        frequencies = Frequencies()
        block = Block(BlockKind.DYNAMIC)
        at = self._code_tokens(coder, at, given.tokens, block.tokens, frequencies)
        literals, distances = (
            build_lengths(frequencies.literals, 15),
            build_lengths(frequencies.distances, 15),
        )
        expected = expect_fixed(frequencies, literals, distances)
        if coder.code(self._fixed[expected], given.kind is BlockKind.FIXED):
            block.kind = BlockKind.FIXED
        else:
            block.trees = self._trees.code(coder, literals, distances, self._parameters.joint, given.trees)
        return block, at

    def code_more(self, coder: Coder, at: int, more: bool) -> bool:
        """Whether another block follows, at `at`."""
        return coder.code(self._more[at == len(self._data)], more)

    def code_fill(self, coder: Coder, bit: int, padding: int) -> int:
        """The bits from `bit` on that fill a byte."""
        fill = -bit % 8
        if fill == 0 or not coder.code(self._padded, padding != 0):
            return 0
        padding = self._padding.code(coder, padding)
        if padding >> fill:
            raise corrupt("the bits that fill a byte of a deflate stream are more than there may be")
        return padding

    def _code_stored(self, coder: Coder, at: int, bit: int, given: Block) -> tuple[Block, int]:
        padding = self.code_fill(coder, bit, given.padding)
        rest = min(len(self._data) - at, _MOST_STORED)
        if coder.code(self._stored_rest, given.size == rest):
            size = rest
        elif coder.code(self._stored_again, given.size == self._last_stored):
            size = self._last_stored
        else:
            size = self._stored_size.code(coder, given.size)
        if size > rest:
            raise corrupt("a stored deflate block is longer than its content")
        self._last_stored = size
        return Block(BlockKind.STORED, padding, size), at + size

    def _code_tokens(
        self, coder: Coder, at: int, given: list[Token], found: list[Token], frequencies: Frequencies
    ) -> int:
        regular = coder.code(self._regular, not coder.decodes and self._is_regular(at, given))
        end = len(self._data)
        count = 0 if regular else self._count.code(coder, len(given))
        if count > end - at:
            raise corrupt("a deflate block has more tokens than its content has bytes")
        block_end = BlockEnd(self._parameters, at)
        while at < end if regular else len(found) < count:
            if at >= end:
                raise corrupt("a deflate block has more tokens than its content has bytes")
            token = self._token_model.code(coder, at, LITERAL if coder.decodes else given[len(found)])
            found.append(token)
            self._tally(at, token, frequencies)
            ends = block_end.after(at, token)
            at += width(token)
            if regular and ends:
                break
        return at

    def _is_regular(self, at: int, tokens: list[Token]) -> bool:
        """Whether exactly these tokens stand in a block by the rule."""
        block_end = BlockEnd(self._parameters, at)
        for i, token in enumerate(tokens):
            if block_end.after(at, token):
                return i + 1 == len(tokens)
            at += width(token)
        return at == len(self._data)

    def _tally(self, at: int, token: Token, frequencies: Frequencies) -> None:
        if token == LITERAL:
            frequencies.literals[self._data[at]] += 1
            return
        frequencies.literals[257 + length_index(token.length)] += 1
        frequencies.distances[distance_index(token.distance)] += 1
