"""One random case for each native core, drawn from a seed: what archives, model files and mistaken callers can ask of it.

Extremes come more often than in life: vocabularies that fill no page or hold control tokens alone, parameters at their
limits, logits and weights at the ends of float32. Every answer is compared with the numpy reference bit for bit, so a write
into a neighbour shows even where no sanitizer looks. What the bindings must refuse is asked in between; it must raise, and
leave the state as it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from nacomp.models.errors import ModelError
from nacomp.models.exact import _kernels
from nacomp.models.exact.engine import SMALL_MODEL_BYTES, ExactEngine
from nacomp.models.exact.native_session import NativeModel, NativeSession
from nacomp.models.exact.random_weights import Form, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Matrix, Weights
from nacomp.models.mixed_predictor import MixedBlockDecoder, MixedBlockEncoder
from nacomp.models.native_block import _fixed, native_decoder, native_encoder
from nacomp.models.predictors import _ensemble, mixed, native_core, symbol_models
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.reference import NumpyEnsemble
from nacomp.models.protocol import ContextWindow, FloatRows
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary
from tests.fuzz.byte_cases import deflate, jpeg, mixing, ppmd
from tests.fuzz.drawn import SIZES, Random, pick, refuses

Ids = NDArray[np.int32]
ENDS = np.array([3.4e38, -3.4e38, 1e30, -1e30, -2e30, 87, -88, 0, -0.0, 1e-45, -1e-45], np.float32)
"""Logits at which something changes: the ends of float32, of subnormals, of exp32, and of the mask there once was."""


def flags_as_bytes(rng: Random, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The same flags, True now and then as another byte than 1."""
    return (flags * np.uint8(pick(rng, 1, 2, 255))).view(np.bool_) if rng.random() < 0.1 else flags


# The ensemble


def ensemble(rng: Random) -> None:
    """Some steps of a block of random symbols and logits, and its skip plan."""
    words, parameters, streams = a_vocabulary(rng), some_parameters(rng), int(rng.integers(1, 6))
    if not any(words.pieces):
        refuses(lambda: native_core.NativeEnsemble(words, parameters, streams))
        refuses(lambda: NumpyEnsemble(words, parameters, streams))
        return
    # Plain code first: the order in which the committed seeds were found.
    instructions = pick(rng, *reversed(_ensemble.available_kernels()))
    core = native_core.NativeEnsemble(words, parameters, streams, instructions)
    reference = NumpyEnsemble(words, parameters, streams)
    misuse_constructor(rng, words, parameters)
    habit = pick(rng, "any", "drawn", "few", "again")
    history: list[list[int]] = [[] for _ in range(streams)]
    for _ in range(int(rng.integers(1, 30))):
        step(rng, core, reference, words, habit, history)
    coded = [np.array(symbols, np.int32) for symbols in history]
    found, expected = (plan(words, parameters, coded) for plan in (native_core.plan, symbol_models.plan))
    assert all((a == b).all() for a, b in zip(found, expected, strict=True))


def a_vocabulary(rng: Random) -> Vocabulary:
    """Any number of tokens, of which none, some, all but one, or all have bytes."""
    size = int(pick(rng, *SIZES, rng.integers(1, 900)))
    share = pick(rng, 0.0, 0.01, 0.5, 1.0)
    has_bytes = rng.random(size) < share
    if share == 0.0 and rng.random() < 0.8:  # all but one
        has_bytes[rng.integers(size)] = True
    pieces = (rng.bytes(int(rng.integers(1, 20))).replace(b"\r", b"\n") for _ in range(size))
    return Vocabulary(tuple(p if h else b"" for p, h in zip(pieces, has_bytes, strict=True)), 0, 0)


def some_parameters(rng: Random) -> EnsembleParameters:
    """Each at either end of its range or anywhere in it; tables small, as they only take time."""
    values: dict[str, Any] = {}
    for name, (low, high) in EnsembleParameters.LIMITS.items():
        values[name] = int(pick(rng, low, high, rng.integers(low, high + 1)))
    values["table_bits"] = int(rng.integers(8, 13)) if rng.random() < 0.99 else 20
    values["skip"] = bool(values["skip"])
    return EnsembleParameters(**values)


