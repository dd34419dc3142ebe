"""One writer for extraction and salvage: never through a link, each file whole or not at all, links and times last."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import nacomp
from nacomp.archive.tree_writer import TreeWriter
from nacomp.errors import CorruptArchive, FileProblem, OutputExists
from nacomp.formats.entry import Entry, EntryKind

OLD = 10**18
"""A modification time long ago, in nanoseconds."""


def entry(path: str, kind: EntryKind = EntryKind.FILE, link: str = "") -> Entry:
    return Entry(path, kind, 0o750, OLD, 0, b"", link_target=link)


TREE = [
    entry("top", EntryKind.FOLDER),
    entry("top/a.txt"),
    entry("top/deep", EntryKind.FOLDER),
    entry("top/link", EntryKind.SYMLINK, "a.txt"),
]


def test_a_tree_with_its_times(tmp_path: Path) -> None:
    tree = TreeWriter(tmp_path / "out", TREE, overwrite=False)
    tree.check_free()
    assert tree.write(TREE[1], [b"one ", b"two"]) == tmp_path / "out" / "top" / "a.txt"
    assert tree.finish() == [tmp_path / "out" / "top" / "link"]
    assert (tmp_path / "out" / "top" / "link").read_bytes() == b"one two"
    assert [(tmp_path / "out" / e.path).lstat().st_mtime_ns for e in TREE] == [OLD] * 4


def test_what_is_there_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        TreeWriter(tmp_path, TREE, overwrite=True).write(TREE[1], [b"first"])
        TreeWriter(tmp_path, TREE, overwrite=True).finish()
    tree = TreeWriter(tmp_path, TREE, overwrite=False)
    for attempt in (tree.check_free, lambda: tree.write(TREE[1], [b"second"]), tree.finish):
        with pytest.raises(OutputExists):
            attempt()
    assert (tmp_path / "top" / "a.txt").read_bytes() == b"first"
    assert tree.write(TREE[1], [b"part"], lambda: "a.txt.partial").name == "a.txt.partial"


@pytest.mark.skipif(os.name == "nt", reason="no such rights there")
@pytest.mark.parametrize("umask", [0, 0o027, 0o077])
def test_modes_are_the_archives_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """As `tar -p` does, and as the guide says; set-user-id bits alone are left away."""
    special = Entry("tool", EntryKind.FILE, 0o6755, OLD, 0, b"")
    before = os.umask(umask)
    try:
        with TreeWriter(tmp_path / "out", [*TREE, special], overwrite=False) as tree:
            for each in (TREE[1], special):
                tree.write(each, [b"content"])
            tree.finish()
    finally:
        os.umask(before)
    found = {e.path: stat.S_IMODE((tmp_path / "out" / e.path).stat().st_mode) for e in [*TREE[:3], special]}
    assert found == {"top": 0o750, "top/a.txt": 0o750, "top/deep": 0o750, "tool": 0o755}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("there", ["file", "link", "broken link"])
def test_a_file_or_link_in_a_links_place_is_replaced_where_asked(tmp_path: Path, there: str) -> None:
    """It said that -f would replace it, though -f was given."""
    place = tmp_path / "top" / "link"
    place.parent.mkdir()
    (tmp_path / "other").write_bytes(b"untouched")
    if there == "file":
        place.write_bytes(b"old")
    else:
        place.symlink_to(tmp_path / ("other" if there == "link" else "nothing"))
    with TreeWriter(tmp_path, TREE, overwrite=True) as tree:
        tree.check_free()
        tree.write(TREE[1], [b"content"])
        tree.finish()
    assert os.readlink(place) == "a.txt"  # noqa: PTH115
    assert (tmp_path / "other").read_bytes() == b"untouched"
    assert sorted(p.name for p in place.parent.iterdir()) == ["a.txt", "deep", "link"]


@pytest.mark.skipif(os.name == "nt", reason="pipes with names are POSIX's")
@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("at", ["top/a.txt", "top/link"])
@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_no_file_may_replace_is_told_before_anything_is_made(
    tmp_path: Path, kind: str, at: str, overwrite: bool
) -> None:
    (tmp_path / "top").mkdir()
    (tmp_path / at).mkdir() if kind == "folder" else os.mkfifo(tmp_path / at)
    with TreeWriter(tmp_path, TREE, overwrite=overwrite) as tree, pytest.raises(FileProblem) as told:
        tree.check_free()
    assert isinstance(told.value, OutputExists) is not overwrite
    assert [p.relative_to(tmp_path) for p in tmp_path.rglob("*")] == [Path("top"), Path(at)]


def test_a_file_in_a_folders_place_is_told_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "deep").write_bytes(b"a file")
    with pytest.raises(FileProblem, match="deep"):
        TreeWriter(tmp_path, [entry("first/second", EntryKind.FOLDER), *TREE], overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["top"]


def test_bytes_that_prove_wrong_at_the_end_leave_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"looks good"
        raise CorruptArchive(reason="is not")

    with pytest.raises(CorruptArchive):
        TreeWriter(tmp_path, TREE, overwrite=True).write(TREE[1], failing())
    assert list((tmp_path / "top").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("place", ["top", "top/deep"])
def test_a_link_where_a_folder_should_be_is_not_followed(tmp_path: Path, place: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "out" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileProblem, match="is a link where the archive has a folder"):
        TreeWriter(tmp_path / "out", TREE, overwrite=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be held open there")
@pytest.mark.parametrize("place", ["top", "top/deep"])
def test_a_folder_swapped_for_a_link_is_not_written_through(tmp_path: Path, place: str) -> None:
    """Whoever can write to a folder could have files of his choice written by swapping it behind the check."""
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "top" / "deep").mkdir(parents=True)
    inner = [*TREE[:3], entry("top/deep/b.txt"), TREE[3]]
    with TreeWriter(tmp_path / "out", inner, overwrite=True) as tree:
        (tmp_path / "out" / place).rename(tmp_path / "moved")
        (tmp_path / "out" / place).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(FileProblem, match="is a link where the archive has a folder"):
            tree.write(inner[3], [b"content"])
        with pytest.raises(FileProblem, match="is a link where the archive has a folder"):
            tree.finish()
    assert [p.name for p in (tmp_path / "elsewhere").rglob("*")] == ["deep"]
    assert (tmp_path / "elsewhere").stat().st_mtime_ns != OLD


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be held open there")
def test_a_folder_swapped_while_a_file_is_written_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()

    def swapping() -> Iterator[bytes]:
        (tmp_path / "out" / "top").rename(tmp_path / "moved")
        (tmp_path / "out" / "top").symlink_to(tmp_path / "elsewhere")
        yield b"content"

    with TreeWriter(tmp_path / "out", TREE, overwrite=True) as tree:
        tree.write(TREE[1], swapping())
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (tmp_path / "moved" / "a.txt").read_bytes() == b"content"


@pytest.mark.skipif(os.name == "nt", reason="no such rights there")
def test_a_private_file_is_never_readable_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had the rights of an ordinary new file from its renaming to the change of its mode."""
    seen: list[tuple[str, int]] = []
    replace, chmod = os.replace, os.chmod

    def watch() -> None:
        found = (tmp_path / "out").iterdir()
        seen.extend((p.suffix, stat.S_IMODE(p.stat().st_mode)) for p in found)

    def watched(*args: object, **kwargs: object) -> None:
        watch()
        replace(*args, **kwargs)  # type: ignore[arg-type]
        watch()

    def watched_chmod(*args: object, **kwargs: object) -> None:
        chmod(*args, **kwargs)  # type: ignore[arg-type]
        watch()

    monkeypatch.setattr(os, "replace", watched)
    monkeypatch.setattr(os, "chmod", watched_chmod)
    secret = Entry("secret.key", EntryKind.FILE, 0o600, OLD, 0, b"")
    with TreeWriter(tmp_path / "out", [secret], overwrite=False) as tree:
        tree.write(secret, [b"content"])
    assert {mode for _, mode in seen} == {0o600}
    assert {suffix for suffix, _ in seen} == {".key", ".nacomp-part"}
    assert (tmp_path / "out" / "secret.key").stat().st_mtime_ns == OLD


