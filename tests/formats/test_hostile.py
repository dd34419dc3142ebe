"""Archives that must be refused, each test named for the attack."""

import contextlib
import io
import json
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats import header
from nacomp.formats.block import BLOCK_HEADER_SIZE
from nacomp.formats.checksums import content_checksum
from nacomp.formats.columns import encode_steps
from nacomp.formats.derived import MAX_PARAMETERS, MAX_PARTS
from nacomp.formats.entry import EMPTY_SHA256, MIN_TIME, Entry, EntryKind
from nacomp.formats.entry_table import MAX_SHARED
from nacomp.formats.errors import (
    CorruptArchive,
    DamagedBlock,
    LimitExceeded,
    NacompError,
    UnsafePath,
    UnsupportedArchive,
)
from nacomp.formats.index import FIELDS, FOOTER, FOOTER_MAGIC, INDEX_HEADER_SIZE, encode_index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.packing import pack, unpack
from nacomp.formats.paths import check_path, encode_path
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import (
    ABC,
    EMPTY_BODY,
    EXAMPLE_BLOCK,
    STORED_TABLE,
    VIEW_TABLE,
    XYZ,
    Place,
    RawDerived,
    RawEntry,
    around,
    assembled,
    forged_block,
    forged_header,
    forged_index,
    numbers,
    one_block,
    raw_body,
    raw_file,
    raw_link,
    two_blocks,
    with_views,
)
from tests.formats.samples import (
    MTIME,
    SMALL_FILES,
    SMALL_OTHERS,
    STORED,
    build,
    read_files,
)

SMALL = build(SMALL_FILES, SMALL_OTHERS)


def refuse(archive: bytes, error: type[NacompError], message: str, limits: Limits = DEFAULT_LIMITS) -> None:
    with pytest.raises(error, match=message) as caught:
        read_files(archive, limits)
    assert caught.type is error
    assert caught.value.exit_code == 3


def test_the_forger_can_write_what_is_accepted() -> None:
    assert read_files(assembled()) == {}
    assert read_files(assembled(RawEntry(b"a"))) == {}
    assert assembled() == around(EMPTY_BODY)
    abc = sha256(b"abc").digest()
    assert read_files(one_block(raw_file(b"a", (0, 0, 3)), hashes=[abc])) == {"a": b"abc"}
    with ArchiveReader.open(io.BytesIO(with_views([RawDerived()], raw_file(b"a", (1, 0, 3))))) as reader:
        assert reader.index.derived[0].size == 3
        assert reader.entries[0].extents[0].content == 1


# Header


def test_another_file_type_refused() -> None:
    refuse(b"\xfd7zXZ\x00" * 30, CorruptArchive, "it is an xz file")


def test_text_mode_transfer_detected() -> None:
    refuse(SMALL.replace(b"\r\n", b"\n", 1), CorruptArchive, "as if it were text")


def test_empty_file_refused() -> None:
    refuse(b"", CorruptArchive, "the file is empty")


@pytest.mark.parametrize("version", [0, 1, 3, 0xFFFF])
def test_other_versions_refused_by_name(version: int) -> None:
    refuse(
        assembled(head=forged_header(version=version)), UnsupportedArchive, f"container version {version},"
    )


@pytest.mark.parametrize("bit", range(1, 7))
def test_reserved_header_bits_refused(bit: int) -> None:
    refuse(assembled(head=forged_header(flags=1 << bit)), UnsupportedArchive, "header flags")


def test_sealed_bit_without_a_seal_refused() -> None:
    refuse(assembled(head=forged_header(flags=1 << 7)), CorruptArchive, "seal")


@pytest.mark.parametrize("bit", range(8, 16))
def test_unused_header_bits_ignored(bit: int) -> None:
    assert read_files(assembled(head=forged_header(flags=1 << bit))) == {}


def test_methods_table_larger_than_stated_refused() -> None:
    refuse(assembled(head=forged_header(size=10)), CorruptArchive, "unpacks to another size")


def test_methods_table_smaller_than_stated_refused() -> None:
    refuse(assembled(head=forged_header(size=60_000)), CorruptArchive, "unpacks to another size")


