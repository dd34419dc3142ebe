"""The branches of our own code for Windows and macOS, as far as Linux can run them."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from nacomp.archive import tree_writer
from nacomp.archive.tree_writer import TreeWriter
from nacomp.errors import FileProblem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.runtime import destinations

ROOT = Path(__file__).parents[3]


def file(path: str) -> Entry:
    return Entry(path, EntryKind.FILE, 0o644, 0, 0, b"")


def on(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(tree_writer, "sys", SimpleNamespace(platform=platform))


@pytest.mark.parametrize("name", ["a/AUX.txt", "a/what?", "a/dot.", "stream:name"])
def test_names_that_windows_cannot_hold_are_told_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    entries = [file("a/first"), file(name)]
    TreeWriter(tmp_path / "linux", entries, overwrite=False).check_free()
    on(monkeypatch, "win32")
    with (
        pytest.raises(FileProblem) as problem,
        TreeWriter(tmp_path / "out", entries, overwrite=False) as tree,
    ):
        tree.check_free()
    assert name.rpartition("/")[2] in str(problem.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_names_that_would_be_one_file_are_told_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str
) -> None:
    entries = [file("Readme"), file("README")]
    on(monkeypatch, platform)
    with (
        pytest.raises(FileProblem, match="would be one file"),
        TreeWriter(tmp_path / "out", entries, overwrite=False) as tree,
    ):
        tree.check_free()
    assert not (tmp_path / "out").exists()


def test_windows_has_no_numbered_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert destinations.open_number(Path("/dev/stdout")) == 1
    monkeypatch.setattr(destinations, "os", SimpleNamespace(name="nt"))
    assert destinations.open_number(Path("/dev/stdout")) is None


def test_git_changes_no_line_end() -> None:
    """The weights' hash stands on a page: a carriage return in them, and nothing decodes."""
    paths = ["models/predictors/initial_weights.txt", "formats/SPEC.md", "tests/data/corpus/README.txt"]
    asked = subprocess.run(
        ["git", "check-attr", "text", "--", *paths], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        pytest.skip("not a git checkout")
    assert asked.stdout.count(": text: unset\n") == len(paths)
