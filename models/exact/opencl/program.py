"""`exact.cl`, built for one device: what sessions take their kernels from."""

import threading
import warnings
from functools import cache
from importlib import resources
from typing import Any

import pyopencl as cl

from nacomp.models.exact.opencl.devices import OpenClDevice

OPTIONS = ("-cl-std=CL1.2", "-cl-fp32-correctly-rounded-divide-sqrt")
DOT_OPTIONS = ("-cl-std=CL3.0", "-cl-fp32-correctly-rounded-divide-sqrt", "-DPACKED_DOT")
"""Where the device multiplies four pairs of int8 in one instruction."""
DOT_EXTENSION = "cl_khr_integer_dot_product"

_BUILDING = threading.Lock()


@cache
def source() -> str:
    """The kernels' text."""
    return (resources.files("nacomp.models.exact.opencl") / "exact.cl").read_text(encoding="utf-8")


class DeviceProgram:
    """The kernels of one device. Thread-safe: a session makes kernel objects and a queue of its own."""

    def __init__(self, device: OpenClDevice, options: tuple[str, ...] = ()) -> None:
        """Compile; takes up to seconds at the first time, after which drivers keep it. Raises pyopencl's errors.

        Args:
            options: for the compiler, behind those that the arithmetic needs.
        """
        self.device = device
        self.context = cl.Context([device.handle])
        self._program = self._build(options)

    def _build(self, options: tuple[str, ...]) -> Any:
        if DOT_EXTENSION in device_extensions(self.device):
            try:
                return self._compiled(DOT_OPTIONS + options)
            except cl.Error:
                pass  # it has the extension, but not for packed words
        return self._compiled(OPTIONS + options)

    def _compiled(self, options: tuple[str, ...]) -> Any:
        # Drivers talk while they build; what matters of it comes as an error.
        with _BUILDING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cl.Program(self.context, source()).build(list(options))

    def kernel(self, name: str, *arguments: object) -> Any:
        """A kernel object with its arguments, for one session."""
        kernel = cl.Kernel(self._program, name)
        kernel.set_args(*arguments)
        return kernel

    def queue(self) -> Any:
        """A queue that does one thing after the other."""
        return cl.CommandQueue(self.context)

    def buffer(self, size: int) -> Any:
        """Memory of the device, at least 4 bytes of it."""
        return cl.Buffer(self.context, cl.mem_flags.READ_WRITE, max(size, 4))

    def constant(self, values: Any) -> Any:
        """An array (numpy, contiguous) in the device's memory, to be read only."""
        flags = cl.mem_flags.READ_ONLY | cl.mem_flags.COPY_HOST_PTR
        return cl.Buffer(self.context, flags, hostbuf=values)


def device_extensions(device: OpenClDevice) -> list[str]:
    """What the device has beyond the standard."""
    return str(device.handle.extensions).split()
