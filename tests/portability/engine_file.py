"""The input file of engine_driver.cpp: a model and the rows to feed it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nacomp.models.exact.random_weights import Rows
from nacomp.models.exact.weights import Matrix, Weights
from nacomp.models.protocol import ContextWindow


def write_engine_file(
    path: Path, weights: Weights, streams: int, context: ContextWindow, calls: list[Rows]
) -> Path:
    """Write everything in the order in which engine_driver.cpp reads it; returns `path`."""
    shape = weights.shape
    sizes = (shape.width, shape.heads, shape.kv_heads, shape.head_size, shape.hidden, shape.layers)
    parts: list[NDArray[np.generic]] = [
        np.array([*sizes, shape.vocabulary, len(weights.rope_steps)], np.int32),
        np.array([shape.planes, shape.gelu, shape.span], np.int32),
        np.array([shape.epsilon, shape.embedding_scale, shape.score_scale], np.float32),
        weights.rope_steps,
        np.array([bool(shape.local)], np.int32),
    ]
    if shape.local:
        assert weights.local_rope_steps is not None
        parts += [np.array(shape.local, np.uint8), weights.local_rope_steps]
    for layer in weights.layers:
        parts += [layer.attn_norm, layer.ffn_norm]
        for name in ("attn_q_norm", "attn_k_norm", "post_attention_norm", "post_ffw_norm", "bias"):
            further = getattr(layer, name)
            parts.append(np.array([further is not None], np.int32))
            parts += [] if further is None else [further]
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
            parts += _matrix(getattr(layer, name))
    tied = weights.output is weights.embedding
    parts += [weights.output_norm, *_matrix(weights.output), np.array([tied], np.int32)]
    parts += [] if tied else _matrix(weights.embedding)
    most = max(len(rows.tokens) for rows in calls)
    parts.append(np.array([streams, context.window, context.sinks, most, len(calls)], np.int32))
    for rows in calls:
        parts += [np.array([len(rows.tokens)], np.int32), rows.streams, rows.tokens, rows.want]
    path.write_bytes(b"".join(part.tobytes() for part in parts))
    return path


def _matrix(matrix: Matrix) -> list[NDArray[np.generic]]:
    return [matrix.rows, matrix.scales]