def some_logits(rng: Random, rows: int, size: int) -> FloatRows:
    """(row, V) finite logits of one kind."""
    shape = (rows, size)
    kind = int(rng.integers(6))
    if kind == 0:
        values = rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 2)
    elif kind == 1:
        values = np.clip(rng.standard_normal(shape) * 1e38, -3.4e38, 3.4e38)
    elif kind == 2:
        values = np.full(shape, pick(rng, *ENDS))
    elif kind == 3:
        values = rng.choice(ENDS, shape)
    elif kind == 4:
        values = np.where(np.arange(size) == rng.integers(size), pick(rng, *ENDS), rng.random(shape))
    else:
        values = rng.integers(0, 1 << 32, shape, np.uint32).view(np.float32)
        values = np.where(np.isfinite(values), values, np.float32(0))
    return np.ascontiguousarray(values, np.float32)


def step(
    rng: Random,
    core: native_core.NativeEnsemble,
    reference: NumpyEnsemble,
    words: Vocabulary,
    habit: str,
    history: list[list[int]],
) -> None:
    """One step of both, with the same answers."""
    live = np.flatnonzero(rng.random(len(history)) < 0.7).astype(np.int32)
    wants = core.wants_model(live)
    assert (wants == reference.wants_model(live)).all()
    has = wants if rng.random() < 0.8 else rng.random(len(live)) < 0.5
    logits = some_logits(rng, int(has.sum()), words.size)
    misuse_closed(rng, core, words, live)
    pages = core.predict(live, logits, flags_as_bytes(rng, has))
    check(pages, reference.predict(live, logits, has), words.pages)
    chosen, symbols = some_symbols(rng, core, words, habit, pages, [history[s] for s in live])
    check(core.choose_pages(chosen), reference.choose_pages(chosen), PAGE)
    misuse_open(rng, core, words, len(live))
    core.update(symbols)
    reference.update(symbols)
    for stream, symbol in zip(live.tolist(), symbols.tolist(), strict=True):
        history[stream].append(symbol)


def check(found: NDArray[np.float64], expected: NDArray[np.float64], entries: int) -> None:
    """Frequencies (row, entry) are the reference's, and what the coder takes."""
    assert found.shape[1] == entries
    assert not len(found) or (found == expected).all()
    assert (found >= 0).all()
    assert (found == np.floor(found)).all()
    assert (found.sum(axis=1) == (1 << 24) - entries).all()


def some_symbols(
    rng: Random,
    core: native_core.NativeEnsemble,
    words: Vocabulary,
    habit: str,
    pages: NDArray[np.float64],
    behind: Sequence[list[int]],
) -> tuple[Ids, Ids]:
    """(row,) pages and symbols: those of a random payload, or others. Ids that mean nothing too: a payload may hold them."""
    rows = len(pages)
    if habit == "drawn" or rng.random() < 0.1:
        chosen = drawn(rng, pages)
        return chosen, chosen * PAGE + drawn(rng, core.choose_pages(chosen))
    symbols = rng.integers(0, words.pages * PAGE, rows).astype(np.int32)
    if habit == "few":
        symbols = (symbols % 5) * (words.pages * PAGE - 1) // 4
    elif habit == "again":
        for row, symbols_before in enumerate(behind):
            if symbols_before and rng.random() < 0.9:
                symbols[row] = symbols_before[-(int(rng.integers(3)) % len(symbols_before)) - 1]
    return symbols >> 8, symbols


def drawn(rng: Random, frequencies: NDArray[np.float64]) -> Ids:
    """(row,) what a decoder reads from random words under frequencies (row, n)."""
    at = rng.integers(0, 1 << 24, len(frequencies))
    ends = np.cumsum(frequencies + 1, axis=1)
    return np.array([np.searchsorted(e, q, "right") for e, q in zip(ends, at, strict=True)], np.int32)


