"""`nacomp cat`: entries to standard output."""

from pathlib import Path

from tests.nacomp.workbench import nacomp, refused


def test_select_an_entry_that_is_not_there(archive: Path) -> None:
    assert "no entry nothing" in refused(1, "cat", archive, "nothing")


def test_bytes_of_an_entry(text: Path, archive: Path) -> None:
    assert nacomp("cat", archive, "text.txt").out == nacomp("cat", archive).out == text.read_bytes()
