"""`nacomp cat`: entries to standard output."""

import os
from pathlib import Path

import pytest

from nacomp.models.library.store import Store
from tests.nacomp.workbench import TINY, nacomp, refused


def test_select_an_entry_that_is_not_there(archive: Path) -> None:
    assert "no entry nothing" in refused(1, "cat", archive, "nothing")


def test_bytes_of_an_entry(text: Path, archive: Path) -> None:
    assert nacomp("cat", archive, "text.txt").out == nacomp("cat", archive).out == text.read_bytes()


def test_an_entry_that_looks_like_an_option(tmp_path: Path, tiny_model: Path) -> None:
    """The window's preview of an entry called `--help` showed the help."""
    Store().add(tiny_model)
    (tmp_path / "--help").write_bytes(b"content")
    done = nacomp("compress", "-o", "a.nac", "--model", TINY, "--", "--help", cwd=tmp_path)
    assert done.code == 0, done.err
    assert nacomp("cat", "--", "a.nac", "--help", cwd=tmp_path).out == b"content"


@pytest.mark.skipif(os.name == "nt", reason="links take a right there")
@pytest.mark.parametrize(
    "command", [["cat", "a.nac", "top/link"], ["decompress", "-c", "a.nac", "-s", "top/link"]]
)
def test_a_link_has_no_bytes(command: list[str], tmp_path: Path) -> None:
    """Nothing and exit code 0 would be taken for an empty file."""
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "a").write_bytes(b"bytes")
    (tmp_path / "top" / "link").symlink_to("a")
    assert nacomp("compress", "-q", "--level", "fast", "top", "-o", "a.nac", cwd=tmp_path).code == 0
    done = nacomp(*command, cwd=tmp_path)
    assert (done.code, done.out, "link to a" in done.err) == (5, b"", True), done.err
    for wanted in ("top", "top/*"):
        assert nacomp("cat", "a.nac", wanted, cwd=tmp_path).out == b"bytes"
