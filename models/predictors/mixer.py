"""The mixer: one yes/no decision after the other over the candidates.

    base row -----.
    candidates ---+--> "is it candidate 1?" -- no --> "candidate 2?" -- no --> ... --> shared out as in the base row
                             yes: its mass                 yes: its mass

The base row is the language model's, or the order-0 row where the model is not asked. Each decision is a logistic mix of
the base row's own probability for the candidate (given that the earlier ones were wrong) and of what every expert's
counter says. Two weight sets are added, chosen by different small contexts, and learnt online. Their initial weights were
learnt on other text (`initial_weights.py`): beginning with "trust the language model alone" lost 0.6% on 100 KB files and
made 4 KB files larger than the language model does.

What lost on the same text: a final adaptive probability map (+0.04%), one weight set (+0.06%).
"""

from collections.abc import Sequence

from nacomp.formats.records import dataclass
from nacomp.models.predictors.arithmetic import squash, stretch
from nacomp.models.predictors.candidates import Candidate
from nacomp.models.predictors.initial_weights import MixerWeights

BUCKETS = 8
"""Ranges of the base row's probability that have weights of their own, 3 units of `stretch` wide."""
RANKS = 8


@dataclass
class Decision:
    """The mixer's answer to "is it this candidate?"."""

    base: float
    """The base row's probability, stretched."""
    by_order: int
    """Row of the first weight set; `by_rank`: of the second."""
    by_rank: int
    probability: float
    mass: float
    """Share of the whole row: this candidate's probability times that of a no to all earlier ones."""


class Mixer:
    """How much the base row and each expert are trusted; one mixer beside the model's row, one beside the order-0 row.

    A row of weights has nine: of the base row's probability, of the seven experts and of a constant.
    """

    def __init__(self, initial: MixerWeights, rate: float) -> None:
        self._by_order = [list(row) for row in initial.by_order]
        self._by_rank = [list(row) for row in initial.by_rank]
        self._rate = rate

    def decide(self, candidates: list[Candidate], row: Sequence[float], total: float) -> list[Decision]:
        """A decision for every candidate, in their order.

        Args:
            row: (candidate,) the base row's integer weight of each candidate.
            total: sum of the base row, below 2^53.
        """
        decisions: list[Decision] = []
        left, rest = 1.0, total
        for rank, (candidate, own) in enumerate(zip(candidates, row, strict=True)):
            base = stretch(own / rest if rest > 0.0 else 0.0)
            bucket = min(BUCKETS - 1, int((base + 12.0) / 3.0))
            by_order = candidate.highest_order * BUCKETS + bucket
            by_rank = min(rank, RANKS - 1) * BUCKETS + candidate.highest_order
            dot = 0.0
            weights = zip(self._by_order[by_order], self._by_rank[by_rank], strict=True)
            for (a, b), value in zip(weights, [base, *candidate.inputs], strict=True):
                dot = dot + (a + b) * value
            p = squash(dot * 0.5)
            decisions.append(Decision(base, by_order, by_rank, p, left * p))
            left = left * (1.0 - p)
            rest = rest - own
        return decisions

    def learn(self, candidates: list[Candidate], decisions: list[Decision], symbol: int) -> None:
        """Learn from the coded symbol: every decision up to the one that should have said yes."""
        for candidate, decision in zip(candidates, decisions, strict=True):
            hit = candidate.symbol == symbol
            step = ((1.0 if hit else 0.0) - decision.probability) * self._rate
            a, b = self._by_order[decision.by_order], self._by_rank[decision.by_rank]
            for i, value in enumerate([decision.base, *candidate.inputs]):
                a[i] = a[i] + step * value
                b[i] = b[i] + step * value
            if hit:
                break


def mass_left(decisions: list[Decision]) -> float:
    """The mass that no candidate took."""
    left = 1.0
    for decision in decisions:
        left = left * (1.0 - decision.probability)
    return left
