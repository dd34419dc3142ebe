"""The exact engine behind the engine protocol: one model file, one kernel, any number of sessions.

The choice of kernel is made here and nowhere else. `auto` is a wish: the fastest kernel that this machine and this
model allow, which is always possible because the numpy reference needs neither a compiler nor a shape. Any other name
is a demand: it runs or is refused.
"""

import os
from os import PathLike

import numpy as np

from nacomp.models.errors import KernelUnavailable, ModelError
from nacomp.models.exact.native_session import (
    MAX_ROWS,
    NUMPY,
    NativeModel,
    NativeSession,
    available_kernels,
    native_problem,
)
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.smoothing import smooth
from nacomp.models.exact.weights import Hyperparameters, Weights, load_weights
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.protocol import ContextWindow, Session
from nacomp.models.tokens.tokenizer import read_vocabulary
from nacomp.models.tokens.vocabulary import Vocabulary

__all__ = ["AUTO", "NUMERICS", "ExactEngine", "available_kernels", "choose_kernel", "open_engine"]

AUTO = "auto"
NUMERICS = "exact-1"
MAX_WINDOW = 4096
"""The attention sums of NUMERICS section 8 fit int32 up to here."""


class ExactEngine:
    """See `models.protocol.Engine`."""

    name = "exact"
    batch_free = True
    workers = 0
    max_rows = MAX_ROWS

    def __init__(self, model: ReferenceModel | NativeModel, vocabulary: Vocabulary, context: int) -> None:
        self.vocabulary = vocabulary
        self.kernel = model.kernel
        self._model: ReferenceModel | NativeModel | None = model
        self.max_window = min(MAX_WINDOW, context)

    def open_session(self, streams: int, context: ContextWindow) -> Session:
        """See `models.protocol.Engine.open_session`."""
        model = self._model
        if model is None:
            raise ValueError("the engine is closed")
        if streams < 1:
            raise ValueError(f"{streams} streams, expected at least 1")
        if not 0 <= context.sinks < context.window <= self.max_window:
            asked = f"a window of {context.window} tokens with {context.sinks} sinks was asked for"
            raise ModelError(model=model.name, reason=f"{asked}, the most is {self.max_window}")
        if isinstance(model, NativeModel):
            return NativeSession(model, streams, context)
        return ReferenceSession(model, streams, context)

    def parameters(self) -> dict[str, int | str]:
        """See `models.protocol.Engine.parameters`: the kernel is not in it, because it changes no bit."""
        return {"engine": self.name, "numerics": NUMERICS}

    def close(self) -> None:
        """Release weights and threads, once the last session is gone. Idempotent."""
        self._model = None


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


def open_engine(path: str | PathLike[str], *, kernel: str = AUTO, threads: int = 0) -> ExactEngine:
    """Load a GGUF model of the llama architecture; SmolLM2-135M takes about two seconds.

    Args:
        kernel: `auto`, or a name of `available_kernels` as a demand.
        threads: of one `feed`; 0 means all processors. The numpy kernel leaves threads to BLAS.

    Raises:
        ModelError: the file is damaged.
        UnsupportedModel: the exact arithmetic does not cover this model.
        KernelUnavailable: the kernel asked for cannot run this model here.
    """
    with open_gguf(path) as file:
        weights = load_weights(file)
        vocabulary = read_vocabulary(file.metadata)
        weights = smooth(weights, file, vocabulary)
    chosen = choose_kernel(kernel, weights.shape)
    model = _load(weights, chosen, threads or _processors())
    return ExactEngine(model, vocabulary, weights.shape.context)


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
