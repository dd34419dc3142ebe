"""The scale that window, terminal and page colour a surprise by."""

from nacomp.runtime.surprise_scale import FULL_BITS, share_of


def test_share_grows_and_stays_within_bounds() -> None:
    values = [share_of(bits) for bits in (-1.0, 0.0, 0.5, 2.0, 14.0, 40.0)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert share_of(FULL_BITS) == 1.0
