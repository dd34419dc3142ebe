"""The prediction and coding of one block whose tokens are coded as bits: `block_predictor.py`'s sibling.

    encoder:  for every step:  encode(symbols)             decoder:  for every step:  symbols = decode()

Where pages and slots are two rows of frequencies that any range coder could take, here every bit of a token is predicted
when the bits before it are known, so predictor and coder are one native step. Encoder and decoder are different types.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.errors import CorruptArchive
from nacomp.models.block_predictor import BlockPlan
from nacomp.models.logit_source import LiveLogits, Logits, Mask, PlannedLogits
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.predictors.mixed import mixed_decoder, mixed_encoder
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.models.streams import Streams, Symbols


class MixedBlockEncoder:
    """Codes a planned block, step by step. Not thread-safe; one owner."""

    def __init__(self, engine: Engine, context: ContextWindow, plan: BlockPlan, size: int) -> None:
        """`size`: the block's bytes. Raises ModelError if the context does not fit the model, KernelUnavailable."""
        queue = plan.ensemble.skip_queue
        self._source = PlannedLogits(engine, context, plan.streams, plan.symbols, plan.asked, queue)
        self._coder = mixed_encoder(engine.vocabulary, plan.ensemble, plan.streams.streams, size)
        self.asked: Mask = np.empty(0, np.bool_)
        """(live stream,) which rows of the latest step had logits."""
        self.logits: Logits = np.empty((0, 0), np.float32)
        """(asked row, vocabulary) the latest step's logits; overwritten by the next."""

    def cost(self, row: Symbols) -> NDArray[np.float64]:
        """Code and learn a step's symbols (live stream,); gives the bits that each cost."""
        live = np.arange(len(row), dtype=np.int32)
        self.asked, self.logits = self._source.step(live)
        return self._coder.encode(live, self.logits, self.asked, row)

    def finish(self) -> bytes:
        """The coded words."""
        return self._coder.finish().astype("<u4").tobytes()


class MixedBlockDecoder:
    """Decodes what `MixedBlockEncoder` coded. Not thread-safe; one owner."""

    def __init__(
        self,
        engine: Engine,
        context: ContextWindow,
        parameters: EnsembleParameters,
        streams: Streams,
        size: int,
        words: bytes,
    ) -> None:
        """`size`: the block's bytes. Raises ModelError if the context does not fit the model, KernelUnavailable."""
        values = np.frombuffer(words, "<u4").astype(np.uint32)
        self._coder = mixed_decoder(engine.vocabulary, parameters, streams.streams, size, values)
        self._source = LiveLogits(
            engine, context, streams.streams, self._coder.wants_model, parameters.skip_queue
        )
        everyone = np.arange(streams.streams, dtype=np.int32)
        self._live = (everyone[: streams.live(step)] for step in range(streams.steps))

    def decode(self) -> Symbols:
        """The symbols (live stream,) of the next step. Raises CorruptArchive for words that no encoder writes."""
        live = next(self._live)
        asked, logits = self._source.step(live)
        try:
            row = self._coder.decode(live, logits, asked)
        except ValueError:
            raise CorruptArchive(reason="a neural payload does not decode") from None
        self._source.learn(row)
        return row
