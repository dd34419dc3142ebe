"""What the image profile foresees of a component of 8 bits (formats/MIXING.md, section 10).

Filters that adapt to what is around the component, and short differences; each guess gives the mixer an input for every bit.
"""

from dataclasses import field

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import LIMIT, ONE, squash, stretch

FILTERS, GUESSES, ACTIVITIES = 2, 8, 16
_UNIT = 16
_MOST_WEIGHT = 1 << 23
_SLOWNESS = (5, 7)
_CALM, _ERROR_SLOWNESS, _LEAST_ERROR = 64, 6, 64
_STEEPNESS = 2840


@dataclass
class Picture:
    """Of a stream. Guesses are in sixteenths of a component's step.

    Attributes:
        place: of the component that was guessed last, until it is learnt; -1 for none.
        colour, activity, taps, guesses: of that component.
        filters: by colour, then filter: weights, 2^-20.
        errors: by colour and activity: how far each guess was off lately, 2^-8.
        rough: by place: how far the first filter was off, in quarters; 0 where nothing was guessed.
    """

    place: int = -1
    colour: int = 0
    activity: int = 0
    taps: list[int] = field(default_factory=list)
    guesses: list[int] = field(default_factory=list)
    filters: dict[int, list[list[int]]] = field(default_factory=dict)
    errors: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    rough: dict[int, int] = field(default_factory=dict)

    def learn(self, history: bytearray) -> None:
        """The component that was guessed last, if there is one."""
        if self.place < 0:
            return
        value = history[self.place] * _UNIT
        energy = sum(tap * tap for tap in self.taps) + _CALM
        for number, weights in enumerate(self.filters[self.colour]):
            factor = (value - self.guesses[number]) * (1 << 22 - _SLOWNESS[number]) // energy
            for i, tap in enumerate(self.taps):
                moved = weights[i] + ((factor * tap + 32) >> 6)
                weights[i] = max(-_MOST_WEIGHT, min(_MOST_WEIGHT, moved))
        self.rough[self.place] = min(abs(value - self.guesses[0]) >> 2, 255)
        errors = self.errors[self.colour, self.activity]
        for k, guess in enumerate(self.guesses):
            errors[k] += (abs(value - guess) * 16 - errors[k]) >> _ERROR_SLOWNESS
        self.place = -1

    def guess(self, history: bytearray, row: int, pixel: int) -> None:
        """The coming component."""
        self.place = len(history)
        self.colour = self.place % pixel
        around = _Around(history, row, pixel, self.colour)
        base = (around.back(pixel) + around.back(row) + 1) >> 1
        self.taps = around.taps(base)
        filters = self.filters.setdefault(self.colour, [[0] * len(self.taps) for _ in range(FILTERS)])
        self.guesses = []
        for weights in filters:
            weighted = sum(w * tap for w, tap in zip(weights, self.taps, strict=True))
            self.guesses.append(max(0, min(255 * _UNIT, base * _UNIT + (weighted >> 16))))
        self.guesses += [plain * _UNIT for plain in around.plain_guesses()]
        self.activity = self._activity(row, pixel)
        self.errors.setdefault((self.colour, self.activity), [64 << self.activity // 2] * GUESSES)

    def _activity(self, row: int, pixel: int) -> int:
        """By how far off guesses around were, in classes of half octaves."""

        def at(distance: int) -> int:
            return self.rough.get(self.place - distance, 0) if distance > 0 else 0

        around = 2 * at(pixel) + 2 * at(row) + at(row + pixel) + at(row - pixel) + at(2 * pixel) + at(2 * row)
        if self.colour:
            around += 3 * at(1)
        level = 0
        while level < ACTIVITIES - 1 and around > (24 if level % 2 else 16) << level // 2:
            level += 1
        return level

    def inputs(self, bits: int, bit_count: int) -> list[int]:
        """What each guess says of the coming bit, whose byte's bits so far stand behind a leading 1."""
        span = 256 >> bit_count
        least = bits * span - 256
        errors = self.errors[self.colour, self.activity]
        return [
            _upper_half(least, span, guess, error + _LEAST_ERROR)
            for guess, error in zip(self.guesses, errors, strict=True)
        ]


class _Around:
    """What stands around a coming component."""

    def __init__(self, history: bytearray, row: int, pixel: int, colour: int) -> None:
        self._history, self._row, self._pixel, self._colour = history, row, pixel, colour

    def back(self, distance: int) -> int:
        """The byte so far back; 0 for none."""
        return self._history[-distance] if 0 < distance <= len(self._history) else 0

    def taps(self, base: int) -> list[int]:
        """Around it in its plane, less `base`; then of up to two components before it, each less the same of its plane."""
        row, pixel, back = self._row, self._pixel, self.back
        own = [pixel, row + pixel, row - pixel, 2 * pixel, 2 * row, 2 * row - pixel]
        own += [row + 2 * pixel, row - 2 * pixel, 2 * row + pixel, 3 * pixel, 3 * row]
        found = [back(distance) - base for distance in own]
        for c in range(1, min(2, self._colour) + 1):
            other = (back(pixel + c) + back(row + c) + 1) >> 1
            found += [
                back(distance + c) - other
                for distance in (0, pixel, row + pixel, row - pixel, 2 * pixel, 2 * row)
            ]
        return found

    def plain_guesses(self) -> list[int]:
        """Six that need no filter."""
        row, pixel, back = self._row, self._pixel, self.back
        w, n, nw, ne = back(pixel), back(row), back(row + pixel), back(row - pixel)
        c, wc, nc, nwc = (
            back(distance + 1) if self._colour else 0 for distance in (0, pixel, row, row + pixel)
        )
        plane = w + n - nw
        smooth = min(w, n) if nw >= max(w, n) else max(w, n) if nw <= min(w, n) else plane
        guesses = [plane, w + c - wc, n + c - nc, plane + c - wc - nc + nwc, n + ne - back(2 * row - pixel)]
        return [max(0, min(255, guess)) for guess in guesses] + [smooth]


def _upper_half(least: int, span: int, guess: int, error: int) -> int:
    """A span's components: for those in its upper half, as if all lay about the guess in a logistic distribution."""
    below, middle, above = (
        squash(max(-LIMIT, (2 * _UNIT * edge - _UNIT - 2 * guess) * _STEEPNESS // error))
        for edge in (least, least + span // 2, least + span)
    )
    return stretch((above - middle + 1) * ONE // (above - below + 2))
