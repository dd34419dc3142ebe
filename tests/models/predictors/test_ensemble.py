"""The ensemble's contract: frequencies the coder takes exactly, one state for both directions, never far off."""

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
@given(seed=st.integers(0, 2**32), size=st.sampled_from([5, 256, 300, 700]), lanes=st.integers(1, 5))
def test_frequencies_are_exact_for_the_coder_and_the_plan_agrees(seed: int, size: int, lanes: int) -> None:
    rng = np.random.default_rng(seed)
    words = vocabulary(size)
    streams = [repetitive(rng, words, int(n)) for n in rng.integers(1, 120, lanes)]
    parameters = EnsembleParameters(table_bits=8, match_minimum=3)
    _, rows, wanted = drive(open_ensemble(words, parameters, lanes), words, streams, seed)
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
    lanes=st.integers(1, 5),
    skip=st.booleans(),
    chain=st.integers(0, 16),
    orders=st.integers(0, 6),
)
def test_native_core_equals_reference(
    seed: int, size: int, lanes: int, skip: bool, chain: int, orders: int
) -> None:
    rng = np.random.default_rng(seed)
    words = vocabulary(size)
    streams = [repetitive(rng, words, int(n)) for n in rng.integers(1, 150, lanes)]
    parameters = EnsembleParameters(
        ngram_orders=orders, table_bits=8, match_minimum=3, chain=chain, skip=skip, bias_rate=3000
    )
    expected = drive(open_ensemble(words, parameters, lanes, kernel="numpy"), words, streams, seed)
    for version in _ensemble.versions():
        actual = drive(NativeEnsemble(words, parameters, lanes, version), words, streams, seed)
        assert actual[2] == expected[2]
        assert all((a == e).all() for a, e in zip(actual[1], expected[1], strict=True))
