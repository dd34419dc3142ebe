"""What a follower's counts are worth: adaptive probabilities of small counting states.

A follower seen `hits` times in a context where others were seen `misses` times has some chance to come next. Which one
depends on the text, so it is learnt, from a start that holds for most text (`initial_weights.py`). Knowing whether the
follower was the context's latest is worth as much as its count.
"""

from collections.abc import Sequence

HIT_STATES = 8
MISS_STATES = 7
STATES = HIT_STATES * MISS_STATES * 2
MATCH_STATES = 16
_RATE_LIMIT = 255


def count_state(hits: int, misses: int, latest: bool) -> int:
    """Index 0..STATES-1 of a follower's state. The first MISS_STATES * 2 of them have no hit."""
    if hits > 4:
        hits = 5 if hits < 8 else 6 if hits < 16 else 7
    if misses > 2:
        misses = 3 if misses < 5 else 4 if misses < 9 else 5 if misses < 20 else 6
    return (hits * MISS_STATES + misses) * 2 + int(latest)


def match_state(length: int) -> int:
    """Index 0..MATCH_STATES-1 of a repeat's length: 1..8 one by one, then coarser."""
    if length <= 8:
        return max(0, length - 1)
    for state, limit in enumerate((12, 16, 20, 24, 32, 48, 400), start=8):
        if length < limit:
            return state
    return MATCH_STATES - 1


class AdaptiveProbability:
    """A table of probabilities, each the mean of what was seen and of a start value of some weight."""

    def __init__(self, start: Sequence[float], weight: int) -> None:
        """`start`: (state,) in (0, 1); each counts as `weight` observations."""
        self.p = list(start)
        self._n = [weight] * len(start)

    def learn(self, state: int, hit: bool) -> None:
        """Move one entry towards what happened."""
        n = self._n[state]
        target = 1.0 if hit else 0.0
        self.p[state] = self.p[state] + (target - self.p[state]) / (n + 1.5)
        if n < _RATE_LIMIT:
            self._n[state] = n + 1
