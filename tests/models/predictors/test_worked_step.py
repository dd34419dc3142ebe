"""PREDICTORS.md, section 12: the worked step, recomputed from the code and compared with what the page prints."""

from collections.abc import Iterable

import numpy as np

from nac_decoder.pages import quoted
from nacomp.models.exp32 import exp32
from nacomp.models.predictors.logit_bias import ONE, LogitBias
from nacomp.models.predictors.mixer import Decision, mass_left
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.reference import NumpyEnsemble, Prediction
from nacomp.models.tokens.vocabulary import Vocabulary

VOCABULARY = Vocabulary((b"", b"the", b" cat", b" dog", b" sat", b"\n"), 0, 0)
PARAMETERS = EnsembleParameters(ngram_orders=2, match_minimum=2, chain=3)
HISTORY = (1, 2, 4, 5, 1, 3, 4, 5, 1)
CODED = np.array([2], np.int32)
LOGITS = np.array([[-2.0, 0.5, 2.0, 1.0, 0.5, -6.0]], np.float32)
STREAM, ASKED = np.zeros(1, np.int32), np.ones(1, np.bool_)
EXPERTS = {0: "order 1", 1: "order 2", 6: "match"}


def test_page_prints_what_the_code_computes() -> None:
    assert quoted("PREDICTORS.md", "## 12. One step with numbers").decode() == "\n".join(worked_step())


def worked_step() -> list[str]:
    """The lines of the page's code block."""
    ensemble = NumpyEnsemble(VOCABULARY, PARAMETERS, 1)
    for symbol in HISTORY:
        assert ensemble.wants_model(STREAM).all()
        ensemble.predict(STREAM, LOGITS, ASKED)
        ensemble.update(np.array([symbol], np.int32))
    assert ensemble.wants_model(STREAM).all()
    pages = ensemble.predict(STREAM, LOGITS, ASKED)[0]
    slots = ensemble.choose_pages(STREAM)[0]
    (prediction,) = ensemble._predictions
    lines = [*candidates(prediction), *order0(ensemble, prediction)]
    lines += [*model_row(ensemble._logit_bias, prediction), *mixed(prediction)]
    row = ensemble._rows[0]
    lines += [
        f"an escape weighs    {whole(row.weights[-1:])}",
        f"sum of the row      {whole([row.weights.sum()])}",
        f"scale               {floats([row._scale])}",
        f"pages 0, 1          {whole(pages + 1)}",
        f"slots 0..5 of 0     {whole(slots[:6] + 1)}",
        f"bits                {floats(ensemble.last_bits(CODED))}",
    ]
    ensemble.update(CODED)
    return [*lines, "", f"bias, learnt        {floats(ensemble._logit_bias._bias.values[:6])}"]


def floats(values: Iterable[float]) -> str:
    return " ".join(f"{float(value):11.6f}" for value in values)


def whole(values: Iterable[float]) -> str:
    return " ".join(f"{int(value):11}" for value in values)


def candidates(prediction: Prediction) -> list[str]:
    """Section 3."""
    lines = [f"inputs of           {' '.join(f'{name:>11}' for name in EXPERTS.values())}"]
    for candidate in prediction.candidates:
        inputs = floats(candidate.inputs[expert] for expert in EXPERTS)
        counters = [str(candidate.counters[expert]) for expert in EXPERTS if candidate.counters[expert] >= 0]
        lines.append(
            f"  symbol {candidate.symbol}          {inputs}   counters {', '.join(counters)}"
            f"; highest order {candidate.highest_order}"
        )
    return lines


def order0(ensemble: NumpyEnsemble, prediction: Prediction) -> list[str]:
    """Sections 5 and 6: the row, and what its mixer says of asking the model."""
    models = ensemble._symbol_models
    return [
        "",
        f"order-0 row 0..5    {whole(models.order0.weights[:6])}",
        f"its sum             {whole([models.order0.total])}",
        *decisions(prediction.order0),
        f"recent accuracy     {floats([models._recent_accuracy])}",
    ]


def model_row(biases: LogitBias, prediction: Prediction) -> list[str]:
    """Section 5: logits, weights before and after the context biases."""
    row = prediction.biased
    assert row is not None
    bias = biases._bias.values[:6]
    s = LOGITS[0] + bias
    tables = (biases._pairs, biases._gaps, biases._columns, biases._recency)
    lines = [
        "",
        f"logits 0..5         {floats(LOGITS[0])}",
        f"bias                {floats(bias)}",
        f"u                   {whole(np.rint(exp32(s - s.max()) * ONE) + 1)}",
        f"likely tokens       {'-':>11} {' '.join(f'{token:11}' for token in row.likely)}",
    ]
    for number, (name, table) in enumerate(zip(("pair", "gap", "column", "recency"), tables, strict=True)):
        values = floats(table.values[entries[number]] for entries in row.entries)
        lines.append(f"  {name:18}{'-':>11} {values}")
    return [
        *lines,
        f"u, biased 0..5      {whole(row.weights[:6])}",
        f"U'                  {whole([row.total])}",
    ]


def mixed(prediction: Prediction) -> list[str]:
    """Section 4 beside the model row."""
    return [
        "",
        *decisions(prediction.decisions),
        f"left                {floats([mass_left(prediction.decisions)])}",
    ]


def decisions(made: list[Decision]) -> list[str]:
    """What a mixer decides of each candidate."""
    return [
        f"decision {rank}          {floats([d.base, d.probability, d.mass])}   "
        f"base, p, mass; weights {d.by_order}, {d.by_rank}"
        for rank, d in enumerate(made)
    ]
