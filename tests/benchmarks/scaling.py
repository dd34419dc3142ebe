"""How clock time at level fast falls with the number of cores: the schedule of `block.cpp` with step times measured here.

    python -m tests.benchmarks.scaling TEXT [--ahead 3] [--handover 3]

Each part of a step is timed alone on one thread, in processor time, which other programs on the machine lengthen less than
that of the clock. Then the rules by which blocks, lanes and rows are shared out are played through for machines of 1 to 16
idle cores. Memory that cores compete for is not in it, so the figures are bounds. `--ahead` is `kMostAhead` of `block.cpp`,
`--handover` the microseconds that a step waits for its threads.

alice29, one core of a Sapphire Rapids with AMX that others used too; seconds by cores, and how many times faster than one:

    in        1           2           4           8          16
    150 KB    2.95        1.64 (1.8)  1.17 (2.5)  0.91 (3.2)  0.91 (3.2)
    2 MB     34.8        17.6 (2.0)   8.9 (3.9)   5.8 (6.0)   4.2 (8.4)
    100 MB 1720         861 (2.0)   433 (4.0)   217 (7.9)   109 (15.8)

    out       1           2           4           8          16
    150 KB    4.09        2.98 (1.4)  2.35 (1.7)  2.04 (2.0)  2.04 (2.0)
    2 MB     50.0        25.7 (1.9)  18.2 (2.7)  14.0 (3.6)  12.1 (4.1)
    100 MB 2480        1240 (2.0)   625 (4.0)   313 (7.9)   156 (15.9)

What bounds a block: it has 8 streams. In goes no faster than the command starts (0.37 s here) and its rows are learnt one
after the other. Out, every lane reads all weights in every step: one stream takes 208 us, eight 421. What bounds a file: its
blocks of 1 MiB.

What was decided by it: three threads at most run a forward ahead (150 KB on four cores: 1.46 s with four, 1.17 with the rows
shared out). Each of several blocks has its part of the threads (while one block held all, 2 MB on four cores took 12.4 s in
and 21.5 out, on eight 9.8 and 18.6, on sixteen 6.8 and 17.4).

Not built: the decoder's learning beside the next forward. Half of the streams cannot step while the other half's forward
runs, as each step codes the pages of all streams before the slots of the first; what could run beside the forward is 30 us
of 600 for each step, less what asks whether the model is wanted, and the rest of a lane would have to be shared out anew.
Of the encoder on two threads, 2,155 ms of processor time on a busy machine, 1,171 ms were its first thread's.
"""

import argparse
import heapq
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from nacomp.codecs.levels import MEBI, level_named
from nacomp.models.exact.engine import ExactEngine, open_engine
from nacomp.models.library.store import Store
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble
from nacomp.models.protocol import Session
from nacomp.models.tokens.vocabulary import PAGE

LEVEL = level_named("fast")
STREAMS = LEVEL.max_streams
ROWS = 256
"""Of one forward of the encoder."""
CORES = (1, 2, 3, 4, 6, 8, 12, 16)
SIZES = {"150 KB": 150_000, "2 MB": 2_000_000, "100 MB": 100_000_000}
Symbols = NDArray[np.int32]


@dataclass(frozen=True)
class Parts:
    """Microseconds of processor time.

    Attributes:
        batch: of a lane's rows in one forward of the encoder, by streams of the lane.
        step: of a lane's rows in one step of the decoder, by streams of the lane.
        open: of a row, from logits to frequencies.
        close: of a row, coded and learnt.
        start: of a command before and after its blocks.
        bytes_a_symbol: of this text.
    """

    batch: dict[int, float]
    step: dict[int, float]
    open: float
    close: float
    start: float
    bytes_a_symbol: float


def timed(action: Callable[[], object]) -> float:
    """Microseconds of processor time of this thread."""
    begin = time.thread_time()
    action()
    return 1e6 * (time.thread_time() - begin)


def usual(costs: Sequence[float]) -> float:
    """The lowest tenth's end: what other programs do to the caches only lengthens a step."""
    return quantiles(costs, n=10)[0]


