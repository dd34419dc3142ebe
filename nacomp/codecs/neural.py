"""The neural coding method: bytes of one text block to a payload and back.

    bytes -> symbols -> S streams -> lockstep (model, ensemble, range coder) -> payload

The method's parameters, which the archive stores once and every neural block refers to, name all that touches a
probability: engine and numerics, model, context window, predictors, coder. A payload begins with the two numbers
that differ from block to block, how many symbols and how many streams.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from nacomp.codecs.levels import Level
from nacomp.codecs.lockstep import (
    Lane,
    Mask,
    Observer,
    Streams,
    Symbols,
    decode_streams,
    encode_streams,
    tokens_fed,
)
from nacomp.errors import CorruptArchive, UnsupportedArchive
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble, plan_skips
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.models.tokens.tokenizer import GreedyTokenizer, Tokenizer, open_tokenizer
from nacomp.runtime.memory import check_memory, session_bytes
from nacomp.runtime.progress import Job

CODER = "range24-pages-1"
MAX_STREAMS = 256
FEW_ASKED = 0.01
"""Share of a block's symbols. Below it, asking the model for one at a time takes less time than the predictors do."""
FLYING_REGIME = 52429
"""0.8 of symbols lately right, in 1/65,536."""
FLYING_SHARE = 0.07
"""Share of tokens the model is fed. At FLYING_REGIME that is 0.005 of a server's log of 1 MiB, 0.06 of 30 similar JSON
records and 0.05 of a text repeated 20 times, but 0.66 of a table of measurements, which would double in size for it."""
PAYLOAD_HEADER = struct.Struct("<IHH")
"""symbols, streams, reserved (0)."""


@dataclass(frozen=True)
class NeuralSettings:
    """What the archive records of the neural method, apart from the engine's own parameters."""

    model_id: str
    model_sha256: str
    context: ContextWindow
    ensemble: EnsembleParameters

    def with_ensemble(self, ensemble: EnsembleParameters) -> "NeuralSettings":
        """The same with other predictors, for measurements."""
        return replace(self, ensemble=ensemble)

    def to_json(self, engine: Mapping[str, int | str]) -> dict[str, Any]:
        """The method's parameters as the archive stores them."""
        return {
            "coder": CODER,
            "context": {"sinks": self.context.sinks, "window": self.context.window},
            "engine": dict(engine),
            "ensemble": self.ensemble.to_json(),
            "model": {"id": self.model_id, "sha256": self.model_sha256},
        }

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> "NeuralSettings":
        """Read them back. Raises UnsupportedArchive for an unknown coder, CorruptArchive for nonsense."""
        try:
            coder = parameters["coder"]
            window, sinks = parameters["context"]["window"], parameters["context"]["sinks"]
            model_id, sha256 = parameters["model"]["id"], parameters["model"]["sha256"]
            ensemble = parameters["ensemble"]
        except (KeyError, TypeError) as missing:
            raise CorruptArchive(reason=f"the neural method lacks the parameter {missing}") from None
        if coder != CODER:
            raise UnsupportedArchive(needed=f"the coder {coder!r}")
        if not (isinstance(window, int) and isinstance(sinks, int) and 0 <= sinks < window <= 4096):
            raise CorruptArchive(reason=f"a context window of {window!r} tokens with {sinks!r} sinks")
        if not (isinstance(model_id, str) and isinstance(sha256, str)):
            raise CorruptArchive(reason="the model's id and SHA-256 are not text")
        return cls(model_id, sha256, ContextWindow(window, sinks), EnsembleParameters.from_json(ensemble))


