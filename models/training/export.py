"""Writes trained weights and their tokeniser as one GGUF file, the last step of the recipe. Needs no PyTorch.

Every matrix row is rounded to its own int8 grid and stored as Q8_0 blocks that all carry the row's scale, so the
exact engine, which requantises per row, finds the very same integers again: nothing is lost between training's
rounding and the engine's. F16 would take twice the space for the same values.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nacomp.models.training.shape import Shape
from nacomp.models.training.tokeniser import START, START_ID

BLOCK = 32
"""Values per Q8_0 block: one f16 scale, then 32 signed bytes."""


def row_scaled_q8_0(matrix: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(rows, columns) -> (rows, columns / 32 * 34) bytes of Q8_0 with one scale per row.

    Raises ValueError for a width that is no multiple of 32, or values that are not finite.
    """
    rows, columns = matrix.shape
    if columns % BLOCK or not np.isfinite(matrix).all():
        raise ValueError(f"a {rows} x {columns} matrix has no Q8_0 form, or holds a value that is not finite")
    scale = (np.abs(matrix).max(axis=1) / np.float32(127)).astype(np.float16)
    divisor = np.where(scale == 0, np.float16(1), scale).astype(np.float32)
    integers = np.clip(np.rint(matrix / divisor[:, None]), -127, 127).astype(np.int8)
    blocks = np.empty((rows, columns // BLOCK, 2 + BLOCK), dtype=np.uint8)
    blocks[:, :, :2] = scale[:, None].view(np.uint8)[:, None, :]
    blocks[:, :, 2:] = integers.view(np.uint8).reshape(rows, -1, BLOCK)
    return blocks.reshape(rows, -1)


def _describe(writer: gguf.GGUFWriter, shape: Shape, name: str) -> None:
    """The model's own fields: all that llama.cpp asks of a llama architecture."""
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_dimension_count(shape.head_size)
    writer.add_rope_freq_base(shape.theta)
    writer.add_vocab_size(shape.vocabulary)


def _add_tokeniser(writer: gguf.GGUFWriter, tokeniser: Tokenizer) -> None:
    """The tokeniser's fields, in the byte-level alphabet that GGUF's `gpt2` tokenisers use."""
    parts = json.loads(tokeniser.to_str())["model"]
    tokens = sorted(parts["vocab"], key=parts["vocab"].__getitem__)
    kinds = [gguf.TokenType.CONTROL if token == START else gguf.TokenType.NORMAL for token in tokens]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in parts["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(START_ID)
    writer.add_eos_token_id(START_ID)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def write(
    path: Path, shape: Shape, weights: Mapping[str, NDArray[np.float32]], tokeniser: Tokenizer, name: str
) -> None:
    """One GGUF file; it appears whole or not at all. Raises ValueError if weights, shape and tokeniser disagree."""
    expected = {*shape.norms(), *shape.matrices(), "token_embd.weight"}
    if set(weights) != expected or tokeniser.get_vocab_size() != shape.vocabulary:
        raise ValueError(f"weights or tokeniser do not belong to {shape}")
    beside = path.with_suffix(".partial")
    writer = gguf.GGUFWriter(str(beside), "llama")
    _describe(writer, shape, name)
    _add_tokeniser(writer, tokeniser)
    for tensor in ("token_embd.weight", *shape.matrices(), *shape.norms()):
        values = np.ascontiguousarray(weights[tensor], dtype=np.float32)
        if values.ndim == 1:
            writer.add_tensor(tensor, values)
        else:
            writer.add_tensor(tensor, row_scaled_q8_0(values), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)
