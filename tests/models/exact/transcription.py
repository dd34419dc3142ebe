"""`formats/NUMERICS.md`, word by word: one token, one head, one number at a time, and no cleverness.

The reference engine works on whole arrays, rings and batches; this does not, so a slip in either shows. Every float
is a `numpy.float32` or `numpy.float64` scalar, every integer sum a Python int.
"""

import math

import numpy as np
from numpy.typing import NDArray

from nacomp.models.exact.weights import Layer, Matrix, Weights
from nacomp.models.protocol import ContextWindow

F = np.float32
Row = NDArray[np.float32]
Quantised = tuple[list[int], np.float32]


def lane_sum(x: Row) -> np.float32:
    lanes = [F(0)] * 16
    for i in range(len(x)):
        lanes[i % 16] = lanes[i % 16] + x[i]
    for half in (8, 4, 2):
        for j in range(half):
            lanes[j] = lanes[j] + lanes[j + half]
    return F(lanes[0] + lanes[1])


def exp32(x: np.float32) -> np.float32:
    if x < F(-87):
        return F(0)
    n = np.rint(x * F(1.44269504))
    r = x - n * F(0.693359375)
    r = r - n * F(-2.12194440e-4)
    p = F(1.9875691500e-4)
    p = p * r + F(1.3981999507e-3)
    p = p * r + F(8.3334519073e-3)
    p = p * r + F(4.1665795894e-2)
    p = p * r + F(1.6666665459e-1)
    p = p * r + F(5.0000001201e-1)
    p = (p * (r * r)) + r
    p = p + F(1)
    return F(math.ldexp(float(p), int(n)))


def sigmoid(x: np.float32) -> np.float32:
    e = exp32(-abs(x))
    return F((F(1) if x >= 0 else e) / (F(1) + e))


def silu(x: np.float32) -> np.float32:
    return F(x * sigmoid(x))


def gelu(x: np.float32) -> np.float32:
    return F(x * sigmoid((F(1.5957691216) * x) * (F(1) + (F(0.044715) * (x * x)))))


def quantise(x: Row) -> Quantised:
    a = max(abs(v) for v in x)
    if a == 0:
        return [0] * len(x), F(0)
    with np.errstate(over="ignore"):
        v = F(127) / a
    if not np.isfinite(v):
        return [0] * len(x), F(0)
    return [max(-127, min(127, int(np.rint(value * v)))) for value in x], a / F(127)


def product(x: Row, matrix: Matrix, planes: bool) -> Row:
    q, s = quantise(x)
    y = np.empty(len(matrix.rows), np.float32)
    for n, row in enumerate(matrix.rows.tolist()):
        y[n] = (F(sum(a * b for a, b in zip(q, row, strict=True))) * s) * matrix.scales[n]
    if planes:
        rest = np.array([x[i] - (F(q[i]) * s) for i in range(len(x))], np.float32)
        y = y + product(rest, matrix, False)
    return y


def rms_norm(x: Row, weight: Row, epsilon: np.float32) -> Row:
    m = lane_sum(x * x) / F(len(x))
    c = F(1) / np.sqrt(m + epsilon)
    return np.array([(x[i] * c) * weight[i] for i in range(len(x))], np.float32)


def angle(step: int, position: int) -> tuple[np.float32, np.float32]:
    h = (position * step % 2**64) >> 32
    h = h - 2**32 if h >= 2**31 else h
    z = np.float64(h) * 2.0**-30
    n = np.rint(z)
    a = (z - n) * 1.5707963267948966
    b = a * a
    sine, cosine = np.float64(-1 / 39916800), np.float64(1 / 479001600)
    for term in (1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1.0):
        sine = term + b * sine
    for term in (-1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1.0):
        cosine = term + b * cosine
    sine = a * sine
    turned = ((cosine, sine), (-sine, cosine), (-cosine, -sine), (sine, -cosine))[int(n) % 4]
    return F(turned[0]), F(turned[1])


def rope(head: Row, steps: NDArray[np.uint64], position: int) -> Row:
    y = head.copy()
    for i, step in enumerate(steps.tolist()):
        c, s = angle(step, position)
        y[2 * i] = (head[2 * i] * c) - (head[2 * i + 1] * s)
        y[2 * i + 1] = (head[2 * i] * s) + (head[2 * i + 1] * c)
    return y


