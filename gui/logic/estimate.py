"""What a job will cost, before it starts: the answer of `nacomp estimate --json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONG_SECONDS = 120.0
"""From here on a job counts as long and a faster level is offered: about the patience for a progress bar."""

LEVELS = ("fast", "balanced", "max")


@dataclass(frozen=True)
class Estimate:
    """Forecast for one job at one level: seconds, bytes of output (None where unknown), tokens."""

    level: str
    seconds: float
    size: int | None
    tokens: int | None

    @property
    def long(self) -> bool:
        """Whether a person should be told before it starts."""
        return self.seconds >= LONG_SECONDS


def parse_estimate(level: str, fields: Mapping[str, Any]) -> Estimate | None:
    """Read the worker's answer; None if it has no time in it."""
    seconds = fields.get("seconds")
    if not isinstance(seconds, int | float):
        return None
    size, tokens = fields.get("estimated_size"), fields.get("tokens")
    return Estimate(
        level,
        float(seconds),
        int(size) if isinstance(size, int | float) else None,
        int(tokens) if isinstance(tokens, int | float) else None,
    )


def faster_levels(level: str) -> tuple[str, ...]:
    """The levels that take less time than `level`, slowest first."""
    return tuple(reversed(LEVELS[: LEVELS.index(level)])) if level in LEVELS else ()
