"""Output that appears whole or not at all, and sources that are what they were when listed."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from nacomp.archive.walk import Taken, walk
from nacomp.errors import FileChanged, FileProblem, OutputExists
from nacomp.formats.entry import EntryKind
from nacomp.runtime.output_files import check_free, save


def test_saved_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with save(target) as file:
        file.write(b"all of it")
        assert not target.exists()
    assert target.read_bytes() == b"all of it"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_failure_leaves_the_earlier_file(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"before")
    with pytest.raises(RuntimeError), save(target, overwrite=True) as file:
        file.write(b"half of")
        raise RuntimeError
    assert target.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_existing_target_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"before")
    with pytest.raises(OutputExists), save(tmp_path / "out"):
        pass
    with pytest.raises(FileProblem), save(tmp_path, overwrite=True):
        pass


def test_target_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(OutputExists), save(target) as file:
        file.write(b"ours")
        target.write_bytes(b"theirs")
    assert target.read_bytes() == b"theirs"


def test_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no such file"), save(tmp_path / "none" / "out"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="pipes with names and links of POSIX")
@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    "name", ["free", "file", "folder", "link", "broken", "pipe", "none/out", ".", "..", "n" * 300]
)
def test_a_place_is_judged_before_the_work_as_it_is_when_it_is_taken(
    tmp_path: Path, name: str, overwrite: bool
) -> None:
    here = tmp_path / "here"
    (here / "folder").mkdir(parents=True)
    (here / "file").write_bytes(b"before")
    (here / "link").symlink_to("file")
    (here / "broken").symlink_to("nothing")
    os.mkfifo(here / "pipe")
    target = here / name
    before = _judged(lambda: check_free(target, overwrite=overwrite))

    def write() -> None:
        with save(target, overwrite=overwrite) as file:
            file.write(b"after")

    assert _judged(write) == before
    free = name == "free" or (overwrite and name in ("file", "link", "broken"))
    assert (before == "") == free
    assert not free or target.read_bytes() == b"after"
    assert (here / "file").read_bytes() == (b"after" if free and name == "file" else b"before")


def _judged(work: Callable[[], None]) -> str:
    try:
        work()
    except (FileProblem, OutputExists) as fault:
        return str(fault)
    return ""


@pytest.mark.skipif(os.name == "nt", reason="no such rights there")
@pytest.mark.parametrize(
    ("rights", "expected"), [(0o666, 0o640), (0o600, 0o600), (0o604, 0o600), (0o400, 0o600), (0o640, 0o640)]
)
def test_an_output_has_no_more_rights_than_its_source(tmp_path: Path, rights: int, expected: int) -> None:
    before = os.umask(0o027)
    try:
        with save(tmp_path / "out", rights=rights) as file:
            assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == expected


def test_a_target_too_long_for_the_system_is_a_sentence(tmp_path: Path) -> None:
    for target in (tmp_path / ("n" * 300), tmp_path.joinpath(*["d" * 200] * 22)):
        with pytest.raises(FileProblem, match="name too long"), save(target):
            pass


@pytest.mark.parametrize("change", ["longer", "shorter", "touched"])
def test_file_that_changes_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"x" * 100)
    (source,) = walk([path])
    if change == "touched":
        os.utime(path, ns=(1, 1))
    else:
        path.write_bytes(b"x" * (200 if change == "longer" else 50))
        os.utime(path, ns=(source.mtime_ns, source.mtime_ns))
    with pytest.raises(FileChanged):
        list(source.chunks(64))


def test_walk_names_and_order(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "b").mkdir(parents=True)
    (top / "a.txt").write_bytes(b"1")
    (top / "b" / "c.txt").write_bytes(b"22")
    (top / "to-b").symlink_to("b")
    found = [(s.name, s.kind, s.size) for s in walk([top])]
    assert found == [
        ("top", EntryKind.FOLDER, 0),
        ("top/a.txt", EntryKind.FILE, 1),
        ("top/b", EntryKind.FOLDER, 0),
        ("top/b/c.txt", EntryKind.FILE, 2),
        ("top/to-b", EntryKind.SYMLINK, 0),
    ]


def test_inputs_of_one_name_are_named_by_their_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_bytes(folder.encode())
    (tmp_path / "other").touch()
    monkeypatch.chdir(tmp_path)
    inputs = [Path("x/same.txt"), Path("../") / tmp_path.name / "y" / "same.txt", Path("other")]
    found = [s.name for s in walk(inputs)]
    assert found == ["x/same.txt", f"{tmp_path.name}/y/same.txt", "other"]
    with pytest.raises(FileProblem, match=r"two inputs would both be called 'x/same\.txt'"):
        walk([Path("x/same.txt"), Path("./x/same.txt")])


def test_full_paths_are_those_given_without_what_tar_takes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "f").touch()
    monkeypatch.chdir(tmp_path / "a")

    def names(*inputs: str | Path) -> list[str]:
        return [s.name for s in walk(map(Path, inputs), taken=Taken(full_paths=True))]

    assert names("b") == ["b", "b/f"]
    assert names("b/f", "../a/b") == ["b/f", "a/b", "a/b/f"]
    assert names("b/../../a/b/f") == ["a/b/f"]
    assert names(tmp_path / "a" / "b" / "f") == [(tmp_path / "a" / "b" / "f").as_posix().lstrip("/")]
    assert names(".") == ["a", "a/b", "a/b/f"]


def test_an_input_below_another_that_is_no_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("x/p", "p/same", "q/same"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileProblem, match="would lie below 'p', which is another input and no folder"):
        walk([Path("x/p"), Path("p/same"), Path("q/same")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_special_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileProblem, match="neither a file"):
        walk([tmp_path / "pipe"])


def test_folder_given_as_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_bytes(b"1")
    monkeypatch.chdir(tmp_path)
    assert [s.name for s in walk([Path()])] == [tmp_path.name, f"{tmp_path.name}/f"]


def test_folders_deeper_than_calls_may_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1_100):
        os.mkdir("d")  # noqa: PTH102 - a path this long has no name that a call would take
        os.chdir("d")
    try:
        assert len(walk([tmp_path / "d"])) == 1_100
    finally:
        for _ in range(1_100):  # here, because what clears up after tests calls itself for each folder
            os.chdir("..")
            os.rmdir("d")  # noqa: PTH106


def test_links_are_followed_where_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_bytes(b"1")
    (tmp_path / "folder" / "inner").symlink_to("a")
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "twice").symlink_to("link")
    (tmp_path / "gone").symlink_to("nothing")
    found = [(s.name, s.kind) for s in walk([tmp_path / "link", tmp_path / "folder" / "inner"])]
    assert found == [
        ("link", EntryKind.FOLDER),
        ("link/a", EntryKind.FILE),
        ("link/inner", EntryKind.SYMLINK),
        ("inner", EntryKind.FILE),
    ]
    assert walk([tmp_path / "twice"])[0].kind is EntryKind.FOLDER
    assert walk([tmp_path / "twice"], follow=False)[0].kind is EntryKind.SYMLINK
    with pytest.raises(FileProblem, match="no such file"):
        walk([tmp_path / "gone"])
