"""NUMERICS.md sections 5 to 9: the model file, and from tokens to logits, each stream with its own cache."""

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from functools import cached_property
from math import frexp
from typing import Any

import numpy as np

from nac_decoder.arithmetic import F32, F64, exp32, gelu, lanesum, quantise, silu
from nac_decoder.errors import check
from nac_decoder.model_file import ModelFile
from nac_decoder.pages import quoted
from nac_decoder.vocabulary import Vocabulary

PI = Decimal("3.14159265358979323846264338327950288419716939937511")
BEHIND = {"attn_norm": ["attn_q", "attn_k", "attn_v"], "ffn_norm": ["ffn_gate", "ffn_up"]}
"""Which matrices of a layer lie behind which norm: they take the same row, so one product serves them all."""
NEIGHBOURS, HALVES = {"llama", "granite", "smollm3"}, {"gemma", "gemma3", "qwen2", "qwen3"}
"""The architectures of section 6, by where the two of a rotary pair lie."""
GEMMAS = {"gemma", "gemma3"}
ONE = np.float32(1)


class Matrix:
    """Int8 rows and their scales (section 5), as whole numbers in floats wide enough to sum them exactly in any order."""

    def __init__(self, values: F32) -> None:
        q, scales = quantise(values)
        narrow = 127 * 127 * values.shape[1] < 2**24
        self.columns: F32 | F64 = q.T.astype(np.float32) if narrow else q.T.astype(np.float64)  # (K, N)
        self.scales: F32 = scales[:, 0]  # (N,)

    def __call__(self, planes: list[tuple[F32, F32]]) -> F32:
        parts = [(q @ self.columns).astype(np.float32) * s * self.scales for q, s in planes]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    def row(self, token: list[int]) -> F32:
        """The values of some rows: section 6's embedding."""
        return self.columns.T[token].astype(np.float32) * self.scales[token, None]


