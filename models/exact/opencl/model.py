"""A model's weights in a device's memory, packed for `exact.cl`; sits between `weights` and `session`.

Four int8 of a row are a word, and a matrix holds all outputs' first words, then their second ones: work-items that stand
side by side read side by side. Any width is taken: rows are filled up with zeros, which add nothing.
"""

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.exact.arithmetic import Floats
from nacomp.models.exact.opencl.program import DeviceProgram
from nacomp.models.exact.weights import Layer, Matrix, Weights

Shared = TypeVar("Shared")

OPENCL = "opencl"
"""Name of this implementation among the kernels."""
WORD, GROUP = 4, 64
"""Int8 of a word, and outputs that a group of work-items has: a matrix is filled up to whole groups of them."""


def words(width: int) -> int:
    """Words of four that hold so many int8."""
    return -(-width // WORD)


def packed(matrices: tuple[Matrix, ...]) -> NDArray[np.int32]:
    """(word of the input, column) of these matrices one below the other."""
    rows = np.concatenate([matrix.rows for matrix in matrices])
    filled = np.zeros((-(-len(rows) // GROUP) * GROUP, words(rows.shape[1]) * WORD), np.int8)
    filled[: len(rows), : rows.shape[1]] = rows
    return np.ascontiguousarray(filled.view("<i4").T)


@dataclass(frozen=True)
class DeviceMatrix:
    """Buffers of one matrix, or of several that have the same input.

    Attributes:
        words: (word of the input, column) int32; the outputs are the first columns, the others zeros.
        scales: (column,) float32.
        depth: words of the input.
    """

    words: Any
    scales: Any
    outputs: int
    columns: int
    depth: int


@dataclass(frozen=True)
class DeviceLayer:
    """`Layer` in buffers; what a model lacks is None."""

    attn_norm: Any
    qkv: DeviceMatrix
    bias: Any
    attn_q_norm: Any
    attn_k_norm: Any
    attn_output: DeviceMatrix
    post_attention_norm: Any
    ffn_norm: Any
    gate_up: DeviceMatrix
    ffn_down: DeviceMatrix
    post_ffw_norm: Any


class DeviceModel:
    """Constant once loaded, shared by any number of sessions. The caller may drop its own weights."""

    kernel = OPENCL

    def __init__(self, weights: Weights, program: DeviceProgram) -> None:
        """Raises pyopencl's errors, where the device has no room for it among them."""
        self.name = weights.model
        self.shape = weights.shape
        self.program = program
        self.bytes = 0
        """Memory of the weights."""
        local = weights.rope_steps if weights.local_rope_steps is None else weights.local_rope_steps
        self.rope_steps = (weights.rope_steps, local)
        self.layers = tuple(self._layer(layer) for layer in weights.layers)
        self.output_norm = self._floats(weights.output_norm)
        self.output = self._matrix(weights.output)
        tied = weights.output is weights.embedding
        self.embedding = self.output if tied else self._matrix(weights.embedding)
        self._shared: weakref.WeakValueDictionary[Hashable, Any] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def shared(self, key: Hashable, make: Callable[[], Shared]) -> Shared:
        """What all who ask with this key have in common, as long as one of them has it."""
        with self._lock:
            found: Shared | None = self._shared.get(key)
            if found is None:
                found = self._shared[key] = make()
            return found

    def _layer(self, layer: Layer) -> DeviceLayer:
        return DeviceLayer(
            attn_norm=self._floats(layer.attn_norm),
            qkv=self._matrix(layer.attn_q, layer.attn_k, layer.attn_v),
            bias=self._floats(layer.bias),
            attn_q_norm=self._floats(layer.attn_q_norm),
            attn_k_norm=self._floats(layer.attn_k_norm),
            attn_output=self._matrix(layer.attn_output),
            post_attention_norm=self._floats(layer.post_attention_norm),
            ffn_norm=self._floats(layer.ffn_norm),
            gate_up=self._matrix(layer.ffn_gate, layer.ffn_up),
            ffn_down=self._matrix(layer.ffn_down),
            post_ffw_norm=self._floats(layer.post_ffw_norm),
        )

    def _matrix(self, *matrices: Matrix) -> DeviceMatrix:
        packs = packed(matrices)
        scales = np.concatenate([matrix.scales for matrix in matrices])
        depth, columns = packs.shape
        filled = self._floats(np.pad(scales, (0, columns - len(scales))))
        return DeviceMatrix(self._kept(packs), filled, len(scales), columns, depth)

    def _floats(self, values: Floats | None) -> Any:
        return None if values is None else self._kept(np.ascontiguousarray(values, np.float32))

    def _kept(self, values: Floats | NDArray[np.int32]) -> Any:
        self.bytes += values.nbytes
        return self.program.constant(values)
