"""The native core behind the session protocol: the same bits as `reference`, many times faster.

Sits between `weights` and `engine`. The weights are packed once for the chosen kernel; after `load_native` the caller
may drop its own copy. A model's threads serve one `feed` at a time; a session that finds them busy works on its own
thread alone, so sessions of several Python threads never wait for each other.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nacomp.models.errors import KernelUnavailable, ModelError
from nacomp.models.exact.arithmetic import Floats
from nacomp.models.exact.weights import Hyperparameters, QuantiseInto, Weights, quantise_into
from nacomp.models.protocol import BoolRow, ContextWindow, Door, FloatRows, IntRow

try:
    from nacomp.models.exact import _kernels as native

    INSTALLED = True
except ImportError:  # installed without a compiler: the numpy reference does the work
    INSTALLED = False

NUMPY = "numpy"
"""Name of the reference implementation among the kernels."""

MAX_ROWS = 256
"""Most rows of one call: the ring of keys and values has room for them behind the window."""


def available_kernels() -> list[str]:
    """Kernels that can run here, best first; `numpy` always can."""
    return [*(native.available_kernels() if INSTALLED else []), NUMPY]


def native_problem(shape: Hyperparameters) -> str | None:
    """Why the native core cannot run a model of this shape here, or None if it can."""
    if not INSTALLED:
        return "nacomp was installed without its native core"
    if shape.head_size % 16 or shape.head_size > 256:
        return f"its head size is {shape.head_size}, the native core takes multiples of 16 up to 256"
    for name, width in {"embedding": shape.width, "feed-forward": shape.hidden}.items():
        if width % 16:
            return f"its {name} width is {width}, the native core takes multiples of 16"
    return None


class NativeModel:
    """Packed weights and threads, shared by any number of sessions."""

    def __init__(self, weights: Weights, kernel: str = "", threads: int = 1) -> None:
        """Pack the weights.

        Args:
            kernel: a name of `available_kernels`, or empty for the best one.
            threads: for one `feed`; the result never depends on it.

        Raises KernelUnavailable if the kernel or the core cannot run here.
        """
        problem = native_problem(weights.shape)
        if problem is None and kernel and kernel not in native.available_kernels():
            known = kernel in native.compiled_kernels()
            problem = "this processor lacks its instructions" if known else "this build does not have it"
        if problem is not None:
            available = ", ".join(available_kernels())
            raise KernelUnavailable(kernel=kernel or "native", reason=problem, available=available)
        self.name = weights.model
        self.shape = weights.shape
        self.core = _pack(weights, kernel, threads)

    @property
    def kernel(self) -> str:
        """The kernel in use."""
        return self.core.kernel

    @property
    def threads(self) -> int:
        """Threads that serve its sessions."""
        return self.core.threads

    @property
    def bytes(self) -> int:
        """Memory of the packed weights."""
        return self.core.bytes


def native_quantise(kernel: str) -> QuantiseInto:
    """As `weights.quantise_into`, by this kernel, where it takes rows of such a width."""

    def quantise(values: Floats, rows: NDArray[np.int8], scales: Floats) -> None:
        if values.shape[1] % 16 or values.shape[1] > 1 << 16:
            quantise_into(values, rows, scales)
        else:
            native.quantise_rows(kernel, values, rows, scales)

    return quantise


def native_observe(kernel: str, threads: int) -> Callable[[Weights, IntRow], Sequence[Floats]]:
    """As `smoothing.largest_activations`, by this kernel: for the model that is then smoothed and packed once more."""

    def observe(weights: Weights, tokens: IntRow) -> Sequence[Floats]:
        model = NativeModel(weights, kernel, threads)
        core = native.Session(model.core, streams=1, window=len(tokens), sinks=0, max_rows=len(tokens))
        try:
            return list(core.largest_behind_norms(tokens))
        except OverflowError as error:
            raise ModelError(model=model.name, reason="its values overflow on this text") from error

    return observe


def _pack(weights: Weights, kernel: str, threads: int) -> "native.Model":
    shape = weights.shape
    core = native.Model(
        width=shape.width,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        head_size=shape.head_size,
        hidden=shape.hidden,
        layers=shape.layers,
        vocabulary=shape.vocabulary,
        epsilon=shape.epsilon,
        rope_steps=weights.rope_steps,
        kernel=kernel,
        threads=threads,
        planes=shape.planes,
        gelu=shape.gelu,
        embedding_scale=shape.embedding_scale,
        score_scale=shape.score_scale,
        span=shape.span,
    )
    if shape.local:
        steps = weights.rope_steps if weights.local_rope_steps is None else weights.local_rope_steps
        core.set_local(np.array(shape.local), steps)
    for index, layer in enumerate(weights.layers):
        core.set_norm("attn_norm", index, layer.attn_norm)
        core.set_norm("ffn_norm", index, layer.ffn_norm)
        for name in ("attn_q_norm", "attn_k_norm", "post_attention_norm", "post_ffw_norm"):
            if (norm := getattr(layer, name)) is not None:
                core.set_norm(name, index, norm)
        if layer.bias is not None:
            core.set_bias(index, layer.bias)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
            matrix = getattr(layer, name)
            core.set_matrix(name, index, matrix.rows, matrix.scales)
    core.set_norm("output_norm", 0, weights.output_norm)
    core.set_matrix("output", 0, weights.output.rows, weights.output.scales)
    if weights.output is not weights.embedding:
        core.set_embedding(weights.embedding.rows, weights.embedding.scales)
    return core


class NativeSession:
    """Contexts of S streams; see `models.protocol.Session`."""

    def __init__(
        self, model: NativeModel, streams: int, context: ContextWindow, max_rows: int = MAX_ROWS
    ) -> None:
        self.streams = streams
        self._model = model
        self._core = native.Session(
            model.core, streams=streams, window=context.window, sinks=context.sinks, max_rows=max_rows
        )
        self._logits: FloatRows = np.empty((0, model.shape.vocabulary), np.float32)

    @property
    def bytes(self) -> int:
        """Memory of the cache and the working space, the logits included."""
        return self._core.bytes + self._logits.nbytes

    def door(self, lanes: int) -> Door:
        """For native code: `lanes` groups of streams may be fed at the same time, each on one thread."""
        return Door(self._core.door(lanes), self._model.name)

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """See `models.protocol.Session.feed`. Raises ModelError where the model's values overflow."""
        wanted = int(np.count_nonzero(want))
        if wanted > len(self._logits):
            self._logits = np.empty((wanted, self._model.shape.vocabulary), np.float32)
        try:
            self._core.feed(streams, tokens, want, self._logits)
        except OverflowError as error:
            raise ModelError(model=self._model.name, reason="its values overflow on this text") from error
        return self._logits[:wanted]
