"""What a salvage still finds: whatever is intact, nothing that is not, in bounded work."""

import io
from pathlib import Path

import pytest

from nacomp.formats import block, index
from nacomp.formats.block import BLOCK_HEADER_SIZE, BlockInfo, encode_block_header
from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import Entry
from nacomp.formats.errors import CorruptArchive, LimitExceeded
from nacomp.formats.header import MAGIC
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import FoundIndex, IntactParts, lost_ranges, scan
from tests.formats.forging import (
    ABC,
    EXAMPLE_BLOCK,
    VIEW_TABLE,
    XYZ,
    RawDerived,
    assembled,
    forged_header,
    raw_file,
)
from tests.formats.samples import SMALL_FILES, SMALL_OTHERS, STORED, build, decode

GOLDEN = Path(__file__).parents[2] / "formats" / "golden"
SMALL = build(SMALL_FILES, SMALL_OTHERS)
with ArchiveReader.open(io.BytesIO(SMALL)) as _reader:
    BLOCKS, ENTRIES = _reader.blocks, _reader.entries
NUMBERS = {info.number for info in BLOCKS}


def damaged(data: bytes, start: int, size: int = 1) -> bytes:
    return data[:start] + bytes(byte ^ 0x55 for byte in data[start : start + size]) + data[start + size :]


def salvage(data: bytes) -> IntactParts:
    return IntactParts(io.BytesIO(data))


def test_an_undamaged_archive_is_found_whole() -> None:
    found = salvage(SMALL)
    assert found.index is not None
    assert (found.index.entries, set(found.intact.values())) == (ENTRIES, set(BLOCKS))


@pytest.mark.parametrize("info", BLOCKS, ids=lambda info: str(info.number))
@pytest.mark.parametrize("place", [0, 9, 40, BLOCK_HEADER_SIZE, BLOCK_HEADER_SIZE + 5])
def test_a_damaged_block_loses_only_itself(info: BlockInfo, place: int) -> None:
    found = salvage(damaged(SMALL, info.offset + place))
    assert found.intact.keys() == NUMBERS - {info.number}
    assert found.index is not None


def test_intact_blocks_decode() -> None:
    found = salvage(damaged(SMALL, BLOCKS[1].offset + 50))
    for number in found.intact:
        structure = found.block(number)
        content = decode(found.header.methods[structure.info.method], structure.payload)
        structure.check_decoded(content)
    with pytest.raises(KeyError):
        found.block(1)


def test_bytes_lost_before_a_block_do_not_hide_it() -> None:
    cut = BLOCKS[2].offset
    found = salvage(SMALL[: cut - 20] + SMALL[cut:])
    assert found.intact.keys() == NUMBERS - {1}
    assert found.intact[2].offset == BLOCKS[2].offset - 20
    assert found.index is not None
    assert found.index.entries == ENTRIES


def test_a_lost_footer_does_not_lose_the_index() -> None:
    found = salvage(SMALL[:-10])
    assert found.index is not None
    assert found.index.entries == ENTRIES


def test_a_lost_index_loses_the_names_only() -> None:
    found = salvage(SMALL[: BLOCKS[-1].end])
    assert found.index is None
    assert found.intact.keys() == NUMBERS


def test_a_lost_header_is_replaced_by_its_copy() -> None:
    archive = build({"a": bytes(1_000_000)}, block_size=400_000, methods=(STORED,))
    with pytest.raises(CorruptArchive):
        ArchiveReader.open(io.BytesIO(damaged(archive, 0)))
    found = salvage(damaged(archive, 0))
    assert found.header.methods == (STORED,)
    assert found.intact.keys() == {0, 1, 2}


def test_a_lost_header_without_a_copy_is_an_error() -> None:
    with pytest.raises(CorruptArchive, match=f"expected it to start with {MAGIC.hex(' ')}"):
        salvage(damaged(SMALL, 0))


def test_an_archive_inside_a_damaged_archive_is_not_taken_for_it() -> None:
    outer = build({"inner.nac": SMALL}, block_size=10_000, methods=(STORED,))
    found = salvage(damaged(outer, 120))
    assert found.index is not None
    assert [entry.path for entry in found.index.entries] == ["inner.nac"]
    assert not found.intact


def test_an_archive_inside_one_whose_index_is_lost_is_not_taken_for_it() -> None:
    """It was: its files were said to be all there had been."""
    outer = build({"inner.nac": SMALL, "more": b"x" * 9000}, block_size=20_000, methods=(STORED,))
    with ArchiveReader.open(io.BytesIO(outer)) as reader:
        end = reader.blocks[-1].end
    found = salvage(damaged(outer, 120)[:end])
    assert found.index is None
    assert found.foreign > 0 or not found.intact


OTHER = build({"else": b"another archive's" * 30, **{f"{n}": b"y" * 50 for n in range(3)}})


@pytest.mark.parametrize("behind", [OTHER[:-30], SMALL[:-1], OTHER[:-30] + SMALL])
def test_an_archive_behind_another_is_not_taken_for_it(behind: bytes) -> None:
    """The last index was taken with the first archive's blocks."""
    found = salvage(SMALL + behind)
    assert found.index is not None
    assert (found.index.entries, set(found.intact.values())) == (ENTRIES, set(BLOCKS))
    assert found.foreign > 0


SHORT = (GOLDEN / "compact-named.nac").read_bytes()


@pytest.mark.parametrize("whole", [SMALL, SHORT], ids=["long", "compact"])
@pytest.mark.parametrize("behind", [SHORT[:-1], SHORT[:5], OTHER[:20], OTHER[:-30]], ids=len)
def test_the_beginning_of_an_archive_behind_another_is_told(whole: bytes, behind: bytes) -> None:
    """Nothing of it is intact, so all was said to be whole."""
    found = salvage(whole + behind)
    assert found.index is not None
    assert found.intact
    assert found.foreign_bytes == len(behind)


