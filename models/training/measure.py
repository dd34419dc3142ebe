"""Bits per byte of a model on held-out documents, by kind, after or during training.

The windows overlap by half, so each scored token looks back on at least half the context: close to the engines'
sliding window, and what `compress` pays before predictors and coding overhead.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nacomp.models.training import network
from nacomp.models.training.network import Weights
from nacomp.models.training.shape import Shape
from nacomp.models.training.tokeniser import START_ID

ROWS = 8


@dataclass
class Cost:
    """What a set of texts costs under a model."""

    size: int = 0
    """bytes"""
    tokens: int = 0
    bits: float = 0.0

    def add(self, other: "Cost") -> None:
        """Join another set's cost to this one."""
        self.size += other.size
        self.tokens += other.tokens
        self.bits += other.bits

    @property
    def bits_per_byte(self) -> float:
        """The figure to compare models of any tokeniser by."""
        return self.bits / self.size

    @property
    def bits_per_token(self) -> float:
        """The figure to compare engines on one model by."""
        return self.bits / self.tokens


def windows(tokens: list[int], length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(window, length) inputs and targets that score each token once; START_ID marks targets that are not scored."""
    hop = length // 2
    starts = [0, *range(hop, max(len(tokens) - hop, 1), hop)]
    inputs = np.full((len(starts), length), START_ID, dtype=np.int64)
    targets = np.full((len(starts), length), START_ID, dtype=np.int64)
    for row, start in enumerate(starts):
        piece = np.array(tokens[start : start + length], dtype=np.int64)
        known = 0 if start == 0 else hop
        inputs[row, 1 : len(piece)] = piece[: len(piece) - 1]
        targets[row, known : len(piece)] = piece[known:]
    return inputs, targets


def cost(weights: Weights, shape: Shape, tokeniser: Tokenizer, texts: Iterable[str], *, int8: bool) -> Cost:
    """What the texts cost, each started afresh. `int8` rounds as the exact engine does."""
    total, device = Cost(), next(iter(weights.values())).device
    for text in texts:
        tokens = tokeniser.encode(text).ids
        inputs, targets = windows(tokens, shape.context)
        nats = 0.0
        for at in range(0, len(inputs), ROWS):
            piece = [torch.from_numpy(rows[at : at + ROWS]).to(device) for rows in (inputs, targets)]
            with torch.no_grad():
                nats += float(network.losses(weights, piece[0], piece[1], shape, int8).double().sum())
        total.add(Cost(len(text.encode()), len(tokens), nats / math.log(2)))
    return total
