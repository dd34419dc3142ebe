"""`nacomp cat`: entries to standard output."""

from pathlib import Path

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
