"""What a follower's counts are worth: adaptive probabilities of small counting states.

A follower seen `hits` times in a context where others were seen `misses` times has some chance to come next; which,
depends on the text and is learnt (indirect modelling, as PAQ's state machines do). The state also tells whether it was the
latest follower.
"""

HIT_STATES = 7
MISS_STATES = 6
STATES = HIT_STATES * MISS_STATES * 2
_RATE_LIMIT = 255


def count_state(hits: int, misses: int, latest: bool) -> int:
    """Index 0..STATES-1 of a follower's state."""
    if hits > 4:
        hits = 5 if hits < 8 else 6
    if misses > 2:
        misses = 3 if misses < 5 else 4 if misses < 12 else 5
    return (hits * MISS_STATES + misses) * 2 + int(latest)


class AdaptiveProbability:
    """A table of probabilities, each the mean of what was seen, with a start value of some weight."""

    def __init__(self, start: list[float], weight: int) -> None:
        """`start`: (state,) in (0, 1); each counts as `weight` observations."""
        self.p = list(start)
        self.n = [weight] * len(start)

    def learn(self, state: int, hit: bool) -> None:
        """Move one entry towards what happened."""
        n = self.n[state]
        target = 1.0 if hit else 0.0
        self.p[state] = self.p[state] + (target - self.p[state]) / (n + 1.5)
        if n < _RATE_LIMIT:
            self.n[state] = n + 1


def initial_states() -> list[float]:
    """Start values of a (STATES,) table: an estimator between 1/2 and 1 pseudo count."""
    table: list[float] = []
    for hits in range(HIT_STATES):
        for misses in range(MISS_STATES):
            table += [(hits + 0.2) / (hits + misses + 1.2), (hits + 0.4) / (hits + misses + 1.2)]
    return table
