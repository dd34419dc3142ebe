"""`--rm`: nothing goes that is not in a verified archive, and what goes can be had back."""

import os
import sys
from pathlib import Path

import pytest

from nacomp.archive.walk import walk
from nacomp.errors import FileProblem
from nacomp.models.library.store import Store
from nacomp.operations.trash import remove_sources
from tests.nacomp.workbench import TINY, nacomp, prose

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the trash there cannot be moved to a test's folder")


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the freedesktop trash of this test keeps files."""
    # The library looks at the environment once, when it is imported.
    for name in [name for name in sys.modules if name.startswith("send2trash")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share" / "Trash" / "files"


@pytest.fixture
def folder(tmp_path: Path, tiny_model: Path) -> Path:
    """Two files and a dangling link in a folder."""
    Store().add(tiny_model)
    top = tmp_path / "inputs"
    (top / "sub").mkdir(parents=True)
    (top / "a.txt").write_bytes(prose(400))
    (top / "sub" / "b.txt").write_bytes(prose(300))
    (top / "link").symlink_to("nowhere")
    return top


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_goes_to_the_trash_whole(folder: Path, trash: Path) -> None:
    before = contents(folder)
    done = nacomp("compress", folder, "--rm", "--model", TINY)
    assert done.code == 0, done.err
    assert not folder.exists()
    assert contents(trash / "inputs") == before
    assert nacomp("decompress", f"{folder}.nac").code == 0
    assert contents(folder) == before


def test_files_go_to_the_trash_one_by_one(folder: Path, trash: Path) -> None:
    done = nacomp("compress", folder / "a.txt", folder / "sub" / "b.txt", "--rm", "--model", TINY)
    assert done.code == 0, done.err
    assert contents(trash) == ["a.txt", "b.txt"]
    assert contents(folder) == ["a.txt.nac", "link", "sub", "sub/b.txt.nac"]


def test_without_a_trash_the_source_stays(folder: Path, trash: Path) -> None:
    trash.parent.parent.mkdir()
    trash.parent.write_bytes(b"a file where the trash should be")
    done = nacomp("compress", folder / "a.txt", "--rm", "--model", TINY)
    assert (done.code, "--no-trash" in done.err, "Traceback" in done.err) == (5, True, False)
    assert (folder / "a.txt").exists()
    assert nacomp("compress", folder / "a.txt", "-f", "--delete", "--model", TINY).code == 0
    assert not (folder / "a.txt").exists()


def test_senseless_combinations(folder: Path) -> None:
    assert nacomp("compress", folder, "--no-trash").code == 2
    assert nacomp("compress", folder, "--rm", "-k").code == 2
    assert nacomp("compress", folder / "a.txt", "--delete", "-c").code == 2
    assert (folder / "a.txt").exists()


@pytest.mark.parametrize("by_trash", [True, False])
def test_what_changed_since_stays(folder: Path, trash: Path, by_trash: bool) -> None:
    sources = walk([folder])
    (folder / "sub" / "b.txt").write_bytes(b"written after it was archived")
    with pytest.raises(FileProblem, match="changed since"):
        remove_sources([folder], sources, folder.with_suffix(".nac"), trash=by_trash)
    assert (folder / "sub" / "b.txt").read_bytes() == b"written after it was archived"
    assert not trash.exists() or "sub" not in contents(trash)


@pytest.mark.parametrize("by_trash", [True, False])
def test_what_was_added_since_stays(folder: Path, trash: Path, by_trash: bool) -> None:
    sources = walk([folder])
    archive = folder / "sub" / "inputs.nac"
    archive.write_bytes(b"the archive itself")
    (folder / "new.txt").write_bytes(b"added meanwhile")
    remove_sources([folder], sources, archive, trash=by_trash)
    assert contents(folder) == ["new.txt", "sub", "sub/inputs.nac"]
    assert trash.exists() == by_trash


@pytest.mark.parametrize("how", ["--rm", "--delete"])
def test_the_folder_one_is_in(folder: Path, trash: Path, how: str) -> None:
    """No system removes `.` by this name, and what was asked for is done."""
    done = nacomp("compress", ".", "-o", "../all.nac", how, "--model", TINY, cwd=folder)
    assert done.code == 0, done.err
    assert not folder.exists()
    assert nacomp("test", folder.parent / "all.nac").code == 0
    assert trash.exists() == (how == "--rm")
