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
from nacomp.codecs.lockstep import Lane, Logits, Mask, Streams, Symbols, planned_logits
from nacomp.codecs.neural import PAYLOAD_HEADER, NeuralCodec
from nacomp.codecs.range_coder import SymbolEncoder
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble
from nacomp.models.tokens.vocabulary import PAGE


class _Variant:
    """One setting on its way through a block."""

    def __init__(self, codec: NeuralCodec, symbols: Symbols, level: Level) -> None:
        self.codec = codec
        self.cut, self.plan = codec.cut(symbols, level)
        self.streams = self.cut.split(symbols)
        self._ensemble = open_ensemble(codec.engine.vocabulary, codec.settings.ensemble, self.cut.streams)
        self._coder = SymbolEncoder()

    def shares(self, cut: Streams) -> bool:
        """Whether the block is cut so, and every token enters the model's context before the model is next asked."""
        asked = [np.flatnonzero(wants) for wants in self.plan]
        longest = max((int(np.diff(at, prepend=-1).max()) for at in asked if len(at)), default=0)
        return self.cut == cut and longest <= self.codec.settings.ensemble.skip_queue

    def run_alone(self) -> None:
        """Code the block with a run of the model of its own."""
        for _, row, logits, mask in _steps(self.codec, self.cut, self.streams, self.plan):
            self._code(row, logits, mask)

    def step(self, step: int, row: Symbols, logits: Logits) -> None:
        """Code a step's symbols (row,); `logits` (row, vocabulary) are those of all rows."""
        mask = np.fromiter((self.plan[s][step] for s in range(len(row))), np.bool_, len(row))
        self._code(row, logits if mask.all() else logits[mask], mask)

    def _code(self, row: Symbols, logits: Logits, mask: Mask) -> None:
        pages = row // PAGE
        live = np.arange(len(row), dtype=np.int32)
        self._coder.encode(pages, self._ensemble.predict(live, logits, mask))
        self._coder.encode(row % PAGE, self._ensemble.choose_pages(pages))
        self._ensemble.update(row)

    def finish(self) -> bytes:
        """The block's payload."""
        return PAYLOAD_HEADER.pack(self.cut.symbols, self.cut.streams, 0) + self._coder.finish()


def payloads(
    codec: NeuralCodec, symbols: Symbols, level: Level, settings: Sequence[EnsembleParameters]
) -> list[bytes]:
    """The payload of a block's symbols (n,) under each of the settings."""
    cut = Streams(len(symbols), level.streams(len(symbols)))
    variants = [
        _Variant(
            NeuralCodec(codec.engine, codec.metadata, codec.settings.with_ensemble(ensemble)), symbols, level
        )
        for ensemble in settings
    ]
    sharing = [variant for variant in variants if variant.shares(cut)]
    streams = cut.split(symbols)
    everything = [np.ones(len(stream), np.bool_) for stream in streams]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for step, row, logits, _ in _steps(codec, cut, streams, everything) if sharing else ():
            list(pool.map(lambda variant: variant.step(step, row, logits), sharing))  # noqa: B023
    for variant in variants:
        if variant not in sharing:
            variant.run_alone()
    return [variant.finish() for variant in variants]


def _steps(
    codec: NeuralCodec, cut: Streams, streams: list[Symbols], plan: list[Mask]
) -> Iterator[tuple[int, Symbols, Logits, Mask]]:
    """For each step its number, its symbols (row,), the model's logits, and which rows have them."""
    engine, ensemble = codec.engine, codec.settings.ensemble
    lane = Lane(
        engine.vocabulary,
        engine.open_session(cut.streams, codec.settings.context),
        open_ensemble(engine.vocabulary, ensemble, cut.streams),
        cut,
        ensemble.skip_queue,
        engine.max_rows,
        engine.batch_free,
    )
    for step, mask, logits in planned_logits(lane, streams, plan, lambda _: None):
        row = np.fromiter((streams[s][step] for s in range(len(mask))), np.int32, len(mask))
        yield step, row, logits, mask