def test_huge_methods_table_refused_before_unpacking() -> None:
    refuse(assembled(head=forged_header(size=1 << 31)), LimitExceeded, "methods table")


def test_methods_table_with_bytes_behind_its_end_refused() -> None:
    packed = pack(STORED_TABLE, header.PRESET_DICTIONARY) + b"more"
    refuse(assembled(head=forged_header(packed=packed)), CorruptArchive, "behind its end")


def test_methods_table_that_is_not_deflate_refused() -> None:
    refuse(assembled(head=forged_header(packed=b"\xff" * 20)), CorruptArchive, "does not unpack")


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"{}",
        b"[1]",
        b'[{"kind":"stored"}]',
        b'[{"kind":1,"parameters":{}}]',
        b'[{"kind":"stored","parameters":[]}]',
        b'[{"kind":"stored","parameters":{},"x":1}]',
        b'[{"parameters":{},"kind":"stored"}]',
        b'[ {"kind":"stored","parameters":{}}]',
        b'[{"kind":"stored","kind":"stored","parameters":{}}]',
        b'[{"kind":"stored","parameters":{"a":1.0}}]',
        b'[{"kind":"stored","parameters":{"a":1e2}}]',
        b'[{"kind":"stored","parameters":{"a":NaN}}]',
        b'[{"kind":"stored","parameters":{"a":null}}]',
        b'[{"kind":"stored","parameters":{"a":-0}}]',
        b'[{"kind":"stored","parameters":{"a":9223372036854775808}}]',
        b'[{"kind":"stored","parameters":{"a":' + b"9" * 6000 + b"}}]",
        b'[{"kind":"stored","parameters":{"A":1}}]',
        b'[{"kind":"stored","parameters":{"a":"\\u0041"}}]',
        b'[{"kind":"stored","parameters":{"a":"\\ud800"}}]',
        b'[{"kind":"stored","parameters":{"a":"\xff"}}]',
        b'[{"kind":"stored","parameters":{"a":' + b"[" * 7 + b"]" * 7 + b"}}]",
        b"[" * 60_000,
        b'"\\' * 30_000,
        b"[" * 30_000 + b"]" * 30_000,
    ],
    ids=range(25),
)
def test_methods_table_that_is_not_canonical_refused(table: bytes) -> None:
    refuse(
        assembled(head=forged_header(table)), CorruptArchive, "JSON|expected the methods|expected a method"
    )


def test_unknown_method_refused_by_name() -> None:
    table = STORED_TABLE.replace(b"stored", b"cosmic")
    refuse(assembled(head=forged_header(table)), UnsupportedArchive, "the method 'cosmic'")


def test_too_many_methods_refused() -> None:
    table = json.dumps([json.loads(STORED_TABLE)[0]] * 257, separators=(",", ":")).encode()
    refuse(assembled(head=forged_header(table)), LimitExceeded, "257 where the limit is 256")


# Blocks


def test_forged_blocks_are_accepted_when_they_are_right() -> None:
    assert read_files(two_blocks(ABC, XYZ)) == {"a": b"abc", "b": b"xyz"}


def test_swapped_blocks_detected() -> None:
    refuse(two_blocks(XYZ, ABC), DamagedBlock, "Block 0 .* differs from what the index says")


def test_repeated_block_detected() -> None:
    refuse(two_blocks(ABC, ABC), DamagedBlock, "Block 1 .* differs from what the index says")


def test_swapped_block_checksums_detected() -> None:
    size = BLOCK_HEADER_SIZE
    swapped = ABC[: size - 8] + XYZ[size - 8 : size] + ABC[size:]
    refuse(two_blocks(swapped, XYZ), DamagedBlock, "its checksum does not match")


def test_swapped_payloads_detected() -> None:
    size = BLOCK_HEADER_SIZE
    refuse(
        two_blocks(ABC[:size] + XYZ[size:], XYZ[:size] + ABC[size:]), DamagedBlock, "checksum does not match"
    )


def test_block_of_another_content_detected_by_the_file_hash() -> None:
    with pytest.raises(AssertionError):
        read_files(two_blocks(forged_block(b"abd", b"abd"), XYZ))


def test_payload_that_decodes_to_other_bytes_detected() -> None:
    refuse(two_blocks(forged_block(b"abc", b"abd"), XYZ), DamagedBlock, "decoded bytes' checksum")


