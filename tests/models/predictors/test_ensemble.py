"""The ensemble's contract: frequencies the coder takes exactly, one state for both directions, never far off."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nacomp.models.predictors import _ensemble
from nacomp.models.predictors.ensemble import Ensemble, EnsembleParameters, open_ensemble, plan_skips
from nacomp.models.predictors.native_core import NativeEnsemble
from nacomp.models.predictors.to_frequencies import TOTAL
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary


def vocabulary(size: int) -> Vocabulary:
    return Vocabulary((b"", *(b"%d " % i for i in range(1, size))), 0, 0)


def repetitive(rng: np.random.Generator, words: Vocabulary, n: int) -> NDArray[np.int32]:
    """Symbols with repeats of themselves, and a few escapes."""
    out: list[int] = []
    while len(out) < n:
        if out and rng.random() < 0.6:
            start = int(rng.integers(len(out)))
            out += out[start : start + int(rng.integers(1, 60))]
        elif rng.random() < 0.05:
            out.append(words.first_escape + int(rng.integers(PAGE)))
        else:
            out += rng.integers(1, words.size, int(rng.integers(1, 9))).tolist()
    return np.array(out[:n], np.int32)


def drive(
    ensemble: Ensemble, words: Vocabulary, streams: list[NDArray[np.int32]], seed: int, sharp: float = 3.0
) -> tuple[float, list[NDArray[np.float64]], list[list[bool]]]:
    """Run all steps as the pipeline does; returns (bits, all frequency rows, what wants_model said per stream)."""
    rng = np.random.default_rng(seed)
    bits, rows = 0.0, []
    wanted: list[list[bool]] = [[] for _ in streams]
    for t in range(max(map(len, streams))):
        live = np.array([s for s in range(len(streams)) if t < len(streams[s])], np.int32)
        symbols = np.array([streams[s][t] for s in live], np.int32)
        wants = ensemble.wants_model(live)
        logits = (rng.standard_normal((int(wants.sum()), words.size)) * sharp).astype(np.float32)
        pages = ensemble.predict(live, logits, wants)
        slots = ensemble.choose_pages(symbols >> 8)
        bits += float(ensemble.last_bits(symbols).sum())
        rows += [pages.copy(), slots.copy()]
        ensemble.update(symbols)
        for s, want in zip(live.tolist(), wants.tolist(), strict=True):
            wanted[s].append(want)
    return bits, rows, wanted


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.sampled_from([5, 256, 300, 700]), count=st.integers(1, 5))
def test_frequencies_are_exact_for_the_coder_and_the_plan_agrees(seed: int, size: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    words = vocabulary(size)
    streams = [repetitive(rng, words, int(n)) for n in rng.integers(1, 120, count)]
    parameters = EnsembleParameters(table_bits=8, match_minimum=3)
    _, rows, wanted = drive(open_ensemble(words, parameters, count), words, streams, seed)
    for row in rows:
        n = row.shape[1]
        assert (row >= 0).all()
        assert (row == np.floor(row)).all()
        assert (row.sum(axis=1) == TOTAL - n).all()
    plan = plan_skips(words, parameters, streams)
    assert [p.tolist() for p in plan] == wanted


def test_parameters_survive_json_and_nothing_else_does() -> None:
    parameters = EnsembleParameters(ngram_orders=3, skip=False)
    assert EnsembleParameters.from_json(parameters.to_json()) == parameters


@pytest.mark.parametrize(
    "change", [{"id": "ensemble-0"}, {"table_bits": 40}, {"skip": 1}, {"chain": "8"}, {"x": 1}]
)
def test_nonsense_parameters_are_refused(change: dict[str, object]) -> None:
    from nacomp.formats.errors import NacompError

    with pytest.raises(NacompError):
        EnsembleParameters.from_json({**EnsembleParameters().to_json(), **change})


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    size=st.sampled_from([5, 256, 300, 700]),
    count=st.integers(1, 5),
    skip=st.booleans(),
    chain=st.integers(0, 16),
    orders=st.integers(0, 6),
)
def test_native_core_equals_reference(
    seed: int, size: int, count: int, skip: bool, chain: int, orders: int
) -> None:
    rng = np.random.default_rng(seed)
    words = vocabulary(size)
    streams = [repetitive(rng, words, int(n)) for n in rng.integers(1, 150, count)]
    parameters = EnsembleParameters(
        ngram_orders=orders, table_bits=8, match_minimum=3, chain=chain, skip=skip, bias_rate=3000
    )
    expected = drive(open_ensemble(words, parameters, count, kernel="numpy"), words, streams, seed)
    for instructions in _ensemble.available_kernels():
        actual = drive(NativeEnsemble(words, parameters, count, instructions), words, streams, seed)
        assert actual[2] == expected[2]
        assert all((a == e).all() for a, e in zip(actual[1], expected[1], strict=True))


ODD_SIZES = [1, 2, 255, 256, 257, 300]
HOSTILE: dict[str, Callable[[int], np.ndarray]] = {
    "all below what masks": lambda n: np.full(n, -2e30),
    "as low as floats go": lambda n: np.full(n, -3e38),
    "from end to end": lambda n: np.linspace(-3.4e38, 3.4e38, n),
    "every other one": lambda n: np.where(np.arange(n) % 2, -3.4e38, -1e-45),
    "control tokens alone": lambda n: np.where(np.arange(n) % 3 == 1, 3e38, -3e38),
}


def every_third_control(size: int) -> Vocabulary:
    """One token with bytes at least; of each three, one is a control token."""
    return Vocabulary(tuple(b"" if i % 3 == 1 else b"%d\n" % i for i in range(size)), 0, 0)


@pytest.mark.parametrize("logits", HOSTILE)
@pytest.mark.parametrize("size", ODD_SIZES)
@pytest.mark.parametrize("instructions", [*_ensemble.available_kernels(), "numpy"])
def test_what_is_never_coded_weighs_nothing_whatever_the_model_says(
    instructions: str, size: int, logits: str
) -> None:
    """Such an id used to count as a likely token where all logits were below the -1e30 that masked it; the native core then
    wrote behind its arrays.
    """
    words = every_third_control(size)
    parameters = EnsembleParameters(table_bits=8, skip=False, bias_rate=65536)
    native = None if instructions == "numpy" else NativeEnsemble(words, parameters, 1, instructions)
    ensemble: Ensemble = native or open_ensemble(words, parameters, 1, kernel="numpy")
    reference = open_ensemble(words, parameters, 1, kernel="numpy")
    row = HOSTILE[logits](size).astype(np.float32)
    # A damaged payload makes the decoder learn any symbol, those that are never coded included.
    for step, symbol in enumerate([0, size - 1, min(1, size - 1), words.first_escape - 1, 0, 0]):
        actual, expected = row_of(ensemble, row), row_of(reference, row)
        assert (actual == expected).all()
        if step < 2:  # no candidates yet
            codable = [bool(piece) for piece in words.pieces]
            never = np.flatnonzero([not c for c in codable] + [True] * (words.first_escape - size))
            assert actual[np.flatnonzero(codable)].max() > 1000 * actual[never].max(initial=0.0)
        ensemble.update(np.array([symbol], np.int32))
        reference.update(np.array([symbol], np.int32))


def row_of(ensemble: Ensemble, logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """(symbol,) what an ensemble of one stream gives every symbol in a step that this opens."""
    one = np.zeros(1, np.int32)
    pages = ensemble.predict(one, logits[None], np.ones(1, np.bool_))[0]
    return np.concatenate([share * ensemble.choose_pages(one + page)[0] for page, share in enumerate(pages)])


@pytest.mark.parametrize("kernel", ["native", "numpy"])
@pytest.mark.parametrize("size", ODD_SIZES)
def test_a_vocabulary_without_bytes_is_refused(kernel: str, size: int) -> None:
    with pytest.raises(ValueError, match="none of the vocabulary's tokens has bytes"):
        open_ensemble(Vocabulary((b"",) * size, 0, 0), EnsembleParameters(table_bits=8), 1, kernel=kernel)


@pytest.mark.parametrize("kernel", ["native", "numpy"])
@pytest.mark.parametrize("value", [np.nan, -np.nan, np.inf, -np.inf])
def test_logits_that_are_no_numbers_are_refused(kernel: str, value: float) -> None:
    """Engines check their logits; the ensemble turns them into integers, and so does not rely on it."""
    ensemble = open_ensemble(vocabulary(300), EnsembleParameters(table_bits=8), 1, kernel=kernel)
    logits = np.zeros((1, 300), np.float32)
    logits[0, 298] = value
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="logits must be finite"):
        ensemble.predict(one, logits, np.ones(1, np.bool_))


def test_a_step_that_was_refused_is_not_open() -> None:
    ensemble = open_ensemble(vocabulary(300), EnsembleParameters(table_bits=8), 1, kernel="native")
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="finite"):
        ensemble.predict(one, np.full((1, 300), np.nan, np.float32), np.ones(1, np.bool_))
    with pytest.raises(ValueError, match="one value per row of the open step"):
        ensemble.choose_pages(one)


def test_flags_that_are_no_booleans_count_as_the_core_reads_them() -> None:
    two = np.array([2], np.uint8).view(np.bool_)
    ensemble = open_ensemble(vocabulary(300), EnsembleParameters(table_bits=8), 1, kernel="native")
    pages = ensemble.predict(np.zeros(1, np.int32), np.zeros((1, 300), np.float32), two)
    assert pages.sum() == TOTAL - 3
