"""Which devices run the model: what was wished, what there is, and what was found of it.

`auto` is a wish: GPUs that give the reference's bits and were measured to be faster than the processor, else the processor.
All else is a demand: it runs or is refused by name. What only looking needs is loaded when devices are looked at.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from nacomp.models.errors import DeviceUnavailable, ExtraMissing
from nacomp.models.exact.opencl.absence import nothing_faster, remember_nothing_faster
from nacomp.models.exact.opencl.devices import OpenClDevice, devices
from nacomp.models.exact.opencl.wishes import AUTO, GPU, NAMED, PROCESSOR

if TYPE_CHECKING:
    from nacomp.models.exact.opencl.verdicts import Verdict

MOST_DEVICES = 8


@cache
def known_devices() -> tuple[OpenClDevice, ...]:
    """All devices here, asked for once in a process. Raises ExtraMissing."""
    return tuple(devices())


def choose_devices(wish: str, small: bool = False) -> tuple[OpenClDevice, ...]:
    """The devices to use, none for the processor's own kernels. Raises DeviceUnavailable, ExtraMissing.

    Args:
        wish: `auto`, `cpu`, `gpu`, numbers of devices with commas between, or `name:` and the name of one device or of
            several that are alike, which stays the same where a new driver changes the numbers.
        small: whether it is for a small model, with which other devices may be the faster ones.
    """
    if wish == PROCESSOR:
        return ()
    if wish == AUTO:
        return () if nothing_faster(small) else _faster(small)
    chosen = _demanded(wish, known_devices())
    for device in chosen:
        problem = examined(device).problem
        if problem is not None:
            raise DeviceUnavailable(device=device.shown, reason=problem)
    return chosen


def _faster(small: bool) -> tuple[OpenClDevice, ...]:
    """Those that beat the processor; that none does is remembered, unless it was an error that may pass."""
    verdicts = [(device, examined(device)) for device in _gpus()]
    found = tuple(device for device, verdict in verdicts if verdict.is_faster(small))
    if not found and not any(verdict.passing for _, verdict in verdicts):
        remember_nothing_faster(small)
    return found[:MOST_DEVICES]


def _gpus() -> list[OpenClDevice]:
    """What is not this machine's processor; nothing where OpenCL is not installed, or does not load."""
    try:
        return [device for device in known_devices() if not device.is_processor]
    except ExtraMissing:
        return []


def _demanded(wish: str, found: Sequence[OpenClDevice]) -> tuple[OpenClDevice, ...]:
    if wish == GPU:
        gpus = tuple(device for device in found if not device.is_processor)
        if not gpus:
            raise DeviceUnavailable(device=GPU, reason="OpenCL finds no GPU here")
        return gpus[:MOST_DEVICES]
    if wish.startswith(NAMED):
        name = wish.removeprefix(NAMED)
        alike = tuple(device for device in found if device.name == name)
        if not alike:
            raise _unknown(name, found)
        return alike[:MOST_DEVICES]
    numbers = {device.number: device for device in found}
    for number in wish.split(","):
        if int(number) not in numbers:
            raise _unknown(number, found)
    return tuple(numbers[number] for number in dict.fromkeys(map(int, wish.split(","))))[:MOST_DEVICES]


def _unknown(wished: str, found: Sequence[OpenClDevice]) -> DeviceUnavailable:
    known = ", ".join(device.shown for device in found) or "none"
    return DeviceUnavailable(device=wished, reason=f"the devices here are: {known}")


def examined(device: OpenClDevice) -> "Verdict":
    """What is known or found of a device, whose own errors are a problem of it that is not kept."""
    import pyopencl as cl

    from nacomp.models.exact.opencl.verdicts import Verdict, verdict_on

    try:
        return verdict_on(device)
    except cl.Error as error:
        return Verdict(f"its driver reports: {first_line(error)}", passing=True)


def first_line(error: Any) -> str:
    """The sentence in a driver's error, which may go on for pages."""
    return (str(error).strip().splitlines() or ["an error"])[0][:200]