@pytest.mark.skipif(os.name == "nt", reason="shorter paths there")
def test_a_path_longer_than_the_system_opens(tmp_path: Path) -> None:
    """4,096 bytes are legal in an archive; below a folder they are more than PATH_MAX. It was a traceback."""
    path = "/".join(["d" * 200] * 20)
    deep = Entry(path, EntryKind.FILE, 0o644, OLD, 0, b"")
    with TreeWriter(tmp_path / "out", [deep], overwrite=False) as tree:
        tree.check_free()
        assert tree.write(deep, [b"content"]).name == "d" * 200
        with pytest.raises(OutputExists):
            tree.check_free()


@pytest.mark.skipif(os.name == "nt", reason="handles of folders")
def test_only_what_replaces_a_file_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file can be had again from its archive; one that was there could not."""
    flushed: list[int] = []
    flush = os.fsync

    def counting(file: int) -> None:
        flushed.append(file)
        flush(file)

    monkeypatch.setattr(os, "fsync", counting)
    archive = tmp_path / "a.nac"
    sources = [tmp_path / "one", tmp_path / "two"]
    for source in sources:
        source.write_bytes(b"some bytes of " + source.name.encode())
    nacomp.compress_files(sources, archive, level="fast")
    assert len(flushed) == 2  # the archive and its folder
    flushed.clear()
    with nacomp.open(archive) as opened:
        opened.extract(tmp_path / "out")
        assert flushed == []
        (tmp_path / "out" / "two").unlink()
        opened.extract(tmp_path / "out", overwrite=True)
    assert len(flushed) == 2  # `one` and its folder
