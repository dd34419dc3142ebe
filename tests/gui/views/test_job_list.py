"""The list of jobs by keyboard and mouse."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Kind, State
from nacomp.gui.views.pages import Page
from tests.gui.driving import Finished


def test_waiting_jobs_are_reordered_and_removed_by_keyboard(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    for name in "abc":
        (tmp_path / name).write_text(name)
    runner, page = application.services.runner, application.window.queue_page
    page.take([tmp_path / name for name in "abc"])
    qtbot.waitUntil(lambda: all(job.size is not None for job in runner.queue))
    page.list.setFocus()
    page.list.setCurrentIndex(runner.model.index(2))
    qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [job.name for job in runner.queue] == ["a", "c", "b"]
    assert page.list.selected() is runner.queue.at(1)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [job.name for job in runner.queue] == ["a", "b"]
    assert all(job.state is State.WAITING for job in runner.queue)


def test_several_jobs_are_moved_and_removed_together(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    runner, page = application.services.runner, application.window.queue_page
    for name in "abcd":
        (tmp_path / name).write_text(name)
    jobs = runner.add(Kind.COMPRESS, [tmp_path / name for name in "abcd"])
    qtbot.waitUntil(lambda: all(job.size is not None for job in runner.queue))
    page.list.setFocus()
    page.list.setCurrentIndex(runner.model.index(2))
    page.list.selectionModel().select(runner.model.index(3), QItemSelectionModel.SelectionFlag.Select)
    qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [job.name for job in runner.queue] == ["a", "c", "d", "b"]
    carried = runner.model.mimeData([runner.model.index(1), runner.model.index(2)])
    runner.model.dropMimeData(carried, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert [job.name for job in runner.queue] == ["c", "d", "a", "b"]
    assert page.list.selected_jobs() == jobs[2:]
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [job.name for job in runner.queue] == ["a", "b"]


def double_click(qtbot: QtBot, application: Application, row: int) -> None:
    view = application.window.queue_page.list
    place = view.visualRect(application.services.runner.model.index(row)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_double_click_on_a_finished_job_opens_its_archive(
    application: Application, qtbot: QtBot, archive: Path, tmp_path: Path, finished: Finished
) -> None:
    finished(application.services.runner.add(Kind.COMPRESS, [tmp_path / "gone"])[0], State.FAILED)
    page, desk = application.window.queue_page, application.services.archives
    qtbot.waitUntil(page.list.isVisible)
    double_click(qtbot, application, 1)
    assert page.details_open
    opened = [application.window.page]
    page.details.closed.emit()
    double_click(qtbot, application, 0)
    opened.append(application.window.page)
    assert opened == [Page.QUEUE, Page.ARCHIVE]
    qtbot.waitUntil(lambda: desk.document is not None)
    assert desk.document is not None
    assert desk.document.path == archive
