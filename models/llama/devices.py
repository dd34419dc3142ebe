"""The devices llama.cpp sees here, and which worker runs on which."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nacomp.models.errors import ModelError
from nacomp.models.llama.library import ggml, ggml_base

KINDS = ("cpu", "gpu", "integrated gpu", "accelerator")
"""By ggml's device type number; later numbers are devices made of others."""
GPU_KINDS = ("gpu", "integrated gpu")
MAX_WORKERS = 8
WORKER_OVERHEAD_BYTES = 512 << 20
"""Room a worker needs on a GPU besides its weights: caches, logits and buffers of 32 streams of SmolLM2 at a window
of 512, computed (not measured on a GPU)."""


@dataclass(frozen=True)
class Device:
    """One device. Memory in bytes; `handle` is llama.cpp's pointer to it."""

    name: str
    description: str
    kind: str
    memory_total: int
    memory_free: int
    handle: int = field(default=0, repr=False)

    @property
    def is_gpu(self) -> bool:
        """Whether a model can be put on it."""
        return self.kind in GPU_KINDS


def devices() -> list[Device]:
    """All devices of this build on this machine. Raises ExtraMissing."""
    count = _call(ggml(), "ggml_backend_dev_count", ctypes.c_size_t)
    return [_device(number) for number in range(count)]


def _device(number: int) -> Device:
    handle = _call(ggml(), "ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t(number))
    pointer = ctypes.c_void_p(handle)
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    _call(ggml_base(), "ggml_backend_dev_memory", None, pointer, ctypes.byref(free), ctypes.byref(total))
    kind = _call(ggml_base(), "ggml_backend_dev_type", ctypes.c_int, pointer)
    return Device(
        name=_call(ggml_base(), "ggml_backend_dev_name", ctypes.c_char_p, pointer).decode("utf-8", "replace"),
        description=_call(ggml_base(), "ggml_backend_dev_description", ctypes.c_char_p, pointer).decode(
            "utf-8", "replace"
        ),
        kind=KINDS[kind] if 0 <= kind < len(KINDS) else "other",
        memory_total=total.value,
        memory_free=free.value,
        handle=handle,
    )


def _call(library: ctypes.CDLL, function: str, result: object, *arguments: object) -> Any:
    call = getattr(library, function)
    call.restype = result
    return call(*arguments)


def device_name(found: Sequence[Device], gpu_layers: int) -> str:
    """What the fingerprint calls the device a model runs on. A CPU is known by its features, not by its name."""
    if gpu_layers == 0:
        return "cpu"
    return next((device.description for device in found if device.is_gpu), "none (llama.cpp sees no GPU)")


def place_workers(
    found: Sequence[Device], gpu_layers: int, workers: int, model_bytes: int
) -> list[Device | None]:
    """Where each worker runs: in turn on the GPUs that are like the first one, or all on the CPU.

    Args:
        found: the devices here.
        gpu_layers: 0 keeps everything on the CPU.
        workers: how many, or 0 for one per GPU, one on a CPU.
        model_bytes: size of the weights, to ask each GPU for room.

    Raises ModelError where a GPU was asked for and there is none, or no room for that many.
    """
    gpus = [device for device in found if device.is_gpu]
    if gpu_layers == 0:
        return [None] * min(workers or 1, MAX_WORKERS)
    if not gpus:
        raise ModelError(model="asked for", reason="it was to run on a GPU, and llama.cpp sees none here")
    # A block must not depend on the worker that coded it, and unlike devices compute unlike floats.
    alike = [gpu for gpu in gpus if gpu.description == gpus[0].description]
    room = {gpu.name: gpu.memory_free // (model_bytes + WORKER_OVERHEAD_BYTES) for gpu in alike}
    wanted = min(workers or len(alike), MAX_WORKERS)
    places: list[Device | None] = []
    while len(places) < wanted and any(room.values()):
        for gpu in alike:
            if room[gpu.name] and len(places) < wanted:
                places.append(gpu)
                room[gpu.name] -= 1
    if len(places) < (wanted if workers else 1):
        raise ModelError(
            model="asked for", reason=f"the GPUs have room for {len(places)} workers, {wanted} were asked for"
        )
    return places
