"""Jobs as command lines of the worker."""

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
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.names import Target
from nacomp.gui.logic.settings import Engine


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
    assert arguments[-2:] == ["--select=b", "--select=c/d"]
    assert "-f" not in arguments


def test_an_estimate_for_another_level_does_not_ask_for_the_model_of_this_one() -> None:
    job = Job(1, Kind.COMPRESS, (Path("/a"),), level=Level.MAX, model="big")
    assert "--model" in estimate_arguments(job, Level.MAX)
    assert "--model" not in estimate_arguments(job, Level.FAST)


def test_a_device_is_named_to_all_that_compute() -> None:
    options = WorkerOptions(device="name:Voodoo 2")
    for kind in Kind:
        job = Job(1, kind, (Path("/a"),))
        arguments = job_arguments(job, Target(Path("/b"), overwrite=False), options)
        assert (kind is Kind.REPAIR) is ("--device" not in arguments)
    asked = estimate_arguments(Job(1, Kind.COMPRESS, (Path("/a"),)), Level.FAST, "cpu")
    assert asked[asked.index("--device") + 1] == "cpu"


def test_worker_of_a_built_application_is_the_program_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert worker_program() == [sys.executable, "-m", "nacomp"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for window, worker in (("nacomp-gui", "nacomp"), ("nacomp-gui.exe", "nacomp.exe"), ("nacomp", "nacomp")):
        monkeypatch.setattr(sys, "executable", str(tmp_path / window))
        assert worker_program() == [str(tmp_path / worker)]
