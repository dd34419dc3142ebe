"""A reader who follows a byte comes to no room more than twice; `tests/benchmarks/walk.py` says how that is counted."""

import pytest

from tests.benchmarks.walk import TEXT, TEXT_BYTES, walked
from tests.nacomp.workbench import ROOT

TWICE = 2
SHORT = TEXT.read_bytes()[:TEXT_BYTES]


def check(text: bytes, *, native: bool) -> None:
    """Count both ways. What is choosing and what is coding is one stage each, and each begins in its own room."""
    ways = walked(text, native=native)
    assert set(ways) == {"compress", "decompress"}
    for way, counts in ways.items():
        entered = counts["entered"]
        assert {"nacomp/archive", "nacomp/codecs", "models", "formats"} <= set(entered)
        assert max(entered.values()) <= TWICE, (way, entered)
    begun = [stage[0] for stage in ways["compress"]["stages"]]
    assert begun == ["nacomp/archive", "nacomp/codecs", "nacomp/archive"]  # sources, models, blocks


def test_no_room_is_entered_more_than_twice() -> None:
    check(SHORT, native=True)


@pytest.mark.slow
def test_no_room_is_entered_more_than_twice_where_all_is_python() -> None:
    check(SHORT, native=False)


@pytest.mark.slow
def test_no_room_is_entered_more_than_twice_where_a_sample_decides() -> None:
    check((ROOT / "formats" / "SPEC.md").read_bytes()[: 1 << 15], native=True)