def misuse_constructor(rng: Random, words: Vocabulary, parameters: EnsembleParameters) -> None:
    """Settings and tables that are out of range."""
    widths, given, initial = native_core.widths(words), asdict(parameters), native_core.INITIAL_WEIGHTS
    name = pick(rng, *(set(EnsembleParameters.LIMITS) - {"skip", "skip_queue"}))
    low, high = EnsembleParameters.LIMITS[name]
    wrong = {**given, name: pick(rng, low - 1, high + 1, 1 << 31, -(1 << 63), None, "1")}
    table = pick(rng, *initial)
    spoiled = initial[table].copy()
    spoiled.flat[int(rng.integers(spoiled.size))] = pick(rng, np.nan, np.inf)
    make = _ensemble.Ensemble
    calls: list[Callable[[], object]] = [
        lambda: make(widths, wrong, initial, 1),
        lambda: make(widths, {}, initial, 1),
        lambda: make(widths, given, {**initial, table: initial[table].ravel()[1:]}, 1),
        lambda: make(widths, given, {**initial, table: spoiled}, 1),
        lambda: make(widths, given, initial, pick(rng, 0, -1, 65537, 1 << 40)),
        lambda: make(widths[:0], given, initial, 1),
        lambda: make(widths[None], given, initial, 1),
        lambda: make(widths, given, initial, 1, "sse"),
    ]
    refuses(pick(rng, *calls))


def misuse_closed(rng: Random, core: native_core.NativeEnsemble, words: Vocabulary, live: Ids) -> None:
    """Calls that open no step, or none that can be."""
    first, no = np.zeros(1, np.int32), np.zeros(1, np.bool_)
    beyond = np.array([pick(rng, -1, 5, 1 << 20, -(1 << 31))], np.int32)
    broken = np.zeros((1, words.size), np.float32)
    broken[0, rng.integers(words.size)] = pick(rng, np.nan, -np.nan, np.inf, -np.inf)
    calls: list[Callable[[], object]] = [
        lambda: core.wants_model(beyond),
        lambda: core.wants_model(np.repeat(first, 2)),
        lambda: core.wants_model(live[None]),
        lambda: core.predict(beyond, broken[:0], no),
        lambda: core.predict(first, broken[:0], ~no),
        lambda: core.predict(first, broken[:, 1:], ~no),
        lambda: core.predict(first, broken, no),
        lambda: core.predict(first, broken, ~no),
        lambda: core.predict(first, broken, np.zeros(2, np.bool_)),
        lambda: core.choose_pages(first),
        lambda: core.update(first),
    ]
    refuses(pick(rng, *calls))


def misuse_open(rng: Random, core: native_core.NativeEnsemble, words: Vocabulary, rows: int) -> None:
    """Pages and symbols that are none, for a step of `rows` rows."""
    page = np.full(rows + (rows == 0), pick(rng, -1, words.pages, 1 << 24, -(1 << 31)), np.int32)
    symbol = np.full(rows + (rows == 0), pick(rng, -1, words.pages * PAGE, -(1 << 31)), np.int32)
    refuses(lambda: core.choose_pages(page))
    refuses(lambda: core.update(symbol))
    refuses(lambda: core.update(np.zeros(rows + 1, np.int32)))


# The exact engine


