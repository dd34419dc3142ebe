"""Training by the clock: the learning rate reaches zero when the given minutes are over, however many tokens fit.

After `dataset`, before `export`. A schedule in steps would end well only on the machine it was tuned on; one in
wall-clock time ends well on a busy laptop and on a GPU alike; only shapes to be compared are trained by tokens. Each
step's windows are cut into micro-batches that worker threads take one by one: on a shared CPU this loses less than
PyTorch's own threads, which wait for each other in every operation (2,000 against 700 tokens/s on two busy cores).
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from nacomp.models.training import network
from nacomp.models.training.dataset import WEIGHTS, Mixture, Tokens
from nacomp.models.training.kinds import Kind
from nacomp.models.training.muon import Optimiser
from nacomp.models.training.network import Weights
from nacomp.models.training.precision import product_type
from nacomp.models.training.shape import Shape

Loss = Callable[..., torch.Tensor]


@dataclass(frozen=True)
class Plan:
    """How to train. Shares are of the whole wall-clock time, or of the tokens where their number is given."""

    minutes: float
    seed: int = 1
    batch_tokens: int = 4096
    """Tokens per step. GPU: 65,536 or more."""
    micro_tokens: int = 1024
    """Tokens per forward and backward pass: what stays in a CPU's cache and below malloc's largest kept block, so that
    pages are not fetched and cleared anew each time (7,060 against 6,600 tokens/s for 2,048). GPU: as many as fit."""
    workers: int = 2
    """Threads that take micro-batches. GPU: 1."""
    device: str = "cpu"
    compiled: bool = False
    """Use torch.compile: no gain on the CPU here, a clear one on GPUs."""
    warm_up: float = 0.01
    hold: float = 0.2
    """Share after which the rates fall in a straight line to zero."""
    short: float = 0.7
    """Share trained on windows of half the context, which cost less."""
    float_share: float = 0.8
    """Share after which weights and activations are rounded to the exact engine's int8 grids in the loop."""
    tokens: int = 0
    """Train on this many tokens instead of by the clock, so that shapes are compared on the same text."""
    rate: float = 1.0
    """Factor of all learning rates: below 1 to go on from a finished model."""
    checkpoint_seconds: float = 240.0
    log_steps: int = 25

    def factor(self, progress: float) -> float:
        """The learning rates' factor at a share of the time."""
        rise = min(1.0, (progress + 1e-4) / self.warm_up)
        return self.rate * max(0.0, min(rise, (1.0 - progress) / (1.0 - self.hold)))


