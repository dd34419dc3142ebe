"""Runs of base64 are found, become what they spell, and come back."""

import base64
import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import base64 as view_of_base64
from nacomp.transforms.base64 import close_view, open_view
from nacomp.transforms.sites import Kind, sites

NOISE = bytes((i * i * 7 + i * 31 + (i >> 3)) & 0xFF for i in range(3000))


def find_runs(data: bytes) -> list[tuple[int, int]]:
    return [(site.start, site.end) for site in sites(data) if site.kind is Kind.BASE64]


def mime(data: bytes) -> bytes:
    return base64.encodebytes(data)[:-1]


def lines(data: bytes, length: int, between: bytes) -> bytes:
    text = base64.b64encode(data)
    return between.join(text[at : at + length] for at in range(0, len(text), length))


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "one line": base64.b64encode,
    "mime": mime,
    "mime, crlf": lambda data: mime(data).replace(b"\n", b"\r\n"),
    "pem": lambda data: lines(data, 64, b"\n"),
    "indented": lambda data: lines(data, 60, b"\r\n\t\t"),
    "json string": lambda data: json.dumps(mime(data).decode())[1:-1].encode(),
    "no padding": lambda data: base64.b64encode(data).rstrip(b"="),
    "for addresses": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
}


@pytest.mark.parametrize("size", [150, 1000, 1001, 1002, 3000])
@pytest.mark.parametrize("name", SPELLINGS)
def test_a_run_is_found_in_a_text_and_comes_back(name: str, size: int) -> None:
    run = SPELLINGS[name](NOISE[:size])
    text = b'Content of "a/b-c": <' + run + b">\nand an end with some more words.\n"
    assert [text[start:end] for start, end in find_runs(text)] == [run]
    view = open_view(run)
    assert view is not None
    assert view.parts == (NOISE[:size],)
    assert len(view.parameters) <= 20
    assert close_view(view.parameters, view.parts, len(run)) == run


def test_several_runs_of_one_text() -> None:
    first, second = mime(NOISE[:800]), base64.b64encode(NOISE[800:1500])
    text = b"-----BEGIN-----\n" + first + b"\n-----END-----\ndata:image/png;base64," + second + b")\n"
    assert [text[start:end] for start, end in find_runs(text)] == [first, second]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        NOISE,
        NOISE.hex().encode(),
        b"ACGTTGCAAGCT" * 100,
        b"-" * 500,
        b"Words of a text, none of them long. " * 50,
        b"aVeryLongNameInCamelCaseThatSomebodyFoundReasonableInTheirOwnProgram " * 9,
    ],
    ids=["empty", "noise", "hex", "dna", "rule", "words", "names"],
)
def test_nothing_to_find(data: bytes) -> None:
    assert find_runs(data) == []
    assert open_view(data) is None


@pytest.mark.parametrize(
    "run",
    [
        mime(NOISE) + b"\n",
        mime(NOISE)[:200] + b"\n" + mime(NOISE)[200:],
        base64.b64encode(NOISE)[:-1],
        base64.b64encode(NOISE).replace(b"A", b"-", 1),
    ],
    ids=["line end behind", "odd line", "cut", "two alphabets"],
)
def test_an_irregular_run_is_left_or_comes_back(run: bytes) -> None:
    view = open_view(run)
    assert view is None or close_view(view.parameters, view.parts, len(run)) == run


def test_bits_that_stand_for_nothing_come_back() -> None:
    run = base64.b64encode(NOISE[:1000]).rstrip(b"=")
    symbols = view_of_base64._ALPHABET
    odd = run[:-1] + symbols[symbols.index(run[-1:]) + 5 :][:1]
    view = open_view(odd)
    assert view is not None
    assert (view.parts, view.parameters[0] >> 3) == ((NOISE[:1000],), 5)


@given(st.text("AZaz09+/=-_\n\r\\ ", max_size=400))
def test_anything_like_base64_comes_back_or_is_refused(text: str) -> None:
    data = mime(NOISE[:150]) + text.encode()
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
        (b"", (b"a",), "flags"),
        (b"\x80\x00", (b"a",), "flags"),
        (b"\x00", (b"a",), "ends inside a number"),
        (b"\x00\x00", (), "0 parts"),
        (b"\x02\x00", (b"a",), "padding, expected 0 or 2"),
        (b"\x08\x00", (b"abc",), "spare bits"),
        (b"\x00\x04", (b"abc",), "0 bytes between"),
        (b"\x00\x00\n", (b"abc",), "lines of 0"),
        (b"\x00\x01" + b"\n" * 17, (b"abc",), "17 bytes between"),
        (b"\x00\x01" + b"\n" * 16, (b"a" * 30,), "664 bytes, expected at most 100"),
    ],
)
def test_nonsense_is_refused(parameters: bytes, parts: tuple[bytes, ...], reason: str) -> None:
    with pytest.raises(CorruptArchive, match=reason):
        close_view(parameters, parts, 100)
