"""What a follower's counts are worth: adaptive probabilities, one for each way the counts can look.

A follower seen `hits` times in a context where others were seen `misses` times has some chance to come next. How large
a chance depends on the text, so it is learnt, from a start that holds for most text (`initial_weights.py`). Whether the
follower was the context's latest matters as much as its count.
"""

from collections.abc import Sequence

HIT_LEVELS = 8
MISS_LEVELS = 7
FOLLOWER_COUNTERS = HIT_LEVELS * MISS_LEVELS * 2
MATCH_COUNTERS = 16
_COUNT_LIMIT = 255


def follower_counter(hits: int, misses: int, latest: bool) -> int:
    """Which of the FOLLOWER_COUNTERS counters a follower uses. The first MISS_LEVELS * 2 are for no hit."""
    if hits > 4:
        hits = 5 if hits < 8 else 6 if hits < 16 else 7
    if misses > 2:
        misses = 3 if misses < 5 else 4 if misses < 9 else 5 if misses < 20 else 6
    return (hits * MISS_LEVELS + misses) * 2 + int(latest)


def match_counter(length: int) -> int:
    """Which of the MATCH_COUNTERS counters a repeat of this length uses: 1..8 one by one, then coarser."""
    if length <= 8:
        return max(0, length - 1)
    for counter, limit in enumerate((12, 16, 20, 24, 32, 48, 400), start=8):
        if length < limit:
            return counter
    return MATCH_COUNTERS - 1


class Counters:
    """A table of adaptive probabilities: each is the mean of what was seen and of its initial value."""

    def __init__(self, initial: Sequence[float], confidence: int) -> None:
        """`initial`: (counter,) in (0, 1); each counts as `confidence` observations."""
        self.p = list(initial)
        self._n = [confidence] * len(initial)

    def learn(self, counter: int, hit: bool) -> None:
        """Move one probability towards what happened."""
        n = self._n[counter]
        target = 1.0 if hit else 0.0
        self.p[counter] = self.p[counter] + (target - self.p[counter]) / (n + 1.5)
        if n < _COUNT_LIMIT:
            self._n[counter] = n + 1
