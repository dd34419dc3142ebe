"""The queue's page with the real worker behind it: drop, compress, pause, resume, cancel, retry, extract."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import Job, Kind, State
from tests.gui.driving import Finished, Text, drop, files_below, press, press_card


def test_what_is_added_after_the_queue_ran_waits_again(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    application.services.store.value.start_at_once = False
    for name in "ab":
        (tmp_path / name).write_text(name)
    runner, page = application.services.runner, application.window.queue_page
    first = runner.add(Kind.COMPRESS, [tmp_path / "a"])[0]
    qtbot.waitUntil(lambda: first.size is not None)
    assert first.state is State.WAITING
    press(qtbot, page, "Start")
    finished(first)
    second = runner.add(Kind.COMPRESS, [tmp_path / "b"])[0]
    qtbot.waitUntil(lambda: second.size is not None and page.start.isVisible())
    assert second.state is State.WAITING


def only_job(application: Application) -> Job:
    assert len(application.services.runner.queue) == 1
    return application.services.runner.queue.at(0)


def test_dropped_folder_comes_back_byte_for_byte(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished, text: Text
) -> None:
    folder = tmp_path / "holiday notes"
    (folder / "day 1").mkdir(parents=True)
    (folder / "day 1" / "walk – ü.txt").write_text(text(300), "utf-8")
    (folder / "empty").write_bytes(b"")
    (folder / "picture").write_bytes(bytes(range(256)) * 4)
    before = files_below(folder)
    page = application.window.queue_page
    drop(page.drop_area, [folder])
    job = only_job(application)
    finished(job)
    archive = tmp_path / "holiday notes.nac"
    assert job.output == archive
    assert job.sizes() == (sum(map(len, before.values())), archive.stat().st_size)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.list)
    shutil.rmtree(folder)

    drop(application.window, [archive])
    assert page.banner.isVisible()
    press(qtbot, page.banner, "Extract")
    back = application.services.runner.queue.at(1)
    finished(back)
    assert files_below(folder) == before
    qtbot.waitUntil(lambda: page.footer.text.accessibleName().startswith("2 of 2 done"))


def test_pause_resume_and_the_result_is_whole(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    under_way: Callable[[Job], None],
    text: Text,
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(6000))
    page = application.window.queue_page
    drop(application.window, [source])
    job = only_job(application)
    under_way(job)
    press_card(qtbot, page, job, Action.PAUSE)
    qtbot.waitUntil(lambda: job.state is State.PAUSED)
    qtbot.waitUntil(lambda: page.start.isVisible() and not page.pause.isVisible())
    assert page.start.text() == "Resume"
    assert "Paused" in str(page.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    press_card(qtbot, page, job, Action.RESUME)
    finished(job)

    test = application.services.runner.add(Kind.TEST, [tmp_path / "novel.txt.nac"])[0]
    finished(test)
    assert test.failure is None


def test_killed_worker_is_a_failed_job_and_the_window_lives(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    under_way: Callable[[Job], None],
    text: Text,
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(3000))
    runner, page = application.services.runner, application.window.queue_page
    drop(application.window, [source])
    job = only_job(application)
    under_way(job)
    os.kill(runner.process_id(job), signal.SIGKILL)
    finished(job, State.FAILED)
    assert job.failure is not None
    assert "ended from outside or crashed" in job.failure
    assert application.window.isVisible()
    assert [path.name for path in tmp_path.iterdir()] == ["novel.txt"]
    page.list.setCurrentIndex(runner.model.index(0))
    page._show_details(True)
    qtbot.waitUntil(lambda: page.details.status.text() == job.failure)
    press(qtbot, page.details, "Try again")
    finished(job)
    assert (tmp_path / "novel.txt.nac").is_file()
