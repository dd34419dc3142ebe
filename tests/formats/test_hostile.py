"""Archives that must be refused, each test named for the attack."""

import contextlib
import io
import json
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats import header
from nacomp.formats.block import BLOCK_HEADER_SIZE
from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import Entry, EntryKind, encode_entry
from nacomp.formats.errors import (
    CorruptArchive,
    DamagedBlock,
    LimitExceeded,
    NacompError,
    UnsafePath,
    UnsupportedArchive,
)
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.packing import pack
from nacomp.formats.paths import check_path, encode_path
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import (
    ABC,
    FILE,
    STORED_TABLE,
    XYZ,
    assembled,
    forged_block,
    forged_header,
    forged_index,
    numbers,
    one_block,
    raw_entry,
    two_blocks,
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
    assert read_files(assembled(numbers(1) + raw_entry(b"a"))) == {}


# Header


def test_another_file_type_refused() -> None:
    refuse(b"\xfd7zXZ\x00" * 30, CorruptArchive, "expected it to start with 89 4e 41 43")


def test_text_mode_transfer_detected() -> None:
    refuse(SMALL.replace(b"\r\n", b"\n", 1), CorruptArchive, "expected it to start with")


def test_empty_file_refused() -> None:
    refuse(b"", CorruptArchive, "expected at least")


def test_future_version_refused_by_name() -> None:
    refuse(assembled(head=forged_header(version=2)), UnsupportedArchive, "container version 2")


@pytest.mark.parametrize("bit", range(7))
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
    refuse(SMALL + b"\0", CorruptArchive, "bytes were added behind it")


def test_trailing_garbage_that_ends_like_an_archive_refused() -> None:
    refuse(SMALL + FOOTER.pack(len(SMALL) - 60, FOOTER_MAGIC), CorruptArchive, "expected")


def test_leading_garbage_refused() -> None:
    refuse(b"#!/bin/sh\n" + SMALL, CorruptArchive, "expected it to start with")


def test_two_archives_in_a_row_refused() -> None:
    refuse(SMALL + SMALL, CorruptArchive, "expected")


@pytest.mark.parametrize("offset", [0, 1, 30, len(SMALL) - 17, len(SMALL), 1 << 63, (1 << 64) - 1])
def test_footer_that_points_elsewhere_refused(offset: int) -> None:
    refuse(
        SMALL[: -FOOTER.size] + FOOTER.pack(offset, FOOTER_MAGIC), CorruptArchive, "expected|footer places"
    )


def test_gap_before_the_index_refused() -> None:
    refuse(assembled(between=b"hidden"), CorruptArchive, "expected the blocks to end at")


@pytest.mark.parametrize("bit", range(1, 16))
def test_reserved_index_bits_refused(bit: int) -> None:
    head = forged_header()
    section = forged_index(b"\0\0", flags=1 << bit)
    refuse(head + section + FOOTER.pack(len(head), FOOTER_MAGIC), UnsupportedArchive, "index flags")


def test_huge_index_refused_before_unpacking() -> None:
    head = forged_header()
    section = forged_index(b"\0\0", size=1 << 40)
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
    section = forged_index(numbers(len(other)) + other + b"\0\0", flags=1)
    refuse(head + section + FOOTER.pack(len(head), FOOTER_MAGIC), CorruptArchive, "header and its copy")


def test_bytes_behind_the_last_entry_refused() -> None:
    refuse(assembled(b"\0hidden"), CorruptArchive, "6 bytes behind its last entry")


@pytest.mark.parametrize("count", [b"\x80\x00", b"\x81\x80\x00", b"\xff" * 9 + b"\x01", b"\xff" * 20])
def test_numbers_with_a_second_spelling_refused(count: bytes) -> None:
    refuse(assembled(count), CorruptArchive, "shortest form|longer than 9 bytes")


@pytest.mark.parametrize("count", [b"", b"\x80", b"\xff\xff"])
def test_numbers_cut_off_refused(count: bytes) -> None:
    refuse(assembled(count), CorruptArchive, "ends inside a number")


@pytest.mark.parametrize("count", [1, 1000, 1 << 40, (1 << 63) - 1])
def test_more_entries_than_bytes_refused_before_allocating(count: int) -> None:
    refuse(assembled(numbers(count)), CorruptArchive, "more than its last 0 bytes hold")


@pytest.mark.parametrize("count", [1, 1 << 50])
def test_more_blocks_than_bytes_refused_before_allocating(count: int) -> None:
    refuse(assembled(b"", numbers(count)), CorruptArchive, "more than its last 0 bytes hold")


def test_more_blocks_than_the_file_can_hold_refused_before_allocating() -> None:
    blocks = numbers(1_000_000) + bytes(3_000_000)
    refuse(assembled(blocks=blocks), CorruptArchive, "blocks do not fit in")


BLOCK_ROWS = {
    "block_of_no_bytes": ((0, 0, 0), CorruptArchive, "is empty"),
    "block_of_unknown_method": ((1, 3, 3), CorruptArchive, "method 1 of 1"),
    "stored_block_of_two_sizes": ((0, 4, 3), CorruptArchive, "two sizes differ"),
    "payload_larger_than_any_coder_makes": ((0, 1, 1026), CorruptArchive, "payload of 1,026"),
    "huge_block": ((0, 1 << 40, 3), LimitExceeded, "bytes in a stored block"),
}


@pytest.mark.parametrize("attack", BLOCK_ROWS)
def test_impossible_block_refused(attack: str) -> None:
    row, error, message = BLOCK_ROWS[attack]
    refuse(assembled(blocks=numbers(1, *row), between=ABC), error, message)


def test_huge_neural_block_refused() -> None:
    head = forged_header(STORED_TABLE.replace(b"stored", b"neural"))
    archive = assembled(blocks=numbers(1, 0, 64 << 20, 3), between=ABC, head=head)
    refuse(archive, LimitExceeded, "67,108,864 where the limit is 4,194,304")


ENTRIES: dict[str, tuple[bytes, str]] = {
    "unknown_kind": (raw_entry(b"a", kind=3), "kind 0, 1 or 2, found 3"),
    "mode_with_file_type_bits": (raw_entry(b"a", mode=0o100644), "mode up to"),
    "path_of_no_bytes": (raw_entry(b""), "path of 1 to 4,096"),
    "path_longer_than_the_index": (b"\1" + numbers(4000) + b"a" * 20, "ends early"),
    "link_to_nothing": (raw_entry(b"a", 2, rest=numbers(0)), "link target of 1 to 4,096"),
    "empty_file_with_a_hash": (raw_entry(b"a", 0, rest=FILE + numbers(0)), "SHA-256 of another content"),
    "extent_of_no_bytes": (raw_entry(b"a", 0, rest=FILE + numbers(1, 0, 0, 0)), "bytes 0 to 0"),
    "extent_behind_the_block": (raw_entry(b"a", 0, rest=FILE + numbers(1, 0, 1, 3)), "bytes 1 to 4"),
    "extent_far_behind": (
        raw_entry(b"a", 0, rest=FILE + numbers(1, 0, (1 << 63) - 1, 3)),
        "of block 0, which has 3",
    ),
    "extent_of_no_block": (raw_entry(b"a", 0, rest=FILE + numbers(1, 1, 0, 3)), "block 1, and there are 1"),
    "more_extents_than_bytes": (raw_entry(b"a", 0, rest=FILE + numbers(1 << 40)), "items, more than"),
}


@pytest.mark.parametrize("attack", ENTRIES)
def test_impossible_entry_refused(attack: str) -> None:
    entry, message = ENTRIES[attack]
    refuse(one_block(entry), CorruptArchive, message)


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
    refuse(assembled(numbers(1) + raw_entry(path)), UnsafePath, message)


def test_over_long_path_refused() -> None:
    refuse(assembled(numbers(1) + raw_entry(b"a/" * 2048 + b"b")), CorruptArchive, "path of 1 to 4,096 bytes")


def test_link_that_escapes_refused() -> None:
    link = raw_entry(b"a/b", 2, rest=numbers(9) + b"../../etc")
    refuse(assembled(numbers(1) + link), UnsafePath, "outside the archive")


def test_entry_there_twice_refused() -> None:
    refuse(assembled(numbers(2) + raw_entry(b"a") * 2), UnsafePath, "twice or out of order")


def test_entries_out_of_order_refused() -> None:
    refuse(assembled(numbers(2) + raw_entry(b"a-b") + raw_entry(b"a/b")), UnsafePath, "out of order")


@pytest.mark.parametrize(
    "leaf", [raw_entry(b"a", 2, rest=numbers(1) + b"."), raw_entry(b"a", 0, rest=FILE[:0])]
)
def test_entry_below_a_link_or_a_file_refused(leaf: bytes) -> None:
    empty = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") + b"\0"
    leaf = leaf + (empty if leaf[0] == 0 else b"")
    refuse(assembled(numbers(2) + leaf + raw_entry(b"a/b/c")), UnsafePath, "below a file or a link")
    assert read_files(assembled(numbers(2) + leaf + raw_entry(b"a-b"))).keys() <= {"a"}


def test_writer_refuses_what_the_reader_refuses() -> None:
    for path in ("/a", "..", "a/../b", "C:x", "a\\b"):
        with pytest.raises(UnsafePath):
            build({}, [Entry(path, EntryKind.FOLDER, 0o755, MTIME)])
    with pytest.raises(UnsafePath, match="twice"):
        build({}, [Entry("a", EntryKind.FOLDER, 0o755, MTIME)] * 2)
    with pytest.raises(LimitExceeded):
        build({"a": b"abc"}, methods=(replace(STORED),) * 257)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60), st.sampled_from([b"", b"\0", numbers(1, 0, 3, 3)]))
