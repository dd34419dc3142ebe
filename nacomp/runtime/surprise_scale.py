"""How strongly a token's cost is coloured: the one scale behind the surprise map in window, terminal and page.

Each of them only turns a share into a colour of its own kind.
"""

FULL_BITS = 16.0
"""The cost that gets the strongest colour: one in 65,536, hardly ever exceeded in prose."""

POWER = 0.7
"""Below 1 the common low costs are kept apart; a square root already floods a small model's map with colour."""


def share_of(bits: float) -> float:
    """The colour's strength for a cost, 0..1: nothing for what was certain, 1 from `FULL_BITS` on."""
    return float(min(1.0, (max(0.0, bits) / FULL_BITS) ** POWER))
