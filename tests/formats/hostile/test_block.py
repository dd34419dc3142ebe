"""Forged, moved and exchanged blocks that must be refused, each test named for the attack."""

import io

import pytest

from nacomp.formats.block import BLOCK_HEADER_SIZE
from nacomp.formats.checksums import content_checksum
from nacomp.formats.errors import DamagedBlock, UnsupportedArchive
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import ABC, XYZ, forged_block, two_blocks
from tests.formats.hostile.refusal import refuse
from tests.formats.samples import read_files


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
