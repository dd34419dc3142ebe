"""The mixer: weighted sums, with sets of weights that contexts choose (formats/MIXING.md, section 6)."""

from collections.abc import Sequence

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import ONE, clamp, squash

_LEAST, _MOST = -(1 << 15), (1 << 15) - 1
"""Weights, 2^-14, have 16 bits, as errors have: with 20 bits of 2^-16 kennedy.xls was 0.3% smaller, and nothing else."""


@dataclass(frozen=True)
class Rates:
    """How fast weights move, 2^-6: `final` after many bits, `extra` at first on top."""

    final: int
    extra: int


class _Row:
    """The weights of one context, 2^-14, and how often they were used."""

    def __init__(self, weights: list[int]) -> None:
        self.weights = weights
        self.uses = 0


class Mixer:
    """One layer. A set's rows are made when they are first chosen; `initial` is in units of 2^-16."""

    def __init__(self, initial: Sequence[int], sets: int, rates: Rates) -> None:
        self._initial = [weight >> 2 for weight in initial]
        self._rates = rates
        self._rows: list[dict[int, _Row]] = [{} for _ in range(sets)]
        self._chosen: list[_Row] = []
        self._inputs: Sequence[int] = ()
        self._outputs: list[int] = []

    def mix(self, inputs: Sequence[int], choice: Sequence[int]) -> list[int]:
        """What each set says: a point of the logistic domain."""
        self._inputs = inputs
        self._chosen = [
            rows.setdefault(row, _Row(list(self._initial)))
            for rows, row in zip(self._rows, choice, strict=True)
        ]
        self._outputs = [
            clamp(_signed(sum(x * w for x, w in zip(inputs, row.weights, strict=True))) >> 14)
            for row in self._chosen
        ]
        return self._outputs

    def learn(self, bit: int) -> None:
        """Each set learns from its own error."""
        for row, output in zip(self._chosen, self._outputs, strict=True):
            wrong = (bit * ONE - squash(output)) >> 6
            rate = min(255, self._rates.final + self._rates.extra // (1 + (row.uses >> 5)))
            row.uses = min(row.uses + 1, 65535)
            error = wrong * rate >> 9
            row.weights = [
                max(_LEAST, min(_MOST, w + ((x * error + (1 << 14)) >> 15)))
                for x, w in zip(self._inputs, row.weights, strict=True)
            ]


def _signed(value: int) -> int:
    """Modulo 2^32, from -2^31 on: what sums in any order give."""
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


class TwoLayers:
    """The sets of the first layer are the inputs of the second, which has two sets, or four."""

    def __init__(
        self, initial: Sequence[int], sets: int, rates: Rates, final_rates: Rates, final_sets: int = 2
    ) -> None:
        self._first = Mixer(initial, sets, rates)
        self._second = Mixer([(1 << 16) // sets] * sets, final_sets, final_rates)

    def mix(self, inputs: Sequence[int], choice: Sequence[int], final_choice: Sequence[int]) -> int:
        """The mixed point: the mean of the second layer's sets, rounded down."""
        said = self._first.mix(inputs, choice)
        return sum(self._second.mix(list(said), final_choice)) // len(final_choice)

    def learn(self, bit: int) -> None:
        """Both layers learn."""
        self._first.learn(bit)
        self._second.learn(bit)
