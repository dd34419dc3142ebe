"""The mixer: a chain of yes/no decisions over the few symbols the n-gram and match models propose.

    language model row --.
    candidates ----------+--> "is it candidate 1?" -- no --> "candidate 2?" -- no --> ... --> the row's shape
                                 yes: its mass                 yes: its mass

Each decision is a logistic mix of the language model's own probability for the candidate (given that the earlier ones
were wrong) and of what each order's counts say. Weights start at "the language model alone" and are learnt online
in small contexts, so a useless expert stays out. An expert with eight candidates costs eight decisions, not a pass over
the vocabulary; mixing whole rows linearly was worse, because it cannot sharpen what both sides agree on.
"""

from dataclasses import dataclass, field

from nacomp.models.predictors.arithmetic import squash, stretch
from nacomp.models.predictors.match import MatchModel
from nacomp.models.predictors.ngram import Slot
from nacomp.models.predictors.states import AdaptiveProbability, count_state, initial_states

MATCH_STATES = 16
MASS = float(1 << 44)
"""Integer weight of a whole row after mixing."""
SURE = 0.999
_RATE = 0.02


@dataclass
class Candidate:
    """One proposed symbol and what is said of it."""

    symbol: int
    states: list[int]
    """(order + match,) state index per expert, -1 where the expert is silent. The last one is the match model."""
    inputs: list[float] = field(default_factory=list)
    weights: int = 0
    probability: float = 0.0
    mass: float = 0.0


def match_state(length: int) -> int:
    """0..15: repeats of 1..8 symbols one by one, then coarser."""
    if length <= 8:
        return max(0, length - 1)
    for state, limit in ((8, 12), (9, 16), (10, 20), (11, 24), (12, 32), (13, 48), (14, 400)):
        if length < limit:
            return state
    return 15


def propose(slots: list[Slot | None], match: MatchModel, stream: int, limit: int) -> list[Candidate]:
    """Candidates in chain order: the match model's, then each order's followers from the longest context down."""
    orders = len(slots)
    predicted, length = match.predict(stream)
    symbols = [predicted] if predicted >= 0 else []
    for slot in reversed(slots):
        if slot is not None:
            symbols += [s for s in slot.symbols if s not in symbols]
    found: list[Candidate] = []
    for symbol in symbols[:limit]:
        states = [-1] * (orders + 1)
        for order, slot in enumerate(slots):
            if slot is not None:
                at = slot.symbols.index(symbol) if symbol in slot.symbols else -1
                hits = slot.counts[at] if at >= 0 else 0
                states[order] = count_state(hits, sum(slot.counts) - hits, at == 0)
        if symbol == predicted:
            states[orders] = match_state(length)
        found.append(Candidate(symbol, states))
    return found


class Chain:
    """The learnt side: what each state is worth, and how much each expert is trusted."""

    def __init__(self, orders: int) -> None:
        self._orders = orders
        self._counts = [AdaptiveProbability(initial_states(), 6) for _ in range(2 * orders)]
        starts = [1.0 - 1.0 / (k + 2.0) for k in range(MATCH_STATES)]
        self._match = AdaptiveProbability(starts, 4)
        self._inputs = orders + 3
        self._weights = [[1.0] + [0.15] * (orders + 1) + [0.0] for _ in range(2 * (orders + 2) * 8)]

    def confidence(self, candidates: list[Candidate]) -> float:
        """How sure the match model is of the first candidate, by its own record; 0 where it is silent."""
        if not candidates or candidates[0].states[-1] < 0:
            return 0.0
        return self._match.p[candidates[0].states[-1]]

    def decide(self, candidates: list[Candidate], row: list[float], total: float, model: bool) -> float:
        """Fill in every candidate's mass; returns the mass left for all other symbols.

        Args:
            candidates: in chain order.
            row: (candidate,) the dense row's integer weight of each candidate.
            total: sum of the dense row, below 2^53.
            model: whether the dense row is the language model's, not the fallback.
        """
        left, rest = 1.0, total
        for rank, (candidate, own) in enumerate(zip(candidates, row, strict=True)):
            self._mix(candidate, min(rank, 1), own / rest if rest > 0.0 else 0.0, model)
            candidate.mass = left * candidate.probability
            left = left * (1.0 - candidate.probability)
            rest = rest - own
        return left

    def _mix(self, candidate: Candidate, rank: int, own: float, model: bool) -> None:
        base = stretch(own)
        inputs, highest = [base], 0
        for expert in range(self._orders + 1):
            state = candidate.states[expert]
            if state < 0:
                inputs.append(0.0)
                continue
            table = self._match if expert == self._orders else self._counts[2 * expert + rank]
            inputs.append(stretch(table.p[state]))
            if expert == self._orders or state >= 12:  # the follower itself was seen there
                highest = expert + 1
        inputs.append(0.3)
        bucket = max(0, min(7, int(base + 12.0) // 3))
        candidate.inputs = inputs
        candidate.weights = (int(model) * (self._orders + 2) + highest) * 8 + bucket
        weights = self._weights[candidate.weights]
        dot = 0.0
        for weight, value in zip(weights, inputs, strict=True):
            dot = dot + weight * value
        candidate.probability = squash(dot)

    def learn(self, candidates: list[Candidate], symbol: int) -> None:
        """Learn from the coded symbol: every decision up to the one that said yes."""
        for rank, candidate in enumerate(candidates):
            hit = candidate.symbol == symbol
            step = ((1.0 if hit else 0.0) - candidate.probability) * _RATE
            weights = self._weights[candidate.weights]
            for i, value in enumerate(candidate.inputs):
                weights[i] = weights[i] + step * value
            for expert, state in enumerate(candidate.states):
                if state >= 0:
                    table = self._match if expert == self._orders else self._counts[2 * expert + min(rank, 1)]
                    table.learn(state, hit)
            if hit:
                break