def engine(rng: Random) -> None:
    """Some calls of one session of a random model."""
    form = a_form(rng)
    weights = distorted(rng, random_weights(form))
    kernel = pick(rng, *_kernels.available_kernels())
    model = NativeModel(weights, kernel, int(rng.integers(1, 4)))
    window = int(pick(rng, 1, 2, *rng.integers(1, 40, 4)))
    context = ContextWindow(window, int(pick(rng, 0, window - 1, rng.integers(window))))
    streams, most = int(rng.integers(1, 5)), int(pick(rng, 1, 7, 40))
    core = NativeSession(model, streams, context, most)
    reference = ReferenceSession(ReferenceModel(weights), streams, context)
    misuse_engine(rng, model, form)
    for _ in range(int(rng.integers(1, 6))):
        misuse_session(rng, core, streams, form.vocabulary, most)
        rows = int(pick(rng, 1, most, rng.integers(1, most + 1)))
        call = (
            rng.integers(0, streams, rows).astype(np.int32),
            rng.integers(0, form.vocabulary, rows).astype(np.int32),
            rng.random(rows) < pick(rng, 0.0, 0.5, 1.0),
        )
        found = fed(core, *call[:2], flags_as_bytes(rng, call[2]))
        expected = fed(reference, *call)
        assert found == expected
        if found is None:
            return


def fed(session: NativeSession | ReferenceSession, streams: Ids, tokens: Ids, want: Any) -> bytes | None:
    """The bits of the logits, or None where the model's values overflow."""
    with np.errstate(all="ignore"):
        try:
            return session.feed(streams, tokens, want).tobytes()
        except ModelError:
            return None


def a_form(rng: Random) -> Form:
    return Form(
        width=16 * int(rng.integers(1, 7)),
        kv_heads=int(rng.integers(1, 4)),
        share=int(rng.integers(1, 7)),
        head_size=pick(rng, 16, 32, 48, 64, 128),
        hidden=16 * int(rng.integers(1, 8)),
        layers=int(rng.integers(1, 3)),
        vocabulary=int(pick(rng, 1, 31, 32, 33, 255, 256, 257, rng.integers(1, 200))),
        tied=bool(rng.random() < 0.5),
        rotary=pick(rng, None, 2, 16),
        sharpness=pick(rng, 0.1, 2.0, 20.0, 1e4),
        magnitude=pick(rng, 1e-36, 1.0, 1e30),
        seed=int(rng.integers(1 << 30)),
    )


def distorted(rng: Random, weights: Weights) -> Weights:
    """Some of the numbers at what a model file can make of them: scales are finite and not negative, norms are anything."""
    if rng.random() < 0.3:
        return weights
    layers = [list(vars(layer).items()) for layer in weights.layers]
    new = [{name: scaled(rng, value) for name, value in layer} for layer in layers]
    output = scaled(rng, weights.output)
    return replace(
        weights,
        shape=replace(weights.shape, epsilon=pick(rng, 1e-45, 1e-5, 1.0, 3e38)),
        rope_steps=rng.integers(0, 1 << 64, len(weights.rope_steps), np.uint64),
        layers=tuple(replace(layer, **values) for layer, values in zip(weights.layers, new, strict=True)),
        output_norm=scaled(rng, weights.output_norm),
        output=output,
        embedding=output if weights.embedding is weights.output else scaled(rng, weights.embedding),
    )


def scaled(rng: Random, value: Any) -> Any:
    """A matrix or norm times anything, one time in four; what an architecture has not stays away."""
    if value is None or rng.random() < 0.75:
        return value
    with np.errstate(all="ignore"):
        factor = np.float32(10.0 ** rng.uniform(-45, 38))
        if isinstance(value, Matrix):
            scales = np.minimum(value.scales * factor * np.float32(100), np.float32(2.6e36))
            largest = (
                np.where(value.rows < 0, -127, 127).astype(np.int8) if rng.random() < 0.3 else value.rows
            )
            return Matrix(largest, scales)
        norm = value * factor * np.float32(2)
        norm[rng.integers(len(norm))] = pick(rng, 0, -1, np.inf, np.nan, 1e-45)
        return norm


