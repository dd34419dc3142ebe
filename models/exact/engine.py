"""The exact engine behind the engine protocol: one model file, one kernel, any number of sessions.

The choice of kernel is made here and nowhere else. `auto` is a wish: the fastest kernel that this machine and this
model allow, which is always possible because the numpy reference needs neither a compiler nor a shape. Any other name
is a demand: it runs or is refused. Devices are chosen likewise, in `opencl.choice`; what is demanded of kernels is of the
processor's.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nacomp.models.errors import KernelUnavailable, ModelError
from nacomp.models.exact.native_session import (
    MAX_ROWS,
    NUMPY,
    NativeModel,
    NativeSession,
    available_kernels,
    native_observe,
    native_problem,
    native_quantise,
)
from nacomp.models.exact.opencl.choice import choose_devices, first_line
from nacomp.models.exact.opencl.devices import OpenClDevice
from nacomp.models.exact.opencl.wishes import PROCESSOR
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.smoothing import smooth
from nacomp.models.exact.weights import EXACT_1, Hyperparameters, Weights, load_weights, quantise_into
from nacomp.models.library.gguf_file import MetadataValue, open_gguf
from nacomp.models.protocol import ContextWindow, Door, Session
from nacomp.models.tokens.tokenizer import GreedyTokenizer, Tokenizer, open_tokenizer, read_vocabulary
from nacomp.models.tokens.vocabulary import Vocabulary

if TYPE_CHECKING:
    from nacomp.models.exact.opencl.spread import SpreadModel

__all__ = ["AUTO", "ExactEngine", "available_kernels", "choose_kernel", "open_engine"]

AUTO = "auto"
MAX_WINDOW = 4096
"""The attention sums of NUMERICS section 8 fit int32 up to here."""
USUAL_STREAMS, USUAL_WINDOW = 32, 1024
"""Of a large block's session; those of devices are counted by it."""
SMALL_MODEL_BYTES = 32 << 20
"""Size of a model's file below which blocks run side by side on one thread each, and a block alone has its streams fed so:
the parts of a step are too short to be shared out."""


class ExactEngine:
    """See `models.protocol.Engine`."""

    name = "exact"
    reproducible = True

    def __init__(
        self,
        model: "ReferenceModel | NativeModel | SpreadModel",
        shape: Hyperparameters,
        vocabulary: Vocabulary,
        metadata: Mapping[str, MetadataValue],
        file_bytes: int,
        numerics: str = EXACT_1,
    ) -> None:
        """`metadata` and size in bytes are those of the model's file, `numerics` the id of its arithmetic."""
        self.vocabulary = vocabulary
        self.kernel = model.kernel
        self.max_rows = MAX_ROWS if isinstance(model, ReferenceModel | NativeModel) else model.max_rows
        self.max_window = min(MAX_WINDOW, shape.context)
        self._model: ReferenceModel | NativeModel | SpreadModel | None = model
        self._shape = shape
        self._metadata = metadata
        self._file_bytes = file_bytes
        self._numerics = numerics

    def open_session(self, streams: int, context: ContextWindow) -> Session:
        """See `models.protocol.Engine.open_session`."""
        model = self._fitting(streams, context)
        if isinstance(model, ReferenceModel | NativeModel):
            return _open(model, streams, context)
        return model.open_session(streams, context)

    def open_door(self, streams: int, context: ContextWindow) -> Door | None:
        """See `models.protocol.Engine.open_door`."""
        model = self._fitting(streams, context)
        if not isinstance(model, NativeModel):
            return None
        # A small model's step is too short to share out every product; its streams are fed side by side instead, in four
        # times as many groups as there are threads, as one of them may be busy with other things.
        lanes = 4 * model.threads if self._file_bytes < SMALL_MODEL_BYTES and model.threads > 1 else 1
        return NativeSession(model, streams, context).door(lanes)

    def _fitting(self, streams: int, context: ContextWindow) -> "ReferenceModel | NativeModel | SpreadModel":
        """The model, for such a session."""
        model = self._model
        if model is None:
            raise ValueError("the engine is closed")
        if streams < 1:
            raise ValueError(f"{streams} streams, expected at least 1")
        if not 0 <= context.sinks < context.window <= self.max_window:
            asked = f"a window of {context.window} tokens with {context.sinks} sinks was asked for"
            raise ModelError(model=model.name, reason=f"{asked}, the most is {self.max_window}")
        return model

    @cached_property
    def tokenizer(self) -> Tokenizer | GreedyTokenizer:
        """See `models.protocol.Engine.tokenizer`."""
        return open_tokenizer(self._metadata, self.vocabulary)

    def session_bytes(self, streams: int, window: int) -> int:
        """See `models.protocol.Engine.session_bytes`."""
        if not isinstance(self._model, ReferenceModel | NativeModel | None) and not self._model.shares_memory:
            return 0
        return cache_bytes(self._shape, streams, min(window, self.max_window))

    def parallel_blocks(self, threads: int) -> int:
        """See `models.protocol.Engine.parallel_blocks`."""
        if not isinstance(self._model, ReferenceModel | NativeModel | None):
            usual = cache_bytes(self._shape, USUAL_STREAMS, min(USUAL_WINDOW, self.max_window))
            return self._model.blocks(threads, usual)
        return parallel_blocks(self._file_bytes, threads)

    def parameters(self) -> dict[str, int | str]:
        """See `models.protocol.Engine.parameters`: the kernel is not in it, because it changes no bit."""
        return {"engine": self.name, "numerics": self._numerics}

    def close(self) -> None:
        """Release weights and threads, once the last session is gone. Idempotent."""
        self._model = None


