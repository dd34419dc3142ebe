"""The llama architecture as one function of a dictionary of tensors, used by `loop` and `measure`.

Tensors carry their GGUF names, so `export` has nothing to rename or permute: rotary pairs are (2i, 2i+1), as
llama.cpp stores them. A tree of `nn.Module`s was the alternative; a function is shorter, and types check without
PyTorch installed. Matrix products run in the type that `precision` chooses, the residual stream, norms and the loss
in float32.
"""

import math

import torch
from torch.nn import functional

from nacomp.models.training.precision import product_type
from nacomp.models.training.shape import Shape
from nacomp.models.training.tokeniser import START_ID

Weights = dict[str, torch.Tensor]

BLOCK = 128
"""Queries per block of CPU attention."""


def initial(shape: Shape, seed: int) -> Weights:
    """Fresh float32 weights: matrices that add to the residual stream start at zero, so depth costs nothing."""
    generator = torch.Generator().manual_seed(seed)
    weights: Weights = {name: torch.ones(shape.width) for name in shape.norms()}
    for name, (rows, columns) in shape.matrices().items():
        if name.endswith(("attn_output.weight", "ffn_down.weight")):
            weights[name] = torch.zeros(rows, columns)
        else:
            weights[name] = torch.randn(rows, columns, generator=generator) / math.sqrt(columns)
    weights["token_embd.weight"] = torch.randn(shape.vocabulary, shape.width, generator=generator) * 0.04
    return weights


def rotation(shape: Shape, length: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """(length, head_size / 2) cosines and sines of the rotary positions 0..length-1."""
    pair = torch.arange(0, shape.head_size, 2, dtype=torch.float64, device=device) / shape.head_size
    angle = torch.arange(length, dtype=torch.float64, device=device)[:, None] * shape.theta**-pair
    return angle.cos().float(), angle.sin().float()


def on_grid(x: torch.Tensor) -> torch.Tensor:
    """Each row rounded to its int8 grid (NUMERICS section 4); gradients pass as if nothing had happened."""
    step = x.detach().abs().amax(-1, keepdim=True).clamp_min(1e-12) / 127.0
    return x + ((x / step).round() * step - x).detach()


def _product(x: torch.Tensor, weight: torch.Tensor, int8: bool) -> torch.Tensor:
    """(..., output) product of rows by a matrix, both rounded to int8 grids first if asked for."""
    if int8:
        x, weight = on_grid(x.float()), on_grid(weight)
    dtype = product_type(x.device.type)
    return functional.linear(x.to(dtype), weight.to(dtype))


def _norm(x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon) * weight


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary positions on (batch, position, head, head_size)."""
    pairs = x.float().unflatten(-1, (-1, 2))
    a, b = pairs[..., 0], pairs[..., 1]
    cos, sin = cos[:, None, :], sin[:, None, :]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2).to(x.dtype)


def _attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Causal attention on (batch, head, position, head_size).

    PyTorch's fused kernel is right on a GPU. On a CPU its backward pass was a quarter of the whole step; blocks of
    queries against the keys up to their end take half its time (15 against 30 ms for 2,048 positions of 4 heads).
    """
    if q.is_cuda:
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    q = q * q.shape[-1] ** -0.5
    mask = torch.full((BLOCK, BLOCK), -torch.inf, dtype=q.dtype).triu(1)
    out = []
    for at in range(0, q.shape[2], BLOCK):
        end = min(at + BLOCK, q.shape[2])
        scores = q[:, :, at:end] @ k[:, :, :end].mT
        scores = torch.cat([scores[..., :at], scores[..., at:] + mask[: end - at, : end - at]], dim=-1)
        out.append(scores.softmax(-1) @ v[:, :, :end])
    return torch.cat(out, dim=2)


def _attention(
    h: torch.Tensor,
    weights: Weights,
    prefix: str,
    shape: Shape,
    turns: tuple[torch.Tensor, torch.Tensor],
    int8: bool,
) -> torch.Tensor:
    """(batch, position, width) causal self-attention, before its output product."""
    heads: list[torch.Tensor] = []
    for name in ("attn_q", "attn_k", "attn_v"):
        y = _product(h, weights[f"{prefix}{name}.weight"], int8).unflatten(-1, (-1, shape.head_size))
        if name != "attn_v":
            y = _rotate(y, *turns)
        if name != "attn_q":
            y = y.repeat_interleave(shape.heads // shape.kv_heads, dim=2)
        heads.append(y.transpose(1, 2))
    return _attend(*heads).transpose(1, 2).flatten(2)


def hidden(weights: Weights, tokens: torch.Tensor, shape: Shape, int8: bool) -> torch.Tensor:
    """(batch, position, width) the normed rows that the output product turns into logits."""
    turns = rotation(shape, tokens.shape[1], tokens.device)
    table = weights["token_embd.weight"]
    x = functional.embedding(tokens, on_grid(table) if int8 else table)
    for layer in range(shape.layers):
        prefix = f"blk.{layer}."
        h = _norm(x, weights[prefix + "attn_norm.weight"], shape.epsilon)
        a = _attention(h, weights, prefix, shape, turns, int8)
        x = x + _product(a, weights[prefix + "attn_output.weight"], int8).float()
        h = _norm(x, weights[prefix + "ffn_norm.weight"], shape.epsilon)
        gate = _product(h, weights[prefix + "ffn_gate.weight"], int8).float()
        up = _product(h, weights[prefix + "ffn_up.weight"], int8).float()
        x = x + _product(functional.silu(gate) * up, weights[prefix + "ffn_down.weight"], int8).float()
    return _norm(x, weights["output_norm.weight"], shape.epsilon)


def losses(
    weights: Weights, tokens: torch.Tensor, targets: torch.Tensor, shape: Shape, int8: bool = False
) -> torch.Tensor:
    """(batch x position,) nats each target cost; 0 where the target is the start token, which is never coded."""
    logits = _product(hidden(weights, tokens, shape, int8), weights["token_embd.weight"], int8)
    return functional.cross_entropy(
        logits.float().flatten(0, 1), targets.flatten(), ignore_index=START_ID, reduction="none"
    )
