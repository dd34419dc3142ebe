"""The mixer: a chain of yes/no decisions over the few symbols the n-gram and match models propose.

    dense row ----.
    candidates ---+--> "is it candidate 1?" -- no --> "candidate 2?" -- no --> ... --> the dense row's shape
                             yes: its mass                 yes: its mass

Each decision is a logistic mix of the dense row's own probability for the candidate (given that the earlier
ones were wrong) and of what every order's counts say. Two weight sets are added, chosen by different small
contexts, and learnt online. They start from values learnt on other text (`initial_weights.py`): starting from "trust the
language model alone" lost 0.6% on 100 KB files and made 4 KB files larger than the language model does.

An expert with six candidates costs six decisions, not a pass over the vocabulary. What lost on the same text: a
final adaptive probability map (+0.04%), one weight set (+0.06%), 8 or 16 candidates (+0.00%), the language
model's own favourites as candidates (-0.04%, not worth the time).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from nacomp.models.predictors.arithmetic import squash, stretch
from nacomp.models.predictors.counters import MISS_STATES, AdaptiveProbability, count_state, match_state
from nacomp.models.predictors.initial_weights import MATCH_STARTS, STATE_STARTS, MixerStarts
from nacomp.models.predictors.ngram import Slot

ORDERS = 6
"""Experts have fixed places, so that start values fit any choice of orders: 0..5 the orders, 6 the match model."""
MATCH = ORDERS
INPUTS = ORDERS + 3
"""The dense row's probability, seven experts, a constant."""
BUCKETS = 8
RANKS = 8
BIAS = 0.3
_STATE_WEIGHT = 12
_MATCH_WEIGHT = 8


@dataclass
class Candidate:
    """One proposed symbol and what the experts say of it."""

    symbol: int
    states: list[int]
    """(expert,) state index, -1 where the expert is silent."""
    inputs: list[float] = field(default_factory=list)
    """(expert,) stretched probabilities, 0 where silent; then the constant."""
    source: int = 0
    """1 + the highest expert that has seen this symbol here; 0 where none has."""


@dataclass
class Decision:
    """A mixer's answer to "is it this candidate?"."""

    base: float
    by_source: int
    by_rank: int
    probability: float
    mass: float


def propose(slots: Sequence[Slot | None], predicted: int, length: int, limit: int) -> list[Candidate]:
    """Candidates in chain order: the match model's, then each order's followers from the longest context down.

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
        states = [-1] * (ORDERS + 1)
        for order, slot in enumerate(slots):
            if slot is not None:
                at = slot.symbols.index(symbol) if symbol in slot.symbols else -1
                hits = slot.counts[at] if at >= 0 else 0
                states[order] = count_state(hits, sum(slot.counts) - hits, at == 0)
        if symbol == predicted:
            states[MATCH] = match_state(length)
        found.append(Candidate(symbol, states))
    return found


class Experts:
    """What each counting state is worth, for first candidates and for later ones apart."""

    def __init__(self) -> None:
        self._counts = [AdaptiveProbability(start, _STATE_WEIGHT) for start in STATE_STARTS]
        self._match = AdaptiveProbability(MATCH_STARTS, _MATCH_WEIGHT)

    def _table(self, expert: int, rank: int) -> AdaptiveProbability:
        return self._match if expert == MATCH else self._counts[2 * expert + min(rank, 1)]

    def ask(self, candidates: list[Candidate]) -> None:
        """Fill in every candidate's inputs and source."""
        for rank, candidate in enumerate(candidates):
            for expert, state in enumerate(candidate.states):
                if state < 0:
                    candidate.inputs.append(0.0)
                    continue
                candidate.inputs.append(stretch(self._table(expert, rank).p[state]))
                if expert == MATCH or state >= MISS_STATES * 2:
                    candidate.source = expert + 1
            candidate.inputs.append(BIAS)

    def learn(self, candidates: list[Candidate], symbol: int) -> None:
        """Learn from the coded symbol, every candidate up to the right one."""
        for rank, candidate in enumerate(candidates):
            hit = candidate.symbol == symbol
            for expert, state in enumerate(candidate.states):
                if state >= 0:
                    self._table(expert, rank).learn(state, hit)
            if hit:
                break


class Mixer:
    """How much the dense row and each expert are trusted; one for the language model's row, one for the fallback."""

    def __init__(self, starts: MixerStarts, rate: float) -> None:
        self._by_source = [list(row) for row in starts.by_source]
        self._by_rank = [list(row) for row in starts.by_rank]
        self._rate = rate

    def decide(self, candidates: list[Candidate], row: Sequence[float], total: float) -> list[Decision]:
        """A decision for every candidate, in chain order.

        Args:
            row: (candidate,) the dense row's integer weight of each candidate.
            total: sum of the dense row, below 2^53.
        """
        decisions: list[Decision] = []
        left, rest = 1.0, total
        for rank, (candidate, own) in enumerate(zip(candidates, row, strict=True)):
            base = stretch(own / rest if rest > 0.0 else 0.0)
            bucket = min(BUCKETS - 1, int((base + 12.0) / 3.0))
            by_source = candidate.source * BUCKETS + bucket
            by_rank = min(rank, RANKS - 1) * BUCKETS + candidate.source
            dot = 0.0
            weights = zip(self._by_source[by_source], self._by_rank[by_rank], strict=True)
            for (a, b), value in zip(weights, [base, *candidate.inputs], strict=True):
                dot = dot + (a + b) * value
            p = squash(dot * 0.5)
            decisions.append(Decision(base, by_source, by_rank, p, left * p))
            left = left * (1.0 - p)
            rest = rest - own
        return decisions

    def learn(self, candidates: list[Candidate], decisions: list[Decision], symbol: int) -> None:
        """Learn from the coded symbol: every decision up to the one that should have said yes."""
        for candidate, decision in zip(candidates, decisions, strict=True):
            hit = candidate.symbol == symbol
            step = ((1.0 if hit else 0.0) - decision.probability) * self._rate
            a, b = self._by_source[decision.by_source], self._by_rank[decision.by_rank]
            for i, value in enumerate([decision.base, *candidate.inputs]):
                a[i] = a[i] + step * value
                b[i] = b[i] + step * value
            if hit:
                break


def mass_left(decisions: list[Decision]) -> float:
    """The mass no candidate took."""
    left = 1.0
    for decision in decisions:
        left = left * (1.0 - decision.probability)
    return left
