"""PREDICTORS.md sections 3 to 9: from a row of logits to frequencies, and what every symbol teaches."""

from dataclasses import dataclass, field
from math import floor
from typing import Any

import numpy as np

from nac_decoder.arithmetic import F32, F64, I64, exp32, exps, root, squash, stretch
from nac_decoder.pages import kept

M = 0x9E3779B97F4A7C15
WRAP = 2**64 - 1
Z = 2.0**44
MATCH = 6
"""The match model's number among the experts; the order k has number k - 1."""


def initial_weights() -> dict[str, list[list[int]]]:
    """Section 9's file."""
    tables: dict[str, list[list[int]]] = {}
    for line in kept("models/predictors/initial_weights.txt").decode("ascii").splitlines():
        if line.startswith("["):
            rows = tables.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            rows.append([int(word) for word in line.split()])
    return tables


@dataclass
class Candidate:
    symbol: int
    counters: list[tuple[int, int]] = field(default_factory=list)  # (table of counters, number)
    inputs: list[float] = field(default_factory=list)
    highest: int = 0


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
    order0: tuple[list[Decision], float]
    wants_model: bool
    model: "ModelRow | None" = None
    weights: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    mixed: tuple[list[Decision], float] = ((), 0.0)  # type: ignore[assignment]


@dataclass
class ModelRow:
    """Section 5's row beside the model, with what its learning needs."""

    weights: I64
    total: int
    likely: I64
    entries: list[I64]


class Counters:
    """Section 3's adaptive probabilities, and `stretch` of each."""

    def __init__(self, row: list[int], n: int) -> None:
        self.p = [value / 65536 for value in row]
        self.n = [n] * len(row)
        self.stretched = [stretch(p) for p in self.p]

    def learn(self, number: int, target: int) -> None:
        p = self.p[number]
        self.p[number] = p = p + (target - p) / (self.n[number] + 1.5)
        self.n[number] = min(self.n[number] + 1, 255)
        self.stretched[number] = stretch(p)


class Mixer:
    """Section 4."""

    def __init__(self, by_order: list[list[int]], by_rank: list[list[int]], rate: float) -> None:
        self.by_order = [[value / 4096 for value in row] for row in by_order]
        self.by_rank = [[value / 4096 for value in row] for row in by_rank]
        self.rate = rate

    def decide(
        self, candidates: list[Candidate], weights: list[int], rest: int
    ) -> tuple[list[Decision], float]:
        left, decisions = 1.0, []
        for rank, (candidate, w) in enumerate(zip(candidates, weights, strict=True)):
            base = stretch(w / rest if rest > 0 else 0.0)
            a = self.by_order[candidate.highest * 8 + min(7, int((base + 12) / 3))]
            b = self.by_rank[min(rank, 7) * 8 + candidate.highest]
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