def test_an_update_that_was_cut_off_is_no_other_archive() -> None:
    found = salvage((GOLDEN / "unfinished-update.nac").read_bytes())
    assert (found.foreign, found.foreign_bytes) == (0, 0)
    assert salvage(SHORT).foreign_bytes == salvage(SMALL).foreign_bytes == 0


@pytest.mark.parametrize("behind", [OTHER, SMALL, OTHER + SMALL])
def test_archives_one_behind_the_other_are_found_as_one(behind: bytes) -> None:
    with ArchiveReader.open(io.BytesIO(SMALL + behind)) as reader:
        entries, blocks = reader.entries, set(reader.block_table)
    found = salvage(SMALL + behind)
    assert found.index is not None
    assert (found.index.entries, set(found.intact), found.foreign) == (entries, blocks, 0)


def test_bytes_that_are_no_archive_do_not_matter() -> None:
    for data in (SMALL + b"junk" * 99, SMALL[:-8], SMALL):
        found = salvage(data)
        assert found.index is not None
        assert (len(found.intact), found.foreign) == (len(BLOCKS), 0)
        assert found.size < len(SMALL)


def test_bytes_in_front_of_an_archive_do_not_hide_it() -> None:
    found = salvage(b"#!/bin/sh\n" * 50 + SMALL)
    assert found.index is not None
    assert (found.index.entries, set(found.intact), found.foreign) == (ENTRIES, NUMBERS, 0)


def test_recovery_data_that_does_not_fit_any_more_is_passed_over() -> None:
    """The trailer tells the size of the file; a salvage was refused where bytes were lost in front of it."""
    protected = io.BytesIO(SMALL)
    add_recovery(protected, 20)
    whole = protected.getvalue()
    found = salvage(whole[: BLOCKS[1].offset + 60] + whole[BLOCKS[1].offset + 70 :])
    assert found.index is not None
    assert found.intact.keys() == NUMBERS - {1}


def test_an_archive_inside_an_intact_block_is_passed_over() -> None:
    outer = build({"inner.nac": SMALL}, block_size=10_000, methods=(STORED,))
    structures = list(scan(io.BytesIO(outer)))
    assert [type(structure) for structure in structures] == [block.Block, FoundIndex]


def test_markers_across_window_borders_are_found() -> None:
    for shift in range(6):
        archive = build(
            {"a": bytes((1 << 20) - 150 + shift) + b"tail"}, block_size=(1 << 20) - 150, methods=(STORED,)
        )
        assert len(salvage(damaged(archive, 200)).intact) == 1


def test_hostile_markers_do_not_keep_the_scan_busy() -> None:
    size = 4 << 20
    payload_size = size - 4096
    header = encode_block_header(BlockInfo(0, 0, payload_size, payload_size, 0), b"", content_checksum(b""))
    hostile = (header * (size // len(header) + 1))[:size]
    with pytest.raises(LimitExceeded, match="salvage scan"):
        list(scan(io.BytesIO(hostile + bytes(size))))


def test_dense_markers_do_not_keep_the_scan_busy() -> None:
    hostile = (block.MARKER + index.MARKER) * (1 << 20)
    with pytest.raises(LimitExceeded, match="salvage scan"):
        list(scan(io.BytesIO(hostile)))


def test_random_bytes_hold_nothing() -> None:
    with pytest.raises(CorruptArchive):
        salvage(bytes(range(256)) * 1000)


def test_a_lost_block_loses_what_is_derived_of_it_and_no_more() -> None:
    """Contents 2 and 3 are derived of block 0, 3 by way of 2; 4 is derived of block 1, 5 of both."""
    parts = {2: (0,), 3: (2,), 4: (1,), 5: (4, 3)}
    derived = [RawDerived(tuple(((number, 0, 3),) for number in row)) for row in parts.values()]
    files = [raw_file(b"%d" % number, (number, 0, 3), (1, 0, 3)) for number in range(6)]
    head = forged_header(VIEW_TABLE)
    archive = assembled(*files, blocks=[EXAMPLE_BLOCK] * 2, derived=derived, between=ABC + XYZ, head=head)
    whole = salvage(archive)
    assert whole.intact_contents == set(range(6))
    start = len(head)
    for offset, left, lost in (
        (start, {1, 4}, {"0": 3, "1": 0, "2": 3, "3": 3, "4": 0, "5": 3}),
        (start + len(ABC), {0, 2, 3}, {"0": 3, "1": 6, "2": 3, "3": 3, "4": 6, "5": 6}),
    ):
        found = salvage(damaged(archive, offset + 20))
        assert found.intact_contents == left
        assert found.derived.keys() == {number for number in left if number > 1}
        assert found.index is not None
        for entry in found.index.entries:
            assert sum(length for _, length in lost_ranges(entry, found.intact_contents)) == lost[entry.path]


def test_lost_ranges_are_those_of_the_damaged_blocks() -> None:
    entry = next(entry for entry in ENTRIES if entry.path.startswith("folder/\udcff"))
    assert len(entry.extents) > 3
    assert lost_ranges(entry, NUMBERS) == []
    assert lost_ranges(entry, set()) == [(0, 256)]
    first = entry.extents[0]
    second = entry.extents[1]
    assert lost_ranges(entry, NUMBERS - {second.content}) == [(first.length, second.length)]
    assert lost_ranges(Entry("a", entry.kind, 0, 0), set()) == []
