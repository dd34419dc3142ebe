"""The devices llama.cpp sees here, and which worker runs on which."""

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nacomp.models.errors import GpuFull, ModelError
from nacomp.models.llama.library import ggml, ggml_base
from nacomp.models.llama.settings import ALL_LAYERS, CELLS

KINDS = ("cpu", "gpu", "integrated gpu", "accelerator")
"""By ggml's device type number; later numbers are devices made of others."""
GPU_KINDS = ("gpu", "integrated gpu")
MAX_WORKERS = 8
COMPUTE_BYTES = 256 << 20
"""Room for a worker's logits, intermediate results and what CUDA itself takes; a guess on the safe side."""


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


def worker_bytes(
    metadata: Mapping[str, Any], model_bytes: int, gpu_layers: int, streams: int, window: int
) -> int:
    """About what a worker takes of a GPU's memory: its layers' weights and 16-bit keys and values, and `COMPUTE_BYTES`.

    Computed from the GGUF's metadata; what a layer lacks there (a recurrent model has no heads) counts nothing.
    """
    name = metadata.get("general.architecture")

    def most(key: str, default: int = 0) -> int:
        """The number, or the largest of a list by layer; 0 for what a damaged file may hold instead."""
        value = metadata.get(f"{name}.{key}", default)
        numbers = value if isinstance(value, list) else [value]
        return max([0, *(number for number in numbers if isinstance(number, int))])

    layers, heads = most("block_count", 1), most("attention.head_count")
    # llama.cpp counts the output matrix as one more layer.
    share = 1.0 if gpu_layers == ALL_LAYERS else min(1.0, gpu_layers / (layers + 1))
    size = most("embedding_length") // heads if heads else 0
    entry = most("attention.key_length", size) + most("attention.value_length", size)
    cells = streams * -(-window // CELLS) * CELLS
    cache = cells * layers * most("attention.head_count_kv", heads) * entry * 2
    return int(share * (model_bytes + cache)) + COMPUTE_BYTES


def place_workers(
    found: Sequence[Device], gpu_layers: int, workers: int, needed_bytes: int
) -> list[Device | None]:
    """Where each worker runs: in turn on the GPUs that are like the first one, or all on the CPU.

    Args:
        found: the devices here.
        gpu_layers: 0 keeps everything on the CPU.
        workers: how many, or 0 for one per GPU, one on a CPU.
        needed_bytes: what each worker takes of its GPU's memory, see `worker_bytes`.

    Raises ModelError where a GPU was asked for and there is none, GpuFull where there is no room for that many.
    """
    gpus = [device for device in found if device.is_gpu]
    if gpu_layers == 0:
        return [None] * min(workers or 1, MAX_WORKERS)
    if not gpus:
        raise ModelError(model="asked for", reason="it was to run on a GPU, and llama.cpp sees none here")
    # A block must not depend on the worker that coded it, and unlike devices compute unlike floats.
    alike = [gpu for gpu in gpus if gpu.description == gpus[0].description]
    room = {gpu.name: gpu.memory_free // needed_bytes for gpu in alike}
    wanted = min(workers or len(alike), MAX_WORKERS)
    places: list[Device | None] = []
    while len(places) < wanted and any(room.values()):
        for gpu in alike:
            if room[gpu.name] and len(places) < wanted:
                places.append(gpu)
                room[gpu.name] -= 1
    if len(places) < (wanted if workers else 1):
        raise GpuFull(room=len(places), wanted=wanted)
    return places
