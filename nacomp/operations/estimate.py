"""How long a job will take and how small it will get, from samples of the data and a short run on this machine.

    sources -> groups of one suffix, as units pool them -> a sample of each -> PPMd, LZMA, and a short run of the model

The run alone says three times too much of logs and tables: what repeats from line to line is not in a few hundred tokens.
PPMd learns as the ensemble does, in a hundredth of the time, so it reads what one block holds and bounds the run's answer.

Estimated size over the real one at level fast, one run each (tests/benchmarks/estimates.py; in brackets the run alone, and
half of all binary bytes, as it was):
  two generated logs 0.93 (3.03), 1.07 (3.54); 100 kB of the first 0.96 (2.65); a generated CSV table 1.09 (3.06);
  alice29.txt 1.02 (1.20), lcet10.txt 1.12 (1.32), cp.html 0.98 (1.15), fields.c 1.10 (1.29);
  kennedy.xls 1.02 (10.7), ptt5 1.07 (6.5), sum 1.00 (2.36).
On files that the two shares below were not chosen on: PREDICTORS.md 0.93, a web server's log 0.93, dpkg.log 1.09, generated
JSON 1.06, `ls` 1.05, Python's typing.py 1.32, all six together 1.07.
Running the model on as much as PPMd reads is the job itself: minutes for a megabyte.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import PurePosixPath

from nacomp.archive.left_out import TellLeftOut, unreadable
from nacomp.archive.segments import SegmentKind, split
from nacomp.archive.sources import Source
from nacomp.archive.unit_size import UNIT_BYTES
from nacomp.codecs import classical, mixed, profiles
from nacomp.codecs.block_choice import BlockChooser
from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import FileProblem, file_problem
from nacomp.formats.records import dataclass
from nacomp.runtime.documents import Estimate
from nacomp.runtime.progress import Job

MEASURED_BYTES = 4 << 20
"""Sampled of all sources together: a few seconds of PPMd (0.4 s a MiB) and LZMA."""
GROUP_BYTES = 1 << 20
"""And of one group: as much as one block holds, which is what the predictors learn from."""
FILE_BYTES = 4096
"""And of each file at the least, to tell text from binary."""
COUNTED_BYTES = 1 << 18
"""Of a group's text whose tokens are counted."""
TRIAL_SYMBOLS = 768
"""Symbols coded for the clock: about a second of SmolLM2."""
CLASSICAL_BYTES_PER_SECOND = 1 << 20
"""What the classical codecs manage, all trials counted (tests/benchmarks)."""
LEARNT = 0.85
"""Of the short run's bits per token, what is left once the predictors have learnt: 0.76 (lcet10) to 0.87 (cp.html)."""
MIXED_BYTES = 1 << 16
"""Of a group's text that the context mixer codes, in half a second: it learns most of what it will by then."""
OF_PPMD = 0.88
"""Of PPMd's size, what the ensemble takes where text repeats: 0.81 (a table) to 0.95 (a log of random numbers)."""


@dataclass
class _Group:
    """Sources of one suffix. Sizes in bytes; of text and binary, those of all sources, told from their samples."""

    sources: list[Source] = field(default_factory=list)
    text_sample: bytes = b""
    binary_sample: bytes = b""
    text_bytes: float = 0.0
    binary_bytes: float = 0.0
    tokens: float = 0.0

    @property
    def size(self) -> int:
        return sum(source.size for source in self.sources)

    def count_tokens(self, codec: NeuralCodec) -> None:
        """Of this model, from the beginning of the sample."""
        counted = self.text_sample[:COUNTED_BYTES]
        if counted:
            self.tokens = len(codec.engine.tokenizer.encode(counted)) * self.text_bytes / len(counted)


