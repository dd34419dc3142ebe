"""The neural codec: plans, and the encoder's batching against the decoder's step by step."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.codecs.levels import LEVELS, Level
from nacomp.codecs.neural import (
    MIXING_CODER,
    PAGES_CODER,
    PAYLOAD_HEADER,
    NeuralCodec,
    NeuralSettings,
    read_streams,
)
from nacomp.errors import CorruptArchive, Interrupted, UnsupportedArchive
from nacomp.models import logit_source, native_block
from nacomp.models.exact.engine import ExactEngine, open_engine
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.protocol import ContextWindow
from nacomp.runtime import progress
from nacomp.runtime.events import Progress
from nacomp.runtime.progress import CancelToken, Job
from tests.nacomp.workbench import DATA, prose


@pytest.fixture(scope="module")
def engine() -> ExactEngine:
    return open_engine(DATA / "tiny.gguf")


def codec(engine: ExactEngine, window: int = 64, coder: str = PAGES_CODER, **ensemble: Any) -> NeuralCodec:
    """The tiny model with a window that texts of these tests slide past."""
    context = ContextWindow(window, 4)
    settings = NeuralSettings(
        "tiny", "00", context, EnsembleParameters(**ensemble), engine.parameters(), coder
    )
    return NeuralCodec(engine, settings)


def payload_of(codec: NeuralCodec, text: bytes, level: Level) -> bytes:
    return codec.encode(codec.plan(text, level), len(text), Job()).payload


def level(streams: int, symbols_per_stream: int = 1) -> Level:
    return Level("test", (), ContextWindow(64, 4), streams, symbols_per_stream, 1 << 20)


TEXTS = {
    "prose": prose(1200),
    "repeats": b"".join(b'{"id": %d, "name": "somebody", "tags": ["a", "b"]}\n' % i for i in range(40)),
    "one-symbol": b"e",
    "escapes": bytes(range(256)),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("streams", [1, 3, 32])
@pytest.mark.parametrize("skip", [False, True])
def test_decoder_mirrors_encoder(engine: ExactEngine, name: str, streams: int, skip: bool) -> None:
    tiny = codec(engine, skip=skip)
    payload = payload_of(tiny, TEXTS[name], level(streams))
    assert tiny.decode(payload, len(TEXTS[name]), Job()) == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("streams", [1, 32])
def test_decoder_mirrors_encoder_of_bits(engine: ExactEngine, name: str, streams: int) -> None:
    tiny = codec(engine, coder=MIXING_CODER)
    payload = payload_of(tiny, TEXTS[name], level(streams))
    assert tiny.decode(payload, len(TEXTS[name]), Job()) == TEXTS[name]
    assert tiny.decoding_bytes(payload, len(TEXTS[name])) > codec(engine).decoding_bytes(
        payload, len(TEXTS[name])
    )


def test_bits_are_smaller_than_pages_and_slots(engine: ExactEngine) -> None:
    """That is what they are for, on a table most of all."""
    table, way = TEXTS["repeats"], level(1)
    assert len(payload_of(codec(engine, coder=MIXING_CODER), table, way)) < 0.9 * len(
        payload_of(codec(engine), table, way)
    )


def test_damaged_words_of_bits_are_refused_or_decode_to_other_text(engine: ExactEngine) -> None:
    tiny = codec(engine, coder=MIXING_CODER)
    payload = payload_of(tiny, TEXTS["prose"], level(2))
    damaged = payload[: PAYLOAD_HEADER.size] + b"\xff" * (len(payload) - PAYLOAD_HEADER.size)
    with pytest.raises(CorruptArchive):
        tiny.decode(damaged, len(TEXTS["prose"]), Job())


@pytest.mark.parametrize("coder", [PAGES_CODER, MIXING_CODER])
def test_settings_come_back_from_the_archive(engine: ExactEngine, coder: str) -> None:
    settings = codec(engine, coder=coder).settings
    assert NeuralSettings.from_json(settings.to_json()) == settings


def test_an_unknown_coder_is_refused(engine: ExactEngine) -> None:
    with pytest.raises(UnsupportedArchive, match="the coder 'mixing-4'"):
        NeuralSettings.from_json(codec(engine, coder="mixing-4").settings.to_json())


@pytest.mark.parametrize("as_bits", [False, True])
def test_a_block_is_decoded_by_its_method(engine: ExactEngine, as_bits: bool) -> None:
    """One codec writes blocks of both coders; what it says of each is enough to read it."""
    tiny = codec(engine)
    plan = tiny.plan(TEXTS["prose"], level(2))
    packed = tiny.encode(tiny.with_mixer(plan) if as_bits else plan, len(TEXTS["prose"]), Job())
    assert packed.method in tiny.methods
    settings = NeuralSettings.from_json(packed.method.parameters)
    assert settings.coder == (MIXING_CODER if as_bits else PAGES_CODER)
    assert NeuralCodec(engine, settings).decode(packed.payload, len(TEXTS["prose"]), Job()) == TEXTS["prose"]


def test_batching_changes_nothing(engine: ExactEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row per forward, as an engine with little memory would have it, gives the same archive."""
    wide = payload_of(codec(engine), TEXTS["prose"], level(3))
    monkeypatch.setattr(engine, "max_rows", 1)
    assert payload_of(codec(engine), TEXTS["prose"], level(3)) == wide


