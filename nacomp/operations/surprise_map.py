"""The surprise map: what every token of a text cost, in bits, and what the model expected in its place.

Runs the real predictor over the text as the encoder does; what it shows is what an archive would pay.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nacomp.codecs.levels import Level
from nacomp.codecs.lockstep import StepDone
from nacomp.codecs.neural import NeuralCodec
from nacomp.formats.records import dataclass
from nacomp.models.block_predictor import BlockPlan
from nacomp.models.float_rules import float_rules
from nacomp.models.streams import Symbols
from nacomp.models.tokens.vocabulary import Vocabulary
from nacomp.runtime.progress import Job

GUESSES = 5
"""Top predictions kept for each token."""
Guesses = tuple[tuple[str, float], ...]
"""(text, probability) of the model's best predictions, best first."""


@dataclass(frozen=True)
class SurprisingToken:
    """A token, or several that only together are valid UTF-8, with their cost in bits.

    Attributes:
        guesses: (text, probability) of the model's best predictions, best first; empty where it was not asked.
    """

    data: bytes
    bits: float
    guesses: Guesses

    @property
    def text(self) -> str:
        """For display; bytes that are not UTF-8 become replacement characters."""
        return self.data.decode("utf-8", "replace")


def surprise_map(codec: NeuralCodec, data: bytes, level: Level, job: Job) -> Iterator[SurprisingToken]:
    """The tokens of a text in order. Costs as much time as compressing it."""
    if not data:
        return
    plan = codec.plan(data, level)
    share = len(data) / len(plan.symbols)
    costs = _costs(codec, plan, len(data), lambda symbols: job.step(symbols * share))
    yield from _whole_characters(codec.engine.vocabulary, plan.symbols, costs)


@dataclass(frozen=True)
class _Costs:
    """What each symbol of a block cost, in the block's order."""

    bits: NDArray[np.float64]
    """(symbol,)"""
    guesses: list[Guesses]
    """(symbol,) the model's best predictions; empty where it was not asked."""


@float_rules()
def _costs(codec: NeuralCodec, plan: BlockPlan, size: int, step_done: StepDone) -> _Costs:
    """The encoder's loop, with a pencil in the coder's place."""
    vocabulary, starts = codec.engine.vocabulary, np.array(plan.streams.starts)
    costs = _Costs(np.zeros(len(plan.symbols)), [()] * len(plan.symbols))
    predictor = codec.predictor(plan, size)
    for step, row in enumerate(plan.streams.rows(plan.symbols)):
        places = starts[: len(row)] + step
        costs.bits[places] = predictor.cost(row)
        for place, logits in zip(places[predictor.asked].tolist(), predictor.logits, strict=True):
            costs.guesses[place] = _best(vocabulary, logits)
        step_done(len(row))
    return costs


def _best(vocabulary: Vocabulary, row: NDArray[np.float32]) -> Guesses:
    """The best guesses of a row of logits (vocabulary,). For people's eyes only, so numpy's exp will do."""
    best = np.argpartition(row, -GUESSES)[-GUESSES:]
    best = best[np.argsort(-row[best], kind="stable")]
    chances = np.exp(row[best] - row.max()) / np.exp(row - row.max()).sum()
    words = (vocabulary.pieces[token].decode("utf-8", "replace") for token in best.tolist())
    return tuple(zip(words, chances.tolist(), strict=True))


def _whole_characters(vocabulary: Vocabulary, symbols: Symbols, costs: _Costs) -> Iterator[SurprisingToken]:
    """Join tokens that end inside a character to the next ones, so that every piece can be shown."""
    pending, bits, guesses = b"", 0.0, costs.guesses[0]
    for place, symbol in enumerate(symbols.tolist()):
        if not pending:
            guesses = costs.guesses[place]
        pending += vocabulary.symbol_bytes(symbol)
        bits += float(costs.bits[place])
        if _complete(pending):
            yield SurprisingToken(pending, bits, guesses)
            pending, bits = b"", 0.0
    if pending:
        yield SurprisingToken(pending, bits, guesses)


def _complete(data: bytes) -> bool:
    """Whether these bytes can be shown as they are: valid UTF-8, or so long that they never will be."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return len(data) > 3
    return True
