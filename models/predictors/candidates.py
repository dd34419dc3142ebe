"""The few symbols that the n-grams and the match model propose, and what their counters say of each.

    match model, n-gram slots --propose--> candidates --ExpertCounters.predict--> inputs of the mixer

An expert is one of the predictors that know coded symbols alone: an n-gram order or the match model. Six candidates cost six
decisions of the mixer, where a pass over the vocabulary would cost one per token. What lost: 8 or 16 candidates (+0.00%),
the language model's own likely tokens as candidates (-0.04%, not worth the time).
"""

from collections.abc import Sequence
from dataclasses import field

from nacomp.formats.records import dataclass
from nacomp.models.predictors.arithmetic import stretch
from nacomp.models.predictors.counters import MISS_LEVELS, Counters, follower_counter, match_counter
from nacomp.models.predictors.initial_weights import FOLLOWER_COUNTERS, MATCH_COUNTERS
from nacomp.models.predictors.ngram import Slot

ORDERS = 6
"""Experts have fixed places, so that initial weights fit any choice of orders: 0..5 the orders, 6 the match model."""
MATCH = ORDERS
CONSTANT_INPUT = 0.3
_FOLLOWER_CONFIDENCE = 12
_MATCH_CONFIDENCE = 8


@dataclass
class Candidate:
    """One proposed symbol and what the experts say of it."""

    symbol: int
    counters: list[int]
    """(expert,) which counter of the expert's table applies, -1 where the expert does not know the context."""
    inputs: list[float] = field(default_factory=list)
    """(expert,) stretched probabilities, 0 where the expert does not know the context; then the constant."""
    highest_order: int = 0
    """The highest order that has seen this symbol here; 7 where the match model predicts it, 0 where nothing has."""


def propose(slots: Sequence[Slot | None], predicted: int, length: int, limit: int) -> list[Candidate]:
    """The match model's symbol, then each order's followers from the longest context down.

    Args:
        slots: (order,) what is known of each context, order 1 first.
        predicted: the match model's symbol, or -1; `length` is that of its repeat.
        limit: most candidates.
    """
    symbols = [predicted] if predicted >= 0 else []
    for slot in reversed(slots):
        if slot is not None:
            symbols += [s for s in slot.symbols if s not in symbols]
    found: list[Candidate] = []
    for symbol in symbols[:limit]:
        counters = [-1] * (ORDERS + 1)
        for order, slot in enumerate(slots):
            if slot is not None:
                at = slot.symbols.index(symbol) if symbol in slot.symbols else -1
                hits = slot.counts[at] if at >= 0 else 0
                counters[order] = follower_counter(hits, sum(slot.counts) - hits, at == 0)
        if symbol == predicted:
            counters[MATCH] = match_counter(length)
        found.append(Candidate(symbol, counters))
    return found


class ExpertCounters:
    """The counters of every expert: two tables for an order (first candidate, later ones), one for the match model."""

    def __init__(self) -> None:
        self._orders = [Counters(row, _FOLLOWER_CONFIDENCE) for row in FOLLOWER_COUNTERS]
        self._match = Counters(MATCH_COUNTERS, _MATCH_CONFIDENCE)

    def _table(self, expert: int, rank: int) -> Counters:
        return self._match if expert == MATCH else self._orders[2 * expert + min(rank, 1)]

    def predict(self, candidates: list[Candidate]) -> None:
        """Fill in every candidate's inputs and its highest order."""
        for rank, candidate in enumerate(candidates):
            for expert, counter in enumerate(candidate.counters):
                if counter < 0:
                    candidate.inputs.append(0.0)
                    continue
                candidate.inputs.append(stretch(self._table(expert, rank).p[counter]))
                if expert == MATCH or counter >= MISS_LEVELS * 2:
                    candidate.highest_order = expert + 1
            candidate.inputs.append(CONSTANT_INPUT)

    def learn(self, candidates: list[Candidate], symbol: int) -> None:
        """Learn from the coded symbol: the counters of every candidate up to the right one."""
        for rank, candidate in enumerate(candidates):
            hit = candidate.symbol == symbol
            for expert, counter in enumerate(candidate.counters):
                if counter >= 0:
                    self._table(expert, rank).learn(counter, hit)
            if hit:
                break
