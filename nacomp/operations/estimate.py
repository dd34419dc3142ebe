"""How long a job will take and how small it will get, from samples of the data and a short run on this machine.

    sources -> samples of groups -> PPMd and LZMA, a part by the context mixer, a short run of the model

The run alone says three times too much of logs and tables: what repeats from line to line is not in a few hundred tokens.
PPMd and LZMA read what one block holds, in a hundredth of the time, and the mixer shows on a part how much smaller it is.

Estimated size over the real one at level fast, one run each (tests/benchmarks/estimates.py; in brackets without opening what
is packed, and binary data by LZMA alone): default.docx 0.67 (2.46), congress.pdf 1.00 (1.34), a photo 1.00 (1.17), a PNG
1.00 (1.65), kennedy.xls 1.31 (3.80), ptt5 0.78 (1.81), sum 0.98 (1.09), libz 0.98 (1.35), alice29.txt 1.02, fields.c 1.25.
Of time, estimated over real on a busy machine: a table 1.3 instead of 0.06, a document 1.5 instead of 0.01.
On other text, with PPMd in place of the better one: two generated logs 0.93, 1.07; a CSV table 1.09; lcet10.txt 1.12, a web
server's log 0.93, dpkg.log 1.09, generated JSON 1.06, Python's typing.py 1.32.
Running the model on as much as PPMd reads is the job itself: minutes for a megabyte.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from nacomp.archive.left_out import TellLeftOut
from nacomp.archive.sources import Source
from nacomp.archive.unit_size import UNIT_BYTES
from nacomp.codecs import classical, mixed, profiles
from nacomp.codecs.block_choice import BlockChooser, TextWay
from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import FileProblem
from nacomp.formats.records import dataclass
from nacomp.operations.estimate_sample import GROUP_BYTES, Group, beginning, sampled
from nacomp.runtime.documents import Estimate
from nacomp.runtime.progress import Job

COUNTED_BYTES = 1 << 18
"""Of a group's text whose tokens are counted."""
MUCH_TEXT = 0.2
"""Of all text: for a group that has as much it is asked whether the model would code it, a second or two at `balanced`."""
TRIAL_SYMBOLS = 768
"""Symbols coded for the clock: about a second of SmolLM2."""
CLASSICAL_BYTES_PER_SECOND = 1 << 20
"""What the classical codecs manage, all trials counted (tests/benchmarks)."""
LEARNT = 0.85
"""Of the short run's bits per token, what is left once the predictors have learnt: 0.76 (lcet10) to 0.87 (cp.html)."""
MIXED_BYTES = 1 << 16
"""Of the middle of a group's text or binary data that the context mixer codes, in half a second, to be compared with what
PPMd and LZMA make of it: all of the sample would take too long, and has repeats that are further apart."""
OF_CLASSICAL = 0.88
"""Of the better one's size, what text that repeats takes: of PPMd's 0.81 (a table) to 0.95 (a log of random numbers)."""


@dataclass(frozen=True)
class _Trial:
    """A short run of the model: the text it was of, in tokens a second, and bytes of payload per byte of text."""

    tokens_per_second: float = 1.0
    rate: float = 1.0


@dataclass(frozen=True)
class _WithoutModel:
    """What is made of data without the model.

    Attributes:
        rate: bytes of payload per byte, by the better of PPMd and LZMA.
        mixer: what the mixer makes of the middle, in sizes of what that one makes of it.
        mixer_seconds: what a byte takes it.
    """

    rate: float
    mixer: float
    mixer_seconds: float


@dataclass(frozen=True)
class _Cost:
    """Bytes in the archive and seconds on the way there."""

    size: float
    seconds: float


def estimate(
    chooser: BlockChooser,
    sources: Sequence[Source],
    level: Level,
    job: Job,
    left_out: TellLeftOut | None = None,
) -> Estimate:
    """Estimate compressing these sources. Reads a few MiB of them and codes a few hundred tokens, of several models with the
    one that suits most of the text.

    What cannot be read is told to `left_out`, if that is given. Raises FileProblem, Interrupted.
    """
    groups = sampled(sources, job, left_out)
    main = max(groups, key=lambda group: group.text_bytes, default=Group())
    codec = chooser.suited(main.text_sample, job)
    trial = _run(codec, main.text_sample, level, job) if main.text_sample else _Trial()
    much = MUCH_TEXT * sum(group.text_bytes for group in groups)
    size, seconds, tokens = 0.0, 0.0, 0.0
    for group in groups:
        job.step()
        text = _text_cost(group, trial if group is main else None, job)
        binary = _binary_cost(group, job)
        size += min(text.size + binary.size, _far_repeats(group))
        seconds += binary.seconds + group.opening_seconds
        count = _tokens(group, codec)
        tokens += count
        asks = group.text_bytes < much or _asks(chooser, codec, group, job)
        seconds += count / trial.tokens_per_second if asks else text.seconds
    total = sum(source.whole_size for group in groups for source in group.sources)
    return Estimate(total, round(tokens), seconds, round(size), level.name, codec.settings.model_id)


