"""Segments cover the input, and text and binary end up on their own paths."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.archive.segments import GAPS, MIN_TEXT, Segment, SegmentKind, _text_runs, cut_blocks, split

TEXT, BINARY = SegmentKind.TEXT, SegmentKind.BINARY
PROSE = "The quick brown fox, naïve as ever, jumps over the lazy dog; 漢字も。\r\n\tTabs too.\n".encode() * 20
NOISE = bytes(b | 0x80 for b in random.Random(1).randbytes(2000))


def kinds(data: bytes) -> list[SegmentKind]:
    return [segment.kind for segment in split(data)]


def check_cover(data: bytes) -> list[Segment]:
    segments = split(data)
    assert [s.start for s in segments] == [0, *(s.end for s in segments)][: len(segments)]
    assert (segments[-1].end if segments else 0) == len(data)
    assert all(s.start < s.end for s in segments)
    assert all(a.kind is not b.kind for a, b in pairwise(segments))
    return segments


PARTS = st.sampled_from(
    [b"\x00", b"\xff", b"a", "é".encode(), "👩".encode(), b"\xe9", b"\n", PROSE, NOISE, b" " * 300]
)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.lists(PARTS, max_size=12).map(b"".join))
def test_segments_cover_the_input_and_alternate(data: bytes) -> None:
    check_cover(data)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 127) | st.sampled_from(b" \n~\x7f"), max_size=40).map(bytes)
    | st.text().map(str.encode)
)
def test_what_is_told_without_arrays_is_what_they_tell(data: bytes) -> None:
    starts, ends = _text_runs(data)
    told = [(segment.start, segment.end) for segment in split(data) if segment.kind is TEXT]
    assert told == list(zip(starts.tolist(), ends.tolist(), strict=True))


@pytest.mark.parametrize("size", [1, 9, 200, 5000])
def test_plain_text_of_any_size_is_one_segment(size: int) -> None:
    assert split((b"a note\tof a line\r\n" * size)[:size]) == [Segment(TEXT, 0, size)]


@pytest.mark.parametrize(
    "text",
    [
        b"a",
        "é".encode(),
        "漢字かな 한국어 हिन्दी العربية עברית ไทย 🏽\U0010ffff".encode(),
        b"\xef\xbb\xbfwith a mark",
        b"one\r\ntwo\x0c\x1b[1mbold\x1b[0m b\x08b",
        PROSE * 2000,
    ],
)
def test_text_of_any_length_and_script_is_one_segment(text: bytes) -> None:
    assert split(text) == [Segment(TEXT, 0, len(text))]


@pytest.mark.parametrize(
    "data", [b"\x00", b"\xff\xfe", bytes(5000), NOISE, "wide text ".encode("utf-16") * 500]
)
def test_binary_is_one_segment(data: bytes) -> None:
    assert split(data) == [Segment(BINARY, 0, len(data))]


def test_no_bytes_no_segments() -> None:
    assert split(b"") == []


def test_text_inside_binary_is_found_to_the_byte() -> None:
    data = bytes(3000) + PROSE + bytes(3000)
    assert split(data)[1] == Segment(TEXT, 3000, 3000 + len(PROSE))
    assert kinds(data) == [BINARY, TEXT, BINARY]


@pytest.mark.parametrize(
    ("length", "expected"), [(MIN_TEXT - 1, [BINARY]), (MIN_TEXT, [BINARY, TEXT, BINARY])]
)
def test_short_text_inside_binary_is_demoted(length: int, expected: list[SegmentKind]) -> None:
    assert kinds(bytes(500) + b"x" * length + bytes(500)) == expected


@pytest.mark.parametrize(("gap", "expected"), [(GAPS[0], [TEXT]), (GAPS[0] + 1, [TEXT, BINARY, TEXT])])
def test_small_gaps_are_bridged(gap: int, expected: list[SegmentKind]) -> None:
    assert kinds(PROSE + bytes(gap) + PROSE) == expected


def test_small_bits_of_binary_at_the_ends_join_the_text() -> None:
    assert kinds(b"\x00\x01" + PROSE + b"\x1a\x00") == [TEXT]


def test_an_old_encoding_is_text() -> None:
    assert kinds(
        "Il était une fois, dans un village lointain, un meunier et son fils aîné.\n".encode("latin-1") * 100
    ) == [TEXT]


def test_a_sparse_mixture_is_binary() -> None:
    assert kinds(b"ab\x00\x01\x02" * 2000) == [BINARY]


def test_dense_text_beside_a_sparse_mixture_is_kept() -> None:
    mixture = b"abc\x00\x01\x02\x03" * 300
    assert [s.kind for s in check_cover(mixture + PROSE * 3 + mixture)] == [BINARY, TEXT, BINARY]


@pytest.mark.parametrize(
    "broken", ["c080", "e08080", "eda080", "f0808080", "f4908080", "f8888080", "c3", "e697"]
)
def test_invalid_utf8_is_not_text(broken: str) -> None:
    """Each of these, repeated, is no text; a validator that let one through would call it so."""
    assert kinds(bytes.fromhex(broken) * 400) == [BINARY]


def test_sequences_across_the_classifier_chunks_are_whole() -> None:
    for shift in range(4):
        data = b"a" * shift + "👩".encode() * (300_000)
        assert split(data) == [Segment(TEXT, 0, len(data))]


@settings(deadline=None)
@given(st.lists(st.sampled_from([1, 5, 90, 700]), max_size=12), st.integers(4, 900), st.booleans())
def test_blocks_hold_every_range_in_order(lengths: list[int], block_bytes: int, lines: bool) -> None:
    filler = "漢字 and more 👩\n" if lines else "漢字👩"
    text = (filler * 900).encode()
    ranges, at = [], 0
    for length in lengths:
        ranges.append((at, at + length))
        at += length + 3
    blocks = list(cut_blocks(text, ranges, block_bytes))
    assert b"".join(text[s:e] for s, e in ranges) == b"".join(text[s:e] for block in blocks for s, e in block)
    assert all(0 < sum(e - s for s, e in block) <= block_bytes for block in blocks)
    assert all(s < e for block in blocks for s, e in block)


def test_blocks_are_even_and_end_at_line_ends() -> None:
    blocks = list(cut_blocks(PROSE * 100, [(0, len(PROSE) * 100)], len(PROSE) * 60))
    sizes = [sum(e - s for s, e in block) for block in blocks]
    assert len(blocks) == 2
    assert max(sizes) - min(sizes) < 200
    assert (PROSE * 100)[blocks[0][-1][1] - 1 :][:1] == b"\n"


def test_blocks_without_line_ends_do_not_split_characters() -> None:
    text = "漢".encode() * 1000
    for block in cut_blocks(text, [(0, len(text))], 100):
        "".join(text[s:e].decode() for s, e in block)
