"""Archives that were right once: every flipped bit, cut and gap is detected."""

import zlib
from collections.abc import Callable

import pytest

from nacomp.formats.errors import CorruptArchive, LimitExceeded, UnsupportedArchive
from tests.formats.hostile.refusal import SMALL
from tests.formats.samples import SMALL_FILES, read_files


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
