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

from nacomp.errors import CorruptArchive, UnsupportedArchive
from nacomp.levels import Level
from nacomp.lockstep import Lane, Mask, Observer, Streams, Symbols, decode_streams, encode_streams
from nacomp.memory import check_memory, session_bytes
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble, plan_skips
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.models.tokens import GreedyTokenizer, Tokenizer, open_tokenizer
from nacomp.progress import Job

CODER = "range24-pages-1"
MAX_STREAMS = 256
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
    def tokenizer(self) -> Tokenizer | GreedyTokenizer:
        """Splits bytes into symbols; only encoding needs it."""
        return open_tokenizer(self.metadata, self.engine.vocabulary)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the archive's methods table says of this codec."""
        return self.settings.to_json(self.engine.parameters())

    def encode(self, data: bytes, level: Level, job: Job, observer: Observer | None = None) -> bytes:
        """The payload of a block. Raises Interrupted when the job is cancelled."""
        return self.encode_symbols(self.tokenizer.encode(data), len(data), level, job, observer)

    def encode_symbols(
        self, symbols: Symbols, size: int, level: Level, job: Job, observer: Observer | None = None
    ) -> bytes:
        """The payload of a block of `size` bytes that is already split into symbols (n,)."""
        cut = Streams(len(symbols), level.streams(len(symbols)))
        return self.encode_streams(symbols, size, cut, job, observer)

    def encode_streams(
        self, symbols: Symbols, size: int, cut: Streams, job: Job, observer: Observer | None = None
    ) -> bytes:
        """The same for symbols whose cut into streams is decided: all that a payload depends on besides `parameters`."""
        lane = self._lane(cut)
        wants = self._plan(cut, symbols)
        share = size / max(len(symbols), 1)
        body = encode_streams(lane, symbols, wants, lambda n: job.step(n * share), observer)
        return PAYLOAD_HEADER.pack(len(symbols), cut.streams, 0) + body

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
