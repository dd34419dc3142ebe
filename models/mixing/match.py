"""The match model: where the last bytes were seen before, in any stream (formats/MIXING.md, section 5)."""

from bisect import bisect_right
from collections.abc import Sequence

from nacomp.models.mixing.arithmetic import GOLDEN, MASK, combine, stretch
from nacomp.models.mixing.counters import Counter
from nacomp.models.mixing.stream import Match, Stream

_COMPARED, _LONGEST = 400, 65535
_LIMIT = 1023
_BOUNDS = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 64, 128, 400)


def length_class(length: int) -> int:
    """0 to 15."""
    return bisect_right(_BOUNDS, length)


class MatchModel:
    """Matches of at least `minimum` bytes, found by a table of 2^bits places."""

    def __init__(self, minimum: int, bits: int) -> None:
        self._minimum, self._shift = minimum, 32 - bits
        self._places: dict[int, int] = {}
        self._map: dict[int, Counter] = {}
        self._last = Counter()

    def learn_byte(self, streams: Sequence[Stream], number: int, which: int) -> None:
        """After stream `number` took a byte; this is its match number `which`."""
        stream, count = streams[number], len(streams)
        match = stream.matches[which]
        if match.guess >= 0:
            right = match.guess == stream.last4 & 255
            match.missed = (match.missed << 1 | (not right)) & 0xFF
            match.length = min(match.length + 1, _LONGEST) if right else 0
            match.at = 0 if match.missed == 0xFF else match.at + count
        if len(stream.history) >= self._minimum:
            self._look_up(streams, number, match)
        match.guess = -1
        if match.at:
            place, source = divmod(match.at - 1, count)
            if place < len(streams[source].history):
                match.guess = streams[source].history[place]
            else:
                match.at = 0

    def _look_up(self, streams: Sequence[Stream], number: int, match: Match) -> None:
        stream, count = streams[number], len(streams)
        position, key = len(stream.history), 0
        recent = stream.history[-self._minimum :][::-1]
        for i in range(0, self._minimum, 4):
            key = combine(key, int.from_bytes(recent[i : i + 4], "little"))
        at = (key * GOLDEN & MASK) >> self._shift
        entry = self._places.get(at, 0)
        if entry and match.length < self._minimum:
            place, source = divmod(entry - 1, count)
            found, length = streams[source].history, 0
            most = min(place, position, _COMPARED)
            while length < most and found[place - 1 - length] == stream.history[position - 1 - length]:
                length += 1
            if length >= self._minimum:
                match.at, match.length, match.missed = entry, length, 0
        self._places[at] = position * count + number + 1

    def predict(self, stream: Stream, match: Match) -> tuple[int, int]:
        """Two inputs of the mixer for the coming bit, 0 where there is no guess."""
        match.agrees = match.guess >= 0 and (match.guess | 256) >> (8 - stream.bit_count) == stream.bits
        if not match.agrees:
            return 0, 0
        bit = match.guess >> (7 - stream.bit_count) & 1
        missed = min(match.missed.bit_count(), 7) * 2 + (match.missed & 1)
        context = (length_class(match.length) * 16 + missed) * 2 + bit
        self._last = self._map.setdefault(context, Counter())
        return stretch(self._last.p), _half((self._last.p >> 10) - 2048)

    def learn(self, match: Match, bit: int) -> None:
        """The bit of the last `predict`."""
        if match.agrees:
            self._last.learn(bit, _LIMIT)


def _half(x: int) -> int:
    """Rounded towards 0."""
    return x // 2 if x >= 0 else -(-x // 2)
