"""Which entries are meant by a word, and paths with parts cut off, which must stay inside the target."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from nacomp.archive.archive_reader import Archive
from nacomp.archive.selection import select
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import EntryMissing, FileProblem, UsageError
from nacomp.formats.entry import EMPTY_SHA256, Entry, EntryKind
from nacomp.formats.writer import ArchiveWriter
from nacomp.operations.decompress import decompress
from nacomp.runtime.progress import Job


def file(path: str) -> Entry:
    return Entry(path, EntryKind.FILE, 0o644, 0, sha256=EMPTY_SHA256)


def link(path: str, target: str, kind: EntryKind = EntryKind.SYMLINK) -> Entry:
    return Entry(path, kind, 0o644, 0, link_target=target)


TREE = (
    Entry("book", EntryKind.FOLDER, 0o755, 0),
    file("book/1.tex"),
    file("book/2.tex"),
    link("book/same", "book/1.tex", EntryKind.HARD_LINK),
    link("book/same-2", "book/1.tex", EntryKind.HARD_LINK),
    file("book/notes/!draft*.txt"),
    file("book/notes/2.tex"),
    link("book/notes/up", "../1.tex"),
    file("other/[x].tex"),
)


def packed(*entries: Entry) -> io.BytesIO:
    stream = io.BytesIO()
    ArchiveWriter(stream, []).finish(entries)
    return stream


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive(packed(*TREE), ModelLoader().for_method) as opened:
        yield opened


def paths(entries: list[Entry]) -> list[str]:
    return [entry.path for entry in entries]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], [entry.path for entry in TREE]),
        (["book/1.tex"], ["book/1.tex"]),
        (["book/notes/"], ["book/notes/!draft*.txt", "book/notes/2.tex", "book/notes/up"]),
        (["*.tex"], ["book/1.tex", "book/2.tex", "book/notes/2.tex", "other/[x].tex"]),
        (["book/*.tex"], ["book/1.tex", "book/2.tex"]),
        (["book/**/2.tex", "other"], ["book/2.tex", "book/notes/2.tex", "other/[x].tex"]),
        (["note?"], ["book/notes/!draft*.txt", "book/notes/2.tex", "book/notes/up"]),
        (["other/[x].tex"], ["other/[x].tex"]),
        (["book/notes/!draft*.txt"], ["book/notes/!draft*.txt"]),
        (["!draft*"], ["book/notes/!draft*.txt"]),
    ],
)
def test_paths_and_patterns(archive: Archive, wanted: list[str], expected: list[str]) -> None:
    found = select(archive, wanted)
    assert sorted(paths(found)) == sorted(expected)
    assert paths(found) == [path for path in paths(list(archive.entries)) if path in expected]


@pytest.mark.parametrize("word", ["book/3.tex", "*.pdf", "tex", "[y].tex"])
def test_what_matches_nothing_is_told(archive: Archive, word: str) -> None:
    with pytest.raises(EntryMissing):
        select(archive, ["book", word])


def test_a_hard_link_without_its_file_is_the_file(archive: Archive) -> None:
    first, second = select(archive, ["book/same*"])
    assert (first.path, first.kind) == ("book/same", EntryKind.FILE)
    assert (second.kind, second.link_target) == (EntryKind.HARD_LINK, "book/same")


def test_parts_are_cut_off_in_front(archive: Archive) -> None:
    found = {entry.path: entry for entry in select(archive, ["book"], strip=1)}
    assert list(found) == ["1.tex", "2.tex", "notes/!draft*.txt", "notes/2.tex", "notes/up", "same", "same-2"]
    assert found["same"].link_target == "1.tex"
    assert found["notes/up"].link_target == "../1.tex"


@pytest.mark.parametrize(
    ("entries", "strip", "reason"),
    [
        ((link("a/b/link", "../../x"),), 1, "would lead out of the folder"),
        ((link("a/b/link", "../x"),), 2, "would lead out of the folder"),
        ((file("a/x"), file("b/x")), 1, "would be the path of two entries"),
        ((file("a/x"), file("b/x/y")), 1, "would lie below a file or a link"),
        ((link("a/x", "."), file("b/x/y/z")), 1, "would lie below a file or a link"),
    ],
)
def test_a_tree_that_would_not_be_one_is_refused(
    tmp_path: Path, entries: tuple[Entry, ...], strip: int, reason: str
) -> None:
    with pytest.raises(FileProblem, match=reason):
        decompress(packed(*entries), tmp_path / "out", ModelLoader(), Job(), strip=strip)
    assert not (tmp_path / "out").exists()


def test_folders_of_one_name_are_one(tmp_path: Path) -> None:
    entries = (
        *(Entry(path, EntryKind.FOLDER, 0o755, 0) for path in ("a", "a/x", "b", "b/x")),
        *(file("a/x/1"), file("b/x/2"), link("b/x/3", "a/x/1", EntryKind.HARD_LINK)),
    )
    decompress(packed(*entries), tmp_path / "out", ModelLoader(), Job(), strip=1)
    out = tmp_path / "out"
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*")) == ["x", "x/1", "x/2", "x/3"]
    assert (out / "x" / "3").samefile(out / "x" / "1")


def test_nothing_left_is_told(archive: Archive) -> None:
    with pytest.raises(UsageError, match="more than 5 parts"):
        select(archive, [], strip=5)
