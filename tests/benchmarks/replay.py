"""Many settings of the ensemble over one run of the language model: the same payloads in a fraction of the time.

    language model --> a step's logits --+--> settings A: predict, code, learn --> payload A
                                         +--> settings B: ...                  --> payload B

The model sees coded tokens alone, so its logits hold for every setting under which it sees the same tokens. That is all
of them but those whose skip plan drops tokens from the model's context (runs longer than `skip_queue`) or cuts the block
into other streams; such a setting runs the model by itself, over few rows. Every payload comes from the real range coder
and equals, byte for byte, what `NeuralCodec` makes with these settings (tests/nacomp/archive/test_replay.py).
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec, pack_payload
from nacomp.codecs.range_coder import SymbolEncoder
from nacomp.models.block_predictor import BlockPlan
from nacomp.models.logit_source import Logits, Mask, PlannedLogits
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble
from nacomp.models.streams import Streams, Symbols
from nacomp.models.tokens.vocabulary import PAGE


class _Variant:
    """One setting on its way through a block."""

    def __init__(self, codec: NeuralCodec, symbols: Symbols, level: Level) -> None:
        self.codec = codec
        self.plan = codec.plan(symbols, level)
        self._asked = list(self.plan.streams.rows(self.plan.asked))
        self._ensemble = open_ensemble(codec.engine.vocabulary, self.plan.ensemble, self.plan.streams.streams)
        self._coder = SymbolEncoder()

    def shares(self, streams: Streams) -> bool:
        """Whether the block is cut so, and every token enters the model's context before the model is next asked."""
        asked = [np.flatnonzero(mask) for mask in self.plan.streams.split(self.plan.asked)]
        longest = max((int(np.diff(at, prepend=-1).max()) for at in asked if len(at)), default=0)
        return self.plan.streams == streams and longest <= self.plan.ensemble.skip_queue

    def run_alone(self) -> None:
        """Code the block with a run of the model of its own."""
        for row, logits, mask in _steps(self.codec, self.plan):
            self._code(row, logits, mask)

    def step(self, step: int, row: Symbols, logits: Logits) -> None:
        """Code a step's symbols (row,); `logits` (row, vocabulary) are those of all rows."""
        mask = self._asked[step]
        self._code(row, logits if mask.all() else logits[mask], mask)

    def _code(self, row: Symbols, logits: Logits, mask: Mask) -> None:
        pages = row // PAGE
        live = np.arange(len(row), dtype=np.int32)
        self._coder.encode(pages, self._ensemble.predict(live, logits, mask))
        self._coder.encode(row % PAGE, self._ensemble.choose_pages(pages))
        self._ensemble.update(row)

    def finish(self) -> bytes:
        """The block's payload."""
        return pack_payload(self.plan.streams, self._coder.finish())


def payloads(
    codec: NeuralCodec, symbols: Symbols, level: Level, settings: Sequence[EnsembleParameters]
) -> list[bytes]:
    """The payload of a block's symbols (n,) under each of the settings."""
    streams = Streams(len(symbols), level.streams(len(symbols)))
    variants = [_Variant(codec.with_ensemble(ensemble), symbols, level) for ensemble in settings]
    sharing = [variant for variant in variants if variant.shares(streams)]
    everything = BlockPlan(symbols, streams, codec.settings.ensemble, np.ones(len(symbols), np.bool_))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for step, (row, logits, _) in enumerate(_steps(codec, everything) if sharing else ()):
            list(pool.map(lambda variant: variant.step(step, row, logits), sharing))  # noqa: B023
    for variant in variants:
        if variant not in sharing:
            variant.run_alone()
    return [variant.finish() for variant in variants]


def _steps(codec: NeuralCodec, plan: BlockPlan) -> Iterator[tuple[Symbols, Logits, Mask]]:
    """For each step its symbols (row,), the model's logits, and which rows have them."""
    context, queue = codec.settings.context, plan.ensemble.skip_queue
    source = PlannedLogits(codec.engine, context, plan.streams, plan.symbols, plan.asked, queue)
    for row in plan.streams.rows(plan.symbols):
        mask, logits = source.step(row)
        yield row, logits, mask
