"""Several names of one file: one file in the archive, one file again on extraction, and never one outside of the target."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from nacomp.archive.hard_links import linked
from nacomp.archive.selection import select
from nacomp.archive.tree_writer import TreeWriter
from nacomp.archive.walk import walk
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileProblem, OutputExists
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.operations.compress import CompressOptions, compress
from nacomp.operations.decompress import decompress
from nacomp.operations.read import open_archive
from nacomp.operations.trash import remove_sources
from nacomp.runtime.open_folder import OpenFolder
from nacomp.runtime.progress import Job
from nacomp.runtime.results import LeftOut

OPTIONS = CompressOptions("fast")
LOADER = ModelLoader()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A file with three names in a tree and one outside, and a file with one name and the same content."""
    top = tmp_path / "tree"
    (top / "sub").mkdir(parents=True)
    (top / "m").write_bytes(b"one file\n")
    os.link(top / "m", top / "sub" / "a")
    os.link(top / "m", top / "z")
    os.link(top / "m", tmp_path / "outside")
    (top / "copy").write_bytes(b"one file\n")
    return top


@pytest.fixture
def archive(tree: Path) -> Path:
    """An archive of it."""
    path = tree.with_suffix(".nac")
    compress(walk([tree]), path, LOADER, OPTIONS, Job())
    return path


def names(folder: Path) -> list[set[str]]:
    """The paths below a folder by the file they are names of."""
    found: dict[int, set[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            found.setdefault(path.stat().st_ino, set()).add(path.relative_to(folder).as_posix())
    return sorted(found.values(), key=sorted)


def test_the_first_name_in_the_archive_is_the_file(tree: Path) -> None:
    sources = {source.name: source for source in linked(walk([tree]))}
    assert sources["tree/m"].kind is EntryKind.FILE
    for name in ("tree/sub/a", "tree/z"):
        assert sources[name].kind is EntryKind.HARD_LINK
        assert (sources[name].link_target, sources[name].size) == ("tree/m", 0)
    assert linked(sources.values()) == list(sources.values())
    assert sources["tree/copy"].kind is EntryKind.FILE


def test_a_name_alone_is_a_file(tree: Path) -> None:
    (source,) = linked(walk([tree / "z"]))
    assert (source.kind, source.size) == (EntryKind.FILE, 9)


def test_names_are_one_file_again(archive: Path, tmp_path: Path) -> None:
    for _ in range(2):  # the second time over what is there
        decompress(archive, tmp_path / "out", LOADER, Job(), overwrite=True)
        assert names(tmp_path / "out") == [{"tree/copy"}, {"tree/m", "tree/sub/a", "tree/z"}]
        assert (tmp_path / "out" / "tree" / "z").read_bytes() == b"one file\n"
        assert not list((tmp_path / "out").rglob("*.nacomp-part"))
    with pytest.raises(OutputExists):
        decompress(archive, tmp_path / "out", LOADER, Job())


def test_names_whose_file_is_not_chosen_are_one_file(archive: Path, tmp_path: Path) -> None:
    decompress(archive, tmp_path / "out", LOADER, Job(), chosen=["tree/z", "tree/sub"])
    assert names(tmp_path / "out") == [{"tree/sub/a", "tree/z"}]
    assert (tmp_path / "out" / "tree" / "z").read_bytes() == b"one file\n"
    with ExitStack() as stack:
        opened = open_archive(archive, LOADER, stack, DEFAULT_LIMITS)
        (entry,) = select(opened, ["tree/z"])
        assert (entry.path, entry.kind, opened.read(entry)) == ("tree/z", EntryKind.FILE, b"one file\n")


@pytest.mark.parametrize("swap", [os.symlink, os.link])
def test_a_file_that_takes_the_place_of_the_first_name_is_not_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path, Path], None]
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not in the archive")
    file = Entry("a", EntryKind.FILE, 0o644, 0)
    entries = [file, Entry("b", EntryKind.HARD_LINK, 0o644, 0, link_target="a")]
    rename = OpenFolder.rename

    def swapped(folder: OpenFolder, name: str, new: str) -> None:
        """Somebody else replaces the file as soon as it has its name."""
        rename(folder, name, new)
        if new == "a":
            (tmp_path / "out" / "a").unlink()
            swap(secret, tmp_path / "out" / "a")

    monkeypatch.setattr(OpenFolder, "rename", swapped)
    tree = TreeWriter(tmp_path / "out", entries, overwrite=True)
    with tree, pytest.raises(FileProblem, match="was replaced while"):
        tree.write(file, [b"content"])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a"]


def test_a_link_in_a_folders_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file = Entry("a", EntryKind.FILE, 0o644, 0)
    entries = [file, Entry("sub/b", EntryKind.HARD_LINK, 0o644, 0, link_target="a")]
    with TreeWriter(tmp_path / "out", entries, overwrite=False) as tree:
        (tmp_path / "out" / "sub").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(FileProblem, match="is a link where the archive has a folder"):
            tree.write(file, [b"content"])
    assert not list((tmp_path / "elsewhere").iterdir())


def test_what_cannot_be_read_is_left_out_by_all_its_names(tree: Path, tmp_path: Path) -> None:
    sources = walk([tree])
    (tree / "m").write_bytes(b"another length")
    told: list[LeftOut] = []
    options = CompressOptions("fast", left_out=told.append)
    written = compress(sources, tmp_path / "a.nac", LOADER, options, Job()).written
    assert [source.name for source in written.sources] == ["tree", "tree/copy", "tree/sub"]
    assert [what.path for what in told] == [str(tree / name) for name in ("m", "sub/a", "z")]
    assert "which is left out" in told[1].reason


def test_all_names_are_removed_once_they_are_archived(tree: Path, tmp_path: Path) -> None:
    written = compress(walk([tree]), tmp_path / "a.nac", LOADER, OPTIONS, Job()).written
    remove_sources([tree], written.sources, tmp_path / "a.nac", trash=False)
    assert not tree.exists()
    assert (tmp_path / "outside").read_bytes() == b"one file\n"


def test_a_name_that_is_another_file_now_stays(tree: Path, tmp_path: Path) -> None:
    written = compress(walk([tree]), tmp_path / "a.nac", LOADER, OPTIONS, Job()).written
    mtime = (tree / "z").stat().st_mtime_ns
    (tree / "z").unlink()
    (tree / "z").write_bytes(b"one file\n")
    os.utime(tree / "z", ns=(mtime, mtime))
    with pytest.raises(FileProblem, match="changed since"):
        remove_sources([tree], written.sources, tmp_path / "a.nac", trash=False)
    assert (tree / "z").exists()
