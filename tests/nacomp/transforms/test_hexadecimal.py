"""Runs of hexadecimal digits are found, become what they spell, and come back."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.hexadecimal import close_view, open_view
from nacomp.transforms.sites import Kind, sites

NOISE = bytes((i * i * 7 + i * 31 + (i >> 3)) & 0xFF for i in range(1500))


def find_runs(data: bytes) -> list[tuple[int, int]]:
    return [(site.start, site.end) for site in sites(data) if site.kind is Kind.HEXADECIMAL]


def lines(digits: str, length: int, between: str) -> bytes:
    return between.join(digits[at : at + length] for at in range(0, len(digits), length)).encode()


SPELLINGS = {
    "one line": NOISE.hex().encode(),
    "capitals": NOISE.hex().upper().encode(),
    "lines of rtf": lines(NOISE.hex(), 128, "\r\n"),
    "indented": lines(NOISE.hex(), 60, "\n  "),
    "last line full": lines(NOISE[:1280].hex(), 64, "\n"),
    "a text": ("The words of a text, spelled. " * 9).encode().hex().encode(),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_run_is_found_and_comes_back(name: str) -> None:
    run = SPELLINGS[name]
    text = rb"{\pict\pngblip " + run + b"}\nand so on.\n"
    assert [text[start:end] for start, end in find_runs(text)] == [run]
    view = open_view(run)
    assert view is not None
    assert view.parts == (bytes.fromhex(run.decode()),)
    assert close_view(view.parameters, view.parts, len(run)) == run


def test_an_odd_digit_stays_outside() -> None:
    assert find_runs(NOISE.hex().encode() + b"f ") == [(0, 3000)]


@pytest.mark.parametrize(
    "data",
    [b"", NOISE, b"0123456789" * 100, NOISE[:64].hex().encode(), b"words and no digits at all, " * 30],
    ids=["empty", "noise", "decimal", "a hash", "words"],
)
def test_nothing_to_find(data: bytes) -> None:
    assert find_runs(data) == []


@given(st.text("0189afAF\n\r ", max_size=300))
def test_anything_like_it_comes_back_or_is_refused(text: str) -> None:
    data = NOISE[:150].hex().encode() + text.encode()
    for start, end in [*find_runs(data), (0, len(data))]:
        view = open_view(data[start:end])
        assert view is None or close_view(view.parameters, view.parts, end - start) == data[start:end]


@given(st.binary(max_size=12), st.lists(st.binary(max_size=80), max_size=2))
def test_hostile_views_are_refused(parameters: bytes, parts: list[bytes]) -> None:
    with contextlib.suppress(CorruptArchive):
        assert len(close_view(parameters, parts, 100)) <= 100


@pytest.mark.parametrize(
    ("parameters", "parts", "reason"),
    [
        (b"", (b"a",), "parameters"),
        (b"\x02\x00", (b"a",), "parameters"),
        (b"\x00\x00", (), "0 parts"),
        (b"\x00\x00\n", (b"a",), "lines of 0"),
        (b"\x00\x00", (b"a" * 51,), "102 bytes, expected at most 100"),
        (b"\x00\x01" + b"\n" * 16, (b"a" * 30,), "1,004 bytes"),
    ],
)
def test_nonsense_is_refused(parameters: bytes, parts: tuple[bytes, ...], reason: str) -> None:
    with pytest.raises(CorruptArchive, match=reason):
        close_view(parameters, parts, 100)
