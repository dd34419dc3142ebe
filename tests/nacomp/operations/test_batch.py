"""Batch work: rules, skipping what is done, failures that do not stop the rest, and the report."""

import csv
import json
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

import nacomp as library
from nacomp.archive.kept_blocks import kept_path
from nacomp.archive.working_memory import compress_bytes
from nacomp.codecs.levels import LEVELS
from nacomp.errors import Interrupted
from nacomp.models.exact.engine import open_engine
from nacomp.models.exact.weights import Hyperparameters
from nacomp.models.library.store import Store
from nacomp.runtime.memory import Budget
from nacomp.runtime.progress import CancelToken
from tests.nacomp.workbench import DATA, TINY, nacomp, prose

pytestmark = pytest.mark.long_file


@pytest.fixture
def folder(tmp_path: Path, tiny_model: Path) -> Path:
    """docs/ with a few files, and the tiny model installed."""
    Store().add(tiny_model)
    docs = tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    for number, name in enumerate(("a.txt", "b.md", "sub/c.txt", "sub/d.log")):
        (docs / name).write_bytes(prose(900, seed=number))
    return docs


def test_folder_to_archives_and_report(folder: Path, tmp_path: Path) -> None:
    out, report, table = tmp_path / "out", tmp_path / "r.json", tmp_path / "r.csv"
    line = (
        "batch",
        folder,
        "-o",
        out,
        "--model",
        TINY,
        "--exclude",
        "*.log",
        "-j",
        "2",
        "--report",
        report,
        "--csv",
        table,
    )
    assert nacomp(*line).code == 0
    made = sorted(str(p.relative_to(out)) for p in out.rglob("*.nac"))
    assert made == ["docs/a.txt.nac", "docs/b.md.nac", "docs/sub/c.txt.nac"]
    assert (
        library.decompress((out / "docs/sub/c.txt.nac").read_bytes()) == (folder / "sub/c.txt").read_bytes()
    )
    summary = json.loads(report.read_text())["summary"]
    assert (summary["done"], summary["skipped"], summary["failed"], summary["original_size"]) == (
        3,
        0,
        0,
        2700,
    )
    rows = csv.DictReader(table.read_text().splitlines())
    assert [row["state"] for row in rows] == ["done"] * 3


def test_done_files_are_skipped_and_changed_ones_are_not(folder: Path, tmp_path: Path) -> None:
    line = ("batch", folder, "-o", tmp_path / "out", "--model", TINY, "--json")
    assert nacomp(*line).code == 0
    (folder / "b.md").write_bytes(prose(500, seed=9))
    damaged = tmp_path / "out" / "docs" / "a.txt.nac"
    damaged.write_bytes(damaged.read_bytes()[:-3])
    done = nacomp(*line)
    events = [json.loads(text) for text in done.out.splitlines()]
    states = {Path(e["source"]).name: e["state"] for e in events if e["event"] == "file"}
    assert states == {"a.txt": "done", "b.md": "done", "c.txt": "skipped", "d.log": "skipped"}


def test_job_file(folder: Path, tmp_path: Path) -> None:
    job = tmp_path / "nightly.toml"
    job.write_text(
        f"""
destination = "archives"
[[job]]
inputs = ["docs/**/*.txt"]
level = "fast"
model = "{TINY}"
[[job]]
inputs = ["docs"]
exclude = ["*.md"]
level = "max"
model = "{TINY}"
"""
    )
    done = nacomp("batch", "--job", job, "--json")
    assert done.code == 0, done.err
    levels = {
        Path(e["source"]).name: e["level"]
        for e in map(json.loads, done.out.splitlines())
        if e["event"] == "file"
    }
    assert levels == {"a.txt": "fast", "c.txt": "fast", "d.log": "max"}
    made = sorted(str(p.relative_to(tmp_path / "archives")) for p in (tmp_path / "archives").rglob("*.nac"))
    assert made == ["a.txt.nac", "docs/sub/d.log.nac", "sub/c.txt.nac"]
    assert folder.exists()


def test_one_failure_does_not_stop_the_rest(folder: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "out" / "docs" / "a.txt.nac"
    blocked.mkdir(parents=True)
    done = nacomp("batch", folder, "-o", tmp_path / "out", "--model", TINY)
    assert done.code == 1
    assert "1 of 4 inputs failed" in done.err
    assert "is a folder" in done.err
    assert len([p for p in (tmp_path / "out").rglob("*.nac") if p.is_file()]) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        "destination = 'x'",
        "[[job]]\nlevel = 'fast'",
        "[[job]]\ninputs = ['*']\nlevel = 'huge'",
    ],
)
def test_bad_job_files_are_usage_errors(tmp_path: Path, text: str) -> None:
    (tmp_path / "job.toml").write_text(text)
    done = nacomp("batch", "--job", tmp_path / "job.toml")
    assert (done.code, done.err.count("Traceback")) == (2, 0)


def test_patterns_that_match_nothing_are_told(folder: Path, tmp_path: Path) -> None:
    """A rule may have patterns that find nothing tonight; paths that are not there, and rules in vain, are slips."""
    for inputs in ((tmp_path / "*.none",), (folder, tmp_path / "gone")):
        done = nacomp("batch", *inputs)
        assert (done.code, "nothing matches" in done.err) == (2, True)
    assert nacomp("batch", folder, tmp_path / "*.none", "-o", tmp_path / "out", "--model", TINY).code == 0