def test_payload_that_decodes_to_more_bytes_detected() -> None:
    with (
        ArchiveReader.open(io.BytesIO(two_blocks(ABC, XYZ))) as reader,
        pytest.raises(DamagedBlock, match="4"),
    ):
        reader.block(0).check_decoded(b"abcd")


def test_content_checksum_used_as_block_checksum_detected() -> None:
    fields = ABC[: BLOCK_HEADER_SIZE - 8]
    refuse(two_blocks(fields + content_checksum(fields + b"abc") + b"abc", XYZ), DamagedBlock, "checksum")


@pytest.mark.parametrize("bit", range(8))
def test_reserved_block_bits_refused(bit: int) -> None:
    refuse(two_blocks(forged_block(b"abc", b"abc", flags=1 << bit), XYZ), UnsupportedArchive, "block flags")


def test_block_with_another_method_than_the_index_says_detected() -> None:
    refuse(
        two_blocks(forged_block(b"abc", b"abc", method=7), XYZ),
        DamagedBlock,
        "differs from what the index says",
    )


# Index and footer


def test_trailing_garbage_refused() -> None:
    refuse(SMALL + b"\0", CorruptArchive, "1 bytes were added behind it")


def test_trailing_garbage_that_ends_like_an_archive_refused() -> None:
    refuse(SMALL + FOOTER.pack(len(SMALL) - 60, FOOTER_MAGIC), CorruptArchive, "expected")


def test_leading_garbage_refused() -> None:
    refuse(b"#!/bin/sh\n" + SMALL, CorruptArchive, "10 bytes stand in front of it")


