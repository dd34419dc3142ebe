"""The devices llama.cpp sees here, and which worker runs on which."""

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from nacomp.formats.records import dataclass
from nacomp.models.errors import GpuFull, ModelError
from nacomp.models.llama.library import ggml, ggml_base
from nacomp.models.llama.settings import ALL_LAYERS, CELLS, ROWS

KINDS = ("cpu", "gpu", "integrated gpu", "accelerator")
"""By ggml's device type number; later numbers are devices made of others."""
GPU_KINDS = ("gpu", "integrated gpu")
MAX_WORKERS = 8
COMPUTE_BYTES = 256 << 20
"""Room for a worker's intermediate results and what CUDA itself takes; a guess on the safe side."""


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
    """An estimate of the bytes a worker takes of a GPU's memory: its layers' weights and caches, logits, `COMPUTE_BYTES`.

    Layers count as equally large, and the output matrix, which llama.cpp counts too, as one more of them.

    Args:
        metadata: of the GGUF.
        model_bytes: size of its file.
        gpu_layers: how many of its layers go there; `ALL_LAYERS` for all.
        streams: the most streams of a session.
        window: the longest window of a session, in tokens.
    """
    layers = _most(metadata, "block_count", 1)
    share = 1.0 if gpu_layers == ALL_LAYERS else min(1.0, gpu_layers / (layers + 1))
    listed = metadata.get("tokenizer.ggml.tokens")
    vocabulary = max(len(listed) if isinstance(listed, list) else 0, _most(metadata, "vocab_size"))
    logits = ROWS * vocabulary * 4
    return int(share * (model_bytes + cache_bytes(metadata, streams, window))) + logits + COMPUTE_BYTES


def cache_bytes(metadata: Mapping[str, Any], streams: int, window: int) -> int:
    """An estimate of the bytes of a session's 16-bit keys and values and of a recurrent model's 32-bit states.

    What a layer lacks in the metadata counts nothing: a recurrent one has no heads, an attention one no state. llama.cpp
    said the same of SmolLM2-135M at 32 streams of 1024 tokens (720 MiB), and of a small mamba.
    """
    heads = _most(metadata, "attention.head_count")
    size = _most(metadata, "embedding_length") // heads if heads else 0
    entry = _most(metadata, "attention.key_length", size) + _most(metadata, "attention.value_length", size)
    # No session is longer than the model was made for.
    window = min(window, _most(metadata, "context_length", window))
    cells = -(-window // CELLS) * CELLS
    attention = cells * _most(metadata, "attention.head_count_kv", heads) * entry * 2
    held = _most(metadata, "ssm.state_size") + max(0, _most(metadata, "ssm.conv_kernel") - 1)
    values = _most(metadata, "ssm.inner_size") * held
    values += _most(metadata, "embedding_length") * _most(metadata, "wkv.head_size")
    return streams * _most(metadata, "block_count", 1) * (attention + values * 4)


def _most(metadata: Mapping[str, Any], key: str, default: int = 0) -> int:
    """The architecture's number, or the largest of a list by layer; 0 for what a damaged file may hold instead."""
    value = metadata.get(f"{metadata.get('general.architecture')}.{key}", default)
    numbers = value if isinstance(value, list) else [value]
    return max([0, *(number for number in numbers if isinstance(number, int))])


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
    needed = wanted if workers else 1
    if len(places) < needed:
        raise GpuFull(room=len(places), wanted=needed)
    return places
