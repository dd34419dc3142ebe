"""The program of each device, built once in a process."""

import threading
from typing import TYPE_CHECKING

from nacomp.models.exact.opencl.devices import OpenClDevice

if TYPE_CHECKING:
    from nacomp.models.exact.opencl.program import DeviceProgram

_LOCK = threading.Lock()
_BUILT: "dict[int, DeviceProgram]" = {}


def program_of(device: OpenClDevice) -> "DeviceProgram":
    """Its kernels. Raises pyopencl's errors."""
    from nacomp.models.exact.opencl.program import DeviceProgram

    with _LOCK:
        if device.number not in _BUILT:
            _BUILT[device.number] = DeviceProgram(device)
        return _BUILT[device.number]
