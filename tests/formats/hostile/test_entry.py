"""Forged entries and paths that must be refused, each test named for the attack."""

import io
import tracemalloc
from dataclasses import replace

import pytest

from nacomp.formats.columns import encode_steps
from nacomp.formats.entry import EMPTY_SHA256, MIN_TIME, Entry, EntryKind
from nacomp.formats.entry_table import MAX_SHARED
from nacomp.formats.errors import CorruptArchive, LimitExceeded, UnsafePath
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import RawEntry, assembled, forged_block, numbers, one_block, raw_file, raw_link
from tests.formats.hostile.refusal import FAR, refuse
from tests.formats.samples import MTIME, STORED, build, read_files

ENTRIES: dict[str, tuple[bytes, str]] = {
    "unknown_kind": (one_block(RawEntry(b"a", kind=4)), "kind 0 to 3, found 4"),
    "mode_with_file_type_bits": (one_block(RawEntry(b"a", mode=0o100644)), "mode up to"),
    "path_longer_than_the_index": (
        one_block(RawEntry(b"a"), entries_suffix_size=numbers(4000)),
        "ends early",
    ),
    "path_that_goes_on_from_nothing": (
        one_block(RawEntry(b"a"), entries_shared=numbers(1)),
        "goes on from 1 bytes of one that has 0",
    ),
    "path_that_goes_on_from_more_than_there_is": (
        one_block(RawEntry(b"a"), RawEntry(b"ab"), entries_shared=numbers(0, 2), entries_suffix=b"ab"),
        "goes on from 2 bytes of one that has 1",
    ),
    "path_that_shares_more_than_it_says": (
        one_block(
            RawEntry(b"aa"),
            RawEntry(b"ab"),
            entries_shared=bytes(2),
            entries_suffix_size=numbers(2, 2),
            entries_suffix=b"aaab",
        ),
        "repeats more of the one before it",
    ),
    "nanoseconds_of_a_second": (
        one_block(RawEntry(b"a"), entries_nanoseconds=numbers(10**9)),
        "does not fit 64 bits",
    ),
    "time_before_all_times": (
        one_block(
            RawEntry(b"a"),
            entries_seconds=encode_steps([MIN_TIME // 10**9]),
            entries_nanoseconds=numbers(145_224_191),
        ),
        "does not fit 64 bits",
    ),
    "steps_beyond_all_times": (
        one_block(RawEntry(b"a"), RawEntry(b"b"), entries_seconds=numbers(FAR - 1, FAR - 1)),
        "does not fit 64 bits",
    ),
    "link_to_nothing": (one_block(raw_link(b"a", b"")), "link target of 1 to 4,096"),
    "empty_file_with_a_hash": (one_block(raw_file(b"a"), hashes=[EMPTY_SHA256]), "32 bytes behind its last"),
    "folder_with_a_hash": (one_block(RawEntry(b"a"), hashes=[EMPTY_SHA256]), "32 bytes behind its last"),
    "file_without_a_hash": (one_block(raw_file(b"a", (0, 0, 3)), hashes=[]), "expected 32 bytes, found 0"),
    "half_a_hash": (one_block(raw_file(b"a", (0, 0, 3)), hashes=[bytes(31)]), "expected 32 bytes, found 31"),
    "two_hashes_of_one_file": (
        one_block(raw_file(b"a", (0, 0, 3)), hashes=[bytes(32)] * 2),
        "32 bytes behind",
    ),
    "first_group_of_another_number": (one_block(raw_file(b"a", (0, 0, 3), group=1)), "hash group 1 before"),
    "group_number_that_jumps": (
        one_block(raw_file(b"a", (0, 0, 3)), raw_file(b"b", (0, 0, 3), group=2)),
        "hash group 2 before",
    ),
    "group_number_below_zero": (one_block(raw_file(b"a", (0, 0, 3), group=-1)), "hash group -1 before"),
    "steps_beyond_all_groups": (
        one_block(raw_file(b"a", (0, 0, 3)), raw_file(b"b", (0, 0, 3)), entries_group=numbers(0, FAR - 1)),
        "before there are so many",
    ),
    "extent_of_no_bytes": (one_block(raw_file(b"a", (0, 0, 0))), "bytes 0 to 0"),
    "extent_behind_the_block": (one_block(raw_file(b"a", (0, 1, 3))), "bytes 1 to 4"),
    "extent_before_the_block": (one_block(raw_file(b"a", (0, -1, 3))), "bytes -1 to 2"),
    "extent_far_behind": (one_block(raw_file(b"a", (0, FAR >> 1, 3))), "of content 0, which has 3"),
    "extent_longer_than_all": (one_block(raw_file(b"a", (0, 0, FAR))), "of content 0, which has 3"),
    "offset_steps_that_add_up": (
        one_block(raw_file(b"a", (0, 0, 3), (0, 3, 1))),
        "bytes 3 to 4 of content 0",
    ),
    "extent_of_no_content": (one_block(raw_file(b"a", (1, 0, 3))), "content 1, and there are 1"),
    "extent_of_a_content_below_zero": (one_block(raw_file(b"a", (-1, 0, 3))), "content -1, and there are 1"),
    "content_steps_beyond_all": (
        one_block(raw_file(b"a", (0, 0, 3), (0, 0, 3)), extents_content=numbers(0, FAR - 1)),
        "and there are 1",
    ),
    "extents_without_bytes": (
        one_block(
            raw_file(b"a", (0, 0, 3)), extents_content=b"", extents_offset=b"", extents_length=b"", hashes=[]
        ),
        "items, more than",
    ),
    "more_extents_than_bytes": (
        one_block(raw_file(b"a", (0, 0, 3)), entries_extent_count=numbers(1000)),
        "items, more than",
    ),
}


@pytest.mark.parametrize("attack", ENTRIES)
def test_impossible_entry_refused(attack: str) -> None:
    archive, message = ENTRIES[attack]
    refuse(archive, CorruptArchive, message)


@pytest.mark.parametrize("count", [4_000_001, 1 << 40, FAR])
def test_extents_without_end_refused_before_allocating(count: int) -> None:
    archive = one_block(raw_file(b"a", (0, 0, 3)), entries_extent_count=numbers(count))
    refuse(archive, LimitExceeded, "extents")


def test_path_of_no_bytes_refused() -> None:
    refuse(assembled(RawEntry(b"")), UnsafePath, "empty")


def test_same_path_by_sharing_all_of_it_refused() -> None:
    refuse(assembled(RawEntry(b"ab"), RawEntry(b"ab")), UnsafePath, "twice or out of order")


def test_times_at_the_bounds_are_accepted() -> None:
    for mtime in (MIN_TIME, -MIN_TIME - 1, -1, 0):
        seconds, rest = divmod(mtime, 10**9)
        archive = assembled(
            RawEntry(b"a"), entries_seconds=encode_steps([seconds]), entries_nanoseconds=numbers(rest)
        )
        with ArchiveReader.open(io.BytesIO(archive)) as reader:
            assert reader.entries[0].mtime_ns == mtime


def test_group_of_too_many_bytes_refused() -> None:
    def grouped(size: int, *groups: int) -> bytes:
        content = bytes(size)
        files = [raw_file(b"%d" % n, (0, 0, size), group=group) for n, group in enumerate(groups)]
        row, between = (0, size, size), forged_block(content, content)
        return assembled(*files, blocks=[row], between=between)

    half = MAX_SHARED // 2
    for archive in (grouped(half, 0, 0), grouped(half + 1, 0, 1), grouped(half, 0, 1, 0, 1)):
        ArchiveReader.open(io.BytesIO(archive)).close()
    refuse(grouped(half + 1, 0, 0), CorruptArchive, "more than 65,536 bytes share a hash")
    refuse(grouped(half, 0, 1, 0, 0), CorruptArchive, "more than 65,536 bytes share a hash")


def test_long_paths_that_share_their_beginnings_take_no_memory() -> None:
    """Eight bytes of index made a path of 4,096: 40 KB of archive took gigabytes."""
    count = 40_000
    first = b"/".join([b"a" * 250] * 16)
    long = len(first)
    archive = assembled(
        entries_count=numbers(count),
        entries_kind=b"\1" * count,
        entries_shared=numbers(0, *[long - 4] * (count - 1)),
        entries_suffix_size=numbers(long, *[4] * (count - 1)),
        entries_suffix=first + b"".join(b"%04x" % number for number in range(0xB000, 0xB000 + count - 1)),
        entries_mode=bytes(count),
        entries_seconds=bytes(count),
        entries_nanoseconds=bytes(count),
    )
    assert len(archive) < 200_000
    tracemalloc.start()
    refuse(archive, LimitExceeded, "bytes of paths")
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


PATHS: dict[str, tuple[bytes, str]] = {
    "absolute": (b"/etc/passwd", "is absolute"),
    "climbing": (b"../up", "component '..' is not a name"),
    "climbing_later": (b"a/../../up", "component '..' is not a name"),
    "dot": (b"./a", "component '.' is not a name"),
    "doubled_slash": (b"a//b", "component '' is not a name"),
    "trailing_slash": (b"a/", "component '' is not a name"),
    "nul": (b"a\0.txt", "NUL or a backslash"),
    "backslash": (b"..\\up", "NUL or a backslash"),
    "drive": (b"C:/windows", "drive letter"),
    "drive_relative": (b"c:evil", "drive letter"),
    "long_component": (b"a" * 256, "a component has 256 bytes"),
}


@pytest.mark.parametrize("attack", PATHS)
def test_unsafe_path_refused(attack: str) -> None:
    path, message = PATHS[attack]
    refuse(assembled(RawEntry(path)), UnsafePath, message)


def test_over_long_path_refused() -> None:
    refuse(assembled(RawEntry(b"a/" * 2048 + b"b")), CorruptArchive, "path of 1 to 4,096 bytes")


def test_link_that_escapes_refused() -> None:
    refuse(assembled(raw_link(b"a/b", b"../../etc")), UnsafePath, "outside the archive")


def test_entry_there_twice_refused() -> None:
    refuse(assembled(RawEntry(b"a"), RawEntry(b"a")), UnsafePath, "twice or out of order")


def test_entries_out_of_order_refused() -> None:
    refuse(assembled(RawEntry(b"a-b"), RawEntry(b"a/b")), UnsafePath, "out of order")


@pytest.mark.parametrize("leaf", [raw_link(b"a", b"."), raw_file(b"a")])
def test_entry_below_a_link_or_a_file_refused(leaf: RawEntry) -> None:
    refuse(assembled(leaf, RawEntry(b"a/b/c")), UnsafePath, "below a file or a link")
    assert read_files(assembled(leaf, RawEntry(b"a-b"))).keys() <= {"a"}


def test_writer_refuses_what_the_reader_refuses() -> None:
    for path in ("/a", "..", "a/../b", "C:x", "a\\b"):
        with pytest.raises(UnsafePath):
            build({}, [Entry(path, EntryKind.FOLDER, 0o755, MTIME)])
    with pytest.raises(UnsafePath, match="twice"):
        build({}, [Entry("a", EntryKind.FOLDER, 0o755, MTIME)] * 2)
    with pytest.raises(LimitExceeded):
        build({"a": b"abc"}, methods=(replace(STORED),) * 257)
