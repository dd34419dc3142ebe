"""The window's start-up time, and how long its longest event takes while the workers hold both cores.

    python -m tests.benchmarks.bench_window [--starts 5] [--seconds 20]

Start-up: from the start of a fresh process to the first painted window. Responsiveness: a timer asks for a tick every
10 ms; a later tick means that some event held the window up for that long. Meanwhile compression jobs run on every
core, and a script uses the window as a person would: pages, selection, details, scrolling, theme. Bounds to keep:
start-up under 2 s, no event over 100 ms. The second figure of each pair is the window's own processor time, which
other work on the machine does not change.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

START = """
import sys, time
from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.logic.settings import SettingsStore
app = make_qt_application()
running = Application(app, SettingsStore())
running.window.show()
running.window.grab()
print(time.time() - float(sys.argv[1]))
running.window.leave()
"""


def start_seconds() -> float:
    """One start, from before the process exists to the first picture of its window."""
    environment = {**os.environ, "NACOMP_HOME": tempfile.mkdtemp()}
    command = [sys.executable, "-c", START, str(time.time())]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def make_texts(folder: Path, count: int) -> list[Path]:
    """Texts without repetition, so that every token is work."""
    source = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(source.choices(letters, k=source.randint(2, 9))) for _ in range(3000)]
    paths = [folder / f"text {number}.txt" for number in range(count)]
    for path in paths:
        path.write_text(" ".join(source.choices(words, k=40_000)))
    return paths


Gaps = dict[str, list[tuple[float, float]]]


def longest_gaps(seconds: float) -> Gaps:
    """(wall, own processor) time between ticks in ms, wall beyond the 10 ms asked for, by what the script was doing."""
    os.environ["NACOMP_HOME"] = tempfile.mkdtemp()
    from PySide6.QtCore import QCoreApplication, QTimer

    from nacomp.gui.application import Application, make_qt_application
    from nacomp.gui.logic.jobs import Kind
    from nacomp.gui.logic.levels import Level
    from nacomp.gui.logic.settings import SettingsStore
    from nacomp.gui.views.pages import Page

    store = SettingsStore()
    store.value.level, store.value.estimate_first = Level.FAST, False
    store.value.slots = os.cpu_count() or 1
    app = make_qt_application()
    running = Application(app, store)
    running.window.resize(1200, 800)
    running.window.show()
    folder = Path(tempfile.mkdtemp())
    running.services.runner.add(Kind.COMPRESS, make_texts(folder, 2 * store.value.slots))
    gaps: Gaps = {}
    state = {"doing": "watching"}
    last = [time.perf_counter(), time.thread_time()]

    def tick() -> None:
        now, used = time.perf_counter(), time.thread_time()
        gap = 1000 * (now - last[0]) - 10, 1000 * (used - last[1])
        gaps.setdefault(state["doing"], []).append(gap)
        last[:] = now, used
        state["doing"] = "watching"

    def use() -> Iterator[str]:
        while True:
            for page in (Page.ARCHIVE, Page.MODELS, Page.SETTINGS, Page.QUEUE):
                running.window.show_page(page)
                yield f"page {page.value}"
            for row in range(len(running.services.runner.queue)):
                running.window.queue_page.list.setCurrentIndex(running.services.runner.model.index(row))
                yield "select"
            running.window.resize(900, 600)
            yield "resize"
            running.window.resize(1200, 800)
            yield "resize"

    script = use()

    def step() -> None:
        state["doing"] = next(script)

    ticker, actor = QTimer(interval=10), QTimer(interval=230)
    ticker.timeout.connect(tick)
    actor.timeout.connect(step)
    ticker.start()
    actor.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.0005)
    ticker.stop()
    actor.stop()
    running.window.leave()
    return gaps


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    starts = sorted(start_seconds() for _ in range(options.starts))
    print(f"start-up: median {statistics.median(starts):.2f} s, slowest {starts[-1]:.2f} s of {len(starts)}")
    print(f"longest waits in ms while jobs hold {os.cpu_count()} cores, {options.seconds:.0f} s:")
    for name, values in sorted(longest_gaps(options.seconds).items()):
        wall, own = (sorted(pair[part] for pair in values) for part in (0, 1))
        at = int(0.99 * (len(values) - 1))
        print(
            f"  {name:14} median {statistics.median(wall):5.1f} / {statistics.median(own):5.1f}"
            f"   99% {wall[at]:5.1f} / {own[at]:5.1f}   longest {wall[-1]:5.1f} / {own[-1]:5.1f}"
        )


if __name__ == "__main__":
    main()