def _asks(chooser: BlockChooser, codec: NeuralCodec, group: Group, job: Job) -> bool:
    """Whether the model takes part where a group's text is coded."""
    return chooser.way(codec, group.text_sample, job) is not TextWay.MIXER


def _tokens(group: Group, codec: NeuralCodec) -> float:
    """Of this model, from the beginning of the sample."""
    counted = group.text_sample[:COUNTED_BYTES]
    if not counted:
        return 0.0
    return len(codec.engine.tokenizer.encode(counted)) * group.text_bytes / len(counted)


def _run(codec: NeuralCodec, text: bytes, level: Level, job: Job) -> _Trial:
    """A short piece, coded in as many streams as the level would use."""
    symbols = codec.engine.tokenizer.encode(text[:COUNTED_BYTES])
    many = level.streams(len(symbols))
    piece = symbols[: max(TRIAL_SYMBOLS, 24 * many)]
    short = replace(level, symbols_per_stream=max(1, len(piece) // many))
    # What happens once is not counted: a device's driver compiles when it first computes. Of 6,000 bytes, which pocl took
    # 9 s for, a first estimate said 18 with that and a second one 7.
    codec.encode(codec.plan(piece[:many], replace(level, symbols_per_stream=1)), len(text), job)
    began = time.perf_counter()
    packed = codec.encode(codec.plan(piece, short), len(text), job)
    seconds = time.perf_counter() - began
    covered = min(len(text), COUNTED_BYTES) * len(piece) / len(symbols)
    learnt = 1.0 if len(piece) == len(symbols) else LEARNT
    return _Trial(len(piece) / seconds, learnt * len(packed.payload) / covered)


def _text_cost(group: Group, trial: _Trial | None, job: Job) -> _Cost:
    """With the model, but the seconds are those of the mixer alone."""
    if not group.text_sample:
        return _Cost(group.text_bytes, 0.0)
    tried = _try_without_model(group.text_sample, job)
    rate = min(OF_CLASSICAL, tried.mixer) * tried.rate
    most = trial.rate if trial is not None else 1.0
    return _Cost(group.text_bytes * min(1.0, rate, most), group.text_bytes * tried.mixer_seconds)


def _binary_cost(group: Group, job: Job) -> _Cost:
    if not group.binary_sample:
        return _Cost(group.binary_bytes, 0.0)
    tried = _try_without_model(group.binary_sample, job)
    seconds = tried.mixer_seconds if tried.mixer < 1 else 1 / CLASSICAL_BYTES_PER_SECOND
    return _Cost(group.binary_bytes * tried.rate * min(1.0, tried.mixer), group.binary_bytes * seconds)


def _try_without_model(data: bytes, job: Job) -> _WithoutModel:
    part = _middle(data)
    mixed_size, seconds = _mixed(part, job)
    rate = _classical_size(data, job) / len(data)
    return _WithoutModel(rate, mixed_size / _classical_size(part, job), seconds / len(part))


def _middle(data: bytes) -> bytes:
    start = max(0, len(data) - MIXED_BYTES) // 2
    return data[start : start + MIXED_BYTES]


def _classical_size(data: bytes, job: Job) -> int:
    """Bytes by the better of PPMd and LZMA."""
    return min(len(data), classical.ppmd_size(data), classical.lzma_size(data, job.step))


def _mixed(sample: bytes, job: Job) -> tuple[int, float]:
    """Bytes of the context mixer's payload, and the seconds it took."""
    settings = profiles.choose(sample, job.step)[0]
    began = time.perf_counter()
    payload = mixed.encode(sample, settings, len(sample), job.step)
    return len(sample) if payload is None else len(payload), time.perf_counter() - began


def _far_repeats(group: Group) -> float:
    """Bytes of a group whose largest file repeats what lies further back than a block: all of a unit is compared then."""
    largest = max(group.sources, key=lambda source: source.size, default=None)
    if largest is None or largest.size <= GROUP_BYTES:
        return group.size
    try:
        unit = beginning(largest, UNIT_BYTES)
    except FileProblem:  # gone meanwhile
        return group.size
    return group.size * classical.quick_size(unit) / max(1, len(unit))