def cache_bytes(shape: Hyperparameters, streams: int, window: int) -> int:
    """Bytes of a session's int8 keys and values, with a scale for each head, for windows of so many tokens.

    Measured with SmolLM2 (30 layers, 3 heads of 64), 32 streams, window 1024: 519 MB, of which this names 501.
    """
    entry = 2 * shape.kv_heads * (shape.head_size + 4)
    # The ring of a stream holds the rows of one forward behind the window.
    return streams * (window + MAX_ROWS) * shape.layers * entry


def parallel_blocks(file_bytes: int, threads: int) -> int:
    """Blocks to code side by side with a model of this size: a large model's go one by one, each step shared out."""
    return threads if file_bytes < SMALL_MODEL_BYTES else 1


def choose_kernel(kernel: str = AUTO, shape: Hyperparameters | None = None) -> str:
    """The kernel that `kernel` means here, for a model of this shape if one is given. Raises KernelUnavailable."""
    kernels = available_kernels()
    if kernel == AUTO:
        native = shape is None or native_problem(shape) is None
        return kernels[0] if native else NUMPY
    if kernel not in kernels:
        reason = "this processor or this installation does not have it"
        raise KernelUnavailable(kernel=kernel, reason=reason, available=", ".join(kernels))
    return kernel


def open_engine(
    path: str | PathLike[str],
    *,
    kernel: str = AUTO,
    threads: int = 0,
    device: str = PROCESSOR,
    warn: Callable[[str], None] = lambda _: None,
) -> ExactEngine:
    """Load a GGUF model of an architecture that `architecture.py` knows; SmolLM2-135M takes about two seconds.

    Args:
        kernel: `auto`, or a name of `available_kernels` as a demand; of the processor's part in it.
        threads: of one `feed`; 0 means all processors. The numpy kernel leaves threads to BLAS.
        device: see `opencl.choice.choose_devices`.
        warn: hears of a device that fails; the processor goes on in its place.

    Raises:
        ModelError: the file is damaged.
        UnsupportedModel: the exact arithmetic does not cover this model.
        KernelUnavailable: the kernel asked for cannot run this model here.
        DeviceUnavailable, ExtraMissing: nor can the device.
    """
    file_bytes = Path(path).stat().st_size
    devices = choose_devices(device, file_bytes < SMALL_MODEL_BYTES)
    threads = threads or _processors()
    weights, vocabulary, metadata = _read(path, kernel, threads)
    chosen = choose_kernel(kernel, weights.shape)
    model: ReferenceModel | NativeModel | SpreadModel | None = None
    if devices:

        @cache
        def on_processor() -> ReferenceModel | NativeModel:
            return _load(_read(path, kernel, threads)[0], chosen, threads)

        model = _load_on(devices, weights, on_processor, warn)
    if model is None:
        model = _load(weights, chosen, threads)
    return ExactEngine(model, weights.shape, vocabulary, metadata, file_bytes, weights.numerics)


def _read(
    path: str | PathLike[str], kernel: str, threads: int
) -> tuple[Weights, Vocabulary, Mapping[str, MetadataValue]]:
    """`kernel` as asked for, `threads` for it; the numpy kernel loads without native code too."""
    best = choose_kernel(kernel)
    quantise_with = quantise_into if best == NUMPY else native_quantise(best)
    with open_gguf(path) as file:
        metadata = file.metadata
        weights = load_weights(file, quantise_with)
        vocabulary = read_vocabulary(metadata)
        if weights.numerics == EXACT_1:  # the second plane of the others leaves smoothing nothing to do
            chosen = choose_kernel(kernel, weights.shape)
            observe = None if chosen == NUMPY else native_observe(chosen, threads)
            weights = smooth(weights, file, vocabulary, observe, quantise_with)
    return weights, vocabulary, metadata


def _open(model: ReferenceModel | NativeModel, streams: int, context: ContextWindow) -> Session:
    if isinstance(model, NativeModel):
        return NativeSession(model, streams, context)
    return ReferenceSession(model, streams, context)


def _load_on(
    devices: tuple[OpenClDevice, ...],
    weights: Weights,
    on_processor: Callable[[], ReferenceModel | NativeModel],
    warn: Callable[[str], None],
) -> "SpreadModel | None":
    """A copy of the model on each of these devices that has room for it; None where none has."""
    import pyopencl as cl

    from nacomp.models.exact.opencl.model import DeviceModel
    from nacomp.models.exact.opencl.programs import program_of
    from nacomp.models.exact.opencl.spread import SpreadModel

    copies = []
    for device in devices:
        try:
            copies.append(DeviceModel(weights, program_of(device)))
        except cl.Error as error:
            warn(f"device {device.shown} cannot take the model ({first_line(error)}), so it is not used")
    if not copies:
        return None
    return SpreadModel(copies, lambda streams, context: _open(on_processor(), streams, context), warn)


def _load(weights: Weights, kernel: str, threads: int) -> ReferenceModel | NativeModel:
    if kernel != NUMPY:
        return NativeModel(weights, kernel, threads)
    if not _keeps_subnormals():
        reason = "another library in this process switched subnormal numbers off"
        raise KernelUnavailable(kernel=kernel, reason=reason, available=", ".join(available_kernels()))
    return ReferenceModel(weights)


def _keeps_subnormals() -> bool:
    """Whether tiny numbers survive: libraries built with fast-math set a processor flag that flushes them to zero."""
    return bool((np.full(1, 1e-40, np.float32) * np.float32(0.5) > 0).all())


def _processors() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
