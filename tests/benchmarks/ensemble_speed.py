"""What the ensemble costs beside the model it corrects: microseconds per token of both, in one run.

    python -m tests.benchmarks.ensemble_speed TEXT [--model ID]... [--streams 16] [--tokens 2048]

The model encodes, all positions of a stream in chunks: its quickest way, so the strictest measure. The range coder counts
to the ensemble, which has one thread; a model that shares its work over two makes the ensemble's share larger. Small
models run with one thread per block, large ones with all.

What was measured to gain (embedded model, 270 likely tokens a row, CPU time per token in 8 streams): asking for the
table entries of all likely tokens before the first is read, and the exponentials of all their biases in one vector loop:
110 to 35 us. Then, of a decoder's step of 8 streams of alice29 (450 us on one thread of Zen 4, the quietest fifth on a
busy machine): steps on eight biases at a time instead of one, 10 us; likely tokens listed and hashed as vectors, and the
tables in huge pages, 16 us. N-gram slots asked for a step ahead: nothing, not kept.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from nacomp.codecs.levels import level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.codecs.range_coder import SymbolEncoder
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble
from nacomp.models.tokens.vocabulary import PAGE

CHUNK = 64
MODELS = ("embedded", "smollm2-135m-instruct-q4_1")
Floats = NDArray[np.float32]
Symbols = NDArray[np.int32]


def run_model(codec: NeuralCodec, symbols: Symbols) -> tuple[Floats, float]:
    """(symbol, vocabulary) logits after each symbol, and microseconds per token."""
    session = codec.engine.open_session(1, codec.settings.context)
    tokens = codec.engine.vocabulary.model_tokens(symbols)
    logits = np.empty((len(tokens), codec.engine.vocabulary.size), np.float32)
    seconds = 0.0
    for at in range(0, len(tokens), CHUNK):
        part = tokens[at : at + CHUNK]
        begin = time.perf_counter()
        found = session.feed(np.zeros(len(part), np.int32), part, np.ones(len(part), np.bool_))
        seconds += time.perf_counter() - begin
        logits[at : at + CHUNK] = found
    return logits, 1e6 * seconds / len(tokens)


def run_ensemble(codec: NeuralCodec, symbols: Symbols, logits: Floats, streams: int) -> float:
    """Microseconds per token of predicting, coding and learning every symbol but each stream's first."""
    ensemble = open_ensemble(codec.engine.vocabulary, EnsembleParameters(skip=False), streams)
    coder = SymbolEncoder()
    steps = len(symbols) // streams
    places = np.arange(streams) * steps
    live, asked = np.arange(streams, dtype=np.int32), np.ones(streams, np.bool_)
    seconds = 0.0
    for step in range(steps - 1):
        row, rows = symbols[places + step + 1], logits[places + step]
        begin = time.perf_counter()
        coder.encode(row // PAGE, ensemble.predict(live, rows, asked))
        coder.encode(row % PAGE, ensemble.choose_pages(row // PAGE))
        ensemble.update(row)
        seconds += time.perf_counter() - begin
    return 1e6 * seconds / ((steps - 1) * streams)


def main() -> None:
    """One row per model and number of threads."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--model", dest="models", action="append")
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=2048)
    chosen = parser.parse_args()
    table = Table("model", "threads", "kernel", "model us", "ensemble us", "share %")
    for model in chosen.models or MODELS:
        for threads in sorted({1, min(2, os.cpu_count() or 1)}):
            codec = ModelLoader(threads=threads).for_level(level_named("balanced"), model)
            symbols = codec.engine.tokenizer.encode(chosen.text.read_bytes()[: 8 * chosen.tokens])[
                : chosen.tokens
            ]
            logits, base = run_model(codec, symbols)
            cost = min(run_ensemble(codec, symbols, logits, chosen.streams) for _ in range(3))
            share = f"{100 * cost / base:.1f}"
            table.add_row(model, str(threads), codec.engine.kernel, f"{base:,.0f}", f"{cost:,.1f}", share)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
