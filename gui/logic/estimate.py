"""What a job will cost, before it starts: the answer of `nacomp estimate --json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.wording import Translate, duration_text, english, size_text

LONG_SECONDS = 120.0
"""From here on a job counts as long and a faster level is offered: about the patience for a progress bar."""


@dataclass(frozen=True)
class Estimate:
    """What one job would take at one level: seconds, and the bytes of its output."""

    seconds: float
    size: int

    @property
    def long(self) -> bool:
        """Whether a person should be told before it starts."""
        return self.seconds >= LONG_SECONDS


def parse_estimate(fields: Mapping[str, Any]) -> Estimate:
    """Read the worker's answer."""
    return Estimate(float(fields["seconds"]), int(fields["estimated_size"]))


def offer(level: Level, estimate: Estimate, translate: Translate = english) -> str:
    """A level with the time it would take and the size it would reach, as a choice for a long job."""
    time, size = duration_text(estimate.seconds, translate), size_text(estimate.size)
    return translate("levels", "{0}: about {1}, {2}").format(level_name(level, translate), time, size)
