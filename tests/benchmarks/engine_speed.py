"""How fast the exact engine is: tokens per second against llama.cpp with the same weights, in one run.

    python -m tests.benchmarks.engine_speed MODEL.gguf TEXT [--streams 1,8,16,32] [--filled 1000] [--kernel K]

Three jobs, as a compressor does them, every stream with `--filled` tokens of context already behind it:
decoding one token per stream and step, for several numbers of streams; and encoding, all positions of a stream in
chunks with logits for each. llama.cpp runs the weights rewritten as Q8_0 and as BF16, with as many threads, its
own kernel for attention, and chunks of 512; the better of the two counts. Needs the `llama` extra.

What was measured to gain or lose (2 cores of Zen 4, SmolLM2-135M or its shape, interleaved runs on a shared machine):
- values fetched while the softmax computes: 10% less time per token at 8 streams and 1,000 tokens of context; keys two
  tiles ahead: about 3% more off; the next head's keys during the weighted sum: nothing, not kept;
- the lines of new keys and values asked for before they are written: that step takes a third to a half less;
- all weights in one run of huge pages: one stream on one thread 20% faster;
- weights fetched 4 KiB ahead: 5% more products per second at 8 rows, a loss at 4 and fewer, nothing at 16 and more;
  fetching the next group of blocks during the last row tile lost 15% at 16 rows;
- all row tiles of one column block before the next block: 25% slower products at 64 rows, because the rows of the
  result lie a power of two apart; several blocks per row tile it is;
- the embedded model, 8 streams at 512 tokens, one thread: values fetched line by line during the scores, and the next head's
  keys during the softmax: 1 to 4% less of a quiet step, nothing or a loss where others use the caches too, not kept. Of
  such a step's 310 us products take 130: no more than one instruction of 64 products a cycle allows;
- one thread taking a row through all of attention, without a barrier between: nothing, not kept.
On a Sapphire Rapids (AMX, 2 MiB of second-level cache), a step of the embedded model's decoder at 480 tokens of context:
- keys and values not fetched ahead: 5% less time at 4 and 8 streams, where all of them are 6 MB (of SmolLM2's shape at
  32 streams 10% more); fetched 16 panels ahead instead of 8: 4% more, 4 panels: nothing; values fetched to the second
  level before the scores: 5% more;
- weights fetched ahead at 4 rows too: 5% less; 1, 2, 8 or 16 KiB instead of 4: nothing.
One row takes 165 us, four 250, eight 360: a step reads 4 MB of weights and up to 4 MB of keys and values, which the
second-level cache does not hold.
Of 1,024 tokens of prose, 13% of the groups of four positions have no weight at all and 83% none in the upper plane.
Where the time goes at 16 streams, per layer: attention 45%, gate and up 20%, down 10%, q, k and v 6%, new keys and
values 5%, attention output 4%, norms and activation 4%; the output matrix 7% of the whole.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from nacomp.models.exact.engine import AUTO, ExactEngine, open_engine
from nacomp.models.protocol import ContextWindow

Tokens = NDArray[np.int32]
CHUNK = 64
LLAMA_CHUNK = 512
TYPES = {"Q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, "BF16": 32}


@dataclass(frozen=True)
class Job:
    """What is measured.

    Attributes:
        tokens: (stream, position) what to feed.
        filled: tokens of context in every stream before decoding is timed.
        steps: decoded tokens per stream.
    """

    tokens: Tokens
    filled: int
    steps: int


def timed(step: Callable[[int], None], count: int) -> float:
    """Median seconds of one step; a median, because other processes may hold a core for a while."""
    seconds = []
    for i in range(count):
        begin = time.perf_counter()
        step(i)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def exact_decode(engine: ExactEngine, job: Job, context: ContextWindow) -> float:
    """Tokens per second of all streams together."""
    streams = len(job.tokens)
    session = engine.open_session(streams, context)
    for stream in range(streams):
        for i in range(0, job.filled, CHUNK):
            rows = job.tokens[stream, i : min(i + CHUNK, job.filled)]
            session.feed(np.full(len(rows), stream, np.int32), rows, np.zeros(len(rows), np.bool_))
    names, want = np.arange(streams, dtype=np.int32), np.ones(streams, np.bool_)

    def step(i: int) -> None:
        session.feed(names, np.ascontiguousarray(job.tokens[:, job.filled + i]), want)

    return streams / timed(step, job.steps)


def exact_encode(engine: ExactEngine, tokens: Tokens, context: ContextWindow) -> float:
    """Tokens per second with logits for every position of one stream, from an empty context on."""
    session = engine.open_session(1, context)
    begin = time.perf_counter()
    for i in range(0, len(tokens), CHUNK):
        rows = tokens[i : i + CHUNK]
        session.feed(np.zeros(len(rows), np.int32), rows, np.ones(len(rows), np.bool_))
    return len(tokens) / (time.perf_counter() - begin)


class Llama:
    """llama.cpp through its C interface, which alone takes batches of many streams."""

    def __init__(self, path: Path, threads: int) -> None:
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        self._threads = threads

    def _open(self, streams: int, positions: int) -> None:
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = streams * (positions + 255) // 256 * 256
        parameters.n_batch = parameters.n_ubatch = LLAMA_CHUNK
        parameters.n_seq_max = streams
        parameters.n_threads = parameters.n_threads_batch = self._threads
        parameters.kv_unified = False
        self._context = llama_cpp.llama_init_from_model(self._model, parameters)
        self._batch = llama_cpp.llama_batch_init(LLAMA_CHUNK, 0, 1)

    def _close(self) -> None:
        llama_cpp.llama_batch_free(self._batch)
        llama_cpp.llama_free(self._context)

    def _feed(self, rows: list[tuple[int, int, int]], want: bool) -> None:
        """Rows of (stream, position, token)."""
        self._batch.n_tokens = len(rows)
        for i, (stream, position, token) in enumerate(rows):
            self._batch.token[i], self._batch.pos[i] = token, position
            self._batch.n_seq_id[i], self._batch.seq_id[i][0] = 1, stream
            self._batch.logits[i] = want
        if llama_cpp.llama_decode(self._context, self._batch) != 0:
            raise RuntimeError("llama.cpp could not decode the batch")
        if want:
            llama_cpp.llama_get_logits(self._context)  # waits until they are there

    def _feed_stream(self, tokens: Tokens, want: bool) -> None:
        for i in range(0, len(tokens), LLAMA_CHUNK):
            part = tokens[i : i + LLAMA_CHUNK].tolist()
            self._feed([(0, i + j, token) for j, token in enumerate(part)], want)

    def decode(self, job: Job) -> float:
        """Tokens per second of all streams together; the first stream's context is copied to the others."""
        streams = len(job.tokens)
        self._open(streams, job.filled + job.steps)
        self._feed_stream(job.tokens[0, : job.filled], want=False)
        memory = llama_cpp.llama_get_memory(self._context)
        for stream in range(1, streams):
            llama_cpp.llama_memory_seq_cp(memory, 0, stream, -1, -1)

        def step(i: int) -> None:
            position = job.filled + i
            self._feed([(s, position, int(job.tokens[s, position])) for s in range(streams)], want=True)

        rate = streams / timed(step, job.steps)
        self._close()
        return rate

    def encode(self, tokens: Tokens) -> float:
        """Tokens per second with logits for every position of one stream."""
        self._open(1, len(tokens))
        begin = time.perf_counter()
        self._feed_stream(tokens, want=True)
        rate = len(tokens) / (time.perf_counter() - begin)
        self._close()
        return rate

    def close(self) -> None:
        """Release the weights."""
        llama_cpp.llama_model_free(self._model)


