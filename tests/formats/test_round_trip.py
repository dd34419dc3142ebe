"""What the writer writes, the reader reads: from memory, files and pipes, for any entries."""

import io
import os
import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats.canonical_json import JSON
from nacomp.formats.checksums import content_checksum
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, EMPTY_SHA256, MAX_TIME, MIN_TIME, Entry, EntryKind, Hole, Owner
from nacomp.formats.errors import UnsafePath
from nacomp.formats.extent import Extent
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.paths import check_path, decode_path, encode_path, sort_key
from nacomp.formats.properties import MAX_ID
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter, least_size
from tests.formats.samples import (
    METHODS,
    MTIME,
    SMALL_FILES,
    SMALL_OTHERS,
    STORED,
    build,
    file_entry,
    read_files,
    write,
)


def is_path(raw: bytes) -> bool:
    try:
        check_path(raw)
    except UnsafePath:
        return False
    return True


names = (
    st.binary(min_size=1, max_size=12).map(lambda b: b.replace(b"/", b"")).filter(is_path).map(decode_path)
)
trees = st.dictionaries(names, st.binary(max_size=200), max_size=8)


@settings(deadline=None)
@given(trees, trees, st.integers(1, 300))
def test_files_come_back(top: dict[str, bytes], folder: dict[str, bytes], block_size: int) -> None:
    files = top | {f"{name}.d/{name}": content for name, content in folder.items()}
    files = {path: content for path, content in files.items() if f"{path}.d" not in files}
    try:
        archive = build(files, block_size=block_size)
    except UnsafePath:
        assert any(f"{path}/" in other for path in files for other in files)
        return
    assert read_files(archive) == files
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        assert least_size(block.payload_size for block in reader.blocks) <= len(archive)


entries = st.builds(
    Entry,
    names,
    st.just(EntryKind.FOLDER),
    st.integers(0, 0o7777),
    st.integers(MIN_TIME, MAX_TIME),
)


@settings(deadline=None)
@given(st.lists(entries, unique_by=lambda entry: entry.path, max_size=20))
def test_modes_and_times_come_back(folders: list[Entry]) -> None:
    with ArchiveReader.open(io.BytesIO(build({}, folders))) as reader:
        assert set(reader.entries) == set(folders)
        raw = [encode_path(entry.path) for entry in reader.entries]
        assert raw == sorted(raw)


VIEW = Method(MethodKind.DEFLATE, {"id": "deflate-1"})
SIZES = (7, 20, 300)
"""Of three blocks."""


@st.composite
def places(draw: st.DrawFn, sizes: Sequence[int], most: int = 4) -> tuple[Extent, ...]:
    """A row of extents in contents of these sizes."""
    found = []
    for _ in range(draw(st.integers(0, most))):
        content = draw(st.integers(0, len(sizes) - 1))
        offset = draw(st.integers(0, sizes[content] - 1))
        found.append(Extent(content, offset, draw(st.integers(1, sizes[content] - offset))))
    return tuple(found)


@st.composite
def indexes(draw: st.DrawFn) -> tuple[list[Derived], list[Entry]]:
    """Derived contents of one another and of three blocks, and files of all of them, some of which share hashes."""
    sizes = list(SIZES)
    derived: list[Derived] = []
    for _ in range(draw(st.integers(0, 5))):
        parts = draw(st.lists(places(sizes), min_size=1, max_size=3))
        derived.append(Derived(0, draw(st.integers(1, 1000)), draw(st.binary(max_size=9)), tuple(parts)))
        sizes.append(derived[-1].size)
    entries: list[Entry] = []
    for path in draw(st.sets(names, max_size=9)):
        extents = draw(places(sizes))
        size = sum(extent.length for extent in extents)
        group = draw(st.integers(ALONE, 2)) if extents else ALONE
        sha256 = bytes([group + 1 if group != ALONE else len(entries) + 9] * 32) if extents else EMPTY_SHA256
        entries.append(Entry(path, EntryKind.FILE, 0o644, MTIME, size, sha256, extents=extents, group=group))
    return derived, entries


@settings(deadline=None, max_examples=150)
@given(indexes())
def test_derived_contents_extents_and_groups_come_back(index: tuple[list[Derived], list[Entry]]) -> None:
    """The numbers of groups are new: counted in the order of the entries, and none for a file that is alone."""
    derived, entries = index
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [VIEW, STORED])
    for size in SIZES:
        writer.add_block(1, bytes(size), size, content_checksum(bytes(size)))
    writer.finish(entries, derived)
    with ArchiveReader.open(stream) as reader:
        assert list(reader.index.derived) == derived
        assert reader.derived_table == dict(enumerate(derived, len(SIZES)))
        plain = {replace(entry, group=ALONE) for entry in entries}
        assert {replace(entry, group=ALONE) for entry in reader.entries} == plain
        together = {frozenset(e.path for e in entries if e.group == g) for g in range(3)}
        numbers = {entry.group for entry in reader.entries} - {ALONE}
        found = {frozenset(e.path for e in reader.entries if e.group == g) for g in numbers}
        assert found == {paths for paths in together if len(paths) > 1}