def test_a_forward_covers_a_bounded_number_of_steps(
    engine: ExactEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where hardly any step asks the model, the encoder still stops between forwards, and writes the same."""
    text = TEXTS["repeats"] * 4
    far = payload_of(codec(engine), text, level(1))
    monkeypatch.setattr(logit_source, "MOST_STEPS", 3)
    assert payload_of(codec(engine), text, level(1)) == far


def test_skipping_spares_the_model(engine: ExactEngine) -> None:
    """Repetitive text asks the model for a small part of its tokens."""
    plan = codec(engine, skip=True).plan(TEXTS["repeats"] * 4, level(1))
    assert plan.symbols_asked < 0.5 * len(plan.symbols)
    assert plan.symbols_asked <= plan.tokens_fed <= len(plan.symbols)


def test_a_block_that_repeats_itself_is_coded_in_one_stream(engine: ExactEngine) -> None:
    """Streams are there for the model; where it has next to nothing to do, a repeat is learnt soonest in one."""
    tiny = codec(engine)
    eight = level(8, symbols_per_stream=500)
    usual, repetitive, _ = tiny.methods
    for text, streams, method in ((TEXTS["repeats"] * 40, 1, repetitive), (prose(20000), 8, usual)):
        plan = tiny.plan(text, eight, may_repeat=True)
        assert plan.streams.streams == streams
        assert len(plan.asked) == len(plan.symbols) == plan.streams.symbols
        assert tiny.method_of(plan) == method
        assert tiny.plan(text, eight).streams.streams == 8


@settings(max_examples=200)
@given(st.binary(min_size=0, max_size=40), st.integers(0, 1 << 21))
def test_hostile_payload_headers_are_bounded(payload: bytes, size: int) -> None:
    from nacomp.errors import CorruptArchive

    try:
        cut = read_streams(payload, size)
    except CorruptArchive:
        return
    assert 1 <= cut.streams <= cut.symbols <= size


def test_wrong_payload_is_refused_or_harmless(engine: ExactEngine) -> None:
    """A payload that decodes to something else must not come out as the right size with a straight face."""
    from nacomp.errors import CorruptArchive

    tiny = codec(engine)
    header = PAYLOAD_HEADER.pack(50, 1, 0)
    with pytest.raises(CorruptArchive):
        tiny.decode(header + b"\x5a" * 40, 51, Job())


def test_cancel_is_answered_within_a_step(engine: ExactEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    # Else a fast machine codes all of the text in one call, or before it is time to report.
    monkeypatch.setattr(native_block, "AT_ONCE", 0.0)
    monkeypatch.setattr(progress, "REPORT_INTERVAL", 0.0)
    token = CancelToken()
    text = TEXTS["prose"] * 20
    seen: list[int] = []

    def cancel_at_once(state: Progress) -> None:
        seen.append(state.done_bytes)
        token.cancel()

    with pytest.raises(Interrupted):
        tiny = codec(engine)
        tiny.encode(tiny.plan(text, level(1)), len(text), Job(len(text), cancel_at_once, token))
    assert len(seen) == 1
    assert seen[0] < len(text)


def test_levels_are_what_the_archive_can_hold() -> None:
    for each in LEVELS.values():
        assert 0 <= each.context.sinks < each.context.window <= 4096
        assert each.streams(1) == 1
        assert each.streams(10**7) == each.max_streams
        assert each.block_bytes <= 4 << 20
    assert Path(DATA / "tiny.gguf").stat().st_size < 400_000
