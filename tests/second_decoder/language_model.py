"""NUMERICS.md sections 5 to 9: the model file, and from tokens to logits, each stream with its own cache."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from functools import cached_property
from math import frexp
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.second_decoder.arithmetic import F32, F64, exp32, lanesum, quantise, sigmoid
from tests.second_decoder.pages import quoted
from tests.second_decoder.vocabulary import Vocabulary

PI = Decimal("3.14159265358979323846264338327950288419716939937511")
BEHIND = {"attn_norm": ["attn_q", "attn_k", "attn_v"], "ffn_norm": ["ffn_gate", "ffn_up"]}
"""Which matrices of a layer lie behind which norm: they take the same row, so one product serves them all."""
ONE = np.float32(1)


class Matrix:
    """Int8 rows and their scales (section 5), as whole numbers in floats wide enough to sum them exactly in any order."""

    def __init__(self, values: F32) -> None:
        q, scales = quantise(values)
        exact = np.float32 if 127 * 127 * values.shape[1] < 2**24 else np.float64
        self.columns: F32 | F64 = q.T.astype(exact)  # (K, N)
        self.scales: F32 = scales[:, 0]  # (N,)

    def __call__(self, row: tuple[F32, F32]) -> F32:
        q, s = row
        acc: F32 = (q @ self.columns).astype(np.float32)
        return acc * s * self.scales

    def row(self, token: list[int]) -> F32:
        """The values of some rows: section 6's embedding."""
        return self.columns.T[token].astype(np.float32) * self.scales[token, None]


class ModelFile:
    """A GGUF file: its values by name, its tensors as float32."""

    def __init__(self, path: Path) -> None:
        reader = gguf.GGUFReader(path)
        self.fields = {name: field.contents() for name, field in reader.fields.items()}
        self.tensors: dict[str, F32] = {
            tensor.name: np.asarray(gguf.dequantize(tensor.data, tensor.tensor_type), np.float32)
            for tensor in reader.tensors
        }

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)


