"""PREDICTORS.md sections 1 and 10: the payload of a neural block."""

import hashlib
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tests.second_decoder.archive import Refused, check
from tests.second_decoder.arithmetic import F32, I64
from tests.second_decoder.ensemble import Ensemble
from tests.second_decoder.language_model import LanguageModel, Session

LOW_WORD = 2**32


class RangeDecoder:
    """Section 10, on the reading side: `point` is where the words lie in the coder's interval."""

    def __init__(self, words: bytes) -> None:
        self.words = list(struct.unpack(f"<{len(words) // 4}I", words))
        self.at, self.lower, self.range = 0, 0, 2**64 - 1
        self.point = self._next() * LOW_WORD + self._next()

    def _next(self) -> int:
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else 0

    def decode(self, frequencies: I64) -> int:
        sums = np.cumsum(frequencies)
        scale = self.range >> 24
        quantile = (self.point - self.lower) % 2**64 // scale
        check(quantile < 2**24, "payload is no range coder's")
        symbol = int(np.searchsorted(sums, quantile, side="right"))
        f = int(frequencies[symbol])
        self.lower = (self.lower + scale * (int(sums[symbol]) - f)) % 2**64
        self.range = scale * f
        while self.range < LOW_WORD:
            self.lower = self.lower * LOW_WORD % 2**64
            self.range = self.range * LOW_WORD
            self.point = (self.point * LOW_WORD + self._next()) % 2**64
        return symbol


class Queues:
    """What each stream's session has yet to be fed."""

    def __init__(self, session: Session, streams: int, most: int, start: int) -> None:
        self.session, self.most = session, most
        self.queues = [[start] for _ in range(streams)]

    def append(self, stream: int, token: int) -> None:
        self.queues[stream] = [*self.queues[stream], token][-self.most :]

    def flush(self, streams: list[int]) -> dict[int, F32]:
        """Feed these streams' queues; the logits behind each one's last token."""
        logits: dict[int, F32] = {}
        while waiting := [s for s in streams if self.queues[s]]:
            made = self.session.feed(waiting, [self.queues[s].pop(0) for s in waiting])
            logits |= dict(zip(waiting, made, strict=True))
        return logits


def decode(given: dict[str, Any], payload: bytes, size: int, model: LanguageModel) -> bytes:
    """The content of a neural block."""
    known = (given["coder"], given["engine"], given["ensemble"]["id"])
    expected = ("range24-pages-1", {"engine": "exact", "numerics": "exact-1"}, "ensemble-1")
    if known != expected:
        raise Refused(f"neural method {known}")
    n, streams, reserved = struct.unpack_from("<IHH", payload)
    check(
        len(payload) % 4 == 0 and 1 <= n <= size and 1 <= streams <= min(256, n) and reserved == 0,
        "neural payload is malformed",
    )
    tokens = model.vocabulary.tokens
    pages = -(-len(tokens) // 256)
    symbols = tokens + [b""] * (256 * pages - len(tokens)) + [bytes([byte]) for byte in range(256)]
    ensemble = Ensemble(given["ensemble"], symbols, streams)
    context = given["context"]
    session = Session(model.shape, model.weights, streams, context["window"], context["sinks"])
    queues = Queues(session, streams, given["ensemble"]["skip_queue"], model.vocabulary.start)
    coder = RangeDecoder(payload[8:])
    for step in range(-(-n // streams)):
        rows = [ensemble.row(s) for s in range(streams) if step < n // streams + (s < n % streams)]
        logits = queues.flush([row.stream for row in rows if row.wants_model])
        for row in rows:
            if row.wants_model:
                ensemble.with_model(row, logits[row.stream])
        coded = [coder.decode(ensemble.pages(row)) for row in rows]
        slots = [coder.decode(ensemble.slots(row, page)) for row, page in zip(rows, coded, strict=True)]
        for row, page, slot in zip(rows, coded, slots, strict=True):
            symbol = page * 256 + slot
            ensemble.learn(row, symbol)
            queues.append(row.stream, symbol if page < pages else model.vocabulary.escape)
    return b"".join(symbols[symbol] for stream in ensemble.streams for symbol in stream.history)


class Models:
    """The model files at hand, by their SHA-256; each is loaded when a block asks for it, and kept."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in paths}
        self.loaded: dict[str, LanguageModel] = {}

    def decode(self, given: dict[str, Any], payload: bytes, size: int) -> bytes:
        """What an `Archive` needs for its neural blocks."""
        wanted = given["model"]["sha256"]
        check(wanted in self.paths, f"model {given['model']['id']} is not at hand")
        if wanted not in self.loaded:
            self.loaded[wanted] = LanguageModel(self.paths[wanted])
        return decode(given, payload, size, self.loaded[wanted])