def misuse_engine(rng: Random, model: NativeModel, form: Form) -> None:
    """Models and matrices whose numbers do not fit."""
    names = ("width", "heads", "kv_heads", "head_size", "hidden", "layers", "vocabulary")
    good = dict.fromkeys(names, 16)
    wrong: dict[str, Any] = {
        **good,
        pick(rng, *good): pick(rng, 0, -16, 1 << 30, (1 << 31) - 1, 1 << 40, 1 << 25),
    }
    turns = np.zeros(pick(rng, 0, 8), np.uint64)
    options: dict[str, Any] = {"epsilon": 1e-5, "rope_steps": turns, "kernel": model.kernel, "threads": 1}
    shape = (form.vocabulary, form.width)
    rows, scales = np.zeros(shape, np.int8), np.zeros(shape[0], np.float32)
    layer = pick(rng, -1, form.layers, 1 << 30)
    name = pick(rng, "attn_q", "ffn_down", "output")
    calls: list[Callable[[], object]] = [
        lambda: _kernels.Model(**{**options, **wrong}),
        lambda: _kernels.Model(**{**good, **options, "rope_steps": np.zeros(9, np.uint64)}),
        lambda: _kernels.Model(**{**good, **options, "threads": pick(rng, 0, 257, -1)}),
        lambda: _kernels.Model(**{**good, **options, "kernel": "sse"}),
        lambda: model.core.set_matrix(name, layer, rows, scales),
        lambda: model.core.set_matrix(name, 0, rows[:, 1:].copy(), scales),
        lambda: model.core.set_matrix("output", 0, rows, scales[1:]),
        lambda: model.core.set_matrix("output", 0, rows, scales + pick(rng, np.nan, np.inf, -1)),
        lambda: model.core.set_matrix("attn_z", 0, rows, scales),
        lambda: model.core.set_norm("attn_norm", layer, np.zeros(form.width, np.float32)),
        lambda: model.core.set_norm("ffn_norm", 0, np.zeros(form.width + 1, np.float32)),
        lambda: model.core.set_norm("norm", 0, np.zeros(form.width, np.float32)),
        lambda: model.core.set_embedding(rows[1:], scales[1:]),
        lambda: model.core.set_embedding(rows, scales + np.float32(np.nan)),
    ]
    refuses(pick(rng, *calls))


def misuse_session(rng: Random, session: NativeSession, streams: int, vocabulary: int, most: int) -> None:
    """Rows that name no stream or token, or are too many, and logits that do not fit."""
    one, yes = np.zeros(1, np.int32), np.ones(1, np.bool_)
    logits, core = np.zeros((1, vocabulary), np.float32), session._core
    many, fixed = np.zeros(most + 1, np.int32), logits.copy()
    fixed.flags.writeable = False
    opened = {"streams": 1, "window": 8, "sinks": 0, "max_rows": 1}
    wrong: dict[str, Any] = {**opened, pick(rng, *opened): pick(rng, -1, 65537, 1 << 40)}
    calls: list[Callable[[], object]] = [
        lambda: core.feed(one + pick(rng, -1, streams, 1 << 30), one, yes, logits),
        lambda: core.feed(one, one + pick(rng, -1, vocabulary, 1 << 30), yes, logits),
        lambda: core.feed(one, one, yes, logits[:0]),
        lambda: core.feed(one, one, yes, np.zeros((1, vocabulary + 1), np.float32)),
        lambda: core.feed(one, one, yes, logits[0]),
        lambda: core.feed(one, one, yes, fixed),
        lambda: core.feed(many, many, many == 1, logits),
        lambda: core.feed(one, one[:0], yes, logits),
        lambda: core.feed(one, one, yes[:0], logits),
        lambda: _kernels.Session(session._model.core, **wrong),
    ]
    refuses(pick(rng, *calls))


# Tokens as bits


