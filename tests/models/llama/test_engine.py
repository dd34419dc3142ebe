"""llama.cpp behind the engine protocol: several architectures, streams that do not see each other, windows that slide."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("llama_cpp")

from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec, NeuralSettings
from nacomp.models.errors import ModelError, UnsupportedModel
from nacomp.models.llama.engine import LlamaEngine, open_engine
from nacomp.models.llama.settings import LlamaSettings
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.protocol import ContextWindow, FloatRows, Session
from nacomp.runtime.progress import Job
from tests.models.llama.architectures import write_model
from tests.nacomp.workbench import awkward_inputs, prose

KINDS = {
    "qwen2": ("qwen2", "gpt2"),
    "gpt2": ("gpt2", "gpt2"),
    "gemma3": ("gemma3", "llama"),
    "mamba": ("mamba", "gpt2"),
    "rwkv-words": ("llama", "rwkv"),
}
SETTINGS = LlamaSettings(probe_streams=3)
WINDOW = ContextWindow(40, 4)
Make = Callable[[str], LlamaEngine]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gguf")


@pytest.fixture(scope="module")
def make(folder: Path) -> Iterator[Make]:
    """Engines by kind, loaded once each."""
    made: dict[str, LlamaEngine] = {}

    def engine(kind: str) -> LlamaEngine:
        if kind not in made:
            path = write_model(folder / f"{kind}.gguf", *KINDS[kind])
            made[kind] = open_engine(path, settings=SETTINGS, threads=1)
        return made[kind]

    yield engine
    for each in made.values():
        each.close()


def codec(engine: LlamaEngine, model: Path, *, skip: bool = False) -> NeuralCodec:
    ensemble = EnsembleParameters(skip=skip)
    settings = NeuralSettings(model.stem, "00", WINDOW, ensemble, engine.parameters())
    return NeuralCodec(engine, settings)


def payload_of(coder: NeuralCodec, data: bytes, streams: int) -> bytes:
    return coder.encode(coder.plan(data, level(streams)), len(data), Job()).payload


def level(streams: int) -> Level:
    return Level("test", (), WINDOW, streams, 1, 1 << 20)


def feed(session: Session, rows: list[tuple[int, int]]) -> FloatRows:
    """(row, V) logits after each (stream, token); a copy."""
    streams, tokens = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    return session.feed(streams, tokens, np.ones(len(rows), np.bool_)).copy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("skip", [False, True])
def test_decoder_mirrors_encoder(make: Make, folder: Path, kind: str, skip: bool) -> None:
    """Three streams that each slide several windows."""
    text = prose(300) + b'{"id": 1, "tags": ["a", "b"]}\n' * 8
    coder = codec(make(kind), folder / f"{kind}.gguf", skip=skip)
    payload = payload_of(coder, text, 3)
    assert coder.decode(payload, len(text), Job()) == text


@pytest.mark.parametrize("name", ["one-byte", "every-byte", "invalid-utf8", "scripts", "control"])
@pytest.mark.parametrize("kind", ["gemma3", "rwkv-words"])
def test_bytes_no_token_says_come_back(make: Make, folder: Path, kind: str, name: str) -> None:
    data = awkward_inputs()[name][:300]
    coder = codec(make(kind), folder / f"{kind}.gguf")
    assert coder.decode(payload_of(coder, data, 2), len(data), Job()) == data


@pytest.mark.parametrize("kind", KINDS)
def test_streams_do_not_see_each_other(make: Make, kind: str) -> None:
    together, alone = (make(kind).open_session(n, WINDOW) for n in (2, 1))
    for step in range(12):
        both = feed(together, [(0, 5 + step), (1, 90 - step)])
        single = feed(alone, [(0, 5 + step)])
        assert np.abs(both[0] - single[0]).max() < 0.02 * np.abs(single).max()
        assert np.abs(both[1] - single[0]).max() > 0.02 * np.abs(single).max()


@pytest.mark.parametrize("kind", KINDS)
def test_same_calls_give_the_same_bits(make: Make, folder: Path, kind: str) -> None:
    """In a second session, and with another number of threads."""
    other = open_engine(folder / f"{kind}.gguf", settings=SETTINGS, threads=3)
    sessions = [
        make(kind).open_session(3, WINDOW),
        make(kind).open_session(3, WINDOW),
        other.open_session(3, WINDOW),
    ]
    for step in range(50):
        rows = [(s, (7 * step + s) % 200) for s in range(3) if (step + s) % 5]
        bits = {feed(session, rows).tobytes() for session in sessions}
        assert len(bits) == 1


def test_a_slide_keeps_sinks_and_recent_tokens(folder: Path) -> None:
    """With one layer, cached keys and values depend on their own token alone, so a slid context equals a fresh one."""
    engine = open_engine(write_model(folder / "one.gguf", "qwen2", layers=1), settings=SETTINGS, threads=1)
    tokens = [(13 * i) % 250 for i in range(60)]
    slid, fresh = (engine.open_session(1, WINDOW) for _ in range(2))
    for token in tokens:
        last = feed(slid, [(0, token)])
    stride = (WINDOW.window - WINDOW.sinks) // 8
    slides = -(-(len(tokens) - WINDOW.window) // stride)
    kept = tokens[: WINDOW.sinks] + tokens[WINDOW.sinks + slides * stride :]
    assert len(kept) <= WINDOW.window
    expected = feed(fresh, [(0, token) for token in kept])[-1:]
    assert np.abs(last - expected).max() < 0.02 * np.abs(expected).max()


def test_a_context_that_cannot_shift_is_fed_again(make: Make) -> None:
    """GPT-2 adds learnt positions at the input, so a full context goes on as one of the last half window."""
    tokens = [(13 * i) % 250 for i in range(WINDOW.window + 1)]
    slid, fresh = (make("gpt2").open_session(1, WINDOW) for _ in range(2))
    for token in tokens:
        last = feed(slid, [(0, token)])
    expected = feed(fresh, [(0, token) for token in tokens[-1 - WINDOW.window // 2 :]])[-1:]
    assert np.abs(last - expected).max() < 0.02 * np.abs(expected).max()


def test_only_wanted_rows_come_back_in_row_order(make: Make) -> None:
    """Several tokens of some streams in one call, as the skip queue leaves them. Logits outlive their session."""
    rows = [(0, 5), (0, 6), (1, 7), (2, 8), (2, 9), (2, 10)]
    want = np.array([False, True, True, False, False, True])
    streams, tokens = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    chosen = make("qwen2").open_session(3, WINDOW).feed(streams, tokens, want).copy()
    everything = feed(make("qwen2").open_session(3, WINDOW), rows)
    assert chosen.shape == (3, make("qwen2").vocabulary.size)
    assert np.abs(chosen - everything[want]).max() < 0.02 * np.abs(everything).max()


def test_more_rows_than_a_slide_or_a_batch_takes(make: Make) -> None:
    rows = [(i % 2, i % 200) for i in range(600)]
    logits = feed(make("qwen2").open_session(2, WINDOW), rows)
    assert logits.shape[0] == 600
    assert np.isfinite(logits).all()


def test_blocks_do_not_depend_on_workers(make: Make, folder: Path) -> None:
    model = folder / "qwen2.gguf"
    make("qwen2")
    pieces = [prose(120, seed) for seed in range(6)]

    def payloads(workers: int) -> list[bytes]:
        engine = open_engine(model, settings=SETTINGS, workers=workers, threads=4)
        coder = codec(engine, model)
        with ThreadPoolExecutor(engine.parallel_blocks(4)) as pool:
            return list(pool.map(lambda piece: payload_of(coder, piece, 2), pieces))

    assert payloads(1) == payloads(2) == payloads(4)


def test_a_window_longer_than_the_model_is_refused(make: Make) -> None:
    with pytest.raises(ModelError, match="the most is 512"):
        make("qwen2").open_session(1, ContextWindow(513, 4))


def test_a_damaged_model_is_refused(folder: Path) -> None:
    path = write_model(folder / "whole.gguf", "qwen2")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="cut short"):
        open_engine(path, settings=SETTINGS)


def test_a_model_without_words_is_refused(folder: Path) -> None:
    path = write_model(folder / "silent.gguf", "qwen2", "none")
    with pytest.raises(UnsupportedModel, match="tokenizer"):
        open_engine(path, settings=SETTINGS)
