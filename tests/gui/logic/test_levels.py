"""The levels of compression."""

from nacomp.gui.logic.levels import Level


def test_faster_levels_come_slowest_first() -> None:
    assert Level.MAX.faster == (Level.BALANCED, Level.FAST)
    assert Level.FAST.faster == ()