class Shape:
    """The names of section 6, and the parts of its table."""

    def __init__(self, file: ModelFile) -> None:
        self.name = str(file.get("general.architecture"))
        check(self.name in HALVES | NEIGHBOURS, f"no architecture {self.name}")

        def get(key: str, default: Any = None) -> Any:
            return file.get(f"{self.name}.{key}", default)

        self.E = int(get("embedding_length"))
        self.layers = int(get("block_count"))
        self.H = int(get("attention.head_count"))
        self.G = int(get("attention.head_count_kv", self.H))
        self.d = int(get("attention.key_length", self.E // self.H))
        self.R = int(get("rope.dimension_count", self.d))
        self.eps = np.float32(get("attention.layer_norm_rms_epsilon"))
        linear = get("rope.scaling.type") == "linear"
        self.numerics = "exact-1" if self.name == "llama" and not linear else "exact-2"
        self._turns(get, file.tensors.get("rope_freqs.weight"), get("rope.scaling.factor") if linear else 1)
        self._multipliers(get)

    def _multipliers(self, get: Callable[..., Any]) -> None:
        given = self.name == "granite"
        self.m = np.float32(get("embedding_scale", 1) if given else 1)
        if self.name in GEMMAS:
            self.m = np.sqrt(np.float32(self.E))
        self.residual = np.float32(get("residual_scale", 1) if given else 1)
        self.logits = np.float32(get("logit_scale", 1) if given else 1)
        self.root = ONE / np.sqrt(np.float32(self.d))
        if given and get("attention.scale") is not None:
            self.root = np.float32(get("attention.scale"))

    def _turns(self, get: Callable[..., Any], factors: F32 | None, stretch: float) -> None:
        """Steps of the other layers and of local ones, which layers those are, and how far they see."""
        scale = Decimal(float(np.float32(stretch)))
        pairs = range(self.R // 2)
        slower = [scale * (Decimal(float(factors[i])) if factors is not None else 1) for i in pairs]
        theta = get("rope.freq_base", 10000.0)
        self.steps = [[self._step(theta, i, slower[i]) for i in pairs]] * 2
        self.local, self.span = [False] * self.layers, 0
        if self.name == "gemma3":
            period = int(get("attention.sliding_window_pattern", 6))
            self.local = [layer % period != period - 1 for layer in range(self.layers)]
            self.span = int(get("attention.sliding_window"))
            local_theta = get("rope.freq_base_swa", 10000.0)
            self.steps = [self.steps[0], [self._step(local_theta, i, Decimal(1)) for i in pairs]]
        if self.name == "smollm3":
            self.local = [layer % 4 == 3 for layer in range(self.layers)]
            self.steps = [self.steps[0], [0 for _ in pairs]]

    def _step(self, theta: float, i: int, slower: Decimal) -> int:
        with localcontext() as context:
            context.prec = 50
            angle = Decimal(float(np.float32(theta))) ** (Decimal(-2 * i) / Decimal(self.R))
            return int((Decimal(2**64) * angle / (2 * PI) / slower).to_integral_value()) % 2**64

    def in_order(self, name: str, value: F32) -> F32:
        """Section 7: rows of queries and keys with the two of a pair side by side."""
        if self.name in NEIGHBOURS or not any(part in name for part in ("attn_q", "attn_k")):
            return value
        half = self.R // 2
        order = [i // 2 + half * (i % 2) for i in range(2 * half)] + list(range(2 * half, self.d))
        return value.reshape(-1, self.d, *value.shape[1:])[:, order].reshape(value.shape)


class Weights:
    """Every matrix and norm of a model, smoothed or not. A norm's name finds the matrices behind it, joined."""

    def __init__(self, values: dict[str, F32]) -> None:
        self.norms = {name: value for name, value in values.items() if value.ndim == 1}
        self.embedding = Matrix(values["token_embd.weight"])
        plain = [name for name in values if name.endswith(("attn_output.weight", "ffn_down.weight"))]
        self.matrices = {name: Matrix(values[name]) for name in plain}
        for norm in filter(feeds, self.norms):
            self.matrices[norm] = Matrix(np.concatenate([values[name] for name in behind(norm, values)]))


def feeds(norm: str) -> bool:
    """Whether matrices lie behind this vector."""
    return norm.endswith((".attn_norm.weight", ".ffn_norm.weight")) or norm == "output_norm.weight"


def behind(norm: str, values: Mapping[str, F32]) -> list[str]:
    """The matrices that lie behind a norm."""
    if norm == "output_norm.weight":
        return ["output.weight" if "output.weight" in values else "token_embd.weight"]
    layer, kind = norm.removesuffix(".weight").rsplit(".", 1)
    return [f"{layer}.{name}.weight" for name in BEHIND[kind]]


class LanguageModel:
    """A model file, ready to open sessions."""

    def __init__(self, data: bytes) -> None:
        file = ModelFile(data)
        self.shape = Shape(file)
        shape, tensors = self.shape, file.tensors
        self.values = {
            name: shape.in_order(name, tensors[name]) for name in tensors if "rope_freqs" not in name
        }
        self.values["output_norm.weight"] = self.values["output_norm.weight"] / shape.logits
        for name in self.values:
            if name.endswith(("attn_output.weight", "ffn_down.weight")):
                self.values[name] = self.values[name] * shape.residual
        self.vocabulary = Vocabulary(file.fields)

    @cached_property
    def weights(self) -> Weights:
        """Smoothed as section 9 says; `exact-2` is not."""
        values = dict(self.values)
        factors = self._loudness() if self.shape.numerics == "exact-1" else {}
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
        self.turns = [turns(steps, 256) for steps in shape.steps]
        self.gate = gelu if shape.name in GEMMAS else silu

    def feed(self, streams: list[int], tokens: list[int]) -> F32:
        """One token to each of these streams; their logits, (streams, vocabulary)."""
        x, m = self.weights.embedding.row(tokens) * self.shape.m, self.weights.matrices
        with np.errstate(divide="ignore", over="ignore"):
            for layer in range(self.shape.layers):
                name = f"blk.{layer}"
                a = self._attention(layer, streams, self._behind(f"{name}.attn_norm.weight", x))
                y = m[f"{name}.attn_output.weight"](self._planes(a))
                x = x + self._norm(f"{name}.post_attention_norm.weight", y)
                g, u = _halves(self._behind(f"{name}.ffn_norm.weight", x))
                y = m[f"{name}.ffn_down.weight"](self._planes(self.gate(g) * u))
                x = x + self._norm(f"{name}.post_ffw_norm.weight", y)
            for stream in streams:
                self.position[stream] += 1
            return self._behind("output_norm.weight", x)

    def _behind(self, norm: str, x: F32) -> F32:
        """`rmsnorm`, and the products of what it gives."""
        y = self._norm(norm, x)
        if self.peaks is not None:
            peak = np.abs(y).max(axis=0)
            self.peaks[norm] = np.maximum(self.peaks.get(norm, peak), peak)
        planes = [quantise(y)] if norm == "output_norm.weight" else self._planes(y)
        return self.weights.matrices[norm](planes)

    def _planes(self, x: F32) -> list[tuple[F32, F32]]:
        """Section 5: one plane, or two of `exact-2`."""
        q, s = quantise(x)
        return [(q, s), quantise(x - q * s)] if self.shape.numerics == "exact-2" else [(q, s)]

    def _norm(self, name: str, x: F32) -> F32:
        """`rmsnorm` of (rows, n); the rows themselves where the model has no such norm."""
        if name not in self.weights.norms:
            return x
        mean = lanesum(x * x) / np.float32(x.shape[1])
        scaled: F32 = x * (ONE / np.sqrt(mean + self.shape.eps)) * self.weights.norms[name]
        return scaled

    def _heads(self, layer: int, qkv: F32) -> F32:
        """Biases and head norms: (rows, heads, d)."""
        shape, norms, name = self.shape, self.weights.norms, f"blk.{layer}"
        if f"{name}.attn_q.bias" in norms:
            qkv = qkv + np.concatenate([norms[f"{name}.attn_{part}.bias"] for part in "qkv"])
        heads = qkv.reshape(len(qkv), -1, shape.d).copy()
        for kind, part in (("q", slice(shape.H)), ("k", slice(shape.H, shape.H + shape.G))):
            flat = heads[:, part].reshape(-1, shape.d)
            heads[:, part] = self._norm(f"{name}.attn_{kind}_norm.weight", flat).reshape(heads[:, part].shape)
        return heads

    def _rotate(self, local: bool, heads: F32, positions: list[int]) -> F32:
        """Rotate the pairs of (rows, heads, d)."""
        if max(positions) >= len(self.turns[0][0]):
            self.turns = [turns(steps, 2 * max(positions)) for steps in self.shape.steps]
        c, s = (table[positions, None] for table in self.turns[local])
        r = self.shape.R
        even, odd, out = heads[..., 0:r:2], heads[..., 1:r:2], heads.copy()
        out[..., 0:r:2] = (even * c) - (odd * s)
        out[..., 1:r:2] = (even * s) + (odd * c)
        return out

    def _attention(self, layer: int, streams: list[int], qkv: F32) -> F32:
        """Section 8 for one layer; a ring behind the sinks holds the cache."""
        shape, positions = self.shape, [self.position[s] for s in streams]
        heads, local = self._heads(layer, qkv), self.shape.local[layer]
        turned = shape.H + shape.G
        rotated = self._rotate(local, heads[:, :turned], positions)
        q, s = quantise(np.concatenate([rotated, heads[:, turned:]], axis=1))
        out = np.zeros((len(streams), shape.H * shape.d), np.float32)
        for row, (stream, p) in enumerate(zip(streams, positions, strict=True)):
            slot = p if p < self.window else self.sinks + (p - self.sinks) % (self.window - self.sinks)
            at, used = (layer, stream), min(p + 1, self.window)
            self.keys[at][:, slot], self.values[at][:, slot] = q[row, shape.H : turned], q[row, turned:]
            self.key_scales[at][:, slot] = s[row, shape.H : turned, 0]
            self.value_scales[at][:, slot] = s[row, turned:, 0]
            keys, scales = self.keys[at][:, :used], self.key_scales[at][:, :used]
            score = self._scores(q[row, : shape.H], s[row, : shape.H], keys, scales)
            if local and shape.span:
                score[..., self._far(p, used)] = -np.inf
            elif p >= self.window and self.sinks:
                query = quantise(self._rotate(local, heads[row : row + 1, : shape.H], [self.window - 1]))
                sink_score = self._scores(
                    query[0][0], query[1][0], keys[:, : self.sinks], scales[:, : self.sinks]
                )
                score[..., : self.sinks] = sink_score
            out[row] = self._mix(score, self.values[at][:, :used], self.value_scales[at][:, :used])
        return out

    def _far(self, p: int, used: int) -> list[int]:
        """The slots that a local layer with a window does not see at position p."""
        ring = self.window - self.sinks
        held = [s if s < self.sinks else p - (p - s) % ring for s in range(used)]
        held = [min(s, p) if p < self.window else held[s] for s in range(used)]
        return [s for s in range(used) if held[s] <= p - min(self.shape.span, ring)]

    def _scores(self, q: F32, s: F32, keys: F64, scales: F32) -> F32:
        """(G, H / G, positions)"""
        g, d = self.shape.G, self.shape.d
        products = q.reshape(g, -1, d).astype(np.float64) @ keys.transpose(0, 2, 1)
        wide: F32 = products.astype(np.float32) * (s * self.shape.root).reshape(g, -1, 1)
        return wide * scales[:, None]

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


def turns(steps: list[int], positions: int) -> tuple[F32, F32]:
    """Cosines and sines of the first positions (section 7), each (positions, R / 2)."""
    turn = np.arange(positions, dtype=np.uint64)[:, None] * np.array(steps, np.uint64)
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