class NeuralCodec:
    """Encodes and decodes blocks with one engine and one set of settings. Blocks may run in parallel threads."""

    def __init__(self, engine: Engine, metadata: Mapping[str, Any], settings: NeuralSettings) -> None:
        self.engine = engine
        self.settings = settings
        self.metadata = metadata

    @cached_property
    def flying(self) -> "NeuralCodec":
        """The same for blocks that repeat themselves: while the predictors are mostly right, the model is not asked."""
        ensemble = replace(self.settings.ensemble, skip_regime=FLYING_REGIME)
        return NeuralCodec(self.engine, self.metadata, self.settings.with_ensemble(ensemble))

    def flies(self, symbols: Symbols, level: Level) -> bool:
        """Whether the block's symbols (n,) leave the model so little that `flying` is many times faster."""
        return self.flying._fed(self.flying.cut(symbols, level)[1]) < FLYING_SHARE * len(symbols)

    def _fed(self, wants: list[Mask]) -> int:
        return sum(tokens_fed(mask, self.settings.ensemble.skip_queue) for mask in wants)

    @cached_property
    def tokenizer(self) -> Tokenizer | GreedyTokenizer:
        """Splits bytes into symbols; only encoding needs it."""
        return open_tokenizer(self.metadata, self.engine.vocabulary)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the archive's methods table says of this codec."""
        return self.settings.to_json(self.engine.parameters())

    def split(self, data: bytes) -> Symbols:
        """Bytes as symbols (n,)."""
        return self.tokenizer.encode(data)

    def encode(self, data: bytes, level: Level, job: Job, observer: Observer | None = None) -> bytes:
        """The payload of a block. Raises Interrupted when the job is cancelled."""
        return self.encode_symbols(self.split(data), len(data), level, job, observer)

    def encode_symbols(
        self, symbols: Symbols, size: int, level: Level, job: Job, observer: Observer | None = None
    ) -> bytes:
        """The payload of a block of `size` bytes that is already split into symbols (n,)."""
        cut, wants = self.cut(symbols, level)
        return self._encode(symbols, size, cut, wants, job, observer)

    def encode_streams(self, symbols: Symbols, size: int, cut: Streams, job: Job) -> bytes:
        """The same for symbols whose cut into streams is decided: all that a payload depends on besides `parameters`."""
        return self._encode(symbols, size, cut, self._plan(cut, symbols), job)

    def _encode(
        self,
        symbols: Symbols,
        size: int,
        cut: Streams,
        wants: list[Mask],
        job: Job,
        observer: Observer | None = None,
    ) -> bytes:
        lane = self._lane(cut)
        share = size / max(len(symbols), 1)
        body = encode_streams(lane, symbols, wants, lambda n: job.step(n * share), observer)
        return PAYLOAD_HEADER.pack(len(symbols), cut.streams, 0) + body

    def cut(self, symbols: Symbols, level: Level) -> tuple[Streams, list[Mask]]:
        """How a block's symbols (n,) are cut into streams, and the skip plan (symbol,) of each.

        Streams make the model's forwards wide, but each learns a repeat from the others only when they have passed it.
        A block that may fly is one stream where that leaves the model next to nothing (1 MiB of a server's log comes to
        17.9 kB in one stream, 20.4 in 4 and 24.7 in 32), or where many would all learn the same at once.
        """
        cut = Streams(len(symbols), level.streams(len(symbols)))
        wants = self._plan(cut, symbols)
        if self.settings.ensemble.skip_regime != FLYING_REGIME or cut.streams == 1:
            return cut, wants
        one = Streams(len(symbols), 1)
        alone = self._plan(one, symbols)
        asked = int(np.count_nonzero(alone[0]))
        crowded = self._fed(wants) >= FLYING_SHARE * len(symbols) > self._fed(alone)
        return (one, alone) if asked < FEW_ASKED * len(symbols) or crowded else (cut, wants)

    def decode(self, payload: bytes, original_size: int, job: Job) -> bytes:
        """The bytes of a block. Raises CorruptArchive if the payload cannot stand for `original_size` bytes."""
        cut = parse_cut(payload, original_size)
        share = original_size / max(cut.symbols, 1)
        symbols = decode_streams(
            self._lane(cut), payload[PAYLOAD_HEADER.size :], lambda n: job.step(n * share)
        )
        try:
            data = self.engine.vocabulary.join(symbols)
        except ValueError as unknown:
            raise CorruptArchive(reason=f"a block holds a symbol that does not exist ({unknown})") from None
        if len(data) != original_size:
            raise CorruptArchive(reason=f"a block decoded to {len(data)} bytes, expected {original_size}")
        return data

    def _lane(self, cut: Streams) -> Lane:
        parameters = self.settings.ensemble
        vocabulary = self.engine.vocabulary
        if self.engine.name == "exact":
            needed = session_bytes(self.metadata, cut.streams, self.settings.context.window)
            check_memory(needed, "close other programs, or use a smaller model")
        return Lane(
            vocabulary,
            self.engine.open_session(cut.streams, self.settings.context),
            open_ensemble(vocabulary, parameters, cut.streams),
            cut,
            parameters.skip_queue,
            self.engine.max_rows,
            self.engine.batch_free,
        )

    def _plan(self, cut: Streams, symbols: Symbols) -> list[Mask]:
        return plan_skips(self.engine.vocabulary, self.settings.ensemble, cut.split(symbols))


def parse_cut(payload: bytes, original_size: int) -> Streams:
    """A payload's symbol and stream counts, bounded before anything is allocated. Raises CorruptArchive."""
    if len(payload) < PAYLOAD_HEADER.size or len(payload) % 4:
        raise CorruptArchive(reason=f"a neural payload of {len(payload)} bytes, expected whole words")
    symbols, streams, reserved = PAYLOAD_HEADER.unpack_from(payload)
    # Every symbol stands for at least one byte, and every stream has at least one symbol.
    if reserved or not 1 <= symbols <= original_size or not 1 <= streams <= min(MAX_STREAMS, symbols):
        raise CorruptArchive(
            reason=f"a block of {original_size} bytes claims {symbols} symbols in {streams} streams"
        )
    return Streams(int(symbols), int(streams))
