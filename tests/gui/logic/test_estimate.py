"""What a job would take, and the choice that is made of it."""

from nacomp.gui.logic.estimate import Estimate, offer, parse_estimate
from nacomp.gui.logic.levels import Level


def test_estimate_is_read_and_judged() -> None:
    assert parse_estimate({"seconds": 300, "estimated_size": 10.0, "tokens": 5}) == Estimate(300.0, 10)
    assert Estimate(121.0, 1).long
    assert not Estimate(5.0, 1).long
    assert offer(Level.FAST, Estimate(121.0, 1)) == "Fast: about 2 min, 1 B"
