"""How long the window's queue takes for many small files, and how long the window is held up meanwhile.

    python -m tests.benchmarks.queue_of_notes [--notes 2000] [--level fast] [--model ID] [--bytes 300] [--jobs 2]
        [--processes 5]

Notes of 300 bytes, no two alike, are dropped on the real window, which runs its real workers; the clock runs from the drop
to the end of the last job. A timer asks for a tick every 20 ms: a later tick means that some event held the window up for so
long; the second figure is the window's own processor time for it, which other work on the machine changes less. `--jobs` is
the setting of that name, how many run side by side.
`--processes` is the baseline of the same run: so many of the notes in a process each, as a queue without warm workers does.
Bounds to keep: 2,000 notes at level fast in two minutes on two cores, no event over 100 ms.
"""

import argparse
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["NACOMP_HOME"] = tempfile.mkdtemp()

from PySide6.QtCore import QCoreApplication, QTimer

from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.logic.commands import worker_program
from nacomp.gui.logic.jobs import State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import SettingsStore


def make_notes(folder: Path, count: int, size: int) -> list[Path]:
    """Notes of so many bytes."""
    source = random.Random(3)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(source.choices(letters, k=source.randint(2, 9))) for _ in range(3000)]
    paths = [folder / f"note {number}.txt" for number in range(count)]
    for path in paths:
        path.write_text(" ".join(source.choices(words, k=size))[:size])
    return paths


def queue_seconds(
    paths: list[Path], level: Level, model: str | None, jobs: int
) -> tuple[float, float, int, list[tuple[float, float]]]:
    """(seconds, the window's processor seconds, jobs done, gaps between ticks in ms).

    A gap is (by the clock beyond the 20 asked for, the window's own work).
    """
    store = SettingsStore()
    store.value.level, store.value.ask_together, store.value.slots = level, False, jobs
    if model is not None:
        store.value.models = {level: model}
    running = Application(make_qt_application(), store)
    running.window.resize(1200, 800)
    running.window.show()
    gaps: list[tuple[float, float]] = []
    last = [time.perf_counter(), time.thread_time()]

    def tick() -> None:
        now, used = time.perf_counter(), time.thread_time()
        gaps.append((1000 * (now - last[0]) - 20, 1000 * (used - last[1])))
        last[:] = now, used

    ticker = QTimer(interval=20)
    ticker.timeout.connect(tick)
    ticker.start()
    began, used = time.monotonic(), time.process_time()
    running.window.open_paths(paths)
    running.services.runner.emptied.connect(QCoreApplication.quit)
    QCoreApplication.exec()
    seconds, used = time.monotonic() - began, time.process_time() - used
    ticker.stop()
    seen = list(gaps)
    used -= len(seen) * cost_of(tick)
    done = running.services.runner.queue.counts()[State.DONE]
    running.window.leave()
    return seconds, used, done, seen


def cost_of(tick: Callable[[], None]) -> float:
    """Processor seconds of one tick, which are not the window's: with many ticks for each note they would outweigh it."""
    before, times = time.process_time(), 200
    for _ in range(times):
        tick()
    return (time.process_time() - before) / times


def process_seconds(paths: list[Path], level: Level, model: str | None) -> float:
    """Mean seconds of a process for one note."""
    began = time.monotonic()
    for path in paths:
        how = ["--level", level, *(["--model", model] if model else []), "--json"]
        target = str(path.with_suffix(".alone.nac"))
        subprocess.run(
            [*worker_program(), "compress", str(path), "-o", target, *how], check=True, capture_output=True
        )
    return (time.monotonic() - began) / len(paths)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notes", type=int, default=2000)
    parser.add_argument("--bytes", type=int, default=300)
    parser.add_argument("--level", type=Level, default=Level.FAST)
    parser.add_argument("--model")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--processes", type=int, default=5)
    options = parser.parse_args()
    paths = make_notes(Path(tempfile.mkdtemp()), options.notes, options.bytes)
    seconds, used, done, gaps = queue_seconds(paths, options.level, options.model, options.jobs)
    alone = process_seconds(paths[: options.processes], options.level, options.model)
    wall, own = (sorted(pair[part] for pair in gaps) for part in (0, 1))
    print(f"{done} of {len(paths)} notes of {options.bytes} bytes at level {options.level}: {seconds:.1f} s")
    print(f"the window's own processor time: {1000 * used / len(paths):.1f} ms a note")
    print(
        f"a process each: {alone:.2f} s a note, so {alone * len(paths):.0f} s ({alone * len(paths) / seconds:.1f} times)"
    )
    at = int(0.99 * (len(gaps) - 1))
    most = f"99% {wall[at]:.0f} / {own[at]:.0f}, longest {wall[-1]:.0f} / {own[-1]:.0f}"
    print(f"window held up, ms by the clock / own work: {most}")


if __name__ == "__main__":
    main()
