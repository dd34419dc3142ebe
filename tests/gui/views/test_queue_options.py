"""The options above the queue."""

import os
import random
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.estimate import Estimate
from nacomp.gui.logic.jobs import Hold, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.status import status_line
from nacomp.gui.views.job_delegate import badge
from tests.gui.driving import Finished


def test_choices_are_remembered(application: Application, own_home: Path) -> None:
    page = application.window.queue_page
    page.options.level.buttons["max"].click()
    page.options.destination.set_folder(str(own_home))
    stored = (own_home / "settings.json").read_text("utf-8")
    assert '"level": "max"' in stored
    assert str(own_home) in stored
    assert page.options.destination.currentText() == own_home.name


def test_levels_are_chosen_with_arrow_keys(application: Application, qtbot: QtBot) -> None:
    options = application.window.queue_page.options
    options.level.buttons["fast"].setFocus()
    qtbot.keyClick(options.level.buttons["fast"], Qt.Key.Key_Right)
    assert options.level.buttons["balanced"].isChecked()
    assert application.services.store.value.level is Level.BALANCED


def test_a_level_counts_for_all_that_wait_and_is_seen_on_them(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    services, options = application.services, application.window.queue_page.options
    services.store.value.start_at_once = False
    for name in "abc":
        (tmp_path / name).write_text("a")
    jobs = services.runner.add(Kind.COMPRESS, [tmp_path / name for name in "abc"])
    qtbot.waitUntil(lambda: all(job.size is not None for job in jobs))
    services.runner.change_level(jobs[2], Level.MAX)
    assert "Fast" in status_line(jobs[0])
    options.level.buttons["balanced"].click()
    assert [job.level for job in jobs] == [Level.BALANCED, Level.BALANCED, Level.MAX]
    assert status_line(jobs[0]) == "Waiting · Balanced · 1 B"


def test_a_long_job_is_judged_anew_at_another_level(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    services, options = application.services, application.window.queue_page.options
    services.store.value.start_at_once = False
    (tmp_path / "noise").write_bytes(random.Random(5).randbytes(250_000))
    job = services.runner.add(Kind.COMPRESS, [tmp_path / "noise"])[0]
    qtbot.waitUntil(lambda: job.estimate is not None and not job.held)
    services.estimates.found[job.id][Level.MAX] = Estimate(5000.0, 250_000)
    options.level.buttons["max"].click()
    qtbot.waitUntil(lambda: job.held is Hold.CHOICE)
    options.level.buttons["fast"].click()
    assert job.held is None
    assert job.estimate is not None
    assert not job.estimate.long


def test_what_cannot_be_read_is_left_out_where_that_is_chosen(
    application: Application, tmp_path: Path, finished: Finished
) -> None:
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "good.txt").write_text("good")
    os.mkfifo(folder / "pipe")
    runner, options = application.services.runner, application.window.queue_page.options
    finished(runner.add(Kind.COMPRESS, [folder])[0], State.FAILED)
    options._switches["skip_unreadable"].trigger()
    job = runner.add(Kind.COMPRESS, [folder])[0]
    finished(job)
    assert badge(job) == ("warning", "warning")
    assert "not all inputs could be read; left out: 1" in status_line(job)
    assert any("pipe" in notice for notice in job.notices)
