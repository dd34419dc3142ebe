"""The exact engine's native core; `models/exact/native/session.h` says what each part does."""

import numpy as np
from numpy.typing import NDArray

def compiled_kernels() -> list[str]:
    """Kernels in this build, best first."""

def available_kernels() -> list[str]:
    """Those of them that this processor can run, best first; `scalar` is always the last."""

def quantise_rows(
    kernel: str, values: NDArray[np.float32], rows: NDArray[np.int8], scales: NDArray[np.float32]
) -> None:
    """Quantise the rows of `values` (row, input), a multiple of 16 wide, into `rows` and `scales` (row,).

    Raises ValueError for arrays that do not fit, OverflowError for a row that is not finite.
    """

class Model:
    """Weights packed for one kernel, and the threads that serve its sessions. Constant once loaded."""

    def __init__(
        self,
        *,
        width: int,
        heads: int,
        kv_heads: int,
        head_size: int,
        hidden: int,
        layers: int,
        vocabulary: int,
        epsilon: float,
        rope_steps: NDArray[np.uint64],
        kernel: str,
        threads: int,
        planes: bool = False,
        gelu: bool = False,
        embedding_scale: float = 1.0,
        score_scale: float = 0.0,
        span: int = 0,
    ) -> None:
        """An empty model. `kernel` may be empty: the best one. Raises ValueError for what the core cannot run.

        `score_scale` 0 is the root of 1 / head size, `span` 0 what all layers see.
        """

    def set_matrix(self, name: str, layer: int, rows: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        """Pack one matrix, rows (output, input) and scales (output,); the arrays are not kept.

        Names: attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up, ffn_down, output (any layer).
        """

    def set_norm(self, name: str, layer: int, weights: NDArray[np.float32]) -> None:
        """Copy one norm's weights (width,): attn_norm, ffn_norm or output_norm (any layer).

        Where a model has them too: post_attention_norm, post_ffw_norm, and of (head size,) attn_q_norm, attn_k_norm.
        """

    def set_bias(self, layer: int, biases: NDArray[np.float32]) -> None:
        """Copy what is added to queries, keys and values, (queries + 2 x keys,), where a model has it."""

    def set_local(self, layers: NDArray[np.bool_], rope_steps: NDArray[np.uint64]) -> None:
        """Say which layers are local, (layer,), and how their pairs turn, (pair,)."""

    def set_embedding(self, rows: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        """Copy an embedding (token, width) of its own; without it the output matrix serves as one."""

    @property
    def kernel(self) -> str: ...
    @property
    def threads(self) -> int: ...
    @property
    def bytes(self) -> int:
        """Memory of the packed weights."""

class Session:
    """The contexts of several streams."""

    def __init__(self, model: Model, *, streams: int, window: int, sinks: int, max_rows: int) -> None: ...
    def feed(
        self,
        streams: NDArray[np.int32],
        tokens: NDArray[np.int32],
        want: NDArray[np.bool_],
        logits: NDArray[np.float32],
    ) -> int:
        """Feed rows as in `models.protocol.Session`; wanted logits go to the first rows of `logits`.

        Returns how many rows were wanted. Raises ValueError for arguments out of range, OverflowError if the
        model's values overflow (the session is of no use afterwards), RuntimeError if another thread is inside.
        """

    def largest_behind_norms(self, tokens: NDArray[np.int32]) -> NDArray[np.float32]:
        """(2 x layers + 1, width) how large each channel gets behind every norm while stream 0 is fed these tokens.

        Attention and feed-forward of each layer, then the output's. Raises as `feed` does.
        """

    def door(self, lanes: int) -> object:
        """A capsule around `native/engine_door.h`, which keeps the session.

        At most `lanes` groups of streams can be fed at the same time, and no more than there are threads and streams.
        """

    @property
    def bytes(self) -> int:
        """Memory of the cache and the working space."""
