"""The readable twin of the native core: the same functions, the same bytes, some hundred times slower."""

import sys
from collections.abc import Sequence

from nacomp.transforms.deflate_bits import BitWriter, corrupt
from nacomp.transforms.deflate_blocks import Block, BlockKind, BlockModel, too_many_blocks
from nacomp.transforms.deflate_choose import choose_parameters
from nacomp.transforms.deflate_coder import DecisionDecoder, DecisionEncoder
from nacomp.transforms.deflate_parameters import Parameters, read_parameters, write_parameters
from nacomp.transforms.deflate_stream import NoStream, Stream, take_apart
from nacomp.transforms.deflate_tables import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    END_OF_BLOCK,
    FIXED_LENGTHS,
    LENGTH_BASE,
    LENGTH_EXTRA,
    LENGTH_ORDER,
    LITERAL,
    REPEAT_BASE,
    REPEAT_EXTRA,
    WINDOW,
    Token,
    distance_index,
    length_index,
    width,
)
from nacomp.transforms.deflate_tree_model import Trees

_FINAL = 8
"""Above the three bits of `lead` in a description's first byte."""
_MOST_CONTENT = 1 << 30
Buffer = bytes | bytearray | memoryview


def open_stream(
    data: Buffer, start_bit: int, dictionary: Buffer, limit: int, piece: int
) -> tuple[bytes, bytes, int, bool] | None:
    """(content, corrections, bits used, whether the stream ends there)."""
    if len(dictionary) > WINDOW or limit > _MOST_CONTENT:
        raise ValueError("a dictionary has at most 32,768 bytes, a limit is 2^30 bytes at most")
    data, dictionary = bytes(data), bytes(dictionary)
    try:
        stream = take_apart(data, start_bit, dictionary, limit, piece)
    except NoStream:
        return None
    corrections = _describe(stream, choose_parameters(stream), start_bit % 8)
    content = bytes(stream.data[stream.dictionary :])
    if (start_bit % 8 + stream.bits + 7) // 8 > _most_bytes(len(content), len(corrections)):
        return None
    opened = (content, corrections, stream.bits, stream.final)
    return opened if _comes_back(opened, data, start_bit, dictionary) else None


def rebuild(
    content: Buffer, corrections: Buffer, dictionary: Buffer, limit: int = sys.maxsize
) -> tuple[bytes, int, int, bool]:
    """(bytes, bits of the first byte that belong to what is before, bits used, whether the stream ends there)."""
    if len(content) > _MOST_CONTENT or len(dictionary) > WINDOW:
        raise corrupt("a deflate stream's content or dictionary is larger than any may be")
    header = iter(bytes(corrections))
    first = next(header, None)
    if first is None:
        raise corrupt("the description of a deflate stream ends early")
    if first > 15:
        raise corrupt("a description of a deflate stream begins with a byte that none begins with")
    lead, final = first & 7, bool(first & _FINAL)
    data = bytes(dictionary) + bytes(content)
    model = BlockModel(data, read_parameters(header))
    coder = DecisionDecoder(bytes(header))
    writer = BitWriter(min(limit, _most_bytes(len(content), len(corrections))))
    writer.write(0, lead)
    at, more, blocks, dynamic = len(dictionary), True, 0, 0
    while more:
        block, end = model.code(coder, at, writer.position + 3, Block())
        more = model.code_more(coder, end, False)
        writer.write(final and not more, 1)
        writer.write(block.kind, 2)
        _write_block(writer, block, data[at:end])
        at, blocks, dynamic = end, blocks + 1, dynamic + (block.kind is BlockKind.DYNAMIC)
        if too_many_blocks(blocks, dynamic, at - len(dictionary)):
            raise corrupt("a deflate stream has more blocks than its content allows")
    if at != len(data):
        raise corrupt("a deflate stream ends before its content")
    bits = writer.position - lead
    if final:
        fill = model.code_fill(coder, writer.position, 0)
        writer.write(fill, -writer.position % 8)
    return writer.finish(), lead, bits, final


