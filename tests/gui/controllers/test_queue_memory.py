"""The queue is there again after a restart."""

import json
import random
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.logic import commands
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.logic.status import headline, status_line
from tests.gui.driving import Finished, Text


def test_what_was_done_what_waited_and_what_ran(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    own_home: Path,
    text: Text,
    finished: Finished,
) -> None:
    application.services.store.value.estimate_first = False
    runner = application.services.runner
    (tmp_path / "done.txt").write_text(text(200))
    (tmp_path / "long.txt").write_text(text(100_000))
    (tmp_path / "later.txt").write_text(text(100_000))
    done = runner.add(Kind.COMPRESS, [tmp_path / "done.txt"])[0]
    finished(done)
    failed = runner.add(Kind.EXTRACT, [tmp_path / "gone.nac"])[0]
    finished(failed, State.FAILED)
    running = runner.add(Kind.COMPRESS, [tmp_path / "long.txt"])[0]
    runner.let_go(running)
    (tmp_path / "there").mkdir()
    later = runner.add(Kind.COMPRESS, [tmp_path / "later.txt"], tmp_path / "there")[0]
    runner.change_level(later, Level.MAX)
    runner.password = "hunter2"
    runner.add(Kind.COMPRESS, [tmp_path / "later.txt"])
    qtbot.waitUntil(lambda: running.state is State.RUNNING)
    application.window.leave()
    assert "hunter2" not in (own_home / "queue.json").read_text()
    assert not (tmp_path / "long.txt.nac").exists()

    again = Application(make_qt_application(), SettingsStore())
    try:
        queue = again.services.runner.queue
        assert [job.state for job in queue] == [State.DONE, State.FAILED, State.WAITING, State.WAITING]
        first, second, third, fourth = queue
        assert (headline(first), status_line(first)) == (headline(done), status_line(done))
        assert second.failure == failed.failure
        assert (third.inputs, fourth.destination, fourth.level) == (
            running.inputs,
            tmp_path / "there",
            Level.MAX,
        )
        qtbot.waitUntil(lambda: fourth.size == (tmp_path / "later.txt").stat().st_size)
        assert not again.services.runner.going
        again.services.runner.remove(third)
        again.services.runner.start()
        finished(fourth)
        assert (tmp_path / "there" / "later.txt.nac").exists()
    finally:
        again.window.leave()
        again.window.deleteLater()


def test_a_spoilt_memory_is_an_empty_one(application: Application, own_home: Path) -> None:
    application.window.leave()
    good = {
        "kind": "test",
        "inputs": ["a.nac"],
        "level": "fast",
        "model": None,
        "select": [],
        "state": "cancelled",
    }
    spoilt = [3, {}, good | {"state": "running"}, good | {"inputs": []}, good | {"strange": 1}, good]
    (own_home / "queue.json").write_text(json.dumps(spoilt))
    again = Application(make_qt_application(), SettingsStore())
    jobs: list[Job] = list(again.services.runner.queue)
    again.window.leave()
    again.window.deleteLater()
    assert [job.inputs for job in jobs] == [(Path("a.nac"),)]


def test_work_that_was_stopped_goes_on_after_a_restart(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    text: Text,
    finished: Finished,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its finished blocks are kept beside the output, and no longer than they are of use."""
    monkeypatch.setattr(commands, "WORTH_KEEPING_BYTES", 1000)
    application.services.store.value.estimate_first = False
    noise = random.Random(5).randbytes(3 << 20)
    (tmp_path / "long").write_bytes(noise + text(60_000).encode())
    runner = application.services.runner
    job = runner.add(Kind.COMPRESS, [tmp_path / "long"])[0]
    qtbot.waitUntil(lambda: any(path.suffix == ".nacomp-resume" for path in tmp_path.iterdir()))
    qtbot.waitUntil(lambda: kept(tmp_path).stat().st_size > 1 << 20)
    application.window.leave()
    size = kept(tmp_path).stat().st_size
    again = Application(make_qt_application(), SettingsStore())
    try:
        job = again.services.runner.queue.at(0)
        assert job.state is State.WAITING
        again.services.runner.start()
        qtbot.waitUntil(lambda: job.state is State.RUNNING)
        assert kept(tmp_path).stat().st_size >= size
        qtbot.waitUntil(lambda: bool(job.meter.fraction))
        again.services.runner.cancel(job)
        finished(job, State.CANCELLED)
        assert [path.name for path in tmp_path.iterdir()] == ["long"]
    finally:
        again.window.leave()
        again.window.deleteLater()


def kept(folder: Path) -> Path:
    """The file of finished blocks."""
    return next(path for path in folder.iterdir() if path.suffix == ".nacomp-resume")
