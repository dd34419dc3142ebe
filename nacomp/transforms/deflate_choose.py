"""Which parameters describe a stream in the fewest bytes; only the side that opens streams asks.

Every level of zlib is tried on the first 64 KiB and on 64 KiB in the middle, given up as soon as it costs more than the best
one so far. Where none fits, settings that reach farther than zlib's are tried, too.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from nacomp.formats.records import dataclass
from nacomp.transforms.deflate_blocks import BlockEnd, BlockKind
from nacomp.transforms.deflate_coder import DecisionEncoder
from nacomp.transforms.deflate_parameters import Parameters, Search
from nacomp.transforms.deflate_stream import PlacedBlock, Stream
from nacomp.transforms.deflate_tables import LONGEST, WINDOW, Token, width
from nacomp.transforms.deflate_tokens import TokenModel

_SAMPLE = 1 << 16
_PERFECT = 6
"""Bytes for a sample of which nothing is unexpected: no need to look further."""
_NO_COST = 1 << 62


@dataclass
class _Facts:
    """What can be seen without trying."""

    copies: int = 0
    shortest: int = LONGEST
    farthest: int = 0
    runs_only: bool = True
    from_start: bool = False
    capacity: int = 0


def choose_parameters(stream: Stream) -> Parameters:
    """For the stream as a whole."""
    facts = _facts_of(stream)
    content = len(stream.data) - stream.dictionary
    parameters = _settle_blocks(stream, Parameters(capacity=facts.capacity))
    choice = _Choice(stream)
    if facts.copies == 0:
        choice.consider(replace(parameters, search=Search.LITERALS))
    elif facts.runs_only:
        choice.consider(replace(parameters, search=Search.RUNS))
    if not facts.from_start and facts.farthest <= WINDOW - 262:
        _try_zlib(choice, parameters, facts, content)
    # One byte for 512 of content is what a stream of zlib's hardly ever costs.
    usual = 16 + min(content, 2 * _SAMPLE) // 512
    if choice.cost <= 2 * usual:
        _try_hashes(choice)
    if choice.cost > usual:
        _try_others(choice, parameters)
        choice.consider(replace(choice.best, rough=True))
    return choice.best


class _Choice:
    """The best of what was considered."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.cost = _NO_COST
        self.best = Parameters()

    def consider(self, parameters: Parameters) -> None:
        if self.cost <= _PERFECT:
            return
        cost = _cost_of(self._stream, parameters, self.cost)
        if cost < self.cost:
            self.cost, self.best = cost, parameters


def _try_zlib(choice: _Choice, parameters: Parameters, facts: _Facts, content: int) -> None:
    fits = 9
    while fits < 15 and (1 << fits) - 262 < facts.farthest:
        fits += 1
    windows = [fits, 15] if fits < 15 and content > (1 << fits) - 262 else [15]
    # Blocks of zlib's smaller memory levels tell the hash; GNU gzip has those of level 9 and the usual hash.
    told = [m + 7 for m in range(1, 8) if parameters.capacity == (1 << (m + 6)) - 1]
    hashes = [*told, 15, *([16] if parameters.capacity == 32767 else [])]
    parameters = replace(parameters, filtered=facts.copies > 0 and facts.shortest > 5)
    for window in windows:
        for hash_bits in hashes:
            for level in (6, 9, 1, 5, 8, 7, 4, 3, 2):
                settings = replace(parameters, window_bits=window, hash_bits=hash_bits)
                choice.consider(settings.at_level(level))


def _try_hashes(choice: _Choice) -> None:
    """The hash decides which places a short chain holds, so a wrong guess costs a little: if blocks do not tell, others."""
    for hash_bits in (16, 14, 13, 12, 11, 10, 9, 8):
        choice.consider(replace(choice.best, hash_bits=hash_bits))


def _try_others(choice: _Choice, parameters: Parameters) -> None:
    parameters = replace(parameters, from_start=True)
    for level in (6, 9, 1):
        choice.consider(parameters.at_level(level))
    choice.consider(
        replace(parameters, search=Search.GREEDY, good=LONGEST, lazy=LONGEST, nice=LONGEST, chain=256)
    )


def _each_token(block: PlacedBlock) -> Iterator[tuple[int, Token]]:
    at = block.start
    for token in block.tokens:
        yield at, token
        at += width(token)


def _tokens_between(stream: Stream, start: int, end: int) -> Iterator[tuple[int, Token]]:
    for block in stream.blocks:
        if block.start + block.length <= start:
            continue
        for at, token in _each_token(block):
            if at >= end:
                return
            if at >= start:
                yield at, token


def _facts_of(stream: Stream) -> _Facts:
    facts = _Facts()
    counts: Counter[int] = Counter()
    for block in stream.blocks:
        for at, (length, distance) in _each_token(block):
            if length > 1:
                facts.copies += 1
                facts.shortest = min(facts.shortest, length)
                facts.farthest = max(facts.farthest, distance)
                facts.runs_only &= distance == 1
                facts.from_start |= distance == at
        if block is not stream.blocks[-1] and block.kind is not BlockKind.STORED:
            counts[len(block.tokens)] += 1
    # The count that most blocks have; where there is but one block, zlib's usual one.
    most = max(counts, key=lambda tokens: (counts[tokens], tokens), default=0)
    last = len(stream.blocks[-1].tokens)
    facts.capacity = most or next((usual for usual in (16383, 32767) if last <= usual), last)
    return facts


def _cost_of(stream: Stream, parameters: Parameters, worst: int) -> int:
    """Bytes for the samples, or more than `worst` as soon as it is clear that there will be."""
    start, end = stream.dictionary, len(stream.data)
    first = _cost_of_part(stream, parameters, start, min(start + _SAMPLE, end), worst)
    if first > worst or end - start <= 4 * _SAMPLE:
        return first
    middle = start + (end - start) // 2
    return first + _cost_of_part(stream, parameters, middle, middle + _SAMPLE, worst - first)


def _cost_of_part(stream: Stream, parameters: Parameters, start: int, end: int, worst: int) -> int:
    model, coder = TokenModel(bytes(stream.data), parameters), DecisionEncoder()
    before = max(0, start - WINDOW)
    model.skip_to(before)
    for at, token in _tokens_between(stream, before, start):
        model.learn(at, token)
    for at, token in _tokens_between(stream, start, end):
        model.code(coder, at, token)
        if coder.size > worst:
            return coder.size
    return len(coder.finish())


def _settle_blocks(stream: Stream, parameters: Parameters) -> Parameters:
    """Block ends, and the runs of code lengths."""
    gzip = replace(parameters, truncates=True, capacity=32767)
    if _irregular(stream, gzip) < _irregular(stream, parameters):
        parameters = gzip
    joint = any(_crosses(block) for block in stream.blocks)
    return replace(parameters, joint=joint)


def _crosses(block: PlacedBlock) -> bool:
    """Whether a run of code lengths goes on from literals into distances."""
    at = 0
    for run in block.trees.runs:
        if at < block.trees.literals < at + run.repeat:
            return True
        at += run.repeat
    return False


def _irregular(stream: Stream, parameters: Parameters) -> int:
    """How many blocks do not end as the rule says."""
    count = 0
    for block in stream.blocks:
        if block.kind is BlockKind.STORED:
            continue
        end = BlockEnd(parameters, block.start)
        ended = [end.after(at, token) for at, token in _each_token(block)]
        goes_on = block.start + block.length < len(stream.data)
        count += any(ended[:-1]) or not (any(ended) or not goes_on)
    return count
