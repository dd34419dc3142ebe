"""Where models compute: what the worker lists, and what is kept of a choice."""

from typing import Any

import pytest

from nacomp.codecs.model_loader import ModelLoader
from nacomp.gui.logic.devices import (
    AUTOMATIC,
    BINDINGS,
    GONE,
    PROCESSOR,
    Device,
    chosen_name,
    device_arguments,
    parse_devices,
    speed_hint,
)
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Failure
from nacomp.models.errors import DeviceUnavailable
from nacomp.models.exact.opencl.devices import EXTRA
from nacomp.models.exact.opencl.wishes import AUTO
from nacomp.models.exact.opencl.wishes import PROCESSOR as WORKERS_PROCESSOR


def row(name: str, problem: str | None = None) -> dict[str, Any]:
    speeds = {"speed": 500.0, "processor_speed": 40.0, "small_speed": 20.0, "small_processor_speed": 400.0}
    return {"name": name, "problem": problem, **speeds}


def test_devices_of_one_name_are_one_choice_and_what_is_wrong_is_none() -> None:
    rows = [row("Voodoo"), row("Banshee", "it is not available"), row("Voodoo"), row("Rage")]
    devices = parse_devices({"devices": rows})
    assert devices == (Device("Voodoo", 2, 12.5, 0.05), Device("Rage", 1, 12.5, 0.05))
    assert [device.title for device in devices] == ["2 × Voodoo", "Rage"]
    assert parse_devices({"devices": {"reason": "not installed"}}) == ()


def test_a_choice_is_what_the_worker_takes() -> None:
    assert (AUTOMATIC, PROCESSOR) == (AUTO, WORKERS_PROCESSOR)
    choice = Device("Voodoo, the 2nd", 1, 1.0, 1.0).choice
    ModelLoader(device=choice)
    assert device_arguments(choice) == ["--device", "name:Voodoo, the 2nd"]
    assert chosen_name(choice) == "Voodoo, the 2nd"
    assert device_arguments(PROCESSOR) == ["--device", "cpu"]
    assert device_arguments(AUTOMATIC) == []


def test_a_hint_says_what_was_measured() -> None:
    words = speed_hint(Device("Voodoo", 1, 12.54, 0.05))
    assert "12.5 times as fast" in words
    assert "0.05 times with the built-in" in words
    assert "graphics card" in speed_hint(None)


@pytest.mark.parametrize(
    ("kind", "fields", "gone"),
    [
        ("DeviceUnavailable", {"device": "Voodoo"}, True),
        ("ExtraMissing", {"extra": "gpu"}, True),
        ("ExtraMissing", {"extra": "llama"}, False),
        ("ModelError", {}, False),
    ],
)
def test_which_failures_mean_that_the_device_has_gone(kind: str, fields: dict[str, str], gone: bool) -> None:
    assert (DeviceUnavailable.__name__, EXTRA) == (GONE, BINDINGS)
    assert Ending(4, failure=Failure(kind, "no", 4, fields=fields)).device_gone is gone
