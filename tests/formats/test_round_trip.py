"""What the writer writes, the reader reads: from memory, files and pipes, for any entries."""

import io
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats.canonical_json import JSON
from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import Entry, EntryKind, Extent
from nacomp.formats.errors import UnsafePath
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.paths import check_path, decode_path, encode_path
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter
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


entries = st.builds(
    Entry,
    names,
    st.just(EntryKind.FOLDER),
    st.integers(0, 0o7777),
    st.integers(-(1 << 63), (1 << 63) - 1),
)


@settings(deadline=None)
@given(st.lists(entries, unique_by=lambda entry: entry.path, max_size=20))
def test_modes_and_times_come_back(folders: list[Entry]) -> None:
    with ArchiveReader.open(io.BytesIO(build({}, folders))) as reader:
        assert set(reader.entries) == set(folders)
        raw = [encode_path(entry.path) for entry in reader.entries]
        assert raw == sorted(raw)


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
        with ArchiveReader.open(io.BytesIO(build({"a": os.urandom(size)}, block_size=size))) as reader:
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
    path.write_bytes(build({"a": os.urandom(3_000_000)}, block_size=100_000))
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
        (Entry("a", EntryKind.FOLDER, 0o644, MTIME, 0, bytes(32)), "only a file"),
        (Entry("a", EntryKind.FOLDER, 0o644, MTIME, link_target="b"), "only a link"),
        (Entry("a", EntryKind.FOLDER, 0o644, 1 << 63), "fit 64 bits"),
        (Entry("a", EntryKind.FOLDER, -1, 0), "fit a varint"),
    ],
)
def test_contradictory_entries_are_not_written(entry: Entry, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build({}, [entry])


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