class Stream:
    """One stream that remembers every token and looks at those the window shows."""

    def __init__(self, weights: Weights, context: ContextWindow) -> None:
        self.weights, self.context, self.position = weights, context, 0
        self.cache: list[list[list[tuple[Quantised, Quantised]]]] = [
            [[] for _ in range(weights.shape.kv_heads)] for _ in range(weights.shape.layers)
        ]

    def feed(self, token: int) -> Row:
        """Append one token; logits (vocabulary,)."""
        w, epsilon = self.weights, F(self.weights.shape.epsilon)
        embedding = w.embedding
        scale, multiply = embedding.scales[token], F(w.shape.embedding_scale)
        x = np.array([(F(q) * scale) * multiply for q in embedding.rows[token].tolist()], np.float32)
        gate = gelu if w.shape.gelu else silu
        for index, layer in enumerate(w.layers):
            h = rms_norm(x, layer.attn_norm, epsilon)
            y = self.product(self.attention(index, *self.heads(layer, h)), layer.attn_output)
            if layer.post_attention_norm is not None:
                y = rms_norm(y, layer.post_attention_norm, epsilon)
            x = x + y
            h = rms_norm(x, layer.ffn_norm, epsilon)
            g, u = self.product(h, layer.ffn_gate), self.product(h, layer.ffn_up)
            y = self.product(np.array([gate(g[i]) * u[i] for i in range(len(g))], np.float32), layer.ffn_down)
            if layer.post_ffw_norm is not None:
                y = rms_norm(y, layer.post_ffw_norm, epsilon)
            x = x + y
        self.position += 1
        return product(rms_norm(x, w.output_norm, epsilon), w.output, False)

    def product(self, x: Row, matrix: Matrix) -> Row:
        return product(x, matrix, self.weights.shape.planes)

    def heads(self, layer: Layer, h: Row) -> tuple[Row, Row, Row]:
        """Queries, keys and values before they are turned."""
        shape, epsilon = self.weights.shape, F(self.weights.shape.epsilon)
        row = np.concatenate([self.product(h, m) for m in (layer.attn_q, layer.attn_k, layer.attn_v)])
        if layer.bias is not None:
            row = row + layer.bias
        norms = [layer.attn_q_norm] * shape.heads + [layer.attn_k_norm] * shape.kv_heads
        for head, weight in enumerate(norms):
            part = slice(head * shape.head_size, (head + 1) * shape.head_size)
            if weight is not None:
                row[part] = rms_norm(row[part], weight, epsilon)
        keys = shape.heads * shape.head_size
        values = keys + shape.kv_heads * shape.head_size
        return row[:keys], row[keys:values], row[values:]

    def attention(self, index: int, q: Row, k: Row, v: Row) -> Row:
        shape, p = self.weights.shape, self.position
        local = shape.is_local(index)
        steps = self.weights.local_rope_steps if local else self.weights.rope_steps
        assert steps is not None
        for head, cache in enumerate(self.cache[index]):
            part = slice(head * shape.head_size, (head + 1) * shape.head_size)
            cache.append((quantise(rope(k[part], steps, p)), quantise(v[part])))
        out = []
        for head in range(shape.heads):
            query = q[head * shape.head_size : (head + 1) * shape.head_size]
            own = quantise(rope(query, steps, p))
            for_sinks = quantise(rope(query, steps, self.context.window - 1))
            cache = self.cache[index][head // (shape.heads // shape.kv_heads)]
            out.append(self.head(own, for_sinks, cache, shape.span if local else 0))
        return np.concatenate(out)

    def head(
        self, own: Quantised, for_sinks: Quantised, cache: list[tuple[Quantised, Quantised]], span: int
    ) -> Row:
        """One query head over what the window shows, or a span within it."""
        p, window, sinks = self.position, self.context.window, self.context.sinks
        if span:
            seen = [(t, own) for t in range(max(0, p - min(span, window - sinks) + 1), p + 1)]
        elif p < window:
            seen = [(t, own) for t in range(p + 1)]
        else:
            seen = [(t, for_sinks) for t in range(sinks)]
            seen += [(t, own) for t in range(p - (window - sinks) + 1, p + 1)]
        scores = []
        for t, (q, qs) in seen:
            k, ks = cache[t][0]
            factor = F(self.weights.shape.score_scale) or F(1) / np.sqrt(F(len(q)))
            scale = qs * factor
            scores.append((F(sum(a * b for a, b in zip(q, k, strict=True))) * scale) * ks)
        m = max(scores)
        e = [exp32(score - m) for score in scores]
        total = sum(int(np.rint(value * F(262144))) for value in e)
        a = [value * cache[t][1][1] for value, (t, _) in zip(e, seen, strict=True)]
        most = max(a)
        if most == 0 or not np.isfinite(F(4095) / most):
            return np.zeros(self.weights.shape.head_size, np.float32)
        weights = [int(np.rint(value * (F(4095) / most))) for value in a]
        c = (most / F(4095)) / (F(total) * F(2.0**-18))
        out = np.empty(self.weights.shape.head_size, np.float32)
        for j in range(len(out)):
            out[j] = F(sum(w * cache[t][1][0][j] for w, (t, _) in zip(weights, seen, strict=True))) * c
        return out
