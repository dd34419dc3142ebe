"""Bytes beside a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.stray import Stray, joined, pack, unpack, weave


@given(st.lists(st.tuples(st.integers(0, 300), st.binary(min_size=1, max_size=5)), max_size=9))
def test_strays_survive_their_part(parts: list[tuple[int, bytes]]) -> None:
    strays = joined(parts)
    assert list(unpack(pack(strays))) == strays
    assert b"".join(stray.raw for stray in strays) == b"".join(raw for _, raw in parts)
    assert all(stray.gap for stray in strays[1:])


def test_text_and_strays_are_woven_in_order() -> None:
    strays = [Stray(2, b"\xff"), Stray(0, b"\xfe"), Stray(3, b"\xfd")]
    assert list(weave("abcdefg", strays, 2)) == ["ab", b"\xff", b"\xfe", "cd", "e", b"\xfd", "fg"]


def test_a_stray_behind_the_end_is_refused() -> None:
    with pytest.raises(CorruptArchive, match="behind its end"):
        list(weave("abc", [Stray(2, b"x"), Stray(2, b"y")], 10))
