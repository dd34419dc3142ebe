"""Estimates, models, measures, comparisons, commands, hand-over: the small parsers and builders."""

import lzma
import sys
from pathlib import Path

import pytest

from nacomp.cli.password import VARIABLE
from nacomp.gui.logic.commands import (
    PASSWORD_VARIABLE,
    WorkerOptions,
    estimate_arguments,
    job_arguments,
    worker_program,
)
from nacomp.gui.logic.compare import classical_sizes
from nacomp.gui.logic.estimate import Estimate, offer, parse_estimate
from nacomp.gui.logic.handover import Request, pack, parse_arguments, unpack
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.measure import Measure, measure
from nacomp.gui.logic.models import parse_models
from nacomp.gui.logic.names import Target
from nacomp.gui.logic.settings import Engine
from nacomp.gui.process.awake import inhibitor


def test_estimate_is_read_and_judged() -> None:
    assert parse_estimate({"seconds": 300, "estimated_size": 10.0, "tokens": 5}) == Estimate(300.0, 10)
    assert Estimate(121.0, 1).long
    assert not Estimate(5.0, 1).long
    assert offer(Level.FAST, Estimate(121.0, 1)) == "Fast: about 2 min"


def test_faster_levels_come_slowest_first() -> None:
    assert Level.MAX.faster == (Level.BALANCED, Level.FAST)
    assert Level.FAST.faster == ()


def test_models_are_sorted_installed_first() -> None:
    common = {"family": "", "licence": "", "note": "", "path": "", "levels": ["fast"]}
    lines = [
        {**common, "id": "big", "name": "Big", "size": 5, "source": "hub", "installed": False},
        {**common, "id": "own", "name": "own", "size": 7, "source": "file", "installed": True},
        {**common, "id": "embedded", "name": "E", "size": None, "source": "embedded", "installed": True},
    ]
    models = parse_models({"models": lines})
    assert [model.id for model in models] == ["own", "embedded", "big"]
    assert [model.removable for model in models] == [True, False, False]
    assert [model.available for model in models] == [False, False, True]
    assert models[0].levels == (Level.FAST,)


def test_measure_counts_a_tree_and_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/a").write_bytes(b"12345")
    (tmp_path / "d/e/b").write_bytes(b"123")
    (tmp_path / "outside").write_bytes(b"x" * 1000)
    (tmp_path / "d/link").symlink_to(tmp_path)
    found = measure([tmp_path / "d"])
    assert found == Measure(8, 2)
    assert measure([tmp_path / "gone"]) == Measure(0, 0)


def test_comparison_equals_the_real_codecs(tmp_path: Path) -> None:
    text = b"to be or not to be, that is the question. " * 500
    file = tmp_path / "a.txt"
    file.write_bytes(text)
    bars = classical_sizes([file])
    assert bars is not None
    sizes = {bar.label: bar.size for bar in bars}
    assert sizes["xz -9e"] == len(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    assert list(sizes) == ["zip -9", "zstd -19", "xz -9e"]
    assert all(size < len(text) / 20 for size in sizes.values())


def test_comparison_stops_when_it_is_no_longer_wanted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert classical_sizes([tmp_path / "a"], wanted=lambda: False) is None
    assert classical_sizes([tmp_path / "gone"]) == classical_sizes([])


def test_a_name_with_a_dash_is_no_option() -> None:
    job = Job(1, Kind.COMPRESS, (Path("-rf"),), level=Level.FAST, model="tiny")
    target = Target(Path("-o.nac"), overwrite=True)
    arguments = job_arguments(
        job, target, WorkerOptions(threads=3, engine=Engine.LLAMA, trash=True, recovery=5)
    )
    assert arguments == [
        "compress", str(Path("-rf").absolute()), "-o", str(Path("-o.nac").absolute()), "-f", "--level", "fast",
        "--model", "tiny", "--engine", "llama", "--rm", "--recovery", "5%", "-T", "3", "--json", "--control",
    ]  # fmt: skip


def test_a_password_is_never_an_argument() -> None:
    job = Job(1, Kind.COMPRESS, (Path("/a"),), password="hunter2")
    arguments = job_arguments(job, Target(Path("/a.nac"), overwrite=False), WorkerOptions())
    assert "--password" in arguments
    assert "hunter2" not in " ".join(arguments)
    assert "hunter2" not in repr(job)
    reading = Job(2, Kind.EXTRACT, (Path("/a.nac"),), password="hunter2")
    arguments = job_arguments(reading, Target(Path("/out"), overwrite=False), WorkerOptions())
    assert not [word for word in arguments if "password" in word or "hunter2" in word]
    assert PASSWORD_VARIABLE == VARIABLE


def test_extraction_selects_each_path() -> None:
    job = Job(1, Kind.EXTRACT, (Path("/a.nac"),), select=("b", "c/d"))
    arguments = job_arguments(job, Target(Path("/out"), overwrite=False), WorkerOptions())
    assert arguments[arguments.index("--select") :] == ["--select", "b", "--select", "c/d"]
    assert "-f" not in arguments


def test_an_estimate_for_another_level_does_not_ask_for_the_model_of_this_one() -> None:
    job = Job(1, Kind.COMPRESS, (Path("/a"),), level=Level.MAX, model="big")
    assert "--model" in estimate_arguments(job, Level.MAX)
    assert "--model" not in estimate_arguments(job, Level.FAST)


@pytest.mark.parametrize(
    ("words", "kind", "names"),
    [
        ([], None, []),
        (["a.nac"], None, ["a.nac"]),
        (["--compress", "a", "b"], Kind.COMPRESS, ["a", "b"]),
        (["--extract", "--", "--odd"], Kind.EXTRACT, ["--odd"]),
    ],
)
def test_start_arguments(words: list[str], kind: Kind | None, names: list[str], tmp_path: Path) -> None:
    request = parse_arguments(words, tmp_path)
    assert request == Request(kind, tuple(str(tmp_path / name) for name in names))


def test_a_request_survives_the_way_to_the_other_instance() -> None:
    for kind in (Kind.COMPRESS, None):
        request = Request(kind, ("/a b/ü",))
        assert unpack(pack(request)) == request


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"action": "format", "paths": []}', b'{"action": "", "paths": [1]}']
)
def test_anything_else_on_the_socket_is_ignored(data: bytes) -> None:
    assert unpack(data) is None


def test_sleep_lock_ends_with_the_process_that_asked_for_it() -> None:
    assert inhibitor("darwin", 7) == ["caffeinate", "-i", "-w", "7"]
    linux = inhibitor("linux", 7)
    assert linux is not None
    assert "--pid=7" in linux
    assert inhibitor("plan9", 7) is None


def test_worker_of_a_built_application_is_the_program_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert worker_program() == [sys.executable, "-m", "nacomp"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for window, worker in (("nacomp-gui", "nacomp"), ("nacomp-gui.exe", "nacomp.exe"), ("nacomp", "nacomp")):
        monkeypatch.setattr(sys, "executable", str(tmp_path / window))
        assert worker_program() == [str(tmp_path / worker)]