class BiasTable:
    """One of section 5's tables: f32 values and the sum E of each one's squared steps."""

    def __init__(self, values: F32, squares: float, rate: int) -> None:
        self.values, self.squares, self.rate = values, np.full(len(values), squares, np.float32), rate / 65536

    def at(self, entries: I64) -> F64:
        return self.values[entries].astype(np.float64)

    def learn(self, entries: I64, slopes: F64) -> None:
        """Entries that are there twice learn twice, one after the other."""
        if self.rate == 0:
            return
        places = entries.tolist()
        if len(set(places)) == len(places):
            squares = self.squares[entries].astype(np.float64) + slopes * slopes
            self.values[entries] = self.at(entries) - (self.rate * slopes) / np.sqrt(squares)
            self.squares[entries] = squares
            return
        for entry, g in zip(places, slopes.tolist(), strict=True):
            squares_now = float(self.squares[entry]) + g * g
            self.values[entry] = float(self.values[entry]) - (self.rate * g) / root(squares_now)
            self.squares[entry] = squares_now


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

    def __init__(self, given: dict[str, Any], symbols: list[bytes], streams: int, likely: int = 4096) -> None:
        self.given, self.symbols, self.likely = given, symbols, likely
        self.paged = len(symbols) - 256  # 256 T
        self.bits, self.orders = given["table_bits"], given["ngram_orders"]
        table = initial_weights()
        self.counters = [Counters(row, 12) for row in table["states"]] + [Counters(table["match"][0], 8)]
        self.model_mixer = Mixer(table["model by source"], table["model by rank"], 0.002)
        self.order0_mixer = Mixer(table["fallback by source"], table["fallback by rank"], 0.003)
        self.ngrams = [NGrams(self.bits) for _ in range(self.orders)]
        self.places: dict[int, tuple[int, int]] = {}
        self.streams = [Stream(self.paged) for _ in range(streams)]
        self.right = 0.0
        self.order0 = np.array([256 if s else 0 for s in symbols[:-256]] + [1] * 256, np.int64)
        self.order0_total = int(self.order0.sum())
        without = [i for i, s in enumerate(symbols[:-256]) if not s]
        self.tables = self._tables(table["recency"])
        self.tables[0].values[without] = -np.inf

    def _tables(self, recency: list[list[int]]) -> list[BiasTable]:
        """Bias, pair, gap, column, recency."""
        rates = [self.given[f"{name}_rate"] for name in ("bias", "pair", "gap", "column", "recency")]
        sizes = [self.paged] + [2 ** (self.bits + 2)] * 3
        tables = [
            BiasTable(np.zeros(n, np.float32), e, r)
            for n, e, r in zip(sizes, (1, 0.2, 0.3), rates, strict=False)
        ]
        tables.append(BiasTable(np.zeros(sizes[3], np.float32), 1, rates[3]))
        joined = np.array(recency, np.float32).ravel() / np.float32(1024)
        return [*tables, BiasTable(joined if rates[4] else joined * 0, 20, rates[4])]

    # Predicting

    def row(self, number: int) -> Row:
        """The row of a stream, as far as it goes without the model."""
        stream = self.streams[number]
        contexts = self._contexts(stream.history)
        match = self._matched(stream)
        candidates = self._candidates(stream, contexts, match)
        weights = [int(self.order0[candidate.symbol]) for candidate in candidates]
        order0 = self.order0_mixer.decide(candidates, weights, self.order0_total)
        sure = bool(order0[0]) and order0[0][0].p >= 0.99
        wants = not (self.given["skip"] and (sure or self.right >= self.given["skip_regime"] / 65536))
        return Row(number, contexts, candidates, order0, wants, None, self.order0, order0)

    def with_model(self, row: Row, logits: F32) -> None:
        """Finish a row that wants the model."""
        made = row.model = self._model_row(self.streams[row.stream], logits)
        escapes = np.floor(self.order0[self.paged :] * (made.total / self.order0_total)).astype(np.int64) + 1
        row.weights = np.concatenate([made.weights, escapes])
        weights = [int(row.weights[candidate.symbol]) for candidate in row.candidates]
        row.mixed = self.model_mixer.decide(row.candidates, weights, int(row.weights.sum()))

    def _contexts(self, history: list[int]) -> list[int]:
        """The hashes of orders 1 and up, as far as the history goes."""
        h = 0
        hashes: list[int] = []
        for symbol in history[: -self.longest - 1 : -1]:
            h = (h + symbol + 1) * M & WRAP
            h ^= h >> 29
            hashes.append(h)
        return hashes

    @property
    def longest(self) -> int:
        return max(int(self.orders), int(self.given["match_minimum"]))

    def _matched(self, stream: Stream) -> int | None:
        if stream.pointer is None:
            return None
        other, position, _ = stream.pointer
        history = self.streams[other].history
        return history[position] if position < len(history) else None

    def _candidates(self, stream: Stream, contexts: list[int], match: int | None) -> list[Candidate]:
        """Section 3 from *Candidates* to *Inputs*."""
        known = [table.followers(h) for table, h in zip(self.ngrams, contexts, strict=False)]
        symbols = {} if match is None else {match: None}
        for followers in reversed(known):
            symbols |= {symbol: None for symbol, _ in followers or ()}
        ranked = [Candidate(symbol) for symbol in list(symbols)[: self.given["chain"]]]
        totals = [sum(count for _, count in followers or ()) for followers in known]
        counts = [dict(followers or ()) for followers in known]
        for rank, candidate in enumerate(ranked):
            inputs = [0.0] * 7
            for order, followers in enumerate(known):
                if followers is None:
                    continue
                count = counts[order].get(candidate.symbol, 0)
                number = (_hits(count) * 7 + _misses(totals[order] - count)) * 2
                number += followers[0][0] == candidate.symbol
                table = 2 * order + (rank > 0)
                candidate.counters.append((table, number))
                inputs[order] = self.counters[table].stretched[number]
                if count:
                    candidate.highest = order + 1
            if candidate.symbol == match and stream.pointer:
                candidate.counters.append((12, _length(stream.pointer[2])))
                inputs[MATCH] = self.counters[12].stretched[candidate.counters[-1][1]]
                candidate.highest = MATCH + 1
            candidate.inputs = [*inputs, 0.3]
        return ranked

    def _model_row(self, stream: Stream, logits: F32) -> ModelRow:
        """Section 5, *Model row*."""
        s = self.tables[0].values.copy()
        s[: len(logits)] = logits + s[: len(logits)]
        u = np.rint(exp32(s - s.max()) * np.float32(2**26)).astype(np.int64) + 1
        total = int(u.sum())
        likely = np.flatnonzero(u * self.likely >= total)
        entries = self._entries(stream, likely, u[likely], total)
        pair, gap, column, recency = (t.at(c) for t, c in zip(self.tables[1:], entries[1:], strict=True))
        bias = np.minimum(np.maximum(pair + gap + column + recency, -8), 4)
        u[likely] = (u[likely] * exps(bias)).astype(np.int64)
        return ModelRow(u, int(u.sum()), likely, entries)

    def _entries(self, stream: Stream, likely: I64, u: I64, total: int) -> list[I64]:
        history, now = stream.history, len(stream.history)
        cs = [
            history[-1] + 2 if now > 0 else 1,
            history[-2] + 2 if now > 1 else 1,
            2**32 + stream.column // 3,
        ]
        entries = [likely]
        h = np.array([[c * M & WRAP] for c in cs], np.uint64) + likely.astype(np.uint64)
        h ^= h >> np.uint64(32)
        entries.extend(((h * np.uint64(M)) >> np.uint64(62 - self.bits)).astype(np.int64))
        last = stream.last[likely]
        distance = np.frexp((now - last).astype(np.float64))[1] - 1
        distance = np.where(last < 0, 15, np.minimum(distance, 15))
        likelihood = ((u[:, None] << np.arange(1, 13)) <= total).sum(axis=1)
        return [*entries, distance * 13 + likelihood]

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
        if row.model is not None:
            self.model_mixer.learn(row.candidates, row.mixed[0], symbol)
            self._learn_biases(row.model, symbol)
        if symbol < self.paged:
            stream.last[symbol] = len(stream.history)
        self._move_column(stream, self.symbols[symbol])
        self.order0_mixer.learn(row.candidates, row.order0[0], symbol)
        for candidate in row.candidates:
            hit = candidate.symbol == symbol
            for table, number in candidate.counters:
                self.counters[table].learn(number, int(hit))
            if hit:
                break
        first = bool(row.candidates) and row.candidates[0].symbol == symbol
        self.right = self.right + (int(first) - self.right) / 64
        if self.order0[symbol] < 2**31:
            self.order0[symbol] += 2048
            self.order0_total += 2048
        for grams, h in zip(self.ngrams, row.contexts, strict=False):
            grams.learn(h, symbol)
        stream.history.append(symbol)
        self._learn_match(row.stream, stream, symbol)

    def _learn_biases(self, made: ModelRow, symbol: int) -> None:
        g = made.weights[made.likely] / made.total - (made.likely == symbol)
        for table, entries in zip(self.tables, made.entries, strict=True):
            table.learn(entries, g)
        if symbol < self.paged and symbol not in made.likely:
            self.tables[0].learn(np.array([symbol]), np.array([made.weights[symbol] / made.total - 1]))

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
    made: I64 = y + 1
    return made
