"""The neural coding method: bytes of one text block to a payload and back.

    bytes --> symbols --> plan: streams, skips, repetitive or not --> lockstep (predictor, range coder) --> payload

The method's parameters, which the archive stores once and every neural block refers to, name all that touches a
probability: engine and numerics, model, context window, predictors, coder. A payload begins with the two numbers
that differ from block to block, how many symbols and how many streams.
"""

import struct
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeGuard

from nacomp.codecs.levels import Level
from nacomp.codecs.lockstep import (
    StepDone,
    decode_block,
    decode_mixed,
    decode_natively,
    encode_block,
    encode_mixed,
    encode_natively,
)
from nacomp.codecs.packed import Packed
from nacomp.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass
from nacomp.models.block_predictor import BlockPlan, BlockPredictor, plan_block
from nacomp.models.float_rules import float_rules
from nacomp.models.mixed_predictor import MixedBlockDecoder, MixedBlockEncoder
from nacomp.models.native_block import native_decoder, native_encoder
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.predictors.mixed import mixing_bytes
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.models.streams import Streams, Symbols
from nacomp.runtime.memory import check_memory
from nacomp.runtime.progress import Job

PAGES_CODER = "range24-pages-1"
"""Tokens as pages and slots: what any build reads and writes."""
MIXING_CODER = "mixing-6"
"""Tokens as bits, which the token's row and a context mixer predict together."""
READ_CODERS = (PAGES_CODER, MIXING_CODER)
"""Those that archives may ask for."""
MAX_STREAMS = 256
MAX_WINDOW = 4096
FEW_ASKED = 0.01
"""Share of a block's symbols. Below it, asking the model for one at a time takes less time than the predictors do."""
REPETITIVE_REGIME = 52429
"""0.8 of symbols lately right, in 1/65,536: the setting of the repetitive mode."""
REPETITIVE_SHARE = 0.07
"""Share of tokens the model is fed. In the repetitive mode that is 0.005 of a server's log of 1 MiB, 0.06 of 30 similar JSON
records and 0.05 of a text repeated 20 times, but 0.66 of a table of measurements, which would double in size for it."""
PAYLOAD_HEADER = struct.Struct("<IHH")
"""symbols, streams, reserved (0)."""


@dataclass(frozen=True)
class NeuralSettings:
    """The neural method's parameters, as typed values.

    Attributes:
        engine: what the engine itself wants to find again (`Engine.parameters`); its name and numerics are always there.
        coder: how a token's row becomes bits.
    """

    model_id: str
    model_sha256: str
    context: ContextWindow
    ensemble: EnsembleParameters
    engine: Mapping[str, int | str]
    coder: str = PAGES_CODER

    def to_json(self) -> dict[str, Any]:
        """The method's parameters as the archive stores them."""
        return {
            "coder": self.coder,
            "context": {"sinks": self.context.sinks, "window": self.context.window},
            "engine": dict(self.engine),
            "ensemble": self.ensemble.to_json(),
            "model": {"id": self.model_id, "sha256": self.model_sha256},
        }

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> "NeuralSettings":
        """Read them back. Raises UnsupportedArchive for an unknown coder or predictors, CorruptArchive for nonsense."""
        coder = parameters.get("coder")
        if coder not in READ_CODERS:
            raise UnsupportedArchive(needed=f"the coder {coder!r}")
        context, model, engine = (_object(parameters, name) for name in ("context", "model", "engine"))
        window, sinks = context.get("window"), context.get("sinks")
        if not (_is_count(window) and _is_count(sinks) and 0 <= sinks < window <= MAX_WINDOW):
            raise CorruptArchive(reason=f"a context window of {window!r} tokens with {sinks!r} sinks")
        model_id, sha256 = model.get("id"), model.get("sha256")
        if not (isinstance(model_id, str) and isinstance(sha256, str)):
            raise CorruptArchive(reason="the model's id and SHA-256 are not text")
        if not isinstance(engine.get("engine"), str) or not isinstance(engine.get("numerics"), str):
            raise CorruptArchive(reason="the engine's name and numerics are not text")
        if not all(isinstance(value, int | str) for value in engine.values()):
            raise CorruptArchive(reason="the engine's parameters are neither numbers nor text")
        ensemble = EnsembleParameters.from_json(_object(parameters, "ensemble"))
        return cls(model_id, sha256, ContextWindow(window, sinks), ensemble, engine, coder)