def tokens(rng: Random) -> None:
    """A few steps of a block whose tokens are bits, under any vocabulary, then words that nobody wrote."""
    words, parameters, streams = a_vocabulary(rng), some_parameters(rng), int(rng.integers(1, 4))
    size = pick(rng, 1, 300, 1 << 16)

    def both(make: Callable[..., Any], *more: Any) -> list[Any]:
        return [
            make(words, parameters, streams, size, *more, kernel=kernel) for kernel in ("native", "numpy")
        ]

    if not any(words.pieces):
        refuses(lambda: both(mixed.mixed_encoder))
        return
    pieces = mixed.tree_pieces(words)
    coded = [symbol for symbol, piece in enumerate(pieces) if piece]
    steps = [some_tokens(rng, coded, streams, words.size) for _ in range(int(rng.integers(1, 8)))]
    core, readable = both(mixed.mixed_encoder)
    for step in steps:
        assert np.allclose(core.encode(*step), readable.encode(*step))
        never = pick(rng, -1, len(pieces), 1 << 30, *(i for i, piece in enumerate(pieces[:300]) if not piece))
        nothing = np.zeros((0, words.size), np.float32), np.zeros(1, np.bool_)
        refuses(partial(core.encode, np.zeros(1, np.int32), *nothing, np.array([never], np.int32)))
    found = core.finish()
    assert found.tolist() == readable.finish().tolist()
    decoder = both(mixed.mixed_decoder, found)[0]
    for live, logits, has, symbols in steps:
        assert decoder.decode(live, logits, has).tolist() == symbols.tolist()
    nobodys = rng.integers(0, 1 << 32, int(rng.integers(0, 30)), np.uint32)
    core, readable = both(mixed.mixed_decoder, nobodys)
    for live, logits, has, _ in steps:
        try:
            symbols = readable.decode(live, logits, has)
        except ValueError:
            refuses(partial(core.decode, live, logits, has))
            return
        assert core.decode(live, logits, has).tolist() == symbols.tolist()


def some_tokens(rng: Random, coded: list[int], streams: int, size: int) -> tuple[Ids, FloatRows, Any, Ids]:
    """A step: live streams, the logits of those that have them, which have, and symbols, often the same few."""
    live = np.flatnonzero(rng.random(streams) < 0.8).astype(np.int32)
    has = rng.random(len(live)) < 0.7
    few = coded[: int(pick(rng, 2, len(coded)))]
    return live, some_logits(rng, int(has.sum()), size), has, rng.choice(few, len(live)).astype(np.int32)


# Whole blocks


def block(rng: Random) -> None:
    """A block's steps in native code and by the readable loops, both ways, and words that nobody wrote."""
    form = a_form(rng)
    weights = distorted(rng, random_weights(form))
    words = Vocabulary(tuple(bytes([1 + i % 255]) * (i % 3) or b"x" for i in range(form.vocabulary)), 0, 0)
    threads, size = pick(rng, 1, 2, 3), pick(rng, 0, SMALL_MODEL_BYTES)
    native = ExactEngine(NativeModel(weights, "", threads), weights.shape, words, {}, size)
    context = ContextWindow(pick(rng, 1, 7, 64), 0)
    native.max_window = 64
    symbols = rng.choice(form.vocabulary, int(rng.integers(1, 60))).astype(np.int32)
    if rng.random() < 0.3:
        symbols[-1] = words.first_escape + int(rng.integers(PAGE))
    plan = plan_block(words, some_parameters(rng), symbols, int(rng.integers(1, len(symbols) + 1)))
    misuse_block(rng, native, context, plan)
    coded_alike(native, context, plan)
    nobodys = rng.bytes(4 * int(rng.integers(0, 30)))
    # Behind all that is drawn, as the committed seeds were found without it; a tree has tokens alone.
    tokens = np.minimum(symbols, form.vocabulary - 1)
    bits = plan_block(words, plan.ensemble, tokens, plan.streams.streams, as_bits=True)
    coded_alike(native, context, bits)
    for asked in (plan, bits):
        decoded_alike(native, context, asked, nobodys)


def coded_alike(engine: ExactEngine, context: ContextWindow, plan: BlockPlan) -> None:
    """Both ways write the same words and read them back, or raise the same error."""
    coded = answer(
        lambda: encode_natively(opened(native_encoder(engine, context, plan, 0)), len(plan.symbols), quietly)
    )
    assert coded == answer(lambda: readable_words(engine, context, plan))
    if isinstance(coded, bytes):
        assert decoded_alike(engine, context, plan, coded) == plan.symbols.tolist()