def test_any_index_is_accepted_or_refused(entries: bytes, blocks: bytes) -> None:
    archive = assembled(entries, blocks, ABC if len(blocks) > 1 else b"")
    with contextlib.suppress(NacompError), ArchiveReader.open(io.BytesIO(archive)) as reader:
        assert len(reader.entries) <= len(entries)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_any_change_to_an_index_is_accepted_or_refused(data: st.DataObject) -> None:
    with ArchiveReader.open(io.BytesIO(SMALL)) as reader:
        entries = bytearray(numbers(len(reader.entries)) + b"".join(map(encode_entry, reader.entries)))
        rows = [(b.method, b.original_size, b.payload_size) for b in reader.blocks]
        head, end = SMALL[: reader.header.size], reader.blocks[-1].end
    for _ in range(data.draw(st.integers(1, 4))):
        entries[data.draw(st.integers(0, len(entries) - 1))] = data.draw(st.integers(0, 255))
    blocks = numbers(len(rows), *(value for row in rows for value in row))
    archive = assembled(bytes(entries), blocks, SMALL[len(head) : end], head)
    with contextlib.suppress(NacompError), ArchiveReader.open(io.BytesIO(archive)) as reader:
        for entry in reader.entries:
            assert entry.size == sum(extent.length for extent in entry.extents)
            check_path(encode_path(entry.path))


# Limits


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
    limits = Limits(3, 50, 0, 10_000, 7, extents, size)
    assert read_files(SMALL, limits) == SMALL_FILES


def test_shared_extents_count_towards_the_total_size() -> None:
    extent = numbers(10_000) + numbers(0, 0, 3) * 10_000
    refuse(
        one_block(raw_entry(b"a", 0, rest=FILE + extent)),
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
