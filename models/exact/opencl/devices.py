"""The OpenCL devices of this machine, and which of them can keep the promises of `formats/NUMERICS.md` section 12.

Lowest step of the room. What a device says of itself is asked here; whether it tells the truth is `self_test`'s matter.
"""

from dataclasses import field
from typing import Any

from nacomp.formats.records import dataclass
from nacomp.models.errors import ExtraMissing

EXTRA = "gpu"
KINDS = {2: "cpu", 4: "gpu", 8: "accelerator"}
"""By the bit that OpenCL has for a type of device."""
PROMISES = {
    0x01: "subnormal numbers",
    0x02: "infinities and NaN",
    0x04: "rounding to nearest",
    0x80: "correctly rounded division and square root",
}
"""What single precision must have, by the bits of CL_DEVICE_SINGLE_FP_CONFIG."""
LOCAL_BYTES = 4 * 4096 + 2048
"""What attention over the longest window keeps in a group's local memory; OpenCL promises 32 KiB to all full devices."""


@dataclass(frozen=True)
class OpenClDevice:
    """One device.

    Attributes:
        number: from 1 on, in the order that OpenCL lists them.
        kind: `cpu`, `gpu` or `accelerator`.
        platform, driver: who made its OpenCL, and which version it is.
        memory: bytes in all; OpenCL does not say how much is free.
        handle: pyopencl's device.
    """

    number: int
    name: str
    kind: str
    platform: str
    driver: str
    memory: int
    handle: Any = field(repr=False, compare=False)

    @property
    def is_processor(self) -> bool:
        """Whether it is this machine's processor, which the native kernels use better."""
        return self.kind == "cpu"

    @property
    def shown(self) -> str:
        """Number and name, for people."""
        return f"{self.number} ({self.name})"

    def problem(self) -> str | None:
        """Why it cannot give the exact engine's bits, as far as it says itself; None if it can."""
        if not (self.handle.available and self.handle.compiler_available):
            return "it is not available"
        config = self.handle.single_fp_config
        missing = [name for bit, name in PROMISES.items() if not config & bit]
        if missing:
            return f"it does not promise {' and '.join(missing)}"
        if self.handle.local_mem_size < LOCAL_BYTES or self.handle.max_work_group_size < 64:
            return "its groups have too little memory"
        if not self.handle.endian_little:
            return "its bytes are in the other order"
        return None


def devices() -> list[OpenClDevice]:
    """All devices of all platforms; none where there is no platform. Raises ExtraMissing."""
    try:
        import pyopencl as cl
    except ImportError as problem:  # not installed, or the system's part of it is missing
        raise ExtraMissing(feature="Running models on a GPU", extra=EXTRA) from problem
    try:
        platforms = cl.get_platforms()
    except cl.Error:  # the loader finds no driver
        return []
    handles = [(platform, handle) for platform in platforms for handle in _devices_of(platform)]
    return [
        OpenClDevice(
            number=number,
            name=handle.name.strip(),
            kind=KINDS.get(handle.type & 0xE, "accelerator"),
            platform=f"{platform.name} {platform.version}".strip(),
            driver=handle.driver_version,
            memory=handle.global_mem_size,
            handle=handle,
        )
        for number, (platform, handle) in enumerate(handles, 1)
    ]


def _devices_of(platform: Any) -> list[Any]:
    import pyopencl as cl

    try:
        return list(platform.get_devices())
    except cl.Error:  # a driver without a device
        return []
