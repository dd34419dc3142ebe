"""What can still be changed about jobs that wait, and what was removed and comes back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers import notices as notices_module
from nacomp.gui.controllers.queue_model import MANY_ROWS
from nacomp.gui.logic.jobs import Conflict, Kind, State, WhenDone
from nacomp.gui.logic.levels import Level
from tests.gui.driving import press


def entry(menu: QMenu, *path: str) -> QAction:
    """An action of a menu, by the texts on the way to it."""
    found = {action.text(): action for action in menu.actions()}[path[0]]
    below = found.menu()
    return entry(below, *path[1:]) if isinstance(below, QMenu) and len(path) > 1 else found


@pytest.fixture
def waiting(application: Application, qtbot: QtBot, tmp_path: Path) -> Application:
    """Three jobs that wait, all selected."""
    application.services.store.value.start_at_once = False
    for name in "abc":
        (tmp_path / name).write_text(f"some words of {name}")
    runner, page = application.services.runner, application.window.queue_page
    jobs = runner.add(Kind.COMPRESS, [tmp_path / name for name in "abc"])
    qtbot.waitUntil(lambda: all(job.size is not None for job in jobs) and page.list.isVisible())
    page.list.selectAll()
    return application


def test_level_folder_and_names_of_a_selection(
    waiting: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, cards = waiting.services.runner, waiting.window.queue_page.list
    place = tmp_path / "place"
    place.mkdir()
    (place / "a.nac").write_text("in the way")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(place))
    first = runner.queue.at(0)
    menu = cards.job_menu(first)
    assert entry(menu, "Level", "Fast").isChecked()
    entry(menu, "Level", "Balanced").trigger()
    assert {job.level for job in runner.queue} == {Level.BALANCED}
    entry(menu, "Level", "Fast").trigger()
    entry(menu, "Save to", "Choose a folder…").trigger()
    entry(menu, "If the name is taken", "Replace").trigger()
    assert {job.conflict for job in runner.queue} == {Conflict.REPLACE}
    cards.setCurrentIndex(runner.model.index(1))
    entry(cards.job_menu(runner.queue.at(1)), "Name of the archive…").trigger()
    assert cards.dialog is not None
    cards.dialog.field.setText("other.nac")
    qtbot.keyClick(cards.dialog.field, Qt.Key.Key_Return)
    runner.start()
    qtbot.waitUntil(lambda: {job.state for job in runner.queue} == {State.DONE})
    assert sorted(path.name for path in place.iterdir()) == ["a.nac", "c.nac", "other.nac"]
    assert (place / "a.nac").read_bytes() != b"in the way"


def test_what_was_removed_comes_back_in_its_place(waiting: Application, qtbot: QtBot) -> None:
    runner, page = waiting.services.runner, waiting.window.queue_page
    before = list(runner.queue)
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert len(runner.queue) == 0
    press(qtbot, page, "Undo")
    assert list(runner.queue) == before
    page.list.setCurrentIndex(runner.model.index(1))
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert len(runner.queue) == 2
    runner.undo()
    assert list(runner.queue) == before
    assert not runner.can_undo


def test_many_are_removed_and_come_back(waiting: Application, tmp_path: Path) -> None:
    runner = waiting.services.runner
    runner.add(Kind.COMPRESS, [tmp_path / f"none {number}" for number in range(MANY_ROWS)])
    before = list(runner.queue)
    runner.remove(*before[1:])
    assert list(runner.queue) == before[:1]
    runner.undo()
    assert list(runner.queue) == before
    assert [runner.queue.row(job.id) for job in before] == list(range(len(before)))


def test_all_that_failed_is_tried_again(waiting: Application, qtbot: QtBot, tmp_path: Path) -> None:
    runner, page = waiting.services.runner, waiting.window.queue_page
    for name in "ab":
        (tmp_path / name).unlink()
    runner.start()
    qtbot.waitUntil(lambda: not runner.going)
    assert [job.state for job in runner.queue] == [State.FAILED, State.FAILED, State.DONE]
    for name in "ab":
        (tmp_path / name).write_text("here again")
    press(qtbot, page, "Try all again")
    qtbot.waitUntil(lambda: {job.state for job in runner.queue} == {State.DONE})


def test_sleep_and_close_follow_once(
    waiting: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(notices_module, "start_detached", started.append)
    monkeypatch.setattr(notices_module, "sleep_command", lambda: ("sleep now",))
    runner, options = waiting.services.runner, waiting.window.queue_page.options
    options.when_done[WhenDone.SLEEP].trigger()
    runner.start()
    qtbot.waitUntil(lambda: started == [("sleep now",)])
    assert runner.when_done is WhenDone.NOTHING
    options.when_done[WhenDone.CLOSE].trigger()
    runner.add(Kind.TEST, [runner.queue.at(0).output or Path()])
    runner.start()
    qtbot.waitUntil(waiting.window.isHidden)
    assert len(started) == 1
