"""Batch work: rules, skipping what is done, failures that do not stop the rest, and the report."""

import csv
import json
from pathlib import Path

import pytest

import nacomp as library
from nacomp.models.store import Store
from tests.nacomp.workbench import TINY, nacomp, prose


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


def test_patterns_that_match_nothing_are_told(tmp_path: Path) -> None:
    assert "nothing matches" in nacomp("batch", tmp_path / "*.none").err
