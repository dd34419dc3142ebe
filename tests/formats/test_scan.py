"""What a salvage still finds: whatever is intact, nothing that is not, in bounded work."""

import io

import pytest

from nacomp.formats import block, index
from nacomp.formats.block import BLOCK_HEADER_SIZE, BlockInfo, encode_block_header
from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import Entry
from nacomp.formats.errors import CorruptArchive, LimitExceeded
from nacomp.formats.header import MAGIC
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import IntactParts, lost_ranges, scan
from tests.formats.samples import SMALL_FILES, SMALL_OTHERS, STORED, build, decode

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


def test_an_archive_inside_an_intact_block_is_passed_over() -> None:
    outer = build({"inner.nac": SMALL}, block_size=10_000, methods=(STORED,))
    structures = list(scan(io.BytesIO(outer)))
    assert [type(structure) for structure in structures] == [block.Block, bytes]


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


def test_lost_ranges_are_those_of_the_damaged_blocks() -> None:
    entry = next(entry for entry in ENTRIES if entry.path.startswith("folder/\udcff"))
    assert len(entry.extents) > 3
    assert lost_ranges(entry, NUMBERS) == []
    assert lost_ranges(entry, set()) == [(0, 256)]
    first = entry.extents[0]
    second = entry.extents[1]
    assert lost_ranges(entry, NUMBERS - {second.block}) == [(first.length, second.length)]
    assert lost_ranges(Entry("a", entry.kind, 0, 0), set()) == []
