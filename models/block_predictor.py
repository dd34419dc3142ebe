"""The one object that predicts a block: it owns the model's session, the ensemble, what is fed and what is skipped.

    for every step:   pages() --> [code the pages] --> slots(pages) --> [code the slots] --> learn(symbols)

Encoder and decoder make the same three calls in the same order, and that makes them mirror images. A step has one row for
each live stream, all predicted from the same state, then learnt in stream order. A symbol is coded in two parts, its page of
256 and its slot within the page: two short frequency rows instead of one over the whole vocabulary.

What differs between the two sides is where the logits come from (`logit_source`): the encoder planned the block, so it
knows which symbols the model will be asked for and runs many steps' rows in one forward.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.logit_source import LiveLogits, Logits, LogitSource, Mask, PlannedLogits
from nacomp.models.predictors.ensemble import Ensemble, EnsembleParameters, open_ensemble, plan_skips
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.models.streams import Streams, Symbols
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

Frequencies = NDArray[np.float64]


@dataclass(frozen=True)
class BlockPlan:
    """All that is decided of a block before it is coded.

    Attributes:
        symbols: (n,) what will be coded.
        streams: how they are cut.
        ensemble: the predictors' parameters.
        asked: (n,) whether the language model is asked for each symbol.
        as_bits: whether each symbol is coded bit by bit beside the context mixer, instead of as a page and a slot.
    """

    symbols: Symbols
    streams: Streams
    ensemble: EnsembleParameters
    asked: Mask
    as_bits: bool = False

    @property
    def symbols_asked(self) -> int:
        """How many symbols the language model predicts."""
        return int(np.count_nonzero(self.asked))

    @property
    def tokens_fed(self) -> int:
        """How many tokens enter the language model's contexts."""
        most = max(self.ensemble.skip_queue, 1)
        waits = (np.diff(np.flatnonzero(asked), prepend=-1) for asked in self.streams.split(self.asked))
        return sum(int(np.minimum(wait, most).sum()) for wait in waits)


def plan_block(
    vocabulary: Vocabulary,
    ensemble: EnsembleParameters,
    symbols: Symbols,
    streams: int,
    *,
    as_bits: bool = False,
) -> BlockPlan:
    """Cut a block's symbols (n,) into streams and find out which of them the model will be asked for.

    The skip decision depends on coded symbols alone, so it is known without running the model.
    """
    cut = Streams(len(symbols), streams)
    asked = plan_skips(vocabulary, ensemble, cut.split(symbols))
    return BlockPlan(symbols, cut, ensemble, np.concatenate(asked), as_bits)


class BlockPredictor:
    """The prediction of one block, step by step. Not thread-safe; one owner."""

    def __init__(self, ensemble: Ensemble, source: LogitSource, streams: Streams) -> None:
        """Use `for_encoding` or `for_decoding`."""
        self._ensemble = ensemble
        self._source = source
        everyone = np.arange(streams.streams, dtype=np.int32)
        self._live = (everyone[: streams.live(step)] for step in range(streams.steps))
        self.asked: Mask = np.empty(0, np.bool_)
        """(live stream,) which rows of the latest step have logits."""
        self.logits: Logits = np.empty((0, 0), np.float32)
        """(asked row, vocabulary) the latest step's logits; overwritten by the next."""

    @classmethod
    def for_encoding(cls, engine: Engine, context: ContextWindow, plan: BlockPlan) -> "BlockPredictor":
        """The predictor of a planned block. Raises ModelError if the context does not fit the model."""
        ensemble = open_ensemble(engine.vocabulary, plan.ensemble, plan.streams.streams)
        queue = plan.ensemble.skip_queue
        source = PlannedLogits(engine, context, plan.streams, plan.symbols, plan.asked, queue)
        return cls(ensemble, source, plan.streams)

    @classmethod
    def for_decoding(
        cls, engine: Engine, context: ContextWindow, parameters: EnsembleParameters, streams: Streams
    ) -> "BlockPredictor":
        """The predictor of a block whose symbols become known. Raises ModelError if the context does not fit the model."""
        ensemble = open_ensemble(engine.vocabulary, parameters, streams.streams)
        source = LiveLogits(engine, context, streams.streams, ensemble.wants_model, parameters.skip_queue)
        return cls(ensemble, source, streams)

    def pages(self) -> Frequencies:
        """Open a step: (live stream, page) frequencies for the range coder."""
        live = next(self._live)
        self.asked, self.logits = self._source.step(live)
        return self._ensemble.predict(live, self.logits, self.asked)

    def slots(self, pages: NDArray[np.int32]) -> Frequencies:
        """(live stream, 256) frequencies of the slots within each row's coded page."""
        return self._ensemble.choose_pages(pages)

    def cost(self, symbols: Symbols) -> NDArray[np.float64]:
        """A whole step with a pencil in the coder's place: (live stream,) bits that its symbols cost."""
        self.pages()
        self.slots(symbols // PAGE)
        bits = self._ensemble.last_bits(symbols)
        self.learn(symbols)
        return bits

    def learn(self, symbols: Symbols) -> None:
        """Close the step: learn its symbols (live stream,), in stream order."""
        self._ensemble.update(symbols)
        self._source.learn(symbols)
