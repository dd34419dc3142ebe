"""The coder's two loops: a planned block to its payload, and a payload back to symbols. Mirror images, line by line.

Everything that predicts is the block predictor's business (`models/block_predictor.py`), everything that turns
frequencies into words the range coder's; here they take turns. Where the engine allows it the same is done in native code
(`models/native_block.py`), many steps a call.
"""

from collections.abc import Callable

from nacomp.codecs.range_coder import SymbolDecoder, SymbolEncoder
from nacomp.models.block_predictor import BlockPredictor
from nacomp.models.mixed_predictor import MixedBlockDecoder, MixedBlockEncoder
from nacomp.models.native_block import NativeBlockDecoder, NativeBlockEncoder
from nacomp.models.streams import Streams, Symbols
from nacomp.models.tokens.vocabulary import PAGE

StepDone = Callable[[int], None]
"""Called after each step with the number of symbols it finished; may raise to stop the job."""


def encode_block(symbols: Symbols, streams: Streams, predictor: BlockPredictor, step_done: StepDone) -> bytes:
    """The coded words of a block's symbols (n,)."""
    coder = SymbolEncoder()
    for row in streams.rows(symbols):
        coder.encode(row // PAGE, predictor.pages())
        coder.encode(row % PAGE, predictor.slots(row // PAGE))
        predictor.learn(row)
        step_done(len(row))
    return coder.finish()


def decode_block(words: bytes, streams: Streams, predictor: BlockPredictor, step_done: StepDone) -> Symbols:
    """The symbols (n,) that `encode_block` coded. Raises CorruptArchive for words that no encoder writes."""
    coder = SymbolDecoder(words)
    rows = []
    for _ in range(streams.steps):
        pages = coder.decode(predictor.pages())
        row = pages * PAGE + coder.decode(predictor.slots(pages))
        predictor.learn(row)
        step_done(len(row))
        rows.append(row)
    return streams.join(rows)


def encode_natively(encoder: NativeBlockEncoder, symbols: int, step_done: StepDone) -> bytes:
    """What `encode_block` gives for a block of so many symbols."""
    while symbols:
        done = encoder.run()
        symbols -= done
        step_done(done)
    return encoder.finish()


def decode_natively(decoder: NativeBlockDecoder, symbols: int, step_done: StepDone) -> Symbols:
    """What `decode_block` gives for a block of so many symbols. Raises CorruptArchive as it does."""
    while symbols:
        done = decoder.run()
        symbols -= done
        step_done(done)
    return decoder.symbols()


def encode_mixed(
    symbols: Symbols, streams: Streams, encoder: MixedBlockEncoder, step_done: StepDone
) -> bytes:
    """The coded words of a block's symbols (n,), as bits."""
    for row in streams.rows(symbols):
        encoder.cost(row)
        step_done(len(row))
    return encoder.finish()


def decode_mixed(streams: Streams, decoder: MixedBlockDecoder, step_done: StepDone) -> Symbols:
    """The symbols (n,) that `encode_mixed` coded. Raises CorruptArchive for words that no encoder writes."""
    rows = []
    for _ in range(streams.steps):
        row = decoder.decode()
        step_done(len(row))
        rows.append(row)
    return streams.join(rows)