@dataclass(frozen=True)
class _Trial:
    """A short run of the model: the text it was of, in tokens a second, and bytes of payload per byte of text."""

    tokens_per_second: float = 1.0
    rate: float = 1.0


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
    groups = _groups(sources)
    share = min(GROUP_BYTES, MEASURED_BYTES // max(1, len(groups)))
    for group in groups:
        _sample(group, share, job, left_out)
    main = max(groups, key=lambda group: group.text_bytes, default=_Group())
    codec = chooser.suited(main.text_sample, job)
    for group in groups:
        group.count_tokens(codec)
    trial = _run(codec, main.text_sample, level, job) if main.text_sample else _Trial()
    size = 0.0
    for group in groups:
        job.step()
        size += _size(group, trial if group is main else None, job)
    tokens = sum(group.tokens for group in groups)
    binary_bytes = sum(group.binary_bytes for group in groups)
    seconds = tokens / trial.tokens_per_second + binary_bytes / CLASSICAL_BYTES_PER_SECOND
    total = sum(group.text_bytes for group in groups) + binary_bytes
    return Estimate(round(total), round(tokens), seconds, round(size), level.name, codec.settings.model_id)


def _groups(sources: Sequence[Source]) -> list[_Group]:
    groups: dict[str, _Group] = defaultdict(_Group)
    for source in sources:
        if source.size:
            groups[PurePosixPath(source.name).suffix.lower()].sources.append(source)
    return list(groups.values())


def _sample(group: _Group, share: int, job: Job, left_out: TellLeftOut | None) -> None:
    """Look at the beginning of each source, at more of the larger ones."""
    whole = group.size
    for source in group.sources:
        job.step()
        try:
            sample = _beginning(source, max(FILE_BYTES, share * source.size // whole))
        except FileProblem as problem:
            unreadable(problem, left_out, among_others=False)
            continue
        if not sample:
            continue
        segments = split(sample)
        text, binary = (
            b"".join(sample[s.start : s.end] for s in segments if s.kind is kind)
            for kind in (SegmentKind.TEXT, SegmentKind.BINARY)
        )
        scale = source.size / len(sample)
        group.text_bytes += len(text) * scale
        group.binary_bytes += len(binary) * scale
        # Many files have more beginnings than there is time for.
        group.text_sample += text[: GROUP_BYTES - len(group.text_sample)]
        group.binary_sample += binary[: GROUP_BYTES - len(group.binary_sample)]


def _beginning(source: Source, size: int) -> bytes:
    """The first bytes of a source; the whole of a small one. Raises FileProblem."""
    if source.path is None:
        return next(source.chunks(size), b"")
    try:
        with source.path.open("rb") as file:
            return file.read(size)
    except OSError as problem:
        raise file_problem(source.path, problem) from problem


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


def _size(group: _Group, trial: _Trial | None, job: Job) -> float:
    """Bytes of a group in the archive."""
    rates = [1.0]
    if group.text_sample:
        rates.append(OF_PPMD * classical.ppmd_size(group.text_sample) / len(group.text_sample))
        rates.append(_mixed_rate(group.text_sample, job))
        rates += [trial.rate] if trial is not None else []
    size = group.text_bytes * min(rates)
    if group.binary_sample:
        packed = classical.lzma_size(group.binary_sample, job.step)
        size += group.binary_bytes * min(1.0, packed / len(group.binary_sample))
    return min(size, _far_repeats(group))


def _mixed_rate(text: bytes, job: Job) -> float:
    """Bytes of the context mixer's payload per byte, of the beginning of a text."""
    sample = text[:MIXED_BYTES]
    payload = mixed.encode(sample, profiles.choose(sample, job.step)[0], len(sample), job.step)
    return 1.0 if payload is None else len(payload) / len(sample)


def _far_repeats(group: _Group) -> float:
    """Bytes of a group whose largest file repeats what lies further back than a block: all of a unit is compared then."""
    largest = max(group.sources, key=lambda source: source.size)
    if largest.size <= GROUP_BYTES:
        return group.size
    try:
        unit = _beginning(largest, UNIT_BYTES)
    except FileProblem:  # told of before
        return group.size
    return group.size * classical.quick_size(unit) / max(1, len(unit))
