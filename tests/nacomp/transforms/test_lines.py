"""Runs in lines of one length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.varint import Cursor
from nacomp.transforms.lines import Lines, characters, end_of_run, lines_after, unpacked


@given(
    st.text("abc", min_size=1, max_size=60),
    st.integers(1, 20),
    st.sampled_from([b"\n", b"\r\n", b"\n\t", b"\\n", b"\\r\\n"]),
)
def test_lines_are_seen_as_they_were_written(text: str, length: int, between: bytes) -> None:
    lines = Lines(length, between)
    run = lines.written(text.encode())
    assert len(run) == len(text) + lines.breaks(len(text)) * len(between)
    assert lines.without(run) == text.encode()
    if lines.breaks(len(text)):
        assert lines_after(run, 0, length) == lines
        assert end_of_run(run + b"\n", 0, length, b"a-c") == len(run)
        assert characters(0, len(run), lines) == len(text)


def test_one_line_has_nothing_between() -> None:
    assert lines_after(b"abc", 0, 3) == Lines(0, b"")
    assert Lines(0, b"").written(b"abc") == Lines(0, b"").without(b"abc") == b"abc"
    assert Lines(0, b"").breaks(100) == Lines(5, b"\n").breaks(0) == 0


def test_lines_survive_the_parameters() -> None:
    lines = Lines(200, b"\r\n\t")
    assert unpacked("some", Cursor(lines.packed())) == lines
    with pytest.raises(CorruptArchive, match="kind some"):
        unpacked("some", Cursor(b"\x05"))
