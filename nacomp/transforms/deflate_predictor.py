"""The next token as zlib would choose it, given all before it (TRANSFORMS.md, "Deflate: the expected token")."""

from bisect import bisect_right
from typing import NamedTuple

from nacomp.transforms.deflate_matcher import Match, Matcher
from nacomp.transforms.deflate_parameters import Parameters, Search
from nacomp.transforms.deflate_tables import LITERAL, LONGEST, SHORTEST, Token, width

_NOTHING = Match(0, 0)
_LENGTHS = (3, 4, 5, 6, 7, 9, 17, 33, LONGEST)
"""Where a new context begins."""


class Expectation(NamedTuple):
    """What is expected, and what was found there, whether it is to be copied or not."""

    token: Token
    found: Match

    @property
    def context(self) -> int:
        """0..59: is it a copy, how long and how far is what was found?"""
        length, distance = self.found
        size = bisect_right(_LENGTHS, length)
        far = 0 if distance <= 256 else 1 if distance <= 4096 else 2
        return 20 * far + (size if self.token == LITERAL else 10 + size)


CONTEXTS = 60


class Predictor:
    """zlib's choice of tokens. `expect` and `learn` in turn, for every token."""

    def __init__(self, data: bytes, parameters: Parameters) -> None:
        self._parameters = parameters
        self.matcher = Matcher(data, parameters)
        self._kept_at = -1
        self._kept = _NOTHING
        """What was found at `_kept_at` when the byte before was left a literal for it."""

    def expect(self, at: int) -> Expectation:
        """The token at `at`."""
        match self._parameters.search:
            case Search.LITERALS:
                return Expectation(LITERAL, _NOTHING)
            case Search.RUNS:
                return _copy_of(self._run(at))
            case Search.GREEDY:
                return _copy_of(self.matcher.longest(at, SHORTEST - 1, self._parameters.chain))
            case _:
                return self._expect_lazy(at)

    def learn(self, at: int, token: Token) -> None:
        """The token that stands there."""
        if self._parameters.search is Search.GREEDY and width(token) > self._parameters.lazy:
            self.matcher.hide(at, at + width(token))

    def _run(self, at: int) -> Match:
        return Match(self.matcher.same(at - 1, at, self.matcher.room(at)), 1) if at else _NOTHING

    def _expect_lazy(self, at: int) -> Expectation:
        here = self._kept if at == self._kept_at else self._look(at, SHORTEST - 1)
        if SHORTEST <= here.length < self._parameters.lazy:
            following = self._look(at + 1, here.length)
            if following.length > here.length:
                self._kept_at, self._kept = at + 1, following
                return Expectation(LITERAL, here)
        return _copy_of(here)

    def _look(self, at: int, than: int) -> Match:
        """What zlib finds that is longer than `than`."""
        p = self._parameters
        found = self.matcher.longest(at, than, p.chain // 4 if than >= p.good else p.chain)
        far = found.length == SHORTEST and found.distance > p.farthest_three
        return Match(SHORTEST - 1, 0) if far or (p.filtered and found.length <= 5) else found


def _copy_of(match: Match) -> Expectation:
    if match.length < SHORTEST:
        return Expectation(LITERAL, _NOTHING)
    return Expectation(Token(*match), match)