def test_options_that_a_job_file_takes_over_are_refused(tmp_path: Path) -> None:
    (tmp_path / "job.toml").write_text("[[job]]\ninputs = ['*']")
    for option in (("--exclude", "*.log"), ("--level", "fast"), ("--model", TINY)):
        done = nacomp("batch", "--job", tmp_path / "job.toml", *option)
        assert (done.code, "says its own" in done.err) == (2, True)


def test_quiet_is_fit_for_cron(folder: Path, tmp_path: Path) -> None:
    """Nothing on success; the failed files and one line about them otherwise."""
    line = ("batch", folder, "-o", tmp_path / "out", "--model", TINY, "-q")
    done = nacomp(*line)
    assert (done.code, done.out, done.err) == (0, b"", "")
    blocked = tmp_path / "out" / "docs" / "a.txt.nac"
    blocked.unlink()
    blocked.mkdir()
    done = nacomp(*line)
    assert (done.code, done.out) == (1, b"")
    first, last = done.err.strip().splitlines()
    assert first.startswith(f"failed  {folder / 'a.txt'}: ")
    assert last == "nacomp: 1 of 4 inputs failed."


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
def test_a_killed_batch_goes_on_within_a_file(tmp_path: Path, tiny_model: Path) -> None:
    """Text and then noise: the text's block is kept when the process dies, and found by the next one."""
    Store().add(tiny_model)
    docs, out = tmp_path / "docs", tmp_path / "out"
    docs.mkdir()
    (docs / "large").write_bytes(prose(9000) + random.Random(5).randbytes(1 << 16) * 17)
    line = (sys.executable, "-m", "nacomp", "batch", str(docs), "-o", str(out), "--model", TINY, "-T", "1")
    target = out / "docs" / "large.nac"
    kept = kept_path(target)
    with subprocess.Popen(line, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 120
        while not (kept.exists() and kept.stat().st_size > 64):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    done = nacomp("batch", docs, "-o", out, "--model", TINY, "--report", tmp_path / "r.json")
    assert done.code == 0, done.err
    assert not kept.exists()
    assert library.decompress(target.read_bytes()) == (docs / "large").read_bytes()


def test_leftovers_are_no_inputs(folder: Path, tmp_path: Path) -> None:
    """Archives beside their files, and what a killed batch leaves there."""
    for name in (".a.txt.nac.x.nacomp-part", kept_path(folder / "a.txt.nac").name):
        (folder / name).write_bytes(b"left")
    for done_now in (4, 0):
        report = tmp_path / "r.json"
        assert nacomp("batch", folder, "--model", TINY, "-f", "--report", report).code == 0
        assert json.loads(report.read_text())["summary"]["done"] == done_now


def test_interrupted_batches_report_what_they_came_to(folder: Path, tmp_path: Path) -> None:
    (folder / "z.txt").write_bytes(prose(400_000))
    report = tmp_path / "r.json"
    line = ("batch", folder, "-o", tmp_path / "out", "--model", TINY, "-j", "1", "--json", "--report", report)
    command = [sys.executable, "-m", "nacomp", *map(str, line)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        events = []
        for text in process.stdout:
            events.append(json.loads(text))
            if events[-1]["event"] == "file" and [e["event"] for e in events].count("file") == 4:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    assert "what is finished is kept" in events[-1]["message"]
    assert "run the same command again" in events[-1]["hint"]
    assert json.loads(report.read_text())["summary"]["done"] == 4
    assert events[0]["event"] == "start"
    assert max(e["total_bytes"] for e in events if e["event"] == "progress") == 403_600


def test_a_budget_holds_files_back() -> None:
    budget, cancel = Budget(100), CancelToken()
    entered, leave = Event(), Event()

    def work(needed: int) -> None:
        with budget.share(needed, cancel.check):
            entered.set()
            leave.wait(60)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(work, 500)  # more than there is, alone
        assert entered.wait(60)
        entered.clear()
        second = pool.submit(work, 1)
        assert not entered.wait(0.5)
        leave.set()
        assert entered.wait(60)
        assert (first.result(), second.result()) == (None, None)
    leave.clear()
    with ThreadPoolExecutor(1) as pool, budget.share(100, cancel.check):
        held = pool.submit(work, 1)
        cancel.cancel()
        with pytest.raises(Interrupted):
            held.result(60)


def test_needed_memory_grows_with_what_is_done_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the tiny model's engine: a session of the size that SmolLM2's has, 519 MB at 32 streams, is not opened here."""
    engine = open_engine(DATA / "tiny.gguf")
    shape = Hyperparameters(30, 576, 9, 3, 64, 1536, 49152, 2048, 1e-5)
    monkeypatch.setattr(engine, "_shape", shape)
    monkeypatch.setattr(engine, "max_window", 2048)
    level = LEVELS["balanced"]
    mega = 1 << 20
    one, small = compress_bytes(mega, level, [engine], 1), compress_bytes(9000, level, [engine], 1)
    assert 519 * 10**6 < one < 800 * 10**6  # measured for the session alone: 519 MB
    assert small < one / 3
    assert compress_bytes(2 * mega, level, [engine], 2) > 1.9 * one
    assert compress_bytes(2 * mega, level, [], 2) < one
