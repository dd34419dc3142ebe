"""Tokens as bits: the native step against the readable one, and every symbol there and back."""

import numpy as np
import pytest

from nacomp.models.errors import KernelUnavailable
from nacomp.models.predictors import mixed
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.tokens.vocabulary import Vocabulary

PIECES = [
    b"",
    b"a",
    b"ab",
    b"abc",
    b"b",
    b"b",
    b" the",
    b" then",
    b"\n",
    b"\xff\xfe",
    b"1",
    b"12",
    *[b""] * 250,
    b"z" * 40,
]
VOCABULARY = Vocabulary(tuple(PIECES), 0, 0)
"""Tokens that begin others, two with the same bytes, one with no neighbour, and bytes that only escapes say."""
STREAMS, SIZE = 3, 400
needs_core = pytest.mark.skipif(not mixed.is_available(), reason="the native core was not built")


def coded_symbols() -> list[int]:
    return [symbol for symbol, piece in enumerate(mixed.tree_pieces(VOCABULARY)) if piece]


def steps(count: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(symbols, logits, has_logits) of steps whose streams say much alike; every kind of symbol is among them."""
    rng = np.random.default_rng(11)
    often, all_symbols = [1, 6, 7, 3, 10, 11], coded_symbols()
    found = []
    for step in range(count):
        symbols = [
            often[step % 6] if rng.random() < 0.8 else int(rng.choice(all_symbols)) for _ in range(STREAMS)
        ]
        has = rng.random(STREAMS) < 0.8
        logits = rng.normal(0, 3, (int(has.sum()), VOCABULARY.size)).astype(np.float32)
        found.append((np.array(symbols, np.int32), logits, has))
    return found


LIVE = np.arange(STREAMS, dtype=np.int32)


def words_of(kernel: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    encoder = mixed.mixed_encoder(VOCABULARY, EnsembleParameters(), STREAMS, SIZE, kernel=kernel)
    costs = [encoder.encode(LIVE, logits, has, symbols) for symbols, logits, has in steps(count)]
    return encoder.finish(), np.concatenate(costs)


@needs_core
def test_the_native_step_writes_the_words_of_the_reference() -> None:
    native, readable = words_of("native", 60), words_of("numpy", 60)
    assert native[0].tolist() == readable[0].tolist()
    assert native[1] == pytest.approx(readable[1])


@pytest.mark.parametrize("kernel", ["numpy", pytest.param("native", marks=needs_core)])
def test_decoder_mirrors_encoder(kernel: str) -> None:
    count = 40
    words, costs = words_of(kernel, count)
    assert abs(len(words) * 32 - costs.sum()) < 64, "the costs are what the words take"
    decoder = mixed.mixed_decoder(VOCABULARY, EnsembleParameters(), STREAMS, SIZE, words, kernel=kernel)
    for symbols, logits, has in steps(count):
        assert decoder.decode(LIVE, logits, has).tolist() == symbols.tolist()


@needs_core
def test_words_that_no_encoder_writes_are_refused() -> None:
    words = np.full(8, 0xFFFFFFFF, np.uint32)
    decoder = mixed.mixed_decoder(VOCABULARY, EnsembleParameters(), STREAMS, SIZE, words)
    with pytest.raises(ValueError, match="no encoder writes"):
        for _, logits, has in steps(40):
            decoder.decode(LIVE, logits, has)


@needs_core
@pytest.mark.parametrize("symbol", [0, -1, 300, VOCABULARY.first_escape + ord("a"), 1 << 20])
def test_a_symbol_that_is_never_coded_is_refused(symbol: int) -> None:
    encoder = mixed.mixed_encoder(VOCABULARY, EnsembleParameters(), 1, SIZE, kernel="native")
    logits = np.zeros((0, VOCABULARY.size), np.float32)
    with pytest.raises(ValueError, match="never coded"):
        encoder.encode(LIVE[:1], logits, np.zeros(1, np.bool_), np.array([symbol], np.int32))


def test_a_kernel_that_was_not_built_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "_ensemble", None)
    with pytest.raises(KernelUnavailable):
        mixed.mixed_encoder(VOCABULARY, EnsembleParameters(), 1, SIZE, kernel="native")
    assert mixed.mixing_bytes(SIZE, 4096, 8) == 0