@st.composite
def properties(draw: st.DrawFn) -> list[Entry]:
    """Files without data, some of them hard links of the first, with holes, owners and attributes."""
    ids, texts = st.integers(0, MAX_ID), st.text("abc\u00eb-", max_size=9)
    owners = st.none() | st.builds(Owner, ids, ids, texts, texts)
    names_of = st.binary(min_size=1, max_size=9).filter(lambda name: b"\0" not in name)
    sets = st.dictionaries(names_of, st.binary(max_size=9), max_size=3).map(
        lambda d: tuple(sorted(d.items()))
    )
    entries: list[Entry] = []
    for path in sorted(draw(st.sets(names, min_size=1, max_size=9)), key=lambda p: sort_key(encode_path(p))):
        if bool(entries) and draw(st.booleans()):
            first = entries[0]
            link = Entry(path, EntryKind.HARD_LINK, 0o644, MTIME, link_target=first.path)
            entries.append(replace(link, owner=first.owner, attributes=first.attributes))
            continue
        length = draw(st.integers(0, 1 << 62))
        holes = (Hole(0, length),) if length else ()
        file = Entry(path, EntryKind.FILE, 0o644, MTIME, length, EMPTY_SHA256, holes=holes)
        entries.append(replace(file, owner=draw(owners), attributes=draw(sets)))
    return entries


@settings(deadline=None, max_examples=150)
@given(properties())
def test_hard_links_holes_owners_and_attributes_come_back(entries: list[Entry]) -> None:
    stream = io.BytesIO()
    ArchiveWriter(stream, [STORED]).finish(reversed(entries))
    with ArchiveReader.open(stream) as reader:
        assert list(reader.entries) == entries


@pytest.mark.parametrize(
    "holes", [(Hole(0, 0),), (Hole(2, 1), Hole(3, 1)), (Hole(4, 1), Hole(2, 1)), (Hole(0, 2), Hole(1, 2))]
)
def test_holes_that_touch_cannot_be_written(holes: tuple[Hole, ...]) -> None:
    size = sum(hole.length for hole in holes)
    file = Entry("a", EntryKind.FILE, 0o644, MTIME, size, EMPTY_SHA256, holes=holes)
    with pytest.raises(ValueError, match="touches"):
        ArchiveWriter(io.BytesIO(), [STORED]).finish([file])


def test_a_hard_link_to_nothing_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="no entry"):
        ArchiveWriter(io.BytesIO(), [STORED]).finish([Entry("b", EntryKind.HARD_LINK, 0, 0, link_target="a")])


def test_small_files_take_few_bytes_each() -> None:
    """What a small file costs in the index where hundreds lie side by side and share hashes: about its name."""
    contents = {f"notes/2026-11-{day:02}-{hour:02}.txt": b"a note" for day in range(30) for hour in range(24)}
    row = b"".join(contents.values())
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [STORED])
    writer.add_block(0, row, len(row), content_checksum(row))
    digest = sha256(row).digest()
    files = [
        Entry(path, EntryKind.FILE, 0o644, MTIME, 6, digest, extents=(Extent(0, 6 * number, 6),), group=5)
        for number, path in enumerate(contents)
    ]
    size = writer.finish(files)
    assert read_files(stream) == contents
    assert size - len(row) < 2 * len(contents)


def test_everything_comes_back() -> None:
    archive = build(SMALL_FILES, SMALL_OTHERS)
    assert read_files(archive) == SMALL_FILES
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        assert reader.methods == METHODS
        assert [entry.path for entry in reader.entries] == [
            "empty",
            "folder",
            "folder/bare",
            "folder/link",
            "folder/one",
            "folder/text.txt",
            "folder/\udcff not utf-8",
        ]
        assert {entry for entry in reader.entries if entry.kind is not EntryKind.FILE} == set(SMALL_OTHERS)
        assert reader.size == len(archive)


def test_an_archive_of_nothing() -> None:
    with ArchiveReader.open(io.BytesIO(build({}))) as reader:
        assert (reader.entries, reader.blocks) == ((), ())


def test_equal_files_may_share_extents() -> None:
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [STORED])
    writer.add_block(0, b"abcabc", 6, content_checksum(b"abcabc"))
    writer.finish(
        [
            file_entry("1", b"abc", [Extent(0, 0, 3)]),
            file_entry("2", b"abcabc", [Extent(0, 3, 3), Extent(0, 0, 3)]),
        ]
    )
    assert read_files(stream.getvalue()) == {"1": b"abc", "2": b"abcabc"}


