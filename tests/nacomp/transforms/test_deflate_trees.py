"""Code lengths and headers: zlib's own are the judge."""

import random

import pytest

from nacomp.transforms.deflate_blocks import BlockKind
from nacomp.transforms.deflate_stream import PlacedBlock, take_apart
from nacomp.transforms.deflate_tables import LITERAL, distance_index, length_index, width
from nacomp.transforms.deflate_trees import (
    Frequencies,
    Run,
    build_lengths,
    expect_fixed,
    expect_run,
    needed,
    used,
)
from tests.nacomp.transforms.deflate_samples import text, zlib_stream


def fibonacci_text() -> bytes:
    """Bytes so unevenly frequent that Huffman's lengths exceed 15 bits."""
    counts = [1, 1]
    while sum(counts) < 15_000:
        counts.append(counts[-1] + counts[-2])
    out = bytearray(b"".join(bytes([byte]) * count for byte, count in enumerate(counts)))
    random.Random(0).shuffle(out)
    return bytes(out)


def frequencies_of(block: PlacedBlock, data: bytes) -> Frequencies:
    counted, at = Frequencies(), block.start
    for token in block.tokens:
        if token == LITERAL:
            counted.literals[data[at]] += 1
        else:
            counted.literals[257 + length_index(token.length)] += 1
            counted.distances[distance_index(token.distance)] += 1
        at += width(token)
    return counted


@pytest.mark.parametrize(
    ("content", "strategy"),
    [
        (text(60_000), 0),
        (fibonacci_text(), 2),
        (text(300), 0),
        (random.Random(3).randbytes(900) * 2, 0),
        (b"a" * 3000, 0),
    ],
)
def test_lengths_runs_and_kinds_are_those_of_zlib(content: bytes, strategy: int) -> None:
    stream = take_apart(zlib_stream(content, 6, strategy=strategy), 0, b"", 1 << 20, 1 << 20)
    for block in stream.blocks:
        frequencies = frequencies_of(block, content)
        literals, distances = (
            build_lengths(frequencies.literals, 15),
            build_lengths(frequencies.distances, 15),
        )
        assert expect_fixed(frequencies, literals, distances) == (block.kind is BlockKind.FIXED)
        if block.kind is not BlockKind.DYNAMIC:
            continue
        trees = block.trees
        assert (literals, distances) == (trees.literal_lengths, trees.distance_lengths)
        assert (max(257, used(literals)), used(distances)) == (trees.literals, trees.distances)
        runs: list[Run] = []
        for lengths, count in ((literals, trees.literals), (distances, trees.distances)):
            at = 0
            while at < count:
                runs.append(expect_run(lengths, at, 0, count))
                at += runs[-1].repeat
        assert runs == trees.runs
        of_runs = build_lengths([sum(run.symbol == symbol for run in runs) for symbol in range(19)], 7)
        assert of_runs == trees.length_lengths
        assert needed(of_runs) == trees.lengths


def test_the_longest_length_is_kept() -> None:
    lengths = build_lengths([1 << i for i in range(19)], 7)
    assert max(lengths) == 7
    assert sum(1 << (7 - length) for length in lengths) == 1 << 7


@pytest.mark.parametrize(
    ("frequencies", "lengths"),
    [
        ([0] * 4, [1, 1, 0, 0]),
        ([5, 0, 0, 0], [1, 1, 0, 0]),
        ([0, 5, 0, 0], [0, 1, 1, 0]),
        ([0, 0, 0, 5], [1, 0, 0, 1]),
    ],
)
def test_two_symbols_at_least(frequencies: list[int], lengths: list[int]) -> None:
    assert build_lengths(frequencies, 15) == lengths


def test_runs() -> None:
    zeros = [0] * 140
    assert expect_run(zeros, 0, 0, 140) == (18, 138)
    assert expect_run(zeros, 138, 0, 140) == (0, 1)
    assert expect_run(zeros, 130, 0, 140) == (17, 10)
    assert expect_run([5] * 9, 0, 0, 9) == (5, 1)
    assert expect_run([5] * 9, 1, 0, 9) == (16, 6)
    assert expect_run([5] * 9, 7, 0, 9) == (5, 1)
    assert expect_run([5] * 9, 4, 4, 9) == (5, 1)
