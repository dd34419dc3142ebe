"""One writer for extraction and salvage: never through a link, each file whole or not at all, links and times last."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    assert [(tmp_path / "out" / e.path).stat().st_mtime_ns for e in TREE[:3]] == [OLD] * 3


def test_what_is_there_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        TreeWriter(tmp_path, TREE, overwrite=True).write(TREE[1], [b"first"])
        TreeWriter(tmp_path, TREE, overwrite=True).finish()
    tree = TreeWriter(tmp_path, TREE, overwrite=False)
    for attempt in (tree.check_free, lambda: tree.write(TREE[1], [b"second"]), tree.finish):
        with pytest.raises(OutputExists):
            attempt()
    assert (tmp_path / "top" / "a.txt").read_bytes() == b"first"
    assert tree.write(TREE[1], [b"part"], ".partial").name == "a.txt.partial"


def test_bytes_that_prove_wrong_at_the_end_leave_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"looks good"
        raise CorruptArchive(reason="is not")

    with pytest.raises(CorruptArchive):
        TreeWriter(tmp_path, TREE, overwrite=True).write(TREE[1], failing())
    assert [path.name for path in (tmp_path / "top").iterdir()] == ["deep"]


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