def feed(session: Session, symbols: Symbols, streams: int, each: int, at: int) -> float:
    """Feed `each` rows from `at` on to so many streams, all wanted; gives microseconds."""
    rows = symbols[: len(symbols) // streams * streams].reshape(streams, -1)[:, at : at + each]
    names = np.repeat(np.arange(streams, dtype=np.int32), each)
    tokens, want = np.ascontiguousarray(rows).reshape(-1), np.ones(streams * each, np.bool_)
    return timed(lambda: session.feed(names, tokens, want))


def forwards(engine: ExactEngine, tokens: Symbols, each: int) -> dict[int, float]:
    """Microseconds for lanes of 1 to all streams, behind a full window."""
    found = {}
    for streams in (1, 2, 3, 4, STREAMS):
        session = engine.open_session(streams, LEVEL.context)
        for at in range(0, LEVEL.context.window, ROWS // STREAMS):
            feed(session, tokens, streams, ROWS // STREAMS, at)
        begin = LEVEL.context.window
        places = range(begin, begin + 40 * each, each)
        found[streams] = usual([feed(session, tokens, streams, each, at) for at in places])
    return found


def rows(engine: ExactEngine, symbols: Symbols, steps: int = 400) -> tuple[float, float]:
    """Microseconds of opening a row and of closing it."""
    everyone, asked = np.arange(STREAMS, dtype=np.int32), np.ones(STREAMS, np.bool_)
    ensemble = open_ensemble(engine.vocabulary, EnsembleParameters(skip=False), STREAMS)
    session, opened, closed = engine.open_session(STREAMS, LEVEL.context), [], []
    text = symbols[: len(symbols) // STREAMS * STREAMS].reshape(STREAMS, -1)
    tokens = engine.vocabulary.model_tokens(text)
    for step in range(steps):
        logits = session.feed(everyone, np.ascontiguousarray(tokens[:, step]), asked)
        row = np.ascontiguousarray(text[:, step + 1])
        opened.append(timed(partial(ensemble.predict, everyone, logits, asked)))
        slots = timed(partial(ensemble.choose_pages, row // PAGE))
        closed.append(slots + timed(partial(ensemble.update, row)))
    return usual(opened) / STREAMS, usual(closed) / STREAMS


def start_up(command: Sequence[str]) -> float:
    """Microseconds of processor time of a command; the least of five."""
    costs = []
    for _ in range(5):
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "nacomp", *command],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        after = os.times()
        costs.append(
            after.children_user - before.children_user + after.children_system - before.children_system
        )
    return 1e6 * min(costs)


def measure(text: bytes) -> Parts:
    """All parts."""
    engine = open_engine(Store().find(LEVEL.models[0]).path, threads=1)
    symbols = np.asarray(engine.tokenizer.encode(text), np.int32)
    tokens = engine.vocabulary.model_tokens(symbols)
    opened, closed = rows(engine, symbols)
    with tempfile.TemporaryDirectory() as folder:
        short, archive = Path(folder) / "short", Path(folder) / "archive"
        short.write_bytes(text[:300])
        start = start_up(["compress", "--level", "fast", "-f", "-o", str(archive), str(short)])
    each = ROWS // STREAMS
    return Parts(
        forwards(engine, tokens, each),
        forwards(engine, tokens, 1),
        opened,
        closed,
        start,
        len(text) / len(symbols),
    )


def shared_out(tasks: Sequence[float], threads: int) -> float:
    """When the last of the tasks is done that threads take in order, each as soon as it is free."""
    free = [0.0] * threads
    for task in tasks:
        heapq.heapreplace(free, free[0] + task)
    return max(free)


def lanes_of(count: int) -> list[int]:
    """Streams of each lane."""
    return [STREAMS * (i + 1) // count - STREAMS * i // count for i in range(count)]


def encoder(parts: Parts, symbols: int, threads: int, ahead: int, handover: float) -> float:
    """Microseconds of a block."""
    batches, steps = symbols / ROWS, ROWS // STREAMS
    coded = ROWS * (parts.open + parts.close)
    if threads == 1:
        return batches * (parts.batch[STREAMS] + coded)
    lanes = min(2 * threads if threads <= ahead else threads, STREAMS)
    tasks = [parts.batch[streams] for streams in lanes_of(lanes)]
    if threads <= ahead:
        alone = shared_out(tasks, threads)
        return alone + (batches - 1) * (handover + shared_out([coded, *tasks], threads)) + coded
    step = shared_out([parts.open] * STREAMS, threads) + STREAMS * parts.close + handover
    return batches * (shared_out(tasks, threads) + handover + steps * step)


def decoder(parts: Parts, symbols: int, threads: int, handover: float) -> float:
    """Microseconds of a block."""
    most = max(lanes_of(min(threads, STREAMS)))
    step = parts.step[most] + most * parts.open + STREAMS * parts.close
    return symbols / STREAMS * (step + (handover if threads > 1 else 0.0))


def file_of(size: int, parts: Parts, threads: int, block: Callable[[int, int], float]) -> float:
    """Seconds of a file: blocks side by side, each on its part of the threads, which grows when others have ended."""
    whole, rest = divmod(size, MEBI)
    waiting = [MEBI] * whole + [rest] * (rest > 0)
    active: list[tuple[int, float]] = []  # symbols of a block, and how much of it is left
    now = parts.start
    while waiting or active:
        while waiting and len(active) < threads:
            active.append((round(waiting.pop(0) / parts.bytes_a_symbol), 1.0))
        each = threads // len(active)
        passed = min(left * block(symbols, each) for symbols, left in active)
        now += passed
        later = ((symbols, left - passed / block(symbols, each)) for symbols, left in active)
        active = [(symbols, left) for symbols, left in later if left > 1e-9]
    return now / 1e6


def main() -> None:
    """A table for each direction, and the parts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--ahead", type=int, default=3)
    parser.add_argument("--handover", type=float, default=3.0)
    chosen = parser.parse_args()
    parts = measure(chosen.text.read_bytes())
    console = Console(width=140)
    console.print(parts)

    def encode(symbols: int, threads: int) -> float:
        return encoder(parts, symbols, threads, chosen.ahead, chosen.handover)

    def decode(symbols: int, threads: int) -> float:
        return decoder(parts, symbols, threads, chosen.handover)

    for name, block in {"in": encode, "out": decode}.items():
        table = Table(f"{name}, seconds", *map(str, CORES))
        for label, size in SIZES.items():
            seconds = [file_of(size, parts, cores, block) for cores in CORES]
            table.add_row(label, *(f"{s:.3g} ({seconds[0] / s:.1f})" for s in seconds))
        console.print(table)


if __name__ == "__main__":
    main()
