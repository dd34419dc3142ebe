"""Takes weights and tokeniser from a GGUF file that `export` wrote, so that a training goes on from a finished model.

Used by the `train` command's --start. The optimiser begins anew and the learning rates rise again: what the model
lost to its int8 rounding and gains back in the first steps is little beside the tokens it has already seen.
"""

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from tokenizers import AddedToken, Tokenizer, models

from nacomp.models.training.network import Weights
from nacomp.models.training.shape import Shape
from nacomp.models.training.tokeniser import START, around


def weights(path: Path, shape: Shape) -> Weights:
    """The float32 tensors of the model. Raises ValueError if it is not of `shape`."""
    found: Weights = {}
    for tensor in gguf.GGUFReader(path).tensors:
        values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        found[tensor.name] = torch.from_numpy(values)
    sizes = dict.fromkeys(shape.norms(), (shape.width,)) | shape.matrices()
    sizes["token_embd.weight"] = (shape.vocabulary, shape.width)
    if {name: tuple(tensor.shape) for name, tensor in found.items()} != sizes:
        raise ValueError(f"{path} is not a model of the shape {shape}")
    return found


def tokeniser(path: Path) -> Tokenizer:
    """The model's tokeniser, in the form that `tokeniser.train` makes."""
    fields = gguf.GGUFReader(path).fields

    def strings(key: str) -> list[str]:
        field: Any = fields[key]
        return list(field.contents())

    vocabulary = {token: index for index, token in enumerate(strings("tokenizer.ggml.tokens"))}
    merges = [
        (left, right) for left, _, right in (m.partition(" ") for m in strings("tokenizer.ggml.merges"))
    ]
    result = around(models.BPE(vocab=vocabulary, merges=merges))
    result.add_special_tokens([AddedToken(START, special=True, normalized=False)])
    return result
