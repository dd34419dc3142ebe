"""What the keyboard finds, goes back from and asks about; and where the eye and the focus are afterwards."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.views import job_list
from nacomp.gui.views.pages import Page
from nacomp.version import VERSION
from tests.gui.driving import Finished, Text, press, press_card

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def test_ctrl_f_searches_the_open_archive(application: Application, qtbot: QtBot, archive: Path) -> None:
    window, desk = application.window, application.services.archives
    window.open_archive(archive)
    qtbot.waitUntil(lambda: desk.document is not None)
    window.show_page(Page.QUEUE)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert window.page is Page.ARCHIVE
    assert window.archive_page.entries.search.hasFocus()


def test_f1_tells_version_keys_and_licences(application: Application, qtbot: QtBot) -> None:
    qtbot.keyClick(application.window, Qt.Key.Key_F1)
    about = application.window.about
    assert about is not None
    qtbot.waitUntil(about.isVisible)
    said = about.licences.toPlainText()
    assert f"nacomp {VERSION}: " in said
    assert "PySide6" in said
    assert "?" not in said
    press(qtbot, about, "Close")
    assert not about.isVisible()


@pytest.mark.parametrize("key", [(Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Left, ALT)])
def test_back_from_the_details(
    application: Application,
    qtbot: QtBot,
    archive: Path,
    key: tuple[Qt.Key, Qt.KeyboardModifier],
) -> None:
    assert archive.exists()
    page = application.window.queue_page
    page.list.setCurrentIndex(application.services.runner.model.index(0))
    page._show_details(True)
    assert not page.list.isVisible()
    page.details.back.setFocus()
    qtbot.keyClick(page.details.back, *key)
    assert page.list.isVisible()
    assert page.list.hasFocus()


def test_what_begins_comes_into_sight_and_the_focus_stays(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    runner, page = application.services.runner, application.window.queue_page
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_text("a")
    jobs = runner.add(Kind.COMPRESS, [tmp_path / f"{number:02}.txt" for number in range(30)])
    qtbot.waitUntil(lambda: all(job.size is not None for job in jobs))
    view = page.list

    def seen(job: Job) -> bool:
        place = view.visualRect(runner.model.index(runner.queue.row(job.id)))
        return view.viewport().rect().contains(place.center())

    qtbot.waitUntil(lambda: seen(jobs[-1]))  # what is new
    assert not seen(jobs[0])
    qtbot.waitUntil(page.start.isVisible)
    press(qtbot, page, "Start")
    qtbot.waitUntil(lambda: jobs[0].state is not State.WAITING)
    qtbot.waitUntil(lambda: seen(jobs[0]) or jobs[0].state is State.DONE)
    assert view.hasFocus()
    for job in jobs[5:]:
        runner.remove(job) if job.state is State.WAITING else None
    qtbot.waitUntil(lambda: runner.queue.at_rest)
    qtbot.waitUntil(page.footer.clear.isEnabled)
    press(qtbot, page, "Clear finished")
    assert view.hasFocus() or not view.isVisible()


def test_long_work_is_not_cancelled_by_a_slip(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    text: Text,
    under_way: Finished,
    finished: Finished,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job_list, "MUCH_WORK_SECONDS", 0.0)
    application.services.store.value.estimate_first = False  # on a loaded machine it would be held back
    runner, page = application.services.runner, application.window.queue_page
    (tmp_path / "long.txt").write_text(text(400_000))
    job = runner.add(Kind.COMPRESS, [tmp_path / "long.txt"])[0]
    runner.let_go(job)
    under_way(job)
    press_card(qtbot, page, job, Action.CANCEL)
    assert page.list.question is not None
    buttons = {button.text(): button for button in page.list.question.findChildren(QPushButton)}
    buttons["Keep working"].click()
    assert job.state is State.RUNNING
    assert job.stopping is None
    press_card(qtbot, page, job, Action.CANCEL)
    assert page.list.question is not None
    buttons = {button.text(): button for button in page.list.question.findChildren(QPushButton)}
    buttons["Cancel the job"].click()
    finished(job, State.CANCELLED)
