"""Archives that ask for more than a limit allows."""

import io

import pytest

from nacomp.formats.errors import LimitExceeded
from nacomp.formats.limits import Limits
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import one_block, raw_file
from tests.formats.hostile.refusal import EVERYTHING, SMALL, refuse
from tests.formats.samples import SMALL_FILES, read_files


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
