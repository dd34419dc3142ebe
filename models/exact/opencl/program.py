"""`exact.cl`, built for one device: what sessions take their kernels from."""

import threading
import warnings
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyopencl as cl
from numpy.typing import NDArray

from nacomp.models.exact.opencl.devices import OpenClDevice

ROUNDING = "-cl-fp32-correctly-rounded-divide-sqrt"
PLAIN = ("-cl-std=CL1.2", ROUNDING)
PACKED = ("-cl-std=CL3.0", ROUNDING, "-DPACKED_DOT")
"""Where the device multiplies four pairs of int8 in one instruction, a quarter of the work."""
NVIDIA = ("-cl-std=CL1.2", ROUNDING, "-DNVIDIA_DOT")
PACKED_EXTENSION = "cl_khr_integer_dot_product"
NVIDIA_EXTENSION = "cl_nv_device_attribute_query"
NVIDIA_LEAST = (6, 1)
"""The compute capability that `dp4a` came with, in 2016."""
DOT_PAIRS = 4096

_BUILDING = threading.Lock()


@cache
def source() -> str:
    """The kernels' text."""
    return (resources.files("nacomp.models.exact.opencl") / "exact.cl").read_text(encoding="utf-8")


class DeviceProgram:
    """The kernels of one device. Thread-safe: a session makes kernel objects and a queue of its own."""

    def __init__(
        self,
        device: OpenClDevice,
        options: tuple[str, ...] = (),
        products: Sequence[tuple[str, ...]] | None = None,
    ) -> None:
        """Compile; takes up to seconds at the first time, after which drivers keep it. Raises pyopencl's errors.

        Args:
            options: for the compiler, behind those that the arithmetic needs.
            products: options with ways to multiply that are tried before the plain one; None for those of the device.
        """
        self.device = device
        self.context = cl.Context([device.handle])
        self._program = self._build(products_of(device) if products is None else products, options)

    def _build(self, products: Sequence[tuple[str, ...]], options: tuple[str, ...]) -> Any:
        """With the first of these products that the compiler takes and that are right, else with plain ones."""
        for way in products:
            try:
                program = self._compiled(way + options)
                if self._multiplies(program):
                    return program
            except cl.Error:
                pass  # it has the extension, but not for packed words; or another assembler
        return self._compiled(PLAIN + options)

    def _multiplies(self, program: Any) -> bool:
        """Whether its products of four int8 are those of int32."""
        random = np.random.PCG64(3).random_raw(DOT_PAIRS).astype("<u8").view("<i4").reshape(-1, 2)
        a, b = (np.ascontiguousarray(column) for column in random.T)
        results: NDArray[np.int32] = np.empty(DOT_PAIRS, np.int32)
        kernel, queue = cl.Kernel(program, "probe_dot"), self.queue()
        buffers = self.constant(a), self.constant(b), self.buffer(results.nbytes)  # OpenCL does not keep them
        kernel.set_args(*buffers)
        cl.enqueue_nd_range_kernel(queue, kernel, (DOT_PAIRS,), (64,))
        cl.enqueue_copy(queue, results, buffers[2])
        fours = (values.view(np.int8).reshape(-1, 4).astype(np.int32) for values in (a, b))
        expected = np.multiply(*fours).sum(axis=1) + np.arange(DOT_PAIRS)
        return bool(np.array_equal(results, expected))

    def _compiled(self, options: tuple[str, ...]) -> Any:
        # Drivers talk while they build; what matters of it comes as an error.
        with _BUILDING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return cl.Program(self.context, source()).build(list(options))
            except KeyError:  # pyopencl stumbles where its cache fails, or a driver refuses an option
                return cl.Program(self.context, source()).build(list(options), cache_dir=False)

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

    def host_rows(self, rows: int, width: int) -> NDArray[np.float32]:
        """(rows, width) float32 of this machine's memory that the device writes to without a detour.

        Into other memory a card copies by way of a buffer of its driver's.
        """
        flags = cl.mem_flags.READ_WRITE | cl.mem_flags.ALLOC_HOST_PTR
        buffer = cl.Buffer(self.context, flags, max(4 * rows * width, 4))
        kinds = cl.map_flags.READ | cl.map_flags.WRITE
        mapped, _ = cl.enqueue_map_buffer(self.queue(), buffer, kinds, 0, (rows, width), np.float32)
        values: NDArray[np.float32] = mapped
        return values

    def constant(self, values: Any) -> Any:
        """An array (numpy, contiguous) in the device's memory, to be read only."""
        flags = cl.mem_flags.READ_ONLY | cl.mem_flags.COPY_HOST_PTR
        return cl.Buffer(self.context, flags, hostbuf=values)


def products_of(device: OpenClDevice) -> list[tuple[str, ...]]:
    """Options with faster products that this device should have."""
    extensions = str(device.handle.extensions).split()
    found: list[tuple[str, ...]] = [PACKED] if PACKED_EXTENSION in extensions else []
    if NVIDIA_EXTENSION in extensions:
        handle = device.handle
        if (handle.compute_capability_major_nv, handle.compute_capability_minor_nv) >= NVIDIA_LEAST:
            found.append(NVIDIA)
    return found
