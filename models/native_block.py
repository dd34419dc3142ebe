"""A block's steps in native code: prediction, range coder and learning without the interpreter between them.

    engine --door--> BlockEncoder, BlockDecoder of `predictors/_ensemble`:  run() ... run() --> words, symbols

What `block_predictor.py` or `mixed_predictor.py` and the coder's loops do step by step and readably, for engines that
native code can call. It writes the same words: tests compare the two. Between the parts of a step of the embedded model
the interpreter took a tenth (8 streams) to a third (3 streams) of the time; and here a step's rows are shared out over
the threads, from logits to frequencies, or to the sums that a tree of bits asks for. With tokens as bits (30,000 bytes)
decoding takes 0.9 of the readable loops' processor time on one thread, and on two, where those can only share out single
products, half.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.errors import CorruptArchive
from nacomp.models import logit_source
from nacomp.models.block_predictor import BlockPlan
from nacomp.models.errors import ModelError
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.predictors.mixed import token_tree
from nacomp.models.protocol import ContextWindow, Door, Engine
from nacomp.models.streams import Streams, Symbols

if TYPE_CHECKING:
    from nacomp.models.predictors._ensemble import BlockDecoder, BlockEncoder, TokenTree

try:
    from nacomp.models.predictors import _ensemble, native_core
except ImportError:  # installed without a compiler
    _ensemble = native_core = None  # type: ignore[assignment]

AT_ONCE = 20.0
"""Milliseconds that the steps of one call may take, as a cancelled job answers between calls."""


class NativeBlockEncoder:
    """Codes a planned block. Not thread-safe; one owner."""

    def __init__(self, engine: Engine, door: Door, plan: BlockPlan, size: int) -> None:
        """Use `native_encoder`."""
        self._model = door.model
        size_as_bits = size if plan.as_bits else None
        fixed = _fixed(engine, door, plan.ensemble, plan.streams, size_as_bits)
        tree = _tree(engine, size_as_bits)
        self._core = _ensemble.BlockEncoder(*fixed, plan.symbols, plan.asked, tree)

    def run(self) -> int:
        """Some steps; gives how many symbols they coded. Raises ModelError where the model's values overflow."""
        return _some_steps(self._core, self._model)

    def finish(self) -> bytes:
        """The coded words of the whole block."""
        return self._core.finish().astype("<u4").tobytes()


class NativeBlockDecoder:
    """Decodes what an encoder coded. Not thread-safe; one owner."""

    def __init__(
        self,
        engine: Engine,
        door: Door,
        parameters: EnsembleParameters,
        streams: Streams,
        words: bytes,
        size_as_bits: int | None,
    ) -> None:
        """Use `native_decoder`."""
        self._model = door.model
        values = np.frombuffer(words, "<u4").astype(np.uint32)
        fixed = _fixed(engine, door, parameters, streams, size_as_bits)
        self._core = _ensemble.BlockDecoder(*fixed, values, _tree(engine, size_as_bits))

    def run(self) -> int:
        """Some steps; gives how many symbols they decoded.

        Raises CorruptArchive for words that no encoder writes, ModelError where the model's values overflow.
        """
        try:
            return _some_steps(self._core, self._model)
        except ValueError:
            raise CorruptArchive(reason="a neural payload does not decode") from None

    def symbols(self) -> Symbols:
        """The symbols (n,) of the whole block."""
        return self._core.symbols()


def native_encoder(
    engine: Engine, context: ContextWindow, plan: BlockPlan, size: int
) -> NativeBlockEncoder | None:
    """What codes a planned block of `size` bytes, or None where that takes the readable loops.

    Raises ModelError if the context does not fit the model.
    """
    door = _open(engine, context, plan.streams)
    return NativeBlockEncoder(engine, door, plan, size) if door is not None else None


def native_decoder(
    engine: Engine,
    context: ContextWindow,
    parameters: EnsembleParameters,
    streams: Streams,
    words: bytes,
    *,
    size_as_bits: int | None = None,
) -> NativeBlockDecoder | None:
    """What decodes the words of a block, or None where that takes the readable loops.

    Args:
        size_as_bits: bytes of a block whose tokens are bits; None of one of pages and slots.

    Raises ModelError if the context does not fit the model.
    """
    door = _open(engine, context, streams)
    if door is None:
        return None
    return NativeBlockDecoder(engine, door, parameters, streams, words, size_as_bits)


def _open(engine: Engine, context: ContextWindow, streams: Streams) -> Door | None:
    return engine.open_door(streams.streams, context) if _ensemble is not None else None


def _tree(engine: Engine, size_as_bits: int | None) -> "TokenTree | None":
    return token_tree(engine.vocabulary) if size_as_bits is not None else None


def _fixed(
    engine: Engine,
    door: Door,
    parameters: EnsembleParameters,
    streams: Streams,
    size_as_bits: int | None = None,
) -> tuple[NDArray[np.int32], dict[str, int | bool], dict[str, NDArray[np.float64]], object, dict[str, Any]]:
    """What both sides tell the core first."""
    words = engine.vocabulary
    block = {
        "symbols": streams.symbols,
        "streams": streams.streams,
        "most_rows": engine.max_rows,
        "most_steps": logit_source.MOST_STEPS,
        "size": size_as_bits or 0,
        "start_token": words.start_token,
        "tokens": words.model_tokens(np.arange(words.pages * 256, dtype=np.int32)),
    }
    return native_core.widths(words), asdict(parameters), native_core.INITIAL_WEIGHTS, door.table, block


def _some_steps(core: "BlockEncoder | BlockDecoder", model: str) -> int:
    try:
        return core.run(AT_ONCE)
    except OverflowError as error:
        raise ModelError(model=model, reason="its values overflow on this text") from error
