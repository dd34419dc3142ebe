"""PREDICTORS.md sections 1 and 10: the payload of a neural block."""

import hashlib
import struct
from collections.abc import Iterable
from typing import Any

from nac_decoder.arithmetic import F32
from nac_decoder.ensemble import Ensemble, Row
from nac_decoder.errors import Refused, check
from nac_decoder.language_model import LanguageModel, Session
from nac_decoder.range_decoder import RangeDecoder
from nac_decoder.token_bits import TokenDecoder


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


CODERS = ("range24-pages-1", "mixing-6")


def decode(given: dict[str, Any], payload: bytes, size: int, model: LanguageModel) -> bytes:
    """The content of a neural block."""
    known = (given["engine"], given["ensemble"]["id"])
    expected = ({"engine": "exact", "numerics": model.shape.numerics}, "ensemble-1")
    if given["coder"] not in CODERS or known != expected:
        raise Refused(f"neural method {given['coder']}, {known}")
    n, streams, reserved = struct.unpack_from("<IHH", payload)
    check(
        len(payload) % 4 == 0 and 1 <= n <= size and 1 <= streams <= min(256, n) and reserved == 0,
        "neural payload is malformed",
    )
    tokens = model.vocabulary.tokens
    pages = -(-len(tokens) // 256)
    symbols = tokens + [b""] * (256 * pages - len(tokens)) + [bytes([byte]) for byte in range(256)]
    as_bits = given["coder"] == "mixing-6"
    ensemble = Ensemble(given["ensemble"], symbols, streams, 1024 if as_bits else 4096)
    coder: PageDecoder | TokenDecoder = (
        TokenDecoder(symbols, size, streams, payload[8:]) if as_bits else PageDecoder(payload[8:])
    )
    context = given["context"]
    session = Session(model.shape, model.weights, streams, context["window"], context["sinks"])
    queues = Queues(session, streams, given["ensemble"]["skip_queue"], model.vocabulary.start)
    for step in range(-(-n // streams)):
        rows = [ensemble.row(s) for s in range(streams) if step < n // streams + (s < n % streams)]
        logits = queues.flush([row.stream for row in rows if row.wants_model])
        for row in rows:
            if row.wants_model:
                ensemble.with_model(row, logits[row.stream])
        for row, symbol in zip(rows, coder.decode(ensemble, rows), strict=True):
            ensemble.learn(row, symbol)
            queues.append(row.stream, symbol if symbol < 256 * pages else model.vocabulary.escape)
    return b"".join(symbols[symbol] for stream in ensemble.streams for symbol in stream.history)


class PageDecoder:
    """Section 7's way: a step's pages, then its slots."""

    def __init__(self, words: bytes) -> None:
        self.coder = RangeDecoder(words)

    def decode(self, ensemble: Ensemble, rows: list[Row]) -> list[int]:
        pages = [self.coder.decode(ensemble.pages(row)) for row in rows]
        slots = [self.coder.decode(ensemble.slots(row, page)) for row, page in zip(rows, pages, strict=True)]
        return [page * 256 + slot for page, slot in zip(pages, slots, strict=True)]


class Models:
    """The model files at hand, by their SHA-256; each is loaded when a block asks for it, and kept."""

    def __init__(self, files: Iterable[bytes]) -> None:
        self.files = {hashlib.sha256(data).hexdigest(): data for data in files}
        self.loaded: dict[str, LanguageModel] = {}

    def decode(self, given: dict[str, Any], payload: bytes, size: int) -> bytes:
        """What an `Archive` needs for its neural blocks."""
        wanted = given["model"]["sha256"]
        check(wanted in self.files, f"model {given['model']['id']} is not at hand: its SHA-256 is {wanted}")
        if wanted not in self.loaded:
            self.loaded[wanted] = LanguageModel(self.files[wanted])
        return decode(given, payload, size, self.loaded[wanted])
