"""UTF-16 and UTF-32 become UTF-8 and the same bytes again."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import utf

TEXTS = {
    "english": "The quick brown fox jumps over the lazy dog.\r\n" * 4,
    "russian": "Съешь же ещё этих мягких французских булок, да выпей чаю.\n" * 4,
    "chinese": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。\n" * 6,
    "emoji": "Fine 👍🏽 and 😀 – thanks! " * 8,
}


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "marked"])
@pytest.mark.parametrize("form", utf.FORMS)
@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_found_and_comes_back(language: str, form: str, mark: str) -> None:
    text = mark + TEXTS[language]
    data = text.encode(form)
    view = utf.open_view(data)
    assert view is not None
    assert view.parts == (text.encode(),)
    assert utf.close_view(view.parameters, view.parts, len(data)) == data


@pytest.mark.parametrize("odd", ["\x1a", "\x1b[1m", "\x00", "\x07"])
def test_a_rare_control_character_leaves_it_a_text(odd: str) -> None:
    """Old texts end in one, and logs have colours."""
    data = (TEXTS["english"] * 8 + odd).encode("utf-16-le")
    assert utf.open_view(data) is not None


def test_lone_surrogates_and_a_cut_end_stand_beside_the_text() -> None:
    data = ("x " * 150 + " ").encode("utf-16-le")
    data = data[:100] + b"\x00\xd8" + data[100:200] + b"\x00\xdc" + data[200:] + b"a"
    view = utf.open_view(data)
    assert view is not None
    assert view.parts == (b"x " * 150 + b" ", b"\x32\x02\x00\xd8\x32\x02\x00\xdc\xc9\x01\x01a")
    assert utf.close_view(view.parameters, view.parts, len(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TEXTS["russian"].encode(),
        TEXTS["english"].encode(),
        struct.pack("<500h", *(i * 37 % 9000 - 4500 for i in range(500))),
        struct.pack("<500i", *range(500)),
        struct.pack("<500f", *(i / 7 for i in range(500))),
        bytes(1000),
    ],
    ids=["empty", "utf-8", "ascii", "samples", "numbers", "floats", "zeros"],
)
def test_nothing_to_open(data: bytes) -> None:
    assert utf.open_view(data) is None


def test_too_many_strays_are_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utf, "MOST_STRAYS", 3)
    piece = ("Words and spaces, " * 20).encode("utf-16-le") + b"\x00\xd8"
    assert utf.open_view(piece * 3) is not None
    assert utf.open_view(piece * 4) is None


@given(st.binary(max_size=2), st.lists(st.binary(max_size=60), max_size=3))
def test_hostile_views_are_refused(parameters: bytes, parts: list[bytes]) -> None:
    with contextlib.suppress(CorruptArchive):
        assert len(utf.close_view(parameters, parts, 100)) <= 100


@given(
    st.text(max_size=400).map(lambda text: text.encode("utf-16-le", "surrogatepass")), st.binary(max_size=1)
)
def test_any_units_come_back_or_are_refused(data: bytes, tail: bytes) -> None:
    view = utf.open_view(data + tail)
    assert view is None or utf.close_view(view.parameters, view.parts, len(data) + 1) == data + tail
