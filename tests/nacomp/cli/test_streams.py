"""Data and messages: a stream that carries data carries nothing else, whatever the command and however it ends."""

import json
from pathlib import Path

import pytest

import nacomp as library
from tests.nacomp.workbench import nacomp

TEXT = b"a small text that is told on one stream and reported on another\n" * 9


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a text and its archive."""
    (tmp_path / "a").write_bytes(TEXT)
    (tmp_path / "a.nac").write_bytes(library.compress(TEXT, level="fast"))
    return tmp_path


def events(text: str) -> list[str]:
    """The kinds of the lines; every line has to be one."""
    return [json.loads(line)["event"] for line in text.splitlines()]


PACKED = [
    ["compress", "-c", "--json", "a"],
    ["compress", "-o", "-", "--json", "a"],
    ["compress", "--json", "-"],
    ["compress", "-c", "--json", "--verify", "a"],
    ["c", "-c", "--json", "a", "a.nac"],
]


@pytest.mark.parametrize("line", PACKED, ids=" ".join)
def test_archive_on_standard_output_with_lines(line: list[str], here: Path) -> None:
    done = nacomp(*line, "--level", "fast", stdin=TEXT, cwd=here)
    assert done.code == 0
    (here / "back.nac").write_bytes(done.out)
    with library.open(here / "back.nac") as archive:
        assert archive.read(archive.entries[0].path) == TEXT
    assert events(done.err)[-1] == "result"


@pytest.mark.parametrize(
    "line",
    [
        ["decompress", "-c", "--json", "a.nac"],
        ["decompress", "-o", "-", "--json", "a.nac"],
        ["d", "--json", "-"],
        ["cat", "--json", "a.nac"],
        ["cat", "--json", "a.nac", "data"],
    ],
    ids=" ".join,
)
def test_content_on_standard_output_with_lines(line: list[str], here: Path) -> None:
    done = nacomp(*line, stdin=(here / "a.nac").read_bytes() if "-" in line else b"", cwd=here)
    assert (done.code, done.out) == (0, TEXT)
    assert "progress" in events(done.err)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (2, ["compress", "-c", "--json", "--rm", "a"]),
        (2, ["compress", "-c", "--json", "--recovery", "5", "a"]),
        (5, ["compress", "-c", "--json", "nothing"]),
        (4, ["compress", "-c", "--json", "--password", "a"]),
        (3, ["decompress", "-c", "--json", "a"]),
        (5, ["decompress", "-c", "--json", "nothing"]),
        (2, ["decompress", "-c", "--json", "--salvage", "a.nac"]),
        (1, ["cat", "--json", "a.nac", "nothing"]),
        (5, ["cat", "--json", "nothing"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_failures_beside_data(code: int, line: list[str], here: Path) -> None:
    """Also those that come before the first byte: whoever reads the stream takes all of it for data."""
    done = nacomp(*line, cwd=here)
    assert (done.code, done.out) == (code, b"")
    assert events(done.err)[-1] == "error"


def test_lines_go_to_standard_output_where_there_is_no_data(here: Path) -> None:
    done = nacomp("compress", "--json", "a", "-o", "b.nac", "--level", "fast", cwd=here)
    assert (done.code, done.err) == (0, "")
    assert events(done.out.decode())[-1] == "result"
