"""Where models compute: the choice that is kept, and the devices that `nacomp engines --json` lists.

A choice is what the worker's `--device` takes: nothing chosen, the processor, or a device by its name. Its number would not
do: the next driver numbers them otherwise.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nacomp.gui.logic.wording import Translate, english, figure_text, fixed_text

AUTOMATIC, PROCESSOR, NAMED = "auto", "cpu", "name:"
GONE = "DeviceUnavailable"
"""The worker's error where the device that was chosen is not there, or is no longer right."""
BINDINGS = "gpu"
"""The optional part of nacomp that devices need, which may be gone too."""


@dataclass(frozen=True)
class Device:
    """A device, or several that have the same name: they are used together.

    Attributes:
        speed: how many times as fast as the processor with a large model, as measured.
        small_speed: the same with the built-in one.
    """

    name: str
    count: int
    speed: float
    small_speed: float

    @property
    def choice(self) -> str:
        """What is kept when it is chosen."""
        return NAMED + self.name

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return f"{self.count} × {self.name}" if self.count > 1 else self.name


def parse_devices(document: Mapping[str, Any]) -> tuple[Device, ...]:
    """Those of the worker's answer that can be used; none where OpenCL is not installed."""
    listed = document["devices"]
    rows = [row for row in listed if row["problem"] is None] if isinstance(listed, list) else []
    count = Counter(str(row["name"]) for row in rows)
    first = {str(row["name"]): row for row in reversed(rows)}
    return tuple(
        Device(
            name,
            number,
            _times(first[name]["speed"], first[name]["processor_speed"]),
            _times(first[name]["small_speed"], first[name]["small_processor_speed"]),
        )
        for name, number in count.items()
    )


def _times(here: float, processor: float) -> float:
    return here / processor if processor > 0 else 0.0


def valid_choice(value: object) -> bool:
    """Whether this is a choice, of a device that may or may not be here."""
    return isinstance(value, str) and (value in (AUTOMATIC, PROCESSOR) or chosen_name(value) is not None)


def chosen_name(choice: str) -> str | None:
    """The name of the device that is chosen, None for the others."""
    return (choice.removeprefix(NAMED) or None) if choice.startswith(NAMED) else None


def device_arguments(choice: str) -> list[str]:
    """What tells a worker of it."""
    return [] if choice == AUTOMATIC else ["--device", choice]


def speed_hint(device: Device | None, translate: Translate = english) -> str:
    """What was measured of a device; of no device in particular, how one is chosen."""
    if device is None:
        return translate(
            "devices",
            "A graphics card is used where it is faster than the processor. Never changes the result.",
        )
    text = translate(
        "devices",
        "Measured here: {0} times as fast as the processor with a large model, {1} times with the built-in one.",
    )
    return text.format(_speed_text(device.speed), _speed_text(device.small_speed))


def _speed_text(times: float) -> str:
    return figure_text(times) if times >= 1 else fixed_text(times, 2)
