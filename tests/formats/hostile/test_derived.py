"""Forged derived contents that must be refused, each test named for the attack."""

import io

import pytest

from nacomp.formats.derived import MAX_PARAMETERS, MAX_PARTS
from nacomp.formats.errors import CorruptArchive, LimitExceeded, NacompError, UnsupportedArchive
from nacomp.formats.limits import Limits
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import VIEW_TABLE, Place, RawDerived, numbers, with_views
from tests.formats.hostile.refusal import FAR, refuse

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