def rewrite(model: Path, folder: Path, name: str) -> Path:
    """The same weights in another of llama.cpp's formats."""
    target = folder / f"{name}.gguf"
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = TYPES[name]
    parameters.allow_requantize = True
    if llama_cpp.llama_model_quantize(str(model).encode(), str(target).encode(), parameters) != 0:
        raise RuntimeError(f"llama.cpp could not write {name}")
    return target


def tokens_of(model: Path, text: Path, streams: int, length: int) -> Tokens:
    """(stream, position): the text's tokens, over again where it is too short."""
    llama = llama_cpp.Llama(str(model), vocab_only=True, verbose=False)
    found = llama.tokenize(text.read_bytes(), add_bos=False, special=False)
    starts = np.linspace(0, len(found), streams, endpoint=False).astype(int)
    return np.array([np.roll(found, -start)[:length] for start in starts], np.int32)


def show(name: str, exact: float, others: dict[str, float]) -> None:
    best = max(others.values())
    cells = " | ".join(f"{rate:8.0f}" for rate in (exact, *others.values()))
    print(f"| {name:<22} | {cells} | {exact / best:5.2f}x |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--streams", default="1,8,16,32")
    parser.add_argument("--filled", type=int, default=1000)
    parser.add_argument("--window", type=int, default=1024)
    parser.add_argument("--sinks", type=int, default=4)
    parser.add_argument("--kernel", default=AUTO)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    counts = [int(count) for count in arguments.streams.split(",")]
    quiet = llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(quiet, None)
    context = ContextWindow(arguments.window, arguments.sinks)
    engine = open_engine(arguments.model, kernel=arguments.kernel, threads=arguments.threads)
    print(f"{arguments.model.name}, kernel {engine.kernel}, {arguments.threads} threads, tokens per second\n")
    print(f"| {'':<22} | {'exact':>8} | " + " | ".join(f"{name:>8}" for name in TYPES) + " | ratio |")
    print("|" + "---|" * (len(TYPES) + 3))
    with tempfile.TemporaryDirectory() as folder:
        llamas = {
            name: Llama(rewrite(arguments.model, Path(folder), name), arguments.threads) for name in TYPES
        }
        text = tokens_of(arguments.model, arguments.text, 1, arguments.window)[0]
        rates = {name: llama.encode(text) for name, llama in llamas.items()}
        show("encode, all logits", exact_encode(engine, text, context), rates)
        for count in counts:
            steps = max(8, min(40, 256 // count))
            tokens = tokens_of(arguments.model, arguments.text, count, arguments.filled + steps)
            job = Job(tokens, arguments.filled, steps)
            rates = {name: llama.decode(job) for name, llama in llamas.items()}
            show(f"decode, {count} streams", exact_decode(engine, job, context), rates)
        for llama in llamas.values():
            llama.close()


if __name__ == "__main__":
    main()