def test_half_an_archive_behind_another_refused() -> None:
    behind = SMALL[: len(SMALL) // 2]
    refuse(SMALL + behind, CorruptArchive, f"another archive stands behind it, from byte {len(SMALL):,} on")


@pytest.mark.parametrize("offset", [0, 1, 30, len(SMALL) - 17, len(SMALL), 1 << 63, (1 << 64) - 1])
def test_footer_that_points_elsewhere_refused(offset: int) -> None:
    refuse(
        SMALL[: -FOOTER.size] + FOOTER.pack(offset, FOOTER_MAGIC), CorruptArchive, "expected|footer places"
    )


def test_gap_before_the_index_refused() -> None:
    refuse(assembled(between=b"hidden"), CorruptArchive, "expected the blocks to end at")


@pytest.mark.parametrize("bit", [*range(1, 8), *range(11, 16)])
def test_reserved_index_bits_refused(bit: int) -> None:
    head = forged_header()
    section = forged_index(EMPTY_BODY, flags=1 << bit)
    refuse(head + section + FOOTER.pack(len(head), FOOTER_MAGIC), UnsupportedArchive, "index flags")


def test_huge_index_refused_before_unpacking() -> None:
    head = forged_header()
    section = forged_index(EMPTY_BODY, size=1 << 40)
    refuse(head + section + FOOTER.pack(len(head), FOOTER_MAGIC), LimitExceeded, "bytes of index")


def test_index_bomb_stops_at_its_stated_size() -> None:
    head = forged_header()
    section = forged_index(b"", size=1000, packed=pack(bytes(50 << 20)))
    archive = head + section + FOOTER.pack(len(head), FOOTER_MAGIC)
    tracemalloc.start()
    refuse(archive, CorruptArchive, "unpacks to another size")
    assert tracemalloc.get_traced_memory()[1] < 2 << 20
    tracemalloc.stop()


def test_header_copy_of_another_archive_refused() -> None:
    head = forged_header()
    other = forged_header(STORED_TABLE.replace(b"stored", b"lzma"))
    section = forged_index(numbers(len(other)) + other + EMPTY_BODY, flags=1)
    refuse(head + section + FOOTER.pack(len(head), FOOTER_MAGIC), CorruptArchive, "header and its copy")


def test_header_copy_of_no_bytes_refused() -> None:
    head = forged_header()
    section = forged_index(b"\0" + EMPTY_BODY, flags=1)
    refuse(head + section + FOOTER.pack(len(head), FOOTER_MAGIC), CorruptArchive, "the copy is empty")


def test_bytes_behind_the_last_column_refused() -> None:
    refuse(around(EMPTY_BODY + b"hidden"), CorruptArchive, "6 bytes behind its last entry")


COUNTS = ("blocks_count", "derived_count", "entries_count")


@pytest.mark.parametrize("column", COUNTS)
@pytest.mark.parametrize("count", [b"\x80\x00", b"\x81\x80\x00", b"\xff" * 9 + b"\x01", b"\xff" * 20])
def test_numbers_with_a_second_spelling_refused(column: str, count: bytes) -> None:
    refuse(assembled(**{column: count}), CorruptArchive, "shortest form|longer than 9 bytes")


@pytest.mark.parametrize("count", [b"", b"\x80", b"\xff\xff"])
def test_numbers_cut_off_refused(count: bytes) -> None:
    refuse(assembled(entries_count=count), CorruptArchive, "ends inside a number")


@pytest.mark.parametrize("column", COUNTS)
@pytest.mark.parametrize("count", [1, 1000, 1 << 40, (1 << 63) - 1])
def test_more_things_than_bytes_refused_before_allocating(column: str, count: int) -> None:
    refuse(
        assembled(**{column: numbers(count)}), CorruptArchive, "items, more than its last [012] bytes hold"
    )


def test_more_blocks_than_the_file_can_hold_refused_before_allocating() -> None:
    columns = {"blocks_count": numbers(1_000_000), "blocks_method": bytes(3_000_000)}
    refuse(assembled(**columns), CorruptArchive, "blocks do not fit in")


BLOCK_ROWS = {
    "block_of_no_bytes": ((0, 0, 0), CorruptArchive, "is empty"),
    "block_of_unknown_method": ((2, 3, 3), CorruptArchive, "method 2 of 2"),
    "block_made_by_a_view": ((1, 3, 3), CorruptArchive, "method 1, which is a view"),
    "stored_block_of_two_sizes": ((0, 4, 3), CorruptArchive, "two sizes differ"),
    "payload_larger_than_any_coder_makes": ((0, 1, 1026), CorruptArchive, "payload of 1,026"),
    "huge_block": ((0, 1 << 40, 3), LimitExceeded, "bytes in a stored block"),
}


@pytest.mark.parametrize("attack", BLOCK_ROWS)
def test_impossible_block_refused(attack: str) -> None:
    row, error, message = BLOCK_ROWS[attack]
    refuse(with_views((), blocks=[row]), error, message)


def test_huge_neural_block_refused() -> None:
    head = forged_header(STORED_TABLE.replace(b"stored", b"neural"))
    archive = assembled(blocks=[(0, 64 << 20, 3)], between=ABC, head=head)
    refuse(archive, LimitExceeded, "67,108,864 where the limit is 4,194,304")


# Derived contents

FAR = (1 << 63) - 1
BLOCK: tuple[tuple[Place, ...], ...] = (((0, 0, 3),),)


def of_content(number: int) -> RawDerived:
    """A content of three bytes made of the one with this number."""
    return RawDerived((((number, 0, 3),),))


DERIVED: dict[str, tuple[list[RawDerived], type[NacompError], str]] = {
    "made_of_itself": ([of_content(1)], CorruptArchive, "made of one that comes after it"),
    "made_of_a_later_one": (
        [of_content(2), of_content(0)],
        CorruptArchive,
        "made of one that comes after it",
    ),
    "made_of_one_that_is_not_there": ([of_content(2)], CorruptArchive, "content 2, and there are 2"),
    "made_of_more_than_is_there": ([RawDerived((((0, 1, 3),),))], CorruptArchive, "bytes 1 to 4"),
    "too_deep": (
        [of_content(n) for n in range(9)],
        LimitExceeded,
        "9 where the limit is 8.*views in one another",
    ),
    "too_large": ([RawDerived(size=(64 << 20) + 1)], LimitExceeded, "bytes in a derived content"),
    "of_a_terabyte": ([RawDerived(size=1 << 40)], LimitExceeded, "bytes in a derived content"),
    "of_too_much": (
        [RawDerived(size=33 << 20), RawDerived((((1, 0, 33 << 20),), ((1, 0, 33 << 20),)))],
        LimitExceeded,
        "69,206,016 where .*bytes of what a content is derived from",
    ),
    "of_no_bytes": ([RawDerived(size=0)], CorruptArchive, "has 0 bytes"),
    "of_no_parts": ([RawDerived(())], CorruptArchive, "0 parts"),
    "of_too_many_parts": ([RawDerived(BLOCK * (MAX_PARTS + 1))], CorruptArchive, "9 parts"),
    "with_long_parameters": (
        [RawDerived(parameters=bytes(MAX_PARAMETERS + 1))],
        CorruptArchive,
        "4,097 of parameters",
    ),
    "by_a_codec": ([RawDerived(method=0)], CorruptArchive, "method 0, which is no view"),
    "by_an_unknown_method": ([RawDerived(method=2)], CorruptArchive, "method 2, which is no view"),
    "by_a_method_far_away": ([RawDerived(method=FAR)], CorruptArchive, "which is no view"),
}


@pytest.mark.parametrize("attack", DERIVED)
def test_impossible_derived_content_refused(attack: str) -> None:
    derived, error, message = DERIVED[attack]
    refuse(with_views(derived), error, message)


def test_derived_contents_at_the_bounds_are_accepted() -> None:
    widest = RawDerived(BLOCK * MAX_PARTS, size=64 << 20, parameters=bytes(MAX_PARAMETERS))
    largest = RawDerived((((1, 0, 64 << 20),), ()))
    deepest = [of_content(number) for number in range(2, 8)]
    with ArchiveReader.open(io.BytesIO(with_views([widest, largest, *deepest]))) as reader:
        assert [len(one.parts) for one in reader.index.derived] == [MAX_PARTS, 2, *[1] * 6]
        assert reader.derived_table[2].input_size == 64 << 20


@pytest.mark.parametrize("count", [4, 1 << 40, FAR])
def test_more_extents_of_a_part_than_bytes_refused_before_allocating(count: int) -> None:
    refuse(
        with_views([RawDerived()], derived_extent_count=numbers(count)),
        (CorruptArchive, LimitExceeded)[count > 4],
        "extents|items",
    )


def test_more_derived_contents_than_the_limit_refused() -> None:
    archive = with_views([RawDerived()] * 3)
    refuse(archive, LimitExceeded, "3 where the limit is 2.*derived contents", Limits(max_derived=2))


def test_view_of_an_unknown_kind_refused_by_name() -> None:
    refuse(
        with_views([RawDerived()], table=VIEW_TABLE.replace(b'deflate"', b'cosmic"')),
        UnsupportedArchive,
        "cosmic",
    )


# Entries


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


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60), st.booleans())
def test_any_index_is_accepted_or_refused(rest: bytes, with_block: bool) -> None:
    body = (raw_body(blocks=[EXAMPLE_BLOCK])[:4] if with_block else b"\0") + rest
    archive = around(body, ABC if with_block else b"", forged_header(VIEW_TABLE))
    with contextlib.suppress(NacompError), ArchiveReader.open(io.BytesIO(archive)) as reader:
        assert len(reader.entries) + len(reader.index.derived) <= len(rest)


