"""Measure the llama.cpp engine: what a sliding window costs against re-evaluation, and speed by streams and workers.

    python -m tests.benchmarks.llama_engine slide MODEL.gguf TEXT [--tokens 5000] [--window 512]
    python -m tests.benchmarks.llama_engine speed MODEL.gguf TEXT [--steps 64] [--workers 1 2]

Prints Markdown tables. Bits per token are the plain model's cross-entropy; speed is of the model alone.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray

from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.llama.engine import LlamaEngine, best_settings, open_engine
from nacomp.models.llama.session import LlamaSession, Slide
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.tokenizer import open_tokenizer

SINKS = 4
ONE = np.zeros(1, np.int32)
WANTED = np.ones(1, np.bool_)


def tokens_of(engine: LlamaEngine, model: Path, text: Path) -> NDArray[np.int32]:
    """(token,) what the model is fed for a file."""
    with open_gguf(model) as file:
        tokenizer = open_tokenizer(file.metadata, engine.vocabulary)
    return engine.vocabulary.model_tokens(tokenizer.encode(text.read_bytes()))


def run_stream(
    session: LlamaSession, start: int, tokens: NDArray[np.int32]
) -> tuple[list[float], list[float], list[bool]]:
    """(bits, seconds, slid) of each token of one stream, fed one by one."""
    bits, seconds, slid = [], [], []
    before = 0
    previous = start
    for token in tokens.tolist():
        began = time.perf_counter()
        logits = session.feed(ONE, np.array([previous], np.int32), WANTED)[0]
        seconds.append(time.perf_counter() - began)
        scores = logits.astype(np.float64)
        top = scores.max()
        bits.append((np.log(np.exp(scores - top).sum()) + top - scores[token]) / np.log(2))
        slid.append(session.slides > before)
        before = session.slides
        previous = token
    return bits, seconds, slid


def slide(engine: LlamaEngine, tokens: NDArray[np.int32], window: int) -> None:
    """Both ways to go on when the window is full, over the same tokens."""
    print(
        f"| {len(tokens)} tokens, window {window} | bits/token | tokens/s | slides | ms per slide | ms per token kept free |"
    )
    print("|---|---|---|---|---|---|")
    for name, way in (("remove and shift", Slide.SHIFT), ("clear and re-evaluate half", Slide.REFEED)):
        session = engine.open_session(1, ContextWindow(window, SINKS))
        assert isinstance(session, LlamaSession)
        session.slide = way
        bits, seconds, slid = run_stream(session, engine.vocabulary.start_token, tokens)
        plain = median(t for t, s in zip(seconds, slid, strict=True) if not s)
        sliding = [t for t, s in zip(seconds, slid, strict=True) if s]
        extra = median(sliding) - plain
        print(
            f"| {name} | {mean(bits):.4f} | {len(tokens) / sum(seconds):.1f} | {len(sliding)} | {1e3 * extra:.2f} "
            f"| {1e3 * extra * len(sliding) / len(tokens):.2f} |"
        )


def speed(
    open_workers: Callable[[int], LlamaEngine], tokens: NDArray[np.int32], steps: int, counts: list[int]
) -> None:
    """Tokens per second of all workers together, each with a session of S streams at 0..steps tokens of context."""
    print(f"| workers | S = 1 | S = 8 | S = 32 |  ({steps} steps)")
    print("|---|---|---|---|")
    for workers in counts:
        engine = open_workers(workers)
        cells = []
        for streams in (1, 8, 32):
            with ThreadPoolExecutor(workers) as pool:
                began = time.perf_counter()
                jobs = [pool.submit(lockstep, engine, tokens, streams, steps) for _ in range(workers)]
                done = sum(job.result() for job in jobs)
                cells.append(f"{done / (time.perf_counter() - began):.1f}")
        print(f"| {workers} | {' | '.join(cells)} |")


def lockstep(engine: LlamaEngine, tokens: NDArray[np.int32], streams: int, steps: int) -> int:
    """Feed `steps` rows of `streams` tokens; returns how many tokens that were."""
    session = engine.open_session(streams, ContextWindow(512, SINKS))
    everything = np.arange(streams, dtype=np.int32)
    want = np.ones(streams, np.bool_)
    for step in range(steps):
        session.feed(everything, np.resize(tokens[step::steps], streams), want)
    return streams * steps


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["slide", "speed"])
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--tokens", type=int, default=5000)
    parser.add_argument("--window", type=int, default=512)
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()

    def open_workers(workers: int) -> LlamaEngine:
        return open_engine(given.model, settings=best_settings(32), workers=workers, threads=given.threads)

    engine = open_workers(1)
    tokens = tokens_of(engine, given.model, given.text)
    if given.what == "slide":
        slide(engine, tokens[: given.tokens], given.window)
    else:
        speed(open_workers, tokens, given.steps, given.workers)


if __name__ == "__main__":
    main()
