"""Archive documents and the tree of entries."""

from pathlib import Path

from nacomp.gui.logic.archive import (
    Column,
    Entry,
    EntryKind,
    build_tree,
    looks_like_text,
    may_be_text,
    parse_archive,
    views_text,
)

INFO = {
    "original_size": 300,
    "compressed_size": 60,
    "model_id": "tiny",
    "entries": [
        {
            "path": "docs",
            "kind": "folder",
            "size": 0,
            "mtime_ns": 5_000_000_000,
            "packed_size": 0,
            "opened": {},
        },
        {
            "path": "docs/b.txt",
            "kind": "file",
            "size": 100,
            "mtime_ns": 7_500_000_000,
            "packed_size": 50,
            "opened": {},
        },
        {
            "path": "docs/A.txt",
            "kind": "file",
            "size": 200,
            "mtime_ns": 0,
            "packed_size": 8,
            "opened": {"deflate": 2, "jpeg": 1},
        },
        {"path": "link", "kind": "link", "size": 0, "mtime_ns": 0, "packed_size": 0, "opened": {}},
    ],
}


def test_document_of_the_worker() -> None:
    document = parse_archive(Path("x.nac"), INFO)
    assert (document.original_size, document.compressed_size, document.files) == (300, 60, 2)
    assert document.entries[1] == Entry("docs/b.txt", EntryKind.FILE, 100, 7.5, 50)


def test_tree_puts_folders_first_and_sorts_without_case() -> None:
    root = build_tree(parse_archive(Path("x.nac"), INFO).entries)
    assert [node.name for node in root.children] == ["docs", "link"]
    docs = root.children[0]
    assert [node.name for node in docs.children] == ["A.txt", "b.txt"]
    assert docs.entry is not None
    assert (docs.size, docs.packed, docs.opened) == (300, 58, 3)
    assert [child.ratio for child in docs.children] == [25.0, 2.0]
    assert docs.children[1].row == 1


def test_folders_that_only_paths_imply_get_rows() -> None:
    root = build_tree((Entry("a/b/c.txt", EntryKind.FILE, 1), Entry("a/d.txt", EntryKind.FILE, 2)))
    names = [node.name for node in root.below()]
    assert names == ["", "a", "b", "c.txt", "d.txt"]
    assert root.size == 3


def test_text_is_told_from_binary_even_when_cut_inside_a_character() -> None:
    assert looks_like_text("naïve".encode())
    assert looks_like_text("é".encode()[:1])
    assert not looks_like_text(b"a\0b")
    assert not looks_like_text(b"\xff\xfe\xfa\xfb text that goes on")


def test_folders_and_empty_files_have_no_preview() -> None:
    assert may_be_text(Entry("a", EntryKind.FILE, 1))
    assert not may_be_text(Entry("a", EntryKind.FILE, 0))
    assert not may_be_text(Entry("a", EntryKind.FOLDER, 0))


def test_rows_are_sorted_by_any_column_with_folders_first() -> None:
    root = build_tree(
        (
            Entry("B", EntryKind.FILE, 3, 1.0),
            Entry("a", EntryKind.FILE, 1),
            Entry("z/inner", EntryKind.FILE, 9),
            Entry("c", EntryKind.FILE, 2, 5.0),
        )
    )

    def names() -> list[str]:
        assert [child.row for child in root.children] == [0, 1, 2, 3]
        return [child.name for child in root.children]

    assert names() == ["z", "a", "B", "c"]
    assert root.children[0].size == 9
    assert root.size == 15
    root.sort(Column.SIZE, descending=True)
    assert names() == ["z", "B", "c", "a"]
    root.sort(Column.MODIFIED)
    assert names() == ["z", "a", "B", "c"]


def test_rows_are_sorted_by_what_became_of_them() -> None:
    root = build_tree(
        (
            Entry("a", EntryKind.FILE, 100, packed=50),
            Entry("b", EntryKind.FILE, 100, packed=10, opened={"deflate": 3}),
            Entry("c", EntryKind.FILE, 900, packed=300, opened={"base64": 1}),
        )
    )
    orders = {
        Column.NAME: "abc",
        Column.PACKED: "bac",
        Column.RATIO: "acb",
        Column.INSIDE: "acb",
    }
    for column, names in orders.items():
        root.sort(column)
        assert "".join(node.name for node in root.children) == names
        root.sort(column, descending=True)
        assert "".join(node.name for node in root.children) == names[::-1]


def test_what_was_found_inside_is_told_in_plain_words() -> None:
    words = views_text({"deflate": 1200, "jpeg": 2}).replace("\u00a0", " ")
    assert words == "found inside: 1,200 × zip or gzip, 2 × JPEG picture"
    assert views_text({}) == ""
