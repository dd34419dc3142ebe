"""The steps in native code against the readable loops and the readable coder: the same words, the same symbols."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from nacomp.codecs.lockstep import (
    decode_block,
    decode_mixed,
    decode_natively,
    encode_block,
    encode_mixed,
    encode_natively,
)
from nacomp.errors import CorruptArchive
from nacomp.models.block_predictor import BlockPlan, BlockPredictor, plan_block
from nacomp.models.exact.engine import SMALL_MODEL_BYTES, ExactEngine, open_engine
from nacomp.models.mixed_predictor import MixedBlockDecoder, MixedBlockEncoder
from nacomp.models.native_block import native_decoder, native_encoder
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.protocol import ContextWindow
from nacomp.models.streams import Symbols
from tests.nacomp.workbench import DATA, prose

WINDOW = ContextWindow(24, 3)
SIZE = 900
"""Bytes that the mixer's tables are made for; it need not be the text's."""
TEXTS = {
    "prose": prose(900),
    "repeats": b"".join(b'{"id": %d, "name": "somebody", "tags": ["a", "b"]}\n' % i for i in range(30)),
    "one symbol": b"e",
    "escapes": bytes(range(256)),
}


@pytest.fixture(
    scope="module", params=["streams side by side", "products shared out", "one thread", "many threads"]
)
def engine(request: pytest.FixtureRequest) -> ExactEngine:
    """The tiny model, as small ones are fed and as large ones are."""
    threads = {"one thread": 1, "many threads": 6}.get(request.param, 3)
    engine = open_engine(DATA / "tiny.gguf", threads=threads)
    if request.param == "products shared out":
        engine._file_bytes = SMALL_MODEL_BYTES
    return engine


def plan_of(
    engine: ExactEngine, text: bytes, streams: int, parameters: EnsembleParameters, *, as_bits: bool = False
) -> BlockPlan:
    symbols = engine.tokenizer.encode(text)
    return plan_block(engine.vocabulary, parameters, symbols, min(streams, len(symbols)), as_bits=as_bits)


def quietly(_: int) -> None:
    """Nobody listens."""


def readable_words(engine: ExactEngine, plan: BlockPlan) -> bytes:
    if plan.as_bits:
        return encode_mixed(
            plan.symbols, plan.streams, MixedBlockEncoder(engine, WINDOW, plan, SIZE), quietly
        )
    predictor = BlockPredictor.for_encoding(engine, WINDOW, plan)
    return encode_block(plan.symbols, plan.streams, predictor, quietly)


def native_words(engine: ExactEngine, plan: BlockPlan, told: Callable[[int], None] = quietly) -> bytes:
    encoder = native_encoder(engine, WINDOW, plan, SIZE)
    assert encoder is not None
    return encode_natively(encoder, len(plan.symbols), told)


def readable_symbols(engine: ExactEngine, plan: BlockPlan, words: bytes) -> Symbols:
    if plan.as_bits:
        mixed = MixedBlockDecoder(engine, WINDOW, plan.ensemble, plan.streams, SIZE, words)
        return decode_mixed(plan.streams, mixed, quietly)
    predictor = BlockPredictor.for_decoding(engine, WINDOW, plan.ensemble, plan.streams)
    return decode_block(words, plan.streams, predictor, quietly)


def native_symbols(engine: ExactEngine, plan: BlockPlan, words: bytes) -> Symbols:
    size = SIZE if plan.as_bits else None
    decoder = native_decoder(engine, WINDOW, plan.ensemble, plan.streams, words, size_as_bits=size)
    assert decoder is not None
    return decode_natively(decoder, plan.streams.symbols, quietly)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("streams", [1, 3, 32])
@pytest.mark.parametrize("parameters", [{}, {"skip": False}, {"skip_queue": 1, "skip_regime": 40000}])
@pytest.mark.parametrize("as_bits", [False, True])
def test_both_ways_write_the_same_words(
    engine: ExactEngine, name: str, streams: int, parameters: dict[str, Any], as_bits: bool
) -> None:
    plan = plan_of(engine, TEXTS[name], streams, replace(EnsembleParameters(), **parameters), as_bits=as_bits)
    told: list[int] = []
    words = native_words(engine, plan, told.append)
    assert words == readable_words(engine, plan)
    assert sum(told) == len(plan.symbols)
    assert native_symbols(engine, plan, words).tolist() == plan.symbols.tolist()
    assert readable_symbols(engine, plan, words).tolist() == plan.symbols.tolist()


@pytest.mark.parametrize("as_bits", [False, True])
def test_words_that_nobody_wrote_are_read_alike_or_refused_alike(engine: ExactEngine, as_bits: bool) -> None:
    plan = plan_of(engine, TEXTS["prose"][:60], 2, EnsembleParameters(), as_bits=as_bits)
    good, rng, refused = native_words(engine, plan), np.random.default_rng(3), 0
    for case in range(20):
        damaged = bytearray(good if case % 2 else b"\xff" * len(good))
        damaged[int(rng.integers(len(damaged)))] ^= int(rng.integers(1, 256))
        words = bytes(damaged[: 4 * int(rng.integers(len(damaged) // 4 + 1))])
        try:
            expected = readable_symbols(engine, plan, words).tolist()
        except CorruptArchive:
            refused += 1
            with pytest.raises(CorruptArchive):
                native_symbols(engine, plan, words)
        else:
            assert native_symbols(engine, plan, words).tolist() == expected
    assert 0 < refused < 20


@pytest.mark.parametrize("as_bits", [False, True])
def test_blocks_side_by_side_write_what_each_writes_alone(engine: ExactEngine, as_bits: bool) -> None:
    texts = [prose(size) for size in (9000, 6000, 3000)]
    plans = [plan_of(engine, text, 8, EnsembleParameters(), as_bits=as_bits) for text in texts]
    alone = [native_words(engine, plan) for plan in plans]
    with ThreadPoolExecutor(len(plans)) as threads:
        words = list(threads.map(partial(native_words, engine), plans))
        symbols = list(threads.map(partial(native_symbols, engine), plans, words))
    assert words == alone
    assert [row.tolist() for row in symbols] == [plan.symbols.tolist() for plan in plans]


def test_a_block_gives_nothing_before_its_end(engine: ExactEngine) -> None:
    plan = plan_of(engine, TEXTS["prose"], 2, EnsembleParameters())
    encoder = native_encoder(engine, WINDOW, plan, SIZE)
    assert encoder is not None
    with pytest.raises(ValueError, match="not ended"):
        encoder.finish()


def test_an_engine_without_native_sessions_has_no_door() -> None:
    reference = open_engine(DATA / "tiny.gguf", kernel="numpy")
    plan = plan_of(reference, b"text", 1, EnsembleParameters())
    assert native_encoder(reference, WINDOW, plan, SIZE) is None
