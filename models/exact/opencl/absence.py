"""That no device here is faster than the processor: remembered, so that commands need not load OpenCL to find nothing.

Loading pyopencl and asking the drivers took 53 ms of processor time here, of the 0.78 s that reading a short archive took
(median of 12 interleaved pairs of `nacomp decompress`).
What is remembered holds for a day, and while nothing changes that can be seen without OpenCL: bindings, drivers, device
nodes, variables, this start of the system. Where it is wrong, a new card waits for its first use until the next day, or
until `nacomp engines`, which forgets it; a demand (`--device gpu`) does not ask here.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from zlib import crc32

from platformdirs import user_cache_path

from nacomp.models.exact.native_session import available_kernels
from nacomp.models.library.store import HOME_VARIABLE

KERNELS = Path(__file__).with_name("exact.cl")
FILE_NAME = f"no-faster-device-{crc32(os.fsencode(KERNELS)):08x}.json"
"""One for each installation: an application and a library beside it have other bindings and kernels, and with one file for
both each would forget what the other has found."""
SECONDS = 24 * 3600.0
BINDINGS = "pyopencl"
DRIVERS = "/etc/OpenCL/vendors"
"""Where Linux lists the drivers. Other systems have neither this nor the nodes, but the day and the variables."""
NODES = ("dri/*", "nvidia*", "kfd")
"""Below /dev: what cards look like."""
BOOT = "/proc/sys/kernel/random/boot_id"
VARIABLES = ("OCL_", "OPENCL_", "OPENCL", "POCL_", "CUDA_", "NVIDIA_", "ROCR_", "HIP_", "GPU_", "ZE_")
"""Beginnings of variables by which loaders and drivers of OpenCL show other devices."""


def cache_folder() -> Path | None:
    """Where what was found of devices is kept; None for a user without a home."""
    home = os.environ.get(HOME_VARIABLE)
    try:
        folder = Path(home) / "cache" if home else user_cache_path("nacomp", appauthor=False)
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None


def keep(file: Path | None, text: str) -> None:
    """Write a file of that folder whole, if that can be done: the next run finds out anew otherwise."""
    if file is None:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as temporary:
            temporary.write(text)
        Path(temporary.name).replace(file)


def nothing_faster(small: bool) -> bool:
    """Whether it is known without OpenCL that no device beats the processor with a small model, or a large one."""
    if find_spec(BINDINGS) is None:
        return True
    return 0 <= time.time() - _kept().get(_size(small), float("-inf")) < SECONDS


def remember_nothing_faster(small: bool) -> None:
    """All devices were asked, and none is faster."""
    folder = cache_folder()
    found = {"circumstances": circumstances(), **_kept(), _size(small): time.time()}
    keep(folder and folder / FILE_NAME, json.dumps(found))


def forget() -> None:
    """Whoever asks next looks at the devices."""
    folder = cache_folder()
    if folder is not None:
        with suppress(OSError):
            (folder / FILE_NAME).unlink()


def _size(small: bool) -> str:
    return "small" if small else "large"


def _kept() -> dict[str, float]:
    """When it was found, by size of the model, if it was under these circumstances."""
    folder = cache_folder()
    try:
        kept = json.loads((folder / FILE_NAME).read_text(encoding="utf-8")) if folder is not None else None
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict) or kept.get("circumstances") != circumstances():
        return {}
    return {size: found for size in ("small", "large") if isinstance(found := kept.get(size), float)}


def circumstances() -> str:
    """A hash of what decides which devices there are and how fast they are, as far as it shows without OpenCL."""
    spec = find_spec(BINDINGS)
    bindings = spec.origin if spec is not None else None
    parts = [
        *(_stamp(Path(file)) for file in (bindings, KERNELS) if file),
        available_kernels()[0],
        str(os.cpu_count()),
        *sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(VARIABLES)),
        *map(_stamp, sorted(Path(DRIVERS).glob("*"))),
        *(str(node) for pattern in NODES for node in sorted(Path("/dev").glob(pattern))),
    ]
    with suppress(OSError):
        parts.append(Path(BOOT).read_text())
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stamp(file: Path) -> str:
    with suppress(OSError):
        return f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}"
    return str(file)
