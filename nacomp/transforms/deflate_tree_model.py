"""Says which Huffman codes a dynamic block has, given those that zlib would have made."""

from collections.abc import Sequence
from dataclasses import field

from nacomp.formats.records import dataclass
from nacomp.transforms.deflate_bits import corrupt
from nacomp.transforms.deflate_coder import Chance, Coder, NumberModel, TreeModel
from nacomp.transforms.deflate_tables import DISTANCE_CODES, LENGTH_CODES, LITERAL_CODES
from nacomp.transforms.deflate_trees import Run, build_lengths, expect_run, needed, used


@dataclass
class Trees:
    """What stands in front of a dynamic block's tokens; lengths by symbol, zero where none is given."""

    literals: int = 0
    distances: int = 0
    lengths: int = 0
    length_lengths: list[int] = field(default_factory=lambda: [0] * LENGTH_CODES)
    literal_lengths: list[int] = field(default_factory=lambda: [0] * LITERAL_CODES)
    distance_lengths: list[int] = field(default_factory=lambda: [0] * DISTANCE_CODES)
    runs: list[Run] = field(default_factory=list)


class _LengthsModel:
    """Code lengths against expected ones."""

    def __init__(self) -> None:
        self._same, self._gone, self._longer = Chance(), Chance(), Chance()
        self._hit = [[Chance(), Chance()], [Chance(), Chance()]]
        self._fresh = TreeModel(4)
        self._numbers = NumberModel()

    def code(self, coder: Coder, expected: Sequence[int], lengths: Sequence[int]) -> list[int]:
        """As many lengths as are expected."""
        if coder.code(self._same, list(lengths) == list(expected)):
            return list(expected)
        found: list[int] = []
        differs = False
        for wanted, given in zip(expected, lengths, strict=True):
            found.append(self._code_one(coder, wanted, given, differs))
            differs = found[-1] != wanted
        return found

    def _code_one(self, coder: Coder, expected: int, length: int, differs: bool) -> int:
        """One length; `differs`: whether the one before is not the expected one."""
        if coder.code(self._hit[expected != 0][differs], length == expected):
            return expected
        if expected == 0:
            return self._fresh.code(coder, length)
        if coder.code(self._gone, length == 0):
            return 0
        longer = coder.code(self._longer, length > expected)
        off = self._numbers.code(coder, length - expected - 1 if longer else expected - length - 1)
        found = expected + 1 + off if longer else expected - 1 - off
        if not 1 <= found <= 15:
            raise corrupt("a Huffman code in a deflate stream is longer than any may be")
        return found


class _CountModel:
    """A count against an expected one."""

    def __init__(self, bits: int) -> None:
        self._hit = Chance()
        self._numbers = TreeModel(bits)

    def code(self, coder: Coder, expected: int, fewest: int, count: int) -> int:
        """A count of at least `fewest`."""
        if coder.code(self._hit, count == expected):
            return expected
        return fewest + self._numbers.code(coder, count - fewest)


class TreesModel:
    """The Huffman codes of dynamic blocks, one block after the other."""

    def __init__(self) -> None:
        self._literal_lengths, self._distance_lengths = _LengthsModel(), _LengthsModel()
        self._length_lengths = _LengthsModel()
        self._literals, self._distances, self._lengths = _CountModel(5), _CountModel(5), _CountModel(4)
        self._run_hit = [Chance() for _ in range(4)]
        self._repeats, self._repeats_zero, self._short = Chance(), Chance(), Chance()
        self._repeat = {16: TreeModel(2), 17: TreeModel(3), 18: TreeModel(7)}

    def code(
        self, coder: Coder, literals: Sequence[int], distances: Sequence[int], joint: bool, given: Trees
    ) -> Trees:
        """A block's trees; zlib's lengths for `literals` and `distances` are expected."""
        trees = Trees()
        trees.literal_lengths = self._literal_lengths.code(coder, literals, given.literal_lengths)
        trees.distance_lengths = self._distance_lengths.code(coder, distances, given.distance_lengths)
        fewest = (max(257, used(trees.literal_lengths)), max(1, used(trees.distance_lengths)))
        trees.literals = self._literals.code(coder, fewest[0], 257, given.literals)
        trees.distances = self._distances.code(coder, fewest[1], 1, given.distances)
        if not (
            fewest[0] <= trees.literals <= LITERAL_CODES and fewest[1] <= trees.distances <= DISTANCE_CODES
        ):
            raise corrupt("a deflate block counts its Huffman codes wrongly")
        self._code_runs(coder, joint, trees, given.runs)
        self._code_length_lengths(coder, trees, given)
        return trees

    def _code_runs(self, coder: Coder, joint: bool, trees: Trees, given: Sequence[Run]) -> None:
        lengths = trees.literal_lengths[: trees.literals] + trees.distance_lengths[: trees.distances]
        at = 0
        while at < len(lengths):
            first = joint or at < trees.literals
            start = 0 if first else trees.literals
            end = trees.literals if first and not joint else len(lengths)
            expected = expect_run(lengths, at, start, end)
            run = Run(0, 0) if coder.decodes else given[len(trees.runs)]
            chance = self._run_hit[3 if expected.symbol < 16 else expected.symbol - 16]
            run = expected if coder.code(chance, run == expected) else self._code_run(coder, lengths[at], run)
            _check_run(lengths, at, run)
            trees.runs.append(run)
            at += run.repeat

    def _code_run(self, coder: Coder, length: int, run: Run) -> Run:
        """A run that is not the expected one."""
        if not coder.code(self._repeats, run.symbol >= 16):
            return Run(length, 1)
        if length != 0 or coder.code(self._repeats_zero, run.symbol == 16):
            return Run(16, 3 + self._repeat[16].code(coder, run.repeat - 3))
        if coder.code(self._short, run.symbol == 17):
            return Run(17, 3 + self._repeat[17].code(coder, run.repeat - 3))
        return Run(18, 11 + self._repeat[18].code(coder, run.repeat - 11))

    def _code_length_lengths(self, coder: Coder, trees: Trees, given: Trees) -> None:
        frequencies = [0] * LENGTH_CODES
        for run in trees.runs:
            frequencies[run.symbol] += 1
        expected = build_lengths(frequencies, 7)
        trees.length_lengths = self._length_lengths.code(coder, expected, given.length_lengths)
        fewest = needed(trees.length_lengths)
        trees.lengths = self._lengths.code(coder, fewest, 4, given.lengths)
        if not fewest <= trees.lengths <= LENGTH_CODES:
            raise corrupt("a deflate block counts the codes of its code lengths wrongly")
        if max(trees.length_lengths) > 7:
            raise corrupt("a code of code lengths in a deflate block is longer than any may be")


def _check_run(lengths: Sequence[int], at: int, run: Run) -> None:
    """Whether a run stands for the lengths there."""
    fits = at + run.repeat <= len(lengths) and (run.symbol != 16 or at > 0)
    if fits:
        wanted = run.symbol if run.symbol < 16 else lengths[at - 1] if run.symbol == 16 else 0
        fits = all(length == wanted for length in lengths[at : at + run.repeat])
    if not fits:
        raise corrupt("a deflate block's header does not spell its Huffman codes")
