"""The recipe's network and loop, where PyTorch is installed: it learns, resumes, and its rounding is the export's."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nacomp.models.training import export, loop, measure, network, start, tokeniser  # noqa: E402
from nacomp.models.training.kinds import Kind  # noqa: E402
from nacomp.models.training.muon import orthogonalise  # noqa: E402
from nacomp.models.training.shape import Shape  # noqa: E402

SHAPE = Shape(vocabulary=300, width=64, layers=2, heads=2, kv_heads=1, feed_forward=96, context=64)
TEXT = "the quick brown fox jumps over the lazy dog, and the dog sleeps on the mat by the door. " * 40


def plan(minutes: float) -> loop.Plan:
    return loop.Plan(minutes, batch_tokens=512, micro_tokens=256, warm_up=0.1)


def stream() -> np.ndarray:
    return np.tile(np.random.default_rng(0).integers(1, 300, 40), 200).astype(np.uint16)


def test_training_learns_and_resumes_where_it_stopped(tmp_path: Path) -> None:
    first = loop.Run(SHAPE, plan(0.03), {Kind.PROSE: stream()}, tmp_path / "c.pt")
    first.train(lambda _: None)
    again = loop.Run(SHAPE, plan(0.03), {Kind.PROSE: stream()}, tmp_path / "c.pt")
    assert (again.tokens, again.optimiser.steps) == (first.tokens, first.optimiser.steps)
    inputs, targets = again._windows[64].batch(0, 8)
    rows = network.losses(again.weights, torch.from_numpy(inputs), torch.from_numpy(targets), SHAPE)
    assert float(rows.detach().mean()) < 4.0  # log(300) is 5.7
    with pytest.raises(ValueError, match="another shape"):
        loop.Run(Shape(300, 64, 1, 2, 1, 96, 64), plan(0.03), {Kind.PROSE: stream()}, tmp_path / "c.pt")


def test_training_goes_on_from_an_exported_model(tmp_path: Path) -> None:
    bpe = tokeniser.train([TEXT], SHAPE.vocabulary)
    weights = network.initial(SHAPE, 3)
    file = tmp_path / "model.gguf"
    export.write(file, SHAPE, {name: weight.numpy() for name, weight in weights.items()}, bpe, "test")
    found = start.weights(file, SHAPE)
    assert found.keys() == weights.keys()
    for name, weight in weights.items():
        assert (found[name] - weight).abs().max() <= weight.abs().max() / 127
    again = start.tokeniser(file)
    assert again.get_vocab() == bpe.get_vocab()
    assert again.encode(TEXT + "12 \u00e9\r\n").ids == bpe.encode(TEXT + "12 \u00e9\r\n").ids
    run = loop.Run(SHAPE, plan(0.01), {Kind.PROSE: stream()}, tmp_path / "c.pt", found)
    assert torch.equal(run.weights["output_norm.weight"], found["output_norm.weight"])
    with pytest.raises(ValueError, match="not a model of the shape"):
        start.weights(file, Shape(300, 64, 1, 2, 1, 96, 64))


def test_rates_are_scaled_as_wanted() -> None:
    usual, gentle = loop.Plan(1.0), loop.Plan(1.0, rate=0.1)
    for progress in (0.0, 0.1, 0.7):
        assert gentle.factor(progress) == pytest.approx(usual.factor(progress) / 10)


def test_a_position_sees_nothing_after_it() -> None:
    weights = network.initial(SHAPE, 1)
    for name in SHAPE.matrices():
        weights[name] = torch.randn_like(weights[name]) * 0.1
    tokens = torch.randint(1, 300, (1, 300))
    changed = tokens.clone()
    changed[0, 200] = (changed[0, 200] + 1) % 300
    before, after = (network.hidden(weights, t, SHAPE, False) for t in (tokens, changed))
    assert torch.equal(before[0, :200], after[0, :200])
    assert not torch.equal(before[0, 200:], after[0, 200:])


def test_blocked_attention_is_attention() -> None:
    q, k, v = torch.randn(3, 2, 4, 300, 16).unbind(0)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(network._attend(q, k, v), expected, atol=1e-5, rtol=1e-5)


def test_training_rounds_weights_as_the_export_does() -> None:
    matrix = torch.randn(64, 96) * 0.05
    stored = export.row_scaled_q8_0(matrix.numpy())
    integers = stored.reshape(64, 3, 34)[:, :, 2:].reshape(64, 96).view(np.int8)
    step = matrix.abs().amax(1, keepdim=True) / 127
    trained = (network.on_grid(matrix) / step).round().numpy()
    assert np.abs(trained - integers).max() <= 1
    assert (trained == integers).mean() > 0.98


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    for rows, columns in ((64, 32), (32, 64)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(2, rows, columns)))
        assert values.min() > 0.4
        assert values.max() < 1.4


def test_scoring_windows_score_each_token_once() -> None:
    for count in (1, 5, 8, 9, 12, 13, 40):
        tokens = list(range(1, count + 1))
        inputs, targets = measure.windows(tokens, 8)
        assert sorted(targets[targets != tokeniser.START_ID].tolist()) == tokens
        later = targets[:, 1:] != tokeniser.START_ID
        assert (targets[:, 1:][later] == inputs[:, 1:][later] + 1).all()
