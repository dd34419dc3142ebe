"""How long a job will take and how small it will get, from a sample of the data and a short run on this machine."""

import time
from collections.abc import Sequence
from dataclasses import replace

from nacomp.archive.segments import SegmentKind, split
from nacomp.archive.sources import Source
from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import file_problem
from nacomp.runtime.documents import Estimate
from nacomp.runtime.progress import Job

SAMPLE_BYTES = 1 << 18
"""Read from the beginning of each file to tell text from binary and to count tokens."""
TRIAL_SYMBOLS = 768
"""Symbols coded for the clock: about a second of SmolLM2."""
CLASSICAL_BYTES_PER_SECOND = 1 << 20
"""What the classical codecs manage, all trials counted (tests/benchmarks)."""


def estimate(codec: NeuralCodec, sources: Sequence[Source], level: Level, job: Job) -> Estimate:
    """Estimate compressing these sources. Reads at most the first bytes of each and codes a few hundred tokens."""
    text_bytes = tokens = binary_bytes = 0
    trial = b""
    for source in sources:
        if not source.size:
            continue
        sample = _beginning(source)
        if not sample:
            continue
        text = b"".join(sample[s.start : s.end] for s in split(sample) if s.kind is SegmentKind.TEXT)
        scale = source.size / len(sample)
        text_bytes += round(len(text) * scale)
        binary_bytes += round((len(sample) - len(text)) * scale)
        tokens += round(len(codec.engine.tokenizer.encode(text)) * scale) if text else 0
        trial = max(trial, text, key=len)
        job.step()
    rate, bits = _trial(codec, trial, level, job) if trial else (1.0, 8.0)
    seconds = tokens / rate + binary_bytes / CLASSICAL_BYTES_PER_SECOND
    size = tokens * bits / 8 + binary_bytes / 2
    total = text_bytes + binary_bytes
    return Estimate(total, tokens, seconds, round(size), level.name, codec.settings.model_id)


def _beginning(source: Source) -> bytes:
    """The first bytes of a source; the whole of a small one. Raises FileProblem."""
    if source.path is None:
        return next(source.chunks(SAMPLE_BYTES), b"")
    try:
        with source.path.open("rb") as file:
            return file.read(SAMPLE_BYTES)
    except OSError as problem:
        raise file_problem(source.path, problem) from problem


def _trial(codec: NeuralCodec, text: bytes, level: Level, job: Job) -> tuple[float, float]:
    """Tokens per second and bits per token of a short piece, coded in as many streams as the level would use."""
    symbols = codec.engine.tokenizer.encode(text)
    many = level.streams(len(symbols))
    piece = symbols[: max(TRIAL_SYMBOLS, 24 * many)]
    short = replace(level, symbols_per_stream=max(1, len(piece) // many))
    began = time.perf_counter()
    packed = codec.encode(codec.plan_symbols(piece, short), len(text), job)
    return len(piece) / (time.perf_counter() - began), 8 * len(packed.payload) / len(piece)
