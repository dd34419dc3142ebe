"""TRANSFORMS.md, "The chains" and "The expected token"."""

from collections.abc import Iterator
from dataclasses import dataclass

SLOTS = 32_768
LEVELS = (
    (4, 4, 8, 4),
    (4, 5, 16, 8),
    (4, 6, 32, 32),
    (4, 4, 16, 16),
    (8, 16, 32, 32),
    (8, 16, 128, 128),
    (8, 32, 128, 256),
    (32, 128, 258, 1024),
    (32, 258, 258, 4096),
)
Match = tuple[int, int]
"""Length, distance."""
NOTHING = (0, 0)


@dataclass
class Settings:
    """The header of the corrections."""

    search: int
    filtered: bool
    truncates: bool
    from_start: bool
    joint: bool
    rough: bool
    capacity: int = 0
    window: int = 15
    hash_bits: int = 15
    good: int = 0
    lazy: int = 0
    nice: int = 0
    chain: int = 0


class Matcher:
    """Where the bytes from a place on stood before."""

    def __init__(self, data: bytes, given: Settings) -> None:
        self.data, self.given = data, given
        self.entered = 0
        self.heads: dict[int, int] = {}
        self.links = [-1] * SLOTS
        self.hidden = [False] * SLOTS
        self.credit = 1 << 22
        self.kept: tuple[int, Match] = (-1, NOTHING)

    def enter(self, last: int) -> None:
        """All places up to and with this one."""
        bits = self.given.hash_bits
        shift, mask = (bits + 2) // 3, (1 << bits) - 1
        while self.entered <= min(last, len(self.data) - 3):
            place = self.entered
            first, second, third = self.data[place : place + 3]
            chain = ((first << 2 * shift) ^ (second << shift) ^ third) & mask
            self.links[place % SLOTS] = self.heads.get(chain, -1)
            self.hidden[place % SLOTS] = False
            self.heads[chain] = place
            self.credit = min(self.credit + 4096, 1 << 28)
            self.entered += 1

    def room(self, at: int) -> int:
        return min(258, len(self.data) - at)

    def same(self, place: int, at: int, room: int) -> int:
        """How many bytes from both on are the same."""
        length = 0
        while length < room and self.data[place + length] == self.data[at + length]:
            length += 1
        return length

    def walk(self, at: int) -> Iterator[int]:
        if at >= self.entered:
            return
        place = at
        while 0 <= self.links[place % SLOTS] < place:
            place = self.links[place % SLOTS]
            yield place

    def longest(self, at: int, than: int, chain: int) -> Match:
        self.enter(at)
        room, best, visited = self.room(at), (than, 0), 0
        if room <= than:
            return best
        given = self.given
        farthest = (1 << given.window) - (0 if given.from_start else 262)
        limit, most = farthest, 32_768 if self.credit > 0 else 16
        for place in self.walk(at):
            if (place == 0 and not given.from_start) or at - place > limit:
                break
            visited += 1
            if visited > most:
                break
            if self.hidden[place % SLOTS]:
                continue
            if not given.from_start:
                limit = farthest - 1
            end = best[0]
            if self.data[place + end - 1 : place + end + 1] == self.data[at + end - 1 : at + end + 1]:
                length = self.same(place, at, room)
                visited += length // 16
                if length > best[0]:
                    best = (length, at - place)
                    if length >= min(given.nice, room):
                        break
            chain -= 1
            if chain == 0:
                break
        self.credit -= visited
        return best

    def candidates(self, at: int) -> Iterator[Match]:
        self.enter(at)
        room = self.room(at)
        if room < 3:
            return
        most = 4096 if self.credit > 0 else 16
        for number, place in enumerate(self.walk(at)):
            if number == most or at - place > 32_768:
                return
            length = self.same(place, at, room)
            self.credit -= 1 + length // 16
            if length >= 3:
                yield length, at - place

    def look(self, at: int, than: int) -> Match:
        given = self.given
        length, distance = self.longest(at, than, given.chain // 4 if than >= given.good else given.chain)
        far = 32_768 if given.from_start else 4096
        if (length == 3 and distance > far) or (given.filtered and length <= 5):
            return 2, 0
        return length, distance

    def expected(self, at: int) -> tuple[Match, bool]:
        """What is found, and whether the token is a copy of it."""
        given = self.given
        if given.search == 0:
            return NOTHING, False
        if given.search == 1:
            found = (self.same(at - 1, at, self.room(at)), 1) if at else NOTHING
        elif given.search == 2:
            found = self.longest(at, 2, given.chain)
        else:
            found = self.kept[1] if self.kept[0] == at else self.look(at, 2)
            if 3 <= found[0] < given.lazy:
                following = self.look(at + 1, found[0])
                if following[0] > found[0]:
                    self.kept = (at + 1, following)
                    return found, False
        return (found, True) if found[0] >= 3 else (NOTHING, False)

    def passed(self, at: int, length: int) -> None:
        """After every token."""
        if self.given.search == 2 and length > self.given.lazy:
            self.enter(at + length - 1)
            for place in range(at + 1, at + length):
                self.hidden[place % SLOTS] = True
