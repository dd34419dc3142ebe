"""Says which token stands somewhere, in as few decisions as the predictor leaves open."""

from nacomp.transforms.deflate_bits import corrupt
from nacomp.transforms.deflate_coder import Chance, Coder, NumberModel, TreeModel
from nacomp.transforms.deflate_matcher import Match
from nacomp.transforms.deflate_parameters import Parameters
from nacomp.transforms.deflate_predictor import CONTEXTS, Expectation, Predictor
from nacomp.transforms.deflate_tables import LITERAL, LONGEST, ODD_LONGEST, SHORTEST, WINDOW, Token, width

_DEEPEST = 4
_WIDEST = 20


class TokenModel:
    """The tokens of a content, in order."""

    def __init__(self, data: bytes, parameters: Parameters) -> None:
        self._predictor = Predictor(data, parameters)
        first = (0xD000, 0) if parameters.rough else (0xFF00, 8)
        self._expected = [[Chance(*first) for _ in range(CONTEXTS)] for _ in range(4)]
        self._history = 3
        """1 if the last token was the expected one, + 2 if it was a literal."""
        self._odd = Chance(0x0100, 8)
        self._literal = [Chance() for _ in range(CONTEXTS)]
        self._outside = Chance()
        self._step = [[Chance() for _ in range(4)] for _ in range(_DEEPEST)]
        self._nearest = [Chance() for _ in range(4)]
        self._whole = [Chance() for _ in range(_WIDEST)]
        self._fewer = [NumberModel() for _ in range(_WIDEST)]
        self._lengths = TreeModel(8)
        self._distances, self._ranks = NumberModel(), NumberModel()

    def code(self, coder: Coder, at: int, token: Token) -> Token:
        """The token at `at`: an encoder's is given, a decoder's is found."""
        expected = self._predictor.expect(at)
        even = Token(width(token), token.distance)
        hit = coder.code(self._expected[self._history][expected.context], even == expected.token)
        found = expected.token if hit else self._code_other(coder, at, expected, even)
        if found.length == LONGEST and coder.code(self._odd, token.length == ODD_LONGEST):
            found = Token(ODD_LONGEST, found.distance)
        self._history = hit + 2 * (found == LITERAL)
        self._predictor.learn(at, found)
        return found

    def learn(self, at: int, token: Token) -> None:
        """A token that is not coded."""
        self._predictor.learn(at, token)

    def skip_to(self, place: int) -> None:
        """Begins there, not at the first byte: for samples."""
        self._predictor.matcher.skip_to(place)

    def _code_other(self, coder: Coder, at: int, expected: Expectation, token: Token) -> Token:
        """A token that is not the expected one."""
        copies = expected.token != LITERAL
        if copies and coder.code(self._literal[expected.context], token == LITERAL):
            return LITERAL
        steps = self._find_steps(at)
        step = self._code_step(coder, expected.token, steps, token.length)
        if step < 0:
            length = self._lengths.code(coder, token.length - SHORTEST) + SHORTEST
            distance = self._distances.code(coder, token.distance - 1) + 1
        else:
            length = self._code_length(coder, steps, step, token.length)
            distance = self._code_distance(
                coder, at, expected.token, steps[step].distance, Token(length, token.distance)
            )
        if coder.decodes:
            self._check(at, length, distance)
        return Token(length, distance)

    def _find_steps(self, at: int) -> list[Match]:
        """The copies that an encoder would think of: those longer than all nearer ones."""
        steps: list[Match] = []
        for match in self._predictor.matcher.candidates(at):
            if not steps or match.length > steps[-1].length:
                steps.append(match)
            if match.length == LONGEST:
                break
        return steps

    def _code_step(self, coder: Coder, expected: Token, steps: list[Match], length: int) -> int:
        """Which step has the nearest place for a length; -1 if none has."""
        last = len(steps) - 1
        if coder.code(self._outside, not steps or length > steps[last].length):
            return -1
        if not steps:
            raise corrupt("a copy in a deflate stream comes from a place that its content does not have")
        for step in range(last, 0, -1):
            reach = steps[step].length
            chance = self._step[min(last - step, _DEEPEST - 1)][_relation(expected, reach)]
            if coder.code(chance, length > steps[step - 1].length):
                return step
        return 0

    def _code_length(self, coder: Coder, steps: list[Match], step: int, length: int) -> int:
        """How many bytes of a step are copied: all, or so many fewer."""
        most = steps[step].length
        least = steps[step - 1].length + 1 if step else SHORTEST
        bucket = min(most, _WIDEST - 1)
        if most == least or coder.code(self._whole[bucket], length == most):
            return most
        if most == least + 1:
            return least
        fewer = self._fewer[bucket].code(coder, most - length - 1) + 1
        if fewer > most - least:
            raise corrupt("a copy in a deflate stream is shorter than any may be")
        return most - fewer

    def _code_distance(self, coder: Coder, at: int, expected: Token, nearest: int, token: Token) -> int:
        """Where from: the nearest place, another one that has the bytes, or anywhere."""
        length, distance = token
        ruled_out = expected == (length, nearest)
        if not ruled_out and coder.code(self._nearest[min(length - SHORTEST, 3)], distance == nearest):
            return nearest
        rank = self._ranks.code(coder, 0 if coder.decodes else self._rank_of(at, length, distance))
        if rank == 0:
            return self._distances.code(coder, distance - 1) + 1
        return self._distance_at(at, length, rank)

    def _rank_of(self, at: int, length: int, wanted: int) -> int:
        """1 for the second nearest place from which so many bytes can be copied, and so on; 0 if it is not among them."""
        count = rank = 0
        for found, distance in self._predictor.matcher.candidates(at):
            if found < length:
                continue
            if distance == wanted:
                rank = count
            count += 1
            if distance >= wanted:
                break
        return rank

    def _distance_at(self, at: int, length: int, rank: int) -> int:
        count = 0
        for found, distance in self._predictor.matcher.candidates(at):
            if found < length:
                continue
            if count == rank:
                return distance
            count += 1
        return 0

    def _check(self, at: int, length: int, distance: int) -> None:
        """What a damaged description may ask for and no content allows."""
        matcher = self._predictor.matcher
        fits = 0 < distance <= min(at, WINDOW) and at + length <= len(matcher.data)
        if not fits or matcher.same(at - distance, at, length) != length:
            raise corrupt("a copy in a deflate stream gives other bytes than its content has")


def _relation(expected: Token, reach: int) -> int:
    """Of a step's length to the expected one."""
    if expected == LITERAL:
        return 0
    return 1 if reach == expected.length else 2 if reach < expected.length else 3