def _object(parameters: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = parameters.get(name)
    if not isinstance(found, Mapping):
        raise CorruptArchive(reason=f"the neural method's parameter {name!r} is no object")
    return found


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


class NeuralCodec:
    """Encodes and decodes blocks with one engine and one set of settings. Blocks may run in parallel threads."""

    def __init__(self, engine: Engine, settings: NeuralSettings) -> None:
        self.engine = engine
        self.settings = settings

    def with_ensemble(self, ensemble: EnsembleParameters) -> "NeuralCodec":
        """The same with other predictors, for measurements."""
        return NeuralCodec(self.engine, replace(self.settings, ensemble=ensemble))

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """Those its blocks may use: the usual one, the one of the repetitive mode, and the one whose tokens are bits."""
        all_settings = (
            self.settings,
            replace(self.settings, ensemble=self._repetitive),
            replace(self.settings, coder=MIXING_CODER),
        )
        return tuple(Method(MethodKind.NEURAL, settings.to_json()) for settings in all_settings)

    @property
    def engines(self) -> list[Engine]:
        """Those that predict its blocks on this machine."""
        return [self.engine]

    @cached_property
    def _repetitive(self) -> EnsembleParameters:
        return replace(self.settings.ensemble, skip_regime=REPETITIVE_REGIME)

    @float_rules()
    def plan(self, data: bytes | Symbols, level: Level, *, may_repeat: bool = False) -> BlockPlan:
        """Cut a block, or its symbols (n,), into streams, and decide which of them the model is asked for.

        In the repetitive mode the model is not asked while the predictors are mostly right. `may_repeat` says that it is
        worth a try; it is taken where it leaves the model so little to do that the block is coded many times faster.
        """
        symbols = self.engine.tokenizer.encode(data) if isinstance(data, bytes) else data
        usual = self.settings.ensemble
        if may_repeat or usual == self._repetitive:
            plan = self._plan_repetitive(symbols, level)
            if usual == self._repetitive or plan.tokens_fed < REPETITIVE_SHARE * len(symbols):
                return plan
        as_bits = self.settings.coder == MIXING_CODER
        return plan_block(
            self.engine.vocabulary, usual, symbols, level.streams(len(symbols)), as_bits=as_bits
        )

    def with_mixer(self, plan: BlockPlan) -> BlockPlan:
        """The same plan with the context mixer taking part, except in the repetitive mode."""
        return plan if plan.ensemble == self._repetitive else replace(plan, as_bits=True)

    def _plan_repetitive(self, symbols: Symbols, level: Level) -> BlockPlan:
        """Streams make the model's forwards wide, but each learns a repeat from the others only when they have passed it.

        So a block is one stream where that leaves the model next to nothing (1 MiB of a server's log comes to 17.9 kB in
        one stream, 20.4 in 4 and 24.7 in 32), or where many streams would all learn the same at once.
        """
        vocabulary, most = self.engine.vocabulary, REPETITIVE_SHARE * len(symbols)
        several = plan_block(vocabulary, self._repetitive, symbols, level.streams(len(symbols)))
        if several.streams.streams == 1:
            return several
        one = plan_block(vocabulary, self._repetitive, symbols, 1)
        crowded = several.tokens_fed >= most > one.tokens_fed
        return one if crowded or one.symbols_asked < FEW_ASKED * len(symbols) else several

    @float_rules()
    def encode(self, plan: BlockPlan, size: int, job: Job) -> Packed:
        """A planned block of `size` bytes, the same wherever it is coded. Raises Interrupted when the job is cancelled."""
        share = size / max(len(plan.symbols), 1)
        words = self._words(plan, size, lambda n: job.step(n * share))
        return Packed(self.method_of(plan), pack_payload(plan.streams, words))

    def _words(self, plan: BlockPlan, size: int, step_done: StepDone) -> bytes:
        self._check_memory(plan.streams, size, as_bits=plan.as_bits)
        native = native_encoder(self.engine, self.settings.context, plan, size)
        if native is not None:
            return encode_natively(native, len(plan.symbols), step_done)
        predictor = self.predictor(plan, size)
        if isinstance(predictor, MixedBlockEncoder):
            return encode_mixed(plan.symbols, plan.streams, predictor, step_done)
        return encode_block(plan.symbols, plan.streams, predictor, step_done)

    def predictor(self, plan: BlockPlan, size: int) -> BlockPredictor | MixedBlockEncoder:
        """What predicts a planned block of `size` bytes, for use under the float rules. Raises NotEnoughMemory."""
        self._check_memory(plan.streams, size, as_bits=plan.as_bits)
        if plan.as_bits:
            return MixedBlockEncoder(self.engine, self.settings.context, plan, size)
        return BlockPredictor.for_encoding(self.engine, self.settings.context, plan)

    def method_of(self, plan: BlockPlan) -> Method:
        """The one of `methods` that a block of this plan is read with."""
        coder = MIXING_CODER if plan.as_bits else PAGES_CODER
        settings = replace(self.settings, ensemble=plan.ensemble, coder=coder)
        return Method(MethodKind.NEURAL, settings.to_json())

    @float_rules()
    def decode(self, payload: bytes, original_size: int, job: Job) -> bytes:
        """The bytes of a block. Raises CorruptArchive if the payload cannot stand for `original_size` bytes."""
        streams = read_streams(payload, original_size)
        self._check_memory(streams, original_size, as_bits=self.settings.coder == MIXING_CODER)
        symbols = self._decode_symbols(payload[PAYLOAD_HEADER.size :], streams, original_size, job)
        try:
            # A token may stand for kilobytes: the sum of their sizes first, then the bytes.
            size = self.engine.vocabulary.joined_size(symbols)
        except ValueError as unknown:
            raise CorruptArchive(reason=f"a block holds a symbol that does not exist ({unknown})") from None
        if size != original_size:
            raise CorruptArchive(reason=f"a block decoded to {size} bytes, expected {original_size}")
        return self.engine.vocabulary.join(symbols)

    def _decode_symbols(self, words: bytes, streams: Streams, size: int, job: Job) -> Symbols:
        share = size / streams.symbols
        predicted = (self.engine, self.settings.context, self.settings.ensemble, streams)

        def step_done(symbols: int) -> None:
            job.step(symbols * share)

        as_bits = self.settings.coder == MIXING_CODER
        native = native_decoder(*predicted, words, size_as_bits=size if as_bits else None)
        if native is not None:
            return decode_natively(native, streams.symbols, step_done)
        if as_bits:
            return decode_mixed(streams, MixedBlockDecoder(*predicted, size, words), step_done)
        return decode_block(words, streams, BlockPredictor.for_decoding(*predicted), step_done)

    def parallel_blocks(self, threads: int) -> int:
        """How many blocks to code side by side where there are so many threads."""
        return self.engine.parallel_blocks(threads)

    def decoding_bytes(self, payload: bytes, original_size: int) -> int:
        """See `table.BlockCodec.decoding_bytes`: a symbol's way takes about 16 bytes, and its bytes are joined."""
        streams = read_streams(payload, original_size)
        as_bits = self.settings.coder == MIXING_CODER
        needed = self._predictor_bytes(streams.streams, original_size, as_bits=as_bits)
        return 16 * streams.symbols + original_size + needed

    def _predictor_bytes(self, streams: int, size: int, *, as_bits: bool) -> int:
        """What predicting a block of so many streams and bytes takes besides the model's weights, in bytes."""
        vocabulary = self.engine.vocabulary
        tables = mixing_bytes(size, 256 * vocabulary.pages, streams) if as_bits else 0
        tables += self.settings.ensemble.table_bytes(vocabulary.size, streams)
        return tables + self.engine.session_bytes(streams, self.settings.context.window)

    def _check_memory(self, streams: Streams, size: int, *, as_bits: bool) -> None:
        needed = self._predictor_bytes(streams.streams, size, as_bits=as_bits)
        check_memory(needed, "close other programs, or use a smaller model")


def model_of(method: Method) -> str | None:
    """The id of the model that a method needs, as the archive calls it."""
    return NeuralSettings.from_json(method.parameters).model_id if method.kind is MethodKind.NEURAL else None


def pack_payload(streams: Streams, words: bytes) -> bytes:
    """A payload: the two numbers that differ from block to block, and the coded words."""
    return PAYLOAD_HEADER.pack(streams.symbols, streams.streams, 0) + words


def read_streams(payload: bytes, original_size: int) -> Streams:
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