def readable_words(engine: ExactEngine, context: ContextWindow, plan: BlockPlan) -> bytes:
    """A planned block by the readable loops."""
    if plan.as_bits:
        return encode_mixed(plan.symbols, plan.streams, MixedBlockEncoder(engine, context, plan, 0), quietly)
    predictor = BlockPredictor.for_encoding(engine, context, plan)
    return encode_block(plan.symbols, plan.streams, predictor, quietly)


def readable_symbols(engine: ExactEngine, context: ContextWindow, plan: BlockPlan, words: bytes) -> Any:
    """And back."""
    asked = (engine, context, plan.ensemble, plan.streams)
    if plan.as_bits:
        return decode_mixed(plan.streams, MixedBlockDecoder(*asked, 0, words), quietly).tolist()
    return decode_block(words, plan.streams, BlockPredictor.for_decoding(*asked), quietly).tolist()


def decoded_alike(engine: ExactEngine, context: ContextWindow, plan: BlockPlan, words: bytes) -> Any:
    """What both ways decode, or the error that both raise."""
    asked = (engine, context, plan.ensemble, plan.streams)
    count, size = len(plan.symbols), 0 if plan.as_bits else None
    found = answer(
        lambda: decode_natively(
            opened(native_decoder(*asked, words, size_as_bits=size)), count, quietly
        ).tolist()
    )
    expected = answer(lambda: readable_symbols(engine, context, plan, words))
    assert found == expected
    return found


def quietly(_: int) -> None:
    """Nobody listens."""


def opened(side: Any) -> Any:
    assert side is not None
    return side


def answer(call: Callable[[], Any]) -> Any:
    """What it gives, or the class of the error it raises: the model's values overflow, or nobody writes such words."""
    try:
        return call()
    except (ModelError, CorruptArchive) as error:
        return type(error)


def misuse_block(rng: Random, engine: ExactEngine, context: ContextWindow, plan: BlockPlan) -> None:
    """Blocks whose numbers do not fit each other or the session."""
    door = opened(engine.open_door(plan.streams.streams, context))
    widths, parameters, weights, table, block = _fixed(engine, door, plan.ensemble, plan.streams)
    wrong: list[dict[str, Any]] = [
        {"streams": plan.streams.streams + 1},
        {"streams": 0},
        {"symbols": len(plan.symbols) + 1},
        {"symbols": -1},
        {"most_rows": pick(rng, 0, 1 << 20)},
        {"start_token": pick(rng, -1, engine.vocabulary.size)},
        {"tokens": block["tokens"][1:]},
        {"tokens": block["tokens"] + pick(rng, -1, 1 << 20)},
    ]
    fixed = (widths, parameters, weights, table, {**block, **pick(rng, *wrong)})
    good = (widths, parameters, weights, table, block)
    calls: list[Callable[[], object]] = [
        lambda: _ensemble.BlockEncoder(*fixed, plan.symbols, plan.asked),
        lambda: _ensemble.BlockEncoder(*good, plan.symbols[1:], plan.asked),
        lambda: _ensemble.BlockEncoder(*good, plan.symbols, plan.asked[1:]),
        lambda: _ensemble.BlockEncoder(*good, plan.symbols + pick(rng, -(1 << 20), 1 << 20), plan.asked),
        lambda: _ensemble.BlockEncoder(
            widths, parameters, weights, object(), block, plan.symbols, plan.asked
        ),
        lambda: _ensemble.BlockEncoder(*good, plan.symbols, plan.asked).finish(),
        lambda: _ensemble.BlockDecoder(*good, np.zeros(1, np.uint32)).symbols(),
    ]
    refuses(pick(rng, *calls))


TARGETS = {
    "ensemble": ensemble,
    "engine": engine,
    "deflate": deflate,
    "mixing": mixing,
    "tokens": tokens,
    "block": block,
    "ppmd": ppmd,
    "jpeg": jpeg,
}
