"""Forged indexes and footers that must be refused, each test named for the attack."""

import tracemalloc
from typing import Any

import pytest

from nacomp.formats.errors import CorruptArchive, LimitExceeded, UnsupportedArchive
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.packing import pack
from tests.formats.forging import (
    ABC,
    EMPTY_BODY,
    STORED_TABLE,
    around,
    assembled,
    forged_header,
    forged_index,
    numbers,
    with_views,
)
from tests.formats.hostile.refusal import SMALL, refuse


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


def with_column(name: str, column: bytes) -> bytes:
    """An archive of nothing with this column of its index replaced."""
    columns: dict[str, Any] = {name: column}
    return assembled(**columns)


@pytest.mark.parametrize("column", COUNTS)
@pytest.mark.parametrize("count", [b"\x80\x00", b"\x81\x80\x00", b"\xff" * 9 + b"\x01", b"\xff" * 20])
def test_numbers_with_a_second_spelling_refused(column: str, count: bytes) -> None:
    refuse(with_column(column, count), CorruptArchive, "shortest form|longer than 9 bytes")


@pytest.mark.parametrize("count", [b"", b"\x80", b"\xff\xff"])
def test_numbers_cut_off_refused(count: bytes) -> None:
    refuse(assembled(entries_count=count), CorruptArchive, "ends inside a number")


@pytest.mark.parametrize("column", COUNTS)
@pytest.mark.parametrize("count", [1, 1000, 1 << 40, (1 << 63) - 1])
def test_more_things_than_bytes_refused_before_allocating(column: str, count: int) -> None:
    refuse(with_column(column, numbers(count)), CorruptArchive, "items, more than its last [012] bytes hold")


def test_more_blocks_than_the_file_can_hold_refused_before_allocating() -> None:
    crowded = assembled(blocks_count=numbers(1_000_000), blocks_method=bytes(3_000_000))
    refuse(crowded, CorruptArchive, "blocks do not fit in")


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
