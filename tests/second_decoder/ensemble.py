"""PREDICTORS.md sections 3 to 9: from a row of logits to frequencies, and what every symbol teaches."""

from dataclasses import dataclass, field
from math import floor
from typing import Any

import numpy as np

from tests.second_decoder.arithmetic import F32, F64, I64, exp32, exps, root, squash, stretch
from tests.second_decoder.pages import FORMATS

M = 0x9E3779B97F4A7C15
WRAP = 2**64 - 1
Z = 2.0**44
MATCH = 6
"""The match model's number among the experts; the order k has number k - 1."""


def starts() -> dict[str, list[list[int]]]:
    """Section 9's file."""
    tables: dict[str, list[list[int]]] = {}
    for line in (FORMATS.parent / "models/predictors/initial_weights.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            rows = tables.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            rows.append([int(word) for word in line.split()])
    return tables


@dataclass
class Candidate:
    symbol: int
    states: list[tuple[int, int]] = field(default_factory=list)  # (adaptive table, state)
    inputs: list[float] = field(default_factory=list)
    source: int = 0


@dataclass
class Decision:
    """One candidate's turn in a mixer (section 4)."""

    a: list[float]
    b: list[float]
    x: list[float]
    p: float
    mass: float


@dataclass
class Row:
    """What is predicted for one stream's next symbol."""

    stream: int
    contexts: list[int]
    candidates: list[Candidate]
    fallback: tuple[list[Decision], float]
    wants_model: bool
    dense: "ModelRow | None" = None
    weights: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    mixed: tuple[list[Decision], float] = ((), 0.0)  # type: ignore[assignment]


@dataclass
class ModelRow:
    """Section 5's row beside the model, with what its learning needs."""

    weights: I64
    total: int
    favourites: I64
    cells: list[I64]


class Adaptive:
    """Adaptive probabilities, and `stretch` of each."""

    def __init__(self, row: list[int], n: int) -> None:
        self.p = [value / 65536 for value in row]
        self.n = [n] * len(row)
        self.stretched = [stretch(p) for p in self.p]

    def learn(self, state: int, target: int) -> None:
        p = self.p[state]
        self.p[state] = p = p + (target - p) / (self.n[state] + 1.5)
        self.n[state] = min(self.n[state] + 1, 255)
        self.stretched[state] = stretch(p)


class Mixer:
    """Section 4."""

    def __init__(self, by_source: list[list[int]], by_rank: list[list[int]], rate: float) -> None:
        self.by_source = [[value / 4096 for value in row] for row in by_source]
        self.by_rank = [[value / 4096 for value in row] for row in by_rank]
        self.rate = rate

    def decide(
        self, candidates: list[Candidate], weights: list[int], rest: int
    ) -> tuple[list[Decision], float]:
        left, decisions = 1.0, []
        for rank, (candidate, w) in enumerate(zip(candidates, weights, strict=True)):
            base = stretch(w / rest if rest > 0 else 0.0)
            a = self.by_source[candidate.source * 8 + min(7, int((base + 12) / 3))]
            b = self.by_rank[min(rank, 7) * 8 + candidate.source]
            x, dot = [base, *candidate.inputs], 0.0
            for ai, bi, xi in zip(a, b, x, strict=True):
                dot = dot + (ai + bi) * xi
            p = squash(dot * 0.5)
            decisions.append(Decision(a, b, x, p, left * p))
            left, rest = left * (1 - p), rest - w
        return decisions, left

    def learn(self, candidates: list[Candidate], decisions: list[Decision], symbol: int) -> None:
        for candidate, made in zip(candidates, decisions, strict=True):
            hit = candidate.symbol == symbol
            step = ((1 if hit else 0) - made.p) * self.rate
            for i, x in enumerate(made.x):
                made.a[i] = made.a[i] + step * x
                made.b[i] = made.b[i] + step * x
            if hit:
                return


class Biases:
    """One of section 5's tables: f32 values and the sum E of each one's squared steps."""

    def __init__(self, values: F32, energy: float, rate: int) -> None:
        self.values, self.energy, self.rate = values, np.full(len(values), energy, np.float32), rate / 65536

    def at(self, cells: I64) -> F64:
        return self.values[cells].astype(np.float64)

    def learn(self, cells: I64, slopes: F64) -> None:
        """Cells that are there twice learn twice, one after the other."""
        if self.rate == 0:
            return
        places = cells.tolist()
        if len(set(places)) == len(places):
            energy = self.energy[cells].astype(np.float64) + slopes * slopes
            self.values[cells] = self.at(cells) - (self.rate * slopes) / np.sqrt(energy)
            self.energy[cells] = energy
            return
        for cell, g in zip(places, slopes.tolist(), strict=True):
            energy_now = float(self.energy[cell]) + g * g
            self.values[cell] = float(self.values[cell]) - (self.rate * g) / root(energy_now)
            self.energy[cell] = energy_now


class NGrams:
    """The followers of contexts of one order: slot to check and (symbol, count)s, the latest first."""

    def __init__(self, bits: int) -> None:
        self.shift, self.slots = 64 - bits, dict[int, tuple[int, list[tuple[int, int]]]]()

    def followers(self, h: int) -> list[tuple[int, int]] | None:
        check, found = self.slots.get(h >> self.shift, (-1, None))
        return found if check == (h >> 16) & 0xFFFF else None

    def learn(self, h: int, symbol: int) -> None:
        known = self.followers(h) or []
        count = dict(known).get(symbol, 0)
        others = [(s, c - (c >> 2) if c > 3 else c) for s, c in known if s != symbol][:5]
        self.slots[h >> self.shift] = ((h >> 16) & 0xFFFF, [(symbol, min(count + 1, 255)), *others])


def _hits(count: int) -> int:
    return count if count <= 4 else 5 if count < 8 else 6 if count < 16 else 7


def _misses(count: int) -> int:
    return count if count <= 2 else 3 if count < 5 else 4 if count < 9 else 5 if count < 20 else 6


def _length(length: int) -> int:
    if length <= 8:
        return length - 1
    return next((8 + i for i, end in enumerate((12, 16, 20, 24, 32, 48, 400)) if length < end), 15)


class Stream:
    """What is behind a stream's next symbol."""

    def __init__(self, tokens: int) -> None:
        self.history: list[int] = []
        self.column = 0
        self.last = np.full(tokens, -1, np.int64)  # the step at which the stream last had each token
        self.pointer: tuple[int, int, int] | None = None  # stream, position, length of the repeat


class Ensemble:
    """All that a block's streams share."""

    def __init__(self, given: dict[str, Any], symbols: list[bytes], streams: int) -> None:
        self.given, self.symbols = given, symbols
        self.paged = len(symbols) - 256  # 256 T
        self.bits, self.orders = given["table_bits"], given["ngram_orders"]
        table = starts()
        self.adaptive = [Adaptive(row, 12) for row in table["states"]] + [Adaptive(table["match"][0], 8)]
        self.model_mixer = Mixer(table["model by source"], table["model by rank"], 0.002)
        self.fallback_mixer = Mixer(table["fallback by source"], table["fallback by rank"], 0.003)
        self.ngrams = [NGrams(self.bits) for _ in range(self.orders)]
        self.places: dict[int, tuple[int, int]] = {}
        self.streams = [Stream(self.paged) for _ in range(streams)]
        self.right = 0.0
        self.fallback = np.array([256 if s else 0 for s in symbols[:-256]] + [1] * 256, np.int64)
        self.fallback_total = int(self.fallback.sum())
        without = [i for i, s in enumerate(symbols[:-256]) if not s]
        self.tables = self._tables(table["recency"])
        self.tables[0].values[without] = -np.inf

    def _tables(self, recency: list[list[int]]) -> list[Biases]:
        """Bias, pair, gap, column, recency."""
        rates = [self.given[f"{name}_rate"] for name in ("bias", "pair", "gap", "column", "recency")]
        sizes = [self.paged] + [2 ** (self.bits + 2)] * 3
        tables = [
            Biases(np.zeros(n, np.float32), e, r)
            for n, e, r in zip(sizes, (1, 0.2, 0.3), rates, strict=False)
        ]
        tables.append(Biases(np.zeros(sizes[3], np.float32), 1, rates[3]))
        joined = np.array(recency, np.float32).ravel() / np.float32(1024)
        return [*tables, Biases(joined if rates[4] else joined * 0, 20, rates[4])]

    # Predicting

    def row(self, number: int) -> Row:
        """The row of a stream, as far as it goes without the model."""
        stream = self.streams[number]
        contexts = self._contexts(stream.history)
        match = self._matched(stream)
        candidates = self._candidates(stream, contexts, match)
        weights = [int(self.fallback[candidate.symbol]) for candidate in candidates]
        fallback = self.fallback_mixer.decide(candidates, weights, self.fallback_total)
        sure = bool(fallback[0]) and fallback[0][0].p >= 0.99
        wants = not (self.given["skip"] and (sure or self.right >= self.given["skip_regime"] / 65536))
        return Row(number, contexts, candidates, fallback, wants, None, self.fallback, fallback)

    def with_model(self, row: Row, logits: F32) -> None:
        """Finish a row that wants the model."""
        dense = row.dense = self._model_row(self.streams[row.stream], logits)
        escapes = (
            np.floor(self.fallback[self.paged :] * (dense.total / self.fallback_total)).astype(np.int64) + 1
        )
        row.weights = np.concatenate([dense.weights, escapes])
        weights = [int(row.weights[candidate.symbol]) for candidate in row.candidates]
        row.mixed = self.model_mixer.decide(row.candidates, weights, int(row.weights.sum()))

    def _contexts(self, history: list[int]) -> list[int]:
        """The hashes of orders 1 and up, as far as the history goes."""
        h, hashes = 0, []
        for symbol in history[: -self.longest - 1 : -1]:
            h = (h + symbol + 1) * M & WRAP
            h ^= h >> 29
            hashes.append(h)
        return hashes

    @property
    def longest(self) -> int:
        return max(self.orders, int(self.given["match_minimum"]))

    def _matched(self, stream: Stream) -> int | None:
        if stream.pointer is None:
            return None
        other, position, _ = stream.pointer
        history = self.streams[other].history
        return history[position] if position < len(history) else None

    def _candidates(self, stream: Stream, contexts: list[int], match: int | None) -> list[Candidate]:
        """Section 3 from *Chain order* to *Inputs*."""
        known = [table.followers(h) for table, h in zip(self.ngrams, contexts, strict=False)]
        symbols = {} if match is None else {match: None}
        for followers in reversed(known):
            symbols |= {symbol: None for symbol, _ in followers or ()}
        chain = [Candidate(symbol) for symbol in list(symbols)[: self.given["chain"]]]
        totals = [sum(count for _, count in followers or ()) for followers in known]
        counts = [dict(followers or ()) for followers in known]
        for rank, candidate in enumerate(chain):
            inputs = [0.0] * 7
            for order, followers in enumerate(known):
                if followers is None:
                    continue
                count = counts[order].get(candidate.symbol, 0)
                state = (_hits(count) * 7 + _misses(totals[order] - count)) * 2
                state += followers[0][0] == candidate.symbol
                table = 2 * order + (rank > 0)
                candidate.states.append((table, state))
                inputs[order] = self.adaptive[table].stretched[state]
                if count:
                    candidate.source = order + 1
            if candidate.symbol == match and stream.pointer:
                candidate.states.append((12, _length(stream.pointer[2])))
                inputs[MATCH] = self.adaptive[12].stretched[candidate.states[-1][1]]
                candidate.source = MATCH + 1
            candidate.inputs = [*inputs, 0.3]
        return chain

    def _model_row(self, stream: Stream, logits: F32) -> ModelRow:
        """Section 5, *Model row*."""
        s = self.tables[0].values.copy()
        s[: len(logits)] = logits + s[: len(logits)]
        u = np.rint(exp32(s - s.max()) * np.float32(2**26)).astype(np.int64) + 1
        total = int(u.sum())
        favourites = np.flatnonzero(u * 4096 >= total)
        cells = self._cells(stream, favourites, u[favourites], total)
        pair, gap, column, recency = (t.at(c) for t, c in zip(self.tables[1:], cells[1:], strict=True))
        lift = np.minimum(np.maximum(pair + gap + column + recency, -8), 4)
        u[favourites] = (u[favourites] * exps(lift)).astype(np.int64)
        return ModelRow(u, int(u.sum()), favourites, cells)

    def _cells(self, stream: Stream, favourites: I64, u: I64, total: int) -> list[I64]:
        history, now = stream.history, len(stream.history)
        cs = [
            history[-1] + 2 if now > 0 else 1,
            history[-2] + 2 if now > 1 else 1,
            2**32 + stream.column // 3,
        ]
        cells = [favourites]
        h = np.array([[c * M & WRAP] for c in cs], np.uint64) + favourites.astype(np.uint64)
        h ^= h >> np.uint64(32)
        cells.extend(((h * np.uint64(M)) >> np.uint64(62 - self.bits)).astype(np.int64))
        last = stream.last[favourites]
        distance = np.frexp((now - last).astype(np.float64))[1] - 1
        distance = np.where(last < 0, 15, np.minimum(distance, 15))
        likelihood = ((u[:, None] << np.arange(1, 13)) <= total).sum(axis=1)
        return [*cells, distance * 13 + likelihood]

    # Frequencies

    def pages(self, row: Row) -> I64:
        """Section 7."""
        others, scale = self._others(row)
        x = np.floor(others.reshape(-1, 256).sum(axis=1) * scale).astype(np.int64)
        for candidate, made in zip(row.candidates, row.mixed[0], strict=True):
            x[candidate.symbol >> 8] += floor(made.mass * Z)
        return frequencies(x)

    def slots(self, row: Row, page: int) -> I64:
        others, scale = self._others(row)
        x = np.floor(others[page * 256 : page * 256 + 256] * scale).astype(np.int64)
        for candidate, made in zip(row.candidates, row.mixed[0], strict=True):
            if candidate.symbol >> 8 == page:
                x[candidate.symbol & 255] = floor(made.mass * Z)
        return frequencies(x)

    @staticmethod
    def _others(row: Row) -> tuple[I64, float]:
        """The weights that are no candidate's, and their scale."""
        others = row.weights.copy()
        others[[candidate.symbol for candidate in row.candidates]] = 0
        rest = int(others.sum())
        return others, row.mixed[1] * Z / rest if rest > 0 else 0.0

    # Learning

    def learn(self, row: Row, symbol: int) -> None:
        """Section 8."""
        stream = self.streams[row.stream]
        if row.dense is not None:
            self.model_mixer.learn(row.candidates, row.mixed[0], symbol)
            self._learn_biases(row.dense, symbol)
        if symbol < self.paged:
            stream.last[symbol] = len(stream.history)
        self._move_column(stream, self.symbols[symbol])
        self.fallback_mixer.learn(row.candidates, row.fallback[0], symbol)
        for candidate in row.candidates:
            hit = candidate.symbol == symbol
            for table, state in candidate.states:
                self.adaptive[table].learn(state, int(hit))
            if hit:
                break
        first = bool(row.candidates) and row.candidates[0].symbol == symbol
        self.right = self.right + (int(first) - self.right) / 64
        if self.fallback[symbol] < 2**31:
            self.fallback[symbol] += 2048
            self.fallback_total += 2048
        for table, h in zip(self.ngrams, row.contexts, strict=False):
            table.learn(h, symbol)
        stream.history.append(symbol)
        self._learn_match(row.stream, stream, symbol)

    def _learn_biases(self, dense: ModelRow, symbol: int) -> None:
        g = dense.weights[dense.favourites] / dense.total - (dense.favourites == symbol)
        for table, cells in zip(self.tables, dense.cells, strict=True):
            table.learn(cells, g)
        if symbol < self.paged and symbol not in dense.favourites:
            self.tables[0].learn(np.array([symbol]), np.array([dense.weights[symbol] / dense.total - 1]))

    @staticmethod
    def _move_column(stream: Stream, data: bytes) -> None:
        behind = len(data) - 1 - data.rfind(b"\n")
        stream.column = behind if b"\n" in data else stream.column + len(data)

    def _learn_match(self, number: int, stream: Stream, symbol: int) -> None:
        minimum, history = self.given["match_minimum"], stream.history
        if stream.pointer is not None:
            other, position, length = stream.pointer
            goes_on = self._matched(stream) == symbol
            stream.pointer = (other, position + 1, min(length + 1, 65535)) if goes_on else None
        if minimum == 0 or len(history) < minimum:
            return
        key = self._contexts(history)[minimum - 1] >> (64 - self.bits)
        if stream.pointer is None and key in self.places:
            other, place = self.places[key]
            length = self._repeat(self.streams[other].history[:place], history)
            if length >= minimum:
                stream.pointer = (other, place, length)
        self.places[key] = (number, len(history))

    @staticmethod
    def _repeat(before: list[int], ending: list[int]) -> int:
        length = 0
        while length < min(32, len(before), len(ending)) and before[-1 - length] == ending[-1 - length]:
            length += 1
        return length


def frequencies(x: I64) -> I64:
    """Section 7, `quantise`, and one more for each."""
    if not x.any():
        x = np.ones_like(x)
    room = 2**24 - len(x)
    y = np.floor(x * (room / int(x.sum()))).astype(np.int64)
    y[int(x.argmax())] += room - int(y.sum())
    return y + 1