def index_body(archive: bytes) -> tuple[bytes, bytes]:
    """What stands before an archive's index, and the unpacked index."""
    offset, _ = FOOTER.unpack(archive[-FOOTER.size :])
    size = FIELDS.unpack_from(archive, offset)[3]
    return archive[:offset], unpack(archive[offset + INDEX_HEADER_SIZE : -FOOTER.size], size, "index")


RICH = with_views(
    [RawDerived(parameters=b"choices"), RawDerived((((1, 0, 3),), ((0, 1, 2),)), size=9)],
    raw_file(b"a", (0, 0, 3)),
    raw_file(b"a0", (1, 0, 3), group=1),
    RawEntry(b"folder"),
    raw_link(b"folder/link", b"../a"),
    raw_file(b"folder/x", (2, 0, 4), (2, 4, 5), group=1),
)
"""Derived contents and files that share a hash."""


EVERYTHING = (Path(__file__).parents[2] / "formats" / "golden" / "everything.nac").read_bytes()


def test_every_index_cut_short_is_refused() -> None:
    before, body = index_body(RICH)
    for size in range(len(body)):
        forged = before + forged_index(body[:size]) + FOOTER.pack(len(before), FOOTER_MAGIC)
        with pytest.raises(CorruptArchive):
            ArchiveReader.open(io.BytesIO(forged))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([SMALL, RICH, EVERYTHING]), st.data())