class Run:
    """One training run: weights, optimiser and position, saved to and resumed from one checkpoint file."""

    def __init__(
        self,
        shape: Shape,
        plan: Plan,
        streams: Mapping[Kind, Tokens],
        checkpoint: Path,
        initial: Weights | None = None,
    ) -> None:
        self.shape, self.plan, self.checkpoint = shape, plan, checkpoint
        self.weights: Weights = {
            name: weight.to(plan.device).requires_grad_()
            for name, weight in (initial or network.initial(shape, plan.seed)).items()
        }
        self.optimiser = Optimiser(self.weights)
        self.elapsed, self.tokens = 0.0, 0
        self.used = {shape.context // 2: 0, shape.context: 0}
        self._windows = {length: Mixture(streams, WEIGHTS, length, plan.seed) for length in self.used}
        self._loss: Loss = torch.compile(network.losses) if plan.compiled else network.losses
        self._pool = ThreadPoolExecutor(plan.workers, initializer=torch.set_num_threads, initargs=(1,))
        if checkpoint.exists():
            self._restore()

    def train(self, log: Callable[[str], None]) -> None:
        """Train until the plan's minutes are over, counted over all resumed parts."""
        if self.plan.compiled:
            self._compile()
        last_save, began = time.monotonic(), time.monotonic()
        fresh = self.tokens, self.elapsed
        losses = torch.zeros((), device=self.plan.device)
        while (progress := self._progress()) < 1:
            losses += self._step(progress)
            now = time.monotonic()
            self.elapsed, began = self.elapsed + now - began, now
            if self.optimiser.steps % self.plan.log_steps == 0:
                # Only here does a GPU's queue of steps run empty.
                loss = float(losses) / self.plan.log_steps
                speed = (self.tokens - fresh[0]) / (self.elapsed - fresh[1])
                log(
                    f"step {self.optimiser.steps} {progress:.1%} {self.tokens / 1e6:.2f} M tokens "
                    f"loss {loss:.4f} {speed:.0f} tokens/s"
                )
                losses.zero_()
            if now - last_save > self.plan.checkpoint_seconds:
                self._save()
                last_save = now
        self._save()

    def _progress(self) -> float:
        """The share of the training that is done."""
        if self.plan.tokens:
            return self.tokens / self.plan.tokens
        return self.elapsed / (self.plan.minutes * 60)

    def _compile(self) -> None:
        """Compiles all variants of a pass before the clock starts; on a worker, whose thread count they depend on."""
        plan = self.plan
        product_type(torch.device(plan.device).type)
        lengths = [self.shape.context // 2] * (plan.short > 0) + [self.shape.context] * (plan.short < 1)
        for length in lengths:
            rows = torch.zeros(max(1, plan.micro_tokens // length), length, dtype=torch.int64)
            for int8 in [False] * (plan.float_share > 0) + [True] * (plan.float_share < 1):
                self._pool.submit(self._gradients, rows, rows.clone(), int8).result()

    def _step(self, progress: float) -> torch.Tensor:
        """One optimiser step; () the mean loss in nats per token."""
        plan = self.plan
        length = self.shape.context // (2 if progress < plan.short else 1)
        rows = plan.batch_tokens // length
        inputs, targets = self._windows[length].batch(self.used[length], rows)
        self.used[length] += rows
        self.tokens += rows * length
        micro = max(1, plan.micro_tokens // length)
        pieces = [torch.from_numpy(rows).split(micro) for rows in (inputs, targets)]
        int8 = progress >= plan.float_share
        results = list(self._pool.map(lambda x, y: self._gradients(x, y, int8), *pieces))
        count = rows * length
        for index, weight in enumerate(self.weights.values()):
            weight.grad = torch.stack([grads[index] for _, grads in results]).sum(0).div_(count)
        self.optimiser.step(plan.factor(progress))
        return torch.stack([loss for loss, _ in results]).sum() / count

    def _gradients(
        self, inputs: torch.Tensor, targets: torch.Tensor, int8: bool
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """() the summed loss of a micro-batch, and its gradients in the order of the weights."""
        device = self.plan.device
        if device != "cpu":  # pinned memory is copied without waiting for the steps before
            inputs, targets = inputs.pin_memory(), targets.pin_memory()
        x, y = (rows.to(device, non_blocking=True) for rows in (inputs, targets))
        loss = self._loss(self.weights, x, y, self.shape, int8).sum()
        return loss.detach(), torch.autograd.grad(loss, list(self.weights.values()))

    def _save(self) -> None:
        state: dict[str, Any] = {
            "shape": asdict(self.shape),
            "weights": {name: weight.detach() for name, weight in self.weights.items()},
            "optimiser": self.optimiser.state(),
            "elapsed": self.elapsed,
            "tokens": self.tokens,
            "used": self.used,
        }
        beside = self.checkpoint.with_suffix(".partial")
        torch.save(state, beside)
        beside.replace(self.checkpoint)

    def _restore(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.plan.device, weights_only=True)
        if state["shape"] != asdict(self.shape):
            raise ValueError(f"{self.checkpoint} holds a model of another shape: {state['shape']}")
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state["weights"][name])
        self.optimiser.restore(state["optimiser"])
        self.elapsed, self.tokens, self.used = state["elapsed"], state["tokens"], state["used"]


def load(checkpoint: Path, device: str = "cpu") -> tuple[Shape, Weights, int]:
    """Shape, float32 weights on a device, and tokens seen, of a checkpoint."""
    state = torch.load(checkpoint, map_location=device, weights_only=True)
    return Shape(**state["shape"]), state["weights"], int(state["tokens"])
