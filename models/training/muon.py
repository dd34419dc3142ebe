"""The optimiser: Muon for the matrices, AdamW for the embedding and the norms.

Used by `loop` only. Muon (Keller Jordan, 2024) replaces each matrix's momentum by the nearest semi-orthogonal
matrix, found by a few Newton-Schulz steps. It reaches a loss in clearly fewer tokens than AdamW on small models,
and tokens are what a CPU lacks. Matrices of one shape are stacked and done in one batched product.
"""

from collections import defaultdict
from typing import Any

import torch

from nacomp.models.training.network import Weights
from nacomp.models.training.precision import product_type

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_STEPS = 5


def orthogonalise(stack: torch.Tensor) -> torch.Tensor:
    """(matrix, rows, columns) each matrix with its singular values pushed to about 1; bfloat16 is precise enough."""
    a, b, c = _COEFFICIENTS
    x = stack.to(product_type(stack.device.type))
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(_STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


class Optimiser:
    """Holds the weights' moments and updates the weights in place.

    Rates are relative to one schedule factor: 0.02 for Muon, 0.006 for AdamW on the embedding and norms.
    """

    MUON_RATE = 0.02
    ADAM_RATE = 0.006
    MOMENTUM = 0.95
    BETAS = (0.9, 0.97)
    DECAY = 0.01

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.moments = {name: torch.zeros_like(w) for name, w in weights.items()}
        self.squares = {name: torch.zeros_like(w) for name, w in weights.items() if not self._by_muon(name)}
        self.steps = 0
        self._groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for name, weight in weights.items():
            if self._by_muon(name):
                self._groups[tuple(weight.shape)].append(name)

    @staticmethod
    def _by_muon(name: str) -> bool:
        return name.startswith("blk.") and "norm" not in name

    def step(self, factor: float) -> None:
        """One update from the weights' gradients, at `factor` times the base rates; clears the gradients."""
        self.steps += 1
        with torch.no_grad():
            for names in self._groups.values():
                self._muon(names, factor * self.MUON_RATE)
            for name in self.squares:
                self._adam(name, factor * self.ADAM_RATE)
        for weight in self.weights.values():
            weight.grad = None

    def _muon(self, names: list[str], rate: float) -> None:
        directions = []
        for name in names:
            gradient = self.weights[name].grad
            moment = self.moments[name].lerp_(gradient, 1 - self.MOMENTUM)
            directions.append(gradient.lerp(moment, self.MOMENTUM))
        rows, columns = directions[0].shape
        updates = orthogonalise(torch.stack(directions)) * max(1.0, rows / columns) ** 0.5
        for name, update in zip(names, updates, strict=True):
            self.weights[name].mul_(1 - rate * self.DECAY).add_(update, alpha=-rate)

    def _adam(self, name: str, rate: float) -> None:
        weight, first, second = self.weights[name], self.BETAS[0], self.BETAS[1]
        moment = self.moments[name].lerp_(weight.grad, 1 - first)
        square = self.squares[name].lerp_(weight.grad.square(), 1 - second)
        scale = (square / (1 - second**self.steps)).sqrt_().add_(1e-10)
        weight.addcdiv_(moment, scale, value=-rate / (1 - first**self.steps))

    def state(self) -> dict[str, Any]:
        """What a checkpoint needs to go on as if never stopped."""
        return {"moments": self.moments, "squares": self.squares, "steps": self.steps}

    def restore(self, state: dict[str, Any]) -> None:
        """The reverse of `state`."""
        self.moments, self.squares, self.steps = state["moments"], state["squares"], state["steps"]
