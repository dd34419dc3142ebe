"""Takes weights and tokeniser from a GGUF file that `export` wrote, so that a training goes on from a finished model.

Used by the `train` command's --start. The optimiser begins anew and the learning rates rise again: what the model
lost to its int8 rounding and gains back in the first steps is little beside the tokens it has already seen.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, models

from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.training.network import Weights
from nacomp.models.training.shape import Shape
from nacomp.models.training.tokeniser import START, around


def weights(path: Path, shape: Shape) -> Weights:
    """The float32 tensors of the model. Raises ModelError if it cannot be read, ValueError if it is not of `shape`."""
    with open_gguf(path) as file:
        found: Weights = {name: torch.from_numpy(file.tensor(name)) for name in file.tensor_names}
    sizes = dict.fromkeys(shape.norms(), (shape.width,)) | shape.matrices()
    sizes["token_embd.weight"] = (shape.vocabulary, shape.width)
    if {name: tuple(tensor.shape) for name, tensor in found.items()} != sizes:
        raise ValueError(f"{path} is not a model of the shape {shape}")
    return found


def tokeniser(path: Path) -> Tokenizer:
    """The model's tokeniser, in the form that `tokeniser.train` makes. Raises ModelError."""
    with open_gguf(path) as file:
        metadata: Mapping[str, Any] = file.metadata
    vocabulary = {token: index for index, token in enumerate(metadata["tokenizer.ggml.tokens"])}
    merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
    result = around(models.BPE(vocab=vocabulary, merges=merges))
    result.add_special_tokens([AddedToken(START, special=True, normalized=False)])
    return result