def _comes_back(
    opened: tuple[bytes, bytes, int, bool], data: bytes, start_bit: int, dictionary: bytes
) -> bool:
    """Whether the stream that was opened is what `rebuild` gives."""
    content, corrections, bits, final = opened
    rebuilt, lead, *facts = rebuild(content, corrections, dictionary)
    end = lead + bits
    if final:
        end += -end % 8
    original = int.from_bytes(data[start_bit // 8 : start_bit // 8 + len(rebuilt)], "little")
    kept = ((1 << end) - 1) >> lead << lead
    return facts == [bits, final] and int.from_bytes(rebuilt, "little") == original & kept


def _most_bytes(content: int, corrections: int) -> int:
    return 2 * content + 512 * corrections + 1024


def _describe(stream: Stream, parameters: Parameters, lead: int) -> bytes:
    """The corrections."""
    coder, model = DecisionEncoder(), BlockModel(bytes(stream.data), parameters)
    at = stream.dictionary
    for block in stream.blocks:
        _, at = model.code(coder, at, block.bit, block)
        model.code_more(coder, at, block is not stream.blocks[-1])
    if stream.final:
        model.code_fill(coder, lead + stream.bits, stream.padding)
    first = lead | (_FINAL if stream.final else 0)
    return bytes([first]) + write_parameters(parameters) + coder.finish()


class _Codes:
    """Writes symbols in a canonical Huffman code (RFC 1951, 3.2.2)."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self._codes: dict[int, tuple[int, int]] = {}
        code = 0
        for length in range(1, 16):
            for symbol, own in enumerate(lengths):
                if own == length:
                    turned = int(f"{code & (1 << length) - 1:0{length}b}"[::-1], 2)
                    self._codes[symbol] = (turned, length)
                    code += 1
            code <<= 1

    def write(self, writer: BitWriter, symbol: int) -> None:
        if symbol not in self._codes:
            raise corrupt("a deflate block needs a code that it does not have")
        writer.write(*self._codes[symbol])


def _write_block(writer: BitWriter, block: Block, content: bytes) -> None:
    """What follows a block's kind."""
    if block.kind is BlockKind.STORED:
        writer.write(block.padding, -writer.position % 8)
        writer.write(block.size, 16)
        writer.write(block.size ^ 0xFFFF, 16)
        for byte in content:
            writer.write(byte, 8)
        return
    if block.kind is BlockKind.FIXED:
        literals, distances = _Codes(FIXED_LENGTHS), _Codes((5,) * 32)
    else:
        _write_trees(writer, block.trees)
        literals, distances = _Codes(block.trees.literal_lengths), _Codes(block.trees.distance_lengths)
    at = 0
    for token in block.tokens:
        if token == LITERAL:
            literals.write(writer, content[at])
        else:
            _write_copy(writer, token, literals, distances)
        at += width(token)
    literals.write(writer, END_OF_BLOCK)


def _write_trees(writer: BitWriter, trees: Trees) -> None:
    writer.write(trees.literals - 257, 5)
    writer.write(trees.distances - 1, 5)
    writer.write(trees.lengths - 4, 4)
    for symbol in LENGTH_ORDER[: trees.lengths]:
        writer.write(trees.length_lengths[symbol], 3)
    codes = _Codes(trees.length_lengths)
    for symbol, repeat in trees.runs:
        codes.write(writer, symbol)
        if symbol in REPEAT_BASE:
            writer.write(repeat - REPEAT_BASE[symbol], REPEAT_EXTRA[symbol])


def _write_copy(writer: BitWriter, token: Token, literals: _Codes, distances: _Codes) -> None:
    index, far = length_index(token.length), distance_index(token.distance)
    literals.write(writer, 257 + index)
    writer.write(width(token) - LENGTH_BASE[index], LENGTH_EXTRA[index])
    distances.write(writer, far)
    writer.write(token.distance - DISTANCE_BASE[far], DISTANCE_EXTRA[far])