def test_same_input_gives_same_bytes() -> None:
    reordered = dict(reversed(SMALL_FILES.items()))
    assert build(SMALL_FILES, SMALL_OTHERS) == build(SMALL_FILES, reversed(SMALL_OTHERS))
    assert build(reordered, SMALL_OTHERS) == build(reordered, SMALL_OTHERS)


def test_parameters_come_back_whatever_their_order() -> None:
    parameters: dict[str, JSON] = {
        "b": [1, True, 'ä\u2028\x7f\n"\\'],
        "a": {"z": -(1 << 62), "y": {}},
        "orders": [[], [1, [2]]],
    }
    stream = io.BytesIO()
    ArchiveWriter(stream, [Method(MethodKind.NEURAL, parameters)]).finish([])
    again = io.BytesIO()
    turned = dict(reversed(parameters.items()))
    ArchiveWriter(again, [Method(MethodKind.NEURAL, turned)]).finish([])
    assert stream.getvalue() == again.getvalue()
    with ArchiveReader.open(stream) as reader:
        assert reader.methods == (Method(MethodKind.NEURAL, parameters),)


def test_header_copy_is_written_where_it_costs_nothing() -> None:
    for size, expected in ((100_000, False), (1_000_000, True)):
        with ArchiveReader.open(
            io.BytesIO(build({"a": random.Random(5).randbytes(size)}, block_size=size))
        ) as reader:
            assert bool(reader.index.header_copy) is expected


def test_written_to_and_read_from_a_pipe() -> None:
    files = SMALL_FILES | {"large": bytes(range(256)) * 4_000}
    incoming, outgoing = os.pipe()

    def produce() -> None:
        with os.fdopen(outgoing, "wb", buffering=0) as stream:
            write(stream, files, SMALL_OTHERS, block_size=70_000)

    thread = threading.Thread(target=produce)
    thread.start()
    with os.fdopen(incoming, "rb") as stream:
        assert read_files(stream) == files
    thread.join()


def test_only_the_blocks_asked_for_are_read(tmp_path: Path) -> None:
    class Counting(io.FileIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(-1 if size is None else size) or b""
            self.taken += len(data)
            return data

    path = tmp_path / "large.nac"
    path.write_bytes(build({"a": random.Random(6).randbytes(3_000_000)}, block_size=100_000))
    with Counting(path) as file, ArchiveReader.open(file) as reader:
        block = reader.block(17)
        assert block.info.original_size == 100_000
        assert file.taken < 300_000


def test_the_position_of_the_file_does_not_matter() -> None:
    file = io.BytesIO(build(SMALL_FILES))
    file.seek(33)
    assert read_files(file) == SMALL_FILES


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Entry("a", EntryKind.FILE, 0o644, MTIME, 1), "sum of its extents"),
        (Entry("a", EntryKind.FILE, 0o644, MTIME, 0, b"short"), "SHA-256 of 32"),
        (Entry("a", EntryKind.FILE, 0o644, MTIME, 0, bytes(32)), "hash or a group of its own"),
        (Entry("a", EntryKind.FOLDER, 0o644, MTIME, group=0), "hash or a group of its own"),
        (Entry("a", EntryKind.FOLDER, 0o644, MTIME, 0, bytes(32)), "only a file"),
        (Entry("a", EntryKind.FOLDER, 0o644, MTIME, link_target="b"), "only a link"),
        (Entry("a", EntryKind.FOLDER, 0o644, 1 << 63), "fit 64 bits"),
        (Entry("a", EntryKind.FOLDER, -1, 0), "fit a varint"),
    ],
)
def test_contradictory_entries_are_not_written(entry: Entry, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build({}, [entry])


def test_one_group_has_one_hash() -> None:
    def entry(path: str, digest: bytes) -> Entry:
        return Entry(path, EntryKind.FILE, 0o644, MTIME, 3, digest, extents=(Extent(0, 0, 3),), group=7)

    writer = ArchiveWriter(io.BytesIO(), [STORED])
    writer.add_block(0, b"abc", 3, content_checksum(b"abc"))
    with pytest.raises(ValueError, match="another hash than the rest of its group"):
        writer.finish([entry("a", bytes(32)), entry("b", bytes([1] * 32))])


@pytest.mark.parametrize("value", [1.5, None, {"Upper": 1}, {"": 1}, {1: 1}, b"bytes", 1 << 63, "\ud800"])
def test_parameters_that_json_would_change_are_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"not allowed|member name|out of range|surrogates"):
        ArchiveWriter(io.BytesIO(), [Method(MethodKind.NEURAL, {"value": value})])  # type: ignore[dict-item]


def test_nothing_is_added_to_a_finished_archive() -> None:
    writer = ArchiveWriter(io.BytesIO(), [STORED])
    writer.finish([])
    with pytest.raises(ValueError, match="finished"):
        writer.add_block(0, b"a", 1, bytes(8))
    with pytest.raises(ValueError, match="finished"):
        writer.finish([])