class Shape:
    """The names of section 6."""

    def __init__(self, file: ModelFile) -> None:
        self.E = int(file.get("llama.embedding_length"))
        self.layers = int(file.get("llama.block_count"))
        self.H = int(file.get("llama.attention.head_count"))
        self.G = int(file.get("llama.attention.head_count_kv", self.H))
        self.d = int(file.get("llama.attention.key_length", self.E // self.H))
        self.R = int(file.get("llama.rope.dimension_count", self.d))
        self.eps = np.float32(file.get("llama.attention.layer_norm_rms_epsilon"))
        theta, factors = file.get("llama.rope.freq_base", 10000.0), file.tensors.get("rope_freqs.weight")
        self.steps = [self._step(float(np.float32(theta)), i, factors) for i in range(self.R // 2)]

    def _step(self, theta: float, i: int, factors: F32 | None) -> int:
        with localcontext() as context:
            context.prec = 50
            angle = Decimal(theta) ** (Decimal(-2 * i) / Decimal(self.R))
            turn = (
                Decimal(2**64) * angle / (2 * PI) / (Decimal(float(factors[i])) if factors is not None else 1)
            )
            return int(turn.to_integral_value()) % 2**64


class Weights:
    """Every matrix and norm of a model, smoothed or not. A norm's name finds the matrices behind it, joined."""

    def __init__(self, values: dict[str, F32]) -> None:
        self.norms = {name: value for name, value in values.items() if value.ndim == 1}
        self.embedding = Matrix(values["token_embd.weight"])
        plain = [name for name in values if name.endswith(("attn_output.weight", "ffn_down.weight"))]
        self.matrices = {name: Matrix(values[name]) for name in plain}
        for norm in self.norms:
            self.matrices[norm] = Matrix(np.concatenate([values[name] for name in behind(norm, values)]))


def behind(norm: str, values: Mapping[str, F32]) -> list[str]:
    """The matrices that lie behind a norm."""
    if norm == "output_norm.weight":
        return ["output.weight" if "output.weight" in values else "token_embd.weight"]
    layer, kind = norm.removesuffix(".weight").rsplit(".", 1)
    return [f"{layer}.{name}.weight" for name in BEHIND[kind]]


class LanguageModel:
    """A model file, ready to open sessions."""

    def __init__(self, path: Path) -> None:
        file = ModelFile(path)
        self.shape = Shape(file)
        self.values = {name: value for name, value in file.tensors.items() if name != "rope_freqs.weight"}
        self.vocabulary = Vocabulary(file.fields)

    @cached_property
    def weights(self) -> Weights:
        """Smoothed as section 9 says."""
        factors = self._loudness()
        values = dict(self.values)
        values.setdefault("output.weight", values["token_embd.weight"])
        for norm, peaks in factors.items():
            names = behind(norm, values)
            widest = np.maximum.reduce([np.abs(values[name]).max(axis=0) for name in names])
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                c = peaks / widest
            f = np.array(
                [2.0 ** (frexp(v)[1] // 2) if np.isfinite(v) and v > 0 else 1 for v in c], np.float32
            )
            values[norm] = values[norm] / f
            for name in names:
                values[name] = values[name] * f
        return Weights(values)

    def _loudness(self) -> dict[str, F32]:
        """The largest magnitude each norm gives in each channel on the calibration tokens."""
        session = Session(self.shape, Weights(self.values), 1, 128, 0)
        session.peaks = {}
        for token in self._calibration():
            session.feed([0], [token])
        return session.peaks

    def _calibration(self) -> list[int]:
        text, tokens = quoted("NUMERICS.md", "## 11. Calibration text") + b"\n", [self.vocabulary.start]
        while text and len(tokens) < 128:
            fitting = [(len(t), -i) for i, t in enumerate(self.vocabulary.tokens) if t and text.startswith(t)]
            size, token = max(fitting, default=(1, None))
            text = text[size:]
            if token is not None:
                tokens.append(-token)
        return tokens


class Session:
    """Caches of some streams, and the forward pass of sections 6 to 8."""

    def __init__(self, shape: Shape, weights: Weights, streams: int, window: int, sinks: int) -> None:
        self.shape, self.weights, self.window, self.sinks = shape, weights, window, sinks
        self.position = [0] * streams
        slots = (shape.layers, streams, shape.G, window)
        self.keys = np.zeros((*slots, shape.d), np.float64)
        self.values = np.zeros((*slots, shape.d), np.float64)
        self.key_scales = np.zeros(slots, np.float32)
        self.value_scales = np.zeros(slots, np.float32)
        self.peaks: dict[str, F32] | None = None
        self.turns = turns(shape, 256)
        self.root = ONE / np.sqrt(np.float32(shape.d))

    def feed(self, streams: list[int], tokens: list[int]) -> F32:
        """One token to each of these streams; their logits, (streams, vocabulary)."""
        x, m = self.weights.embedding.row(tokens), self.weights.matrices
        with np.errstate(divide="ignore", over="ignore"):
            for layer in range(self.shape.layers):
                name = f"blk.{layer}"
                a = self._attention(layer, streams, self._behind(f"{name}.attn_norm.weight", x))
                x = x + m[f"{name}.attn_output.weight"](quantise(a))
                g, u = _halves(self._behind(f"{name}.ffn_norm.weight", x))
                x = x + m[f"{name}.ffn_down.weight"](quantise(g * sigmoid(g) * u))
            for stream in streams:
                self.position[stream] += 1
            return self._behind("output_norm.weight", x)

    def _behind(self, norm: str, x: F32) -> F32:
        """`rmsnorm`, and the products of what it gives."""
        mean = lanesum(x * x) / np.float32(x.shape[1])
        y: F32 = x * (ONE / np.sqrt(mean + self.shape.eps)) * self.weights.norms[norm]
        if self.peaks is not None:
            peak = np.abs(y).max(axis=0)
            self.peaks[norm] = np.maximum(self.peaks.get(norm, peak), peak)
        return self.weights.matrices[norm](quantise(y))

    def _rotate(self, heads: F32, positions: list[int]) -> F32:
        """Rotate the pairs of (rows, heads, d)."""
        if max(positions) >= len(self.turns[0]):
            self.turns = turns(self.shape, 2 * max(positions))
        c, s = (table[positions, None] for table in self.turns)
        r = self.shape.R
        even, odd, out = heads[..., 0:r:2], heads[..., 1:r:2], heads.copy()
        out[..., 0:r:2] = (even * c) - (odd * s)
        out[..., 1:r:2] = (even * s) + (odd * c)
        return out

    def _attention(self, layer: int, streams: list[int], qkv: F32) -> F32:
        """Section 8 for one layer; a ring behind the sinks holds the cache."""
        shape, positions = self.shape, [self.position[s] for s in streams]
        heads = qkv.reshape(len(streams), -1, shape.d)
        turned = shape.H + shape.G
        q, s = quantise(
            np.concatenate([self._rotate(heads[:, :turned], positions), heads[:, turned:]], axis=1)
        )
        out = np.zeros((len(streams), shape.H * shape.d), np.float32)
        for row, (stream, p) in enumerate(zip(streams, positions, strict=True)):
            slot = p if p < self.window else self.sinks + (p - self.sinks) % (self.window - self.sinks)
            at, used = (layer, stream), min(p + 1, self.window)
            self.keys[at][:, slot], self.values[at][:, slot] = q[row, shape.H : turned], q[row, turned:]
            self.key_scales[at][:, slot] = s[row, shape.H : turned, 0]
            self.value_scales[at][:, slot] = s[row, turned:, 0]
            keys, scales = self.keys[at][:, :used], self.key_scales[at][:, :used]
            score = self._scores(q[row, : shape.H], s[row, : shape.H], keys, scales)
            if p >= self.window and self.sinks:
                query = quantise(self._rotate(heads[row : row + 1, : shape.H], [self.window - 1]))
                sink_score = self._scores(
                    query[0][0], query[1][0], keys[:, : self.sinks], scales[:, : self.sinks]
                )
                score[..., : self.sinks] = sink_score
            out[row] = self._mix(score, self.values[at][:, :used], self.value_scales[at][:, :used])
        return out

    def _scores(self, q: F32, s: F32, keys: F64, scales: F32) -> F32:
        """(G, H / G, positions)"""
        g, d = self.shape.G, self.shape.d
        products = q.reshape(g, -1, d).astype(np.float64) @ keys.transpose(0, 2, 1)
        return products.astype(np.float32) * (s * self.root).reshape(g, -1, 1) * scales[:, None]

    @staticmethod
    def _mix(score: F32, values: F64, scales: F32) -> F32:
        e = exp32(score - score.max(axis=-1, keepdims=True))
        total = np.rint(e * np.float32(262144)).astype(np.int64).sum(axis=-1, keepdims=True)
        a = e * scales[:, None]
        peak = a.max(axis=-1, keepdims=True)
        factor = np.float32(4095) / peak
        usable = np.isfinite(factor)
        w = np.rint(a * np.where(usable, factor, np.float32(0))).astype(np.float64)
        acc = (w @ values).astype(np.float32)
        c = (peak / np.float32(4095)) / (total.astype(np.float32) * np.float32(2.0**-18))
        return np.where(usable, acc * c, np.float32(0)).reshape(-1)


def _halves(rows: F32) -> tuple[F32, F32]:
    half = rows.shape[1] // 2
    return rows[:, :half], rows[:, half:]


def turns(shape: Shape, positions: int) -> tuple[F32, F32]:
    """Cosines and sines of the first positions (section 7), each (positions, R / 2)."""
    turn = np.arange(positions, dtype=np.uint64)[:, None] * np.array(shape.steps, np.uint64)
    z = (turn >> np.uint64(32)).astype(np.uint32).view(np.int32).astype(np.float64) * 2.0**-30
    n = np.rint(z)
    a = (z - n) * 1.5707963267948966
    b = a * a
    sin = a * _horner(b, (1, -6, 120, -5040, 362880, -39916800))
    cos = _horner(b, (1, -2, 24, -720, 40320, -3628800, 479001600))
    quarter = n.astype(np.int64) % 4
    c, s = np.choose(quarter, [cos, -sin, -cos, sin]), np.choose(quarter, [sin, cos, -sin, -cos])
    return c.astype(np.float32), s.astype(np.float32)


def _horner(b: F64, divisors: tuple[int, ...]) -> F64:
    """The sum of b^i / divisor i, from the inside."""
    p = np.full_like(b, 1 / divisors[-1])
    for divisor in divisors[-2::-1]:
        p = 1 / divisor + b * p
    return p