def test_any_change_to_an_index_is_accepted_or_refused(archive: bytes, data: st.DataObject) -> None:
    before, body = index_body(archive)
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    flags = FIELDS.unpack_from(archive, len(before))[1]
    forged = before + forged_index(bytes(changed), flags) + FOOTER.pack(len(before), FOOTER_MAGIC)
    with contextlib.suppress(NacompError), ArchiveReader.open(io.BytesIO(forged)) as reader:
        for entry in reader.entries:
            assert entry.data_size == sum(extent.length for extent in entry.extents)
            assert all(0 <= hole.offset < hole.offset + hole.length <= entry.size for hole in entry.holes)
            check_path(encode_path(entry.path))
        again = encode_index(reader.blocks, reader.index.derived, reader.entries, reader.index.header_copy)
        assert index_body(before + again + FOOTER.pack(len(before), FOOTER_MAGIC))[1] == bytes(changed)


# Limits


@pytest.mark.parametrize("limits", [Limits(max_extents=4), Limits(max_total_size=(1 << 50) + (1 << 40) + 13)])
def test_holes_count_towards_extents_and_sizes(limits: Limits) -> None:
    """4 holes and 2 extents; 2^50 bytes, 2^40 and 10, and 4."""
    refuse(EVERYTHING, LimitExceeded, "hostile", limits)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(max_methods=2),
        Limits(max_block_size=49),
        Limits(max_index_size=100),
        Limits(max_entries=6),
        Limits(max_extents=7),
        Limits(max_total_size=391),
    ],
)
def test_each_limit_is_kept(limits: Limits) -> None:
    refuse(SMALL, LimitExceeded, "hostile", limits)


def test_the_same_archive_at_each_limit_is_accepted() -> None:
    size = sum(map(len, SMALL_FILES.values()))
    with ArchiveReader.open(io.BytesIO(SMALL)) as reader:
        extents = sum(len(entry.extents) for entry in reader.entries)
    limits = Limits(3, 50, 0, 10_000, 7, extents, 0, 0, 0, size)
    assert read_files(SMALL, limits) == SMALL_FILES


def test_shared_extents_count_towards_the_total_size() -> None:
    refuse(
        one_block(raw_file(b"a", *[(0, 0, 3)] * 10_000)),
        LimitExceeded,
        "30,000",
        Limits(max_total_size=29_999),
    )


# Damage


def outcomes(archive: bytes) -> str:
    """`refused`, or `harmless` if the right files come out, or `wrong bytes`."""
    try:
        files = read_files(archive)
    except (CorruptArchive, LimitExceeded, UnsupportedArchive):
        return "refused"
    return "harmless" if files == SMALL_FILES else "wrong bytes"


def test_every_flipped_bit_is_detected() -> None:
    for position in range(len(SMALL) * 8):
        flipped = bytearray(SMALL)
        flipped[position // 8] ^= 1 << position % 8
        assert outcomes(bytes(flipped)) == "refused", position


def test_every_truncation_is_refused() -> None:
    for size in range(len(SMALL)):
        assert outcomes(SMALL[:size]) == "refused", size


@pytest.mark.parametrize("cut", [1, 7, 64])
def test_every_missing_run_of_bytes_is_detected(cut: int) -> None:
    for start in range(len(SMALL) - cut):
        assert outcomes(SMALL[:start] + SMALL[start + cut :]) == "refused", start


def test_zeroed_sectors_are_detected() -> None:
    for start in range(0, len(SMALL), 16):
        zeroed = SMALL[:start] + bytes(16) + SMALL[start + 16 :]
        assert outcomes(zeroed[: len(SMALL)]) == "refused", start


@pytest.mark.parametrize("attack", [zlib.compress, bytes.swapcase, lambda data: data[::-1]])
def test_other_files_are_refused(attack: Callable[[bytes], bytes]) -> None:
    assert outcomes(attack(SMALL)) == "refused"
