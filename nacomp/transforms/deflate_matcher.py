"""Earlier places of the same three bytes, nearest first: zlib's hash chains, over a dictionary and a content in memory."""

from collections.abc import Iterator
from typing import NamedTuple

from nacomp.transforms.deflate_parameters import Parameters
from nacomp.transforms.deflate_tables import LONGEST, SHORTEST, WINDOW

_CREDIT_PER_BYTE, _MOST_CREDIT = 4096, 1 << 28
"""What searching may cost: a place visited is 1, and 16 bytes compared are 1. Every byte entered earns 4,096 (the longest
chain there is), so work is bounded by that; who has nothing left looks at 16 places."""
_POOR_CHAIN, _MOST_CANDIDATES = 16, 4096


class Match(NamedTuple):
    """Bytes that stand so far behind, too."""

    length: int
    distance: int


class Matcher:
    """The places of a content, in chains by their hash. Links are places + 1; 0 is none."""

    def __init__(self, data: bytes, parameters: Parameters) -> None:
        self.data = data
        self._parameters = parameters
        self._shift = (parameters.hash_bits + 2) // 3
        self._mask = (1 << parameters.hash_bits) - 1
        self._head: dict[int, int] = {}
        self._previous = [0] * WINDOW
        self._hidden = bytearray(WINDOW)
        self._next = 0
        self._credit = 1 << 22

    def skip_to(self, place: int) -> None:
        """Places before are not entered: for samples."""
        self._next = place

    def enter(self, last: int) -> None:
        """Every place up to and with `last` that has three bytes."""
        data = self.data
        while self._next <= last and self._next + SHORTEST <= len(data):
            at = self._next
            key = (data[at] << 2 * self._shift ^ data[at + 1] << self._shift ^ data[at + 2]) & self._mask
            self._previous[at % WINDOW] = self._head.get(key, 0)
            self._hidden[at % WINDOW] = 0
            self._head[key] = at + 1
            self._credit = min(self._credit + _CREDIT_PER_BYTE, _MOST_CREDIT)
            self._next += 1

    def hide(self, first: int, end: int) -> None:
        """Behind `first` and before `end`, places that `longest` passes over: a greedy encoder leaves them out."""
        self.enter(end - 1)
        for place in range(first + 1, end):
            self._hidden[place % WINDOW] = 1

    def longest(self, at: int, than: int, chain: int) -> Match:
        """zlib's longest_match: the nearest of the longest copies of more than `than` (2 or more) bytes.

        Among the first `chain` places. Length `than` and distance 0 where there is none.
        """
        self.enter(at)
        best, room, data = Match(than, 0), self.room(at), self.data
        if room <= than:
            return best
        nice, limit = min(self._parameters.nice, room), self._parameters.farthest
        none = 0 if self._parameters.from_start else 1
        most = WINDOW if self._credit > 0 else _POOR_CHAIN
        link, spent = self._before(at), 0
        while link > none and at - (link - 1) <= limit:
            spent += 1
            if spent > most:
                break
            place = link - 1
            link = self._following(link)
            if self._hidden[place % WINDOW]:
                continue
            if (
                not self._parameters.from_start
            ):  # in zlib only the first place of a chain may lie as far as that
                limit = self._parameters.farthest - 1
            # The two bytes that would make it longer, before all others.
            if (
                data[place + best.length - 1 : place + best.length + 1]
                == data[at + best.length - 1 : at + best.length + 1]
            ):
                length = self.same(place, at, room)
                spent += length // 16
                if length > best.length:
                    best = Match(length, at - place)
                    if length >= nice:
                        break
            chain -= 1
            if chain == 0:
                break
        self._credit -= spent
        return best

    def candidates(self, at: int) -> Iterator[Match]:
        """Every place, hidden or not, from which three bytes or more could be copied, nearest first."""
        self.enter(at)
        room, link = self.room(at), self._before(at)
        left = _MOST_CANDIDATES if self._credit > 0 else _POOR_CHAIN
        while room >= SHORTEST and link != 0 and left > 0 and at - (link - 1) <= WINDOW:
            length = self.same(link - 1, at, room)
            self._credit -= 1 + length // 16
            if length >= SHORTEST:
                yield Match(length, at - (link - 1))
            link = self._following(link)
            left -= 1

    def room(self, at: int) -> int:
        """How long a copy can be there."""
        return min(LONGEST, len(self.data) - at)

    def same(self, a: int, b: int, room: int) -> int:
        """How many bytes are the same at two places, up to `room`."""
        data, length = self.data, 0
        if data[a : a + room] == data[b : b + room]:
            return room
        while (
            data[a + length : a + length + 16] == data[b + length : b + length + 16] and length + 16 <= room
        ):
            length += 16
        while length < room and data[a + length] == data[b + length]:
            length += 1
        return length

    def _before(self, at: int) -> int:
        return self._following(at + 1) if self._next > at else 0

    def _following(self, link: int) -> int:
        """The next link of a chain; none where it does not lead back: that place fell out of the window."""
        following = self._previous[(link - 1) % WINDOW]
        return following if following < link else 0
