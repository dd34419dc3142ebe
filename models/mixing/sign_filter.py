"""Linear prediction of samples by filters that adapt by signs (formats/MIXING.md, section 9)."""

from dataclasses import field

from nacomp.formats.records import dataclass

FILTERS = ((16, 8, 20), (32, 16, 6), (8, 0, 40))
"""(own samples, samples of the channel before, rate in 2^-16) of each filter."""
OWN_TAPS, OTHER_TAPS = 32, 16
_EXTRA_RATE = 16
"""How much quicker filters learn at first: small files end before a slow one has learnt anything."""


def clip_sample(x: int, bits: int) -> int:
    """Within so many bits."""
    return max(-1 << bits - 1, min((1 << bits - 1) - 1, x))


@dataclass
class Taps:
    """The last samples, the newest first: of the channel that comes next, and of the one before it."""

    own: list[int] = field(default_factory=lambda: [0] * OWN_TAPS)
    other: list[int] = field(default_factory=lambda: [0] * OTHER_TAPS)


class SignFilter:
    """Adapts by the signs of its error and of its inputs."""

    def __init__(self, own: int, other: int, rate: int) -> None:
        self._own, self._other, self._rate = own, other, rate
        self._weights = [1 << 16] + [0] * (own + other - 1)
        self._guess = self._wrong = 0

    def _inputs(self, taps: Taps) -> list[int]:
        return taps.own[: self._own] + taps.other[: self._other]

    def predict(self, taps: Taps, bits: int) -> int:
        """The next sample, of so many bits."""
        weighted = sum(w * x for w, x in zip(self._weights, self._inputs(taps), strict=True))
        self._guess = clip_sample(weighted >> 16, bits)
        return self._guess

    def learn(self, taps: Taps, sample: int) -> None:
        """The sample that came behind these taps."""
        if sample == self._guess:
            return
        rate = self._rate + self._rate * _EXTRA_RATE // (1 + (self._wrong >> 8))
        step = rate if sample > self._guess else -rate
        self._wrong += 1
        self._weights = [
            w + step * ((x > 0) - (x < 0)) for w, x in zip(self._weights, self._inputs(taps), strict=True)
        ]
