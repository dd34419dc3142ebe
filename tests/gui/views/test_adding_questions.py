"""Many small files at once: asked once, one archive or one each; nothing that was dropped is lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nacomp import open as open_archive
from nacomp.gui.application import Application
from nacomp.gui.controllers.adding import HANDFUL
from nacomp.gui.logic.jobs import State
from tests.gui.driving import Finished, drop, press


@pytest.fixture
def notes(tmp_path: Path) -> list[Path]:
    """A handful of them, in a folder that an archive is called after."""
    folder = tmp_path / "notes"
    folder.mkdir()
    paths = [folder / f"note {number}.txt" for number in range(HANDFUL)]
    for path in paths:
        path.write_text(f"this is {path.name}")
    return paths


def test_one_archive_of_all_under_the_name_that_was_typed(
    application: Application, qtbot: QtBot, tmp_path: Path, notes: list[Path], finished: Finished
) -> None:
    page, queue = application.window.queue_page, application.services.runner.queue
    drop(application.window, notes)
    qtbot.waitUntil(page.asking.isVisible)
    assert page.asking.text.text() == f"{HANDFUL} small files: one archive for all of them, or one each?"
    assert len(queue) == 0
    press(qtbot, page.asking, "One archive")
    dialog = page.adding.dialog
    assert dialog is not None
    assert (dialog.field.text(), dialog.field.selectedText()) == ("notes.nac", "notes")
    dialog.field.setText("a/b")
    assert not dialog.ok.isEnabled()
    dialog.field.setText("my notes")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert len(queue) == 1
    finished(queue.at(0))
    with open_archive(tmp_path / "notes" / "my notes.nac") as written:
        assert sorted(entry.path for entry in written.entries) == sorted(path.name for path in notes)
    assert page.asking.isHidden()


def test_a_question_that_is_closed_means_one_each_and_outlives_the_window(
    application: Application, qtbot: QtBot, notes: list[Path]
) -> None:
    application.services.store.value.start_at_once = False
    queue = application.services.runner.queue
    application.window.queue_page.take(notes)
    qtbot.waitUntil(application.window.queue_page.asking.isVisible)
    application.rebuild()
    page = application.window.queue_page
    assert page.asking.isVisible()
    page.asking.dismiss()
    assert [job.inputs for job in queue] == [(path,) for path in notes]
    assert {job.state for job in queue} == {State.WAITING}
    press(qtbot, page, "Start")
    qtbot.waitUntil(lambda: {job.state for job in queue} == {State.DONE})


def test_always_one_each_asks_no_more_and_few_files_never(
    application: Application, qtbot: QtBot, notes: list[Path]
) -> None:
    application.services.store.value.start_at_once = False
    page, queue = application.window.queue_page, application.services.runner.queue
    page.take(notes[:-1])
    assert len(queue) == HANDFUL - 1
    page.take(notes)
    qtbot.waitUntil(page.asking.isVisible)
    press(qtbot, page.asking, "Always one each")
    assert len(queue) == 2 * HANDFUL - 1
    page.take(notes)
    assert len(queue) == 3 * HANDFUL - 1
    assert not application.services.store.value.ask_together


def test_a_password_typed_in_two_ways_adds_nothing(
    application: Application, qtbot: QtBot, notes: list[Path]
) -> None:
    """An archive that nobody can open, or anybody, is worse than none. Who sees what he types need not type it twice."""
    application.services.store.value.start_at_once = False
    page, runner = application.window.queue_page, application.services.runner
    page.options.seal.trigger()
    page.options.password.insert("correct horse")
    assert "differ" in page.options.seal_note.text()
    page.take(notes[:1])
    qtbot.waitUntil(page.asking.isVisible)
    assert (len(runner.queue), runner.password) == (0, None)
    page.options.again.insert("correct horse")
    assert runner.password == "correct horse"
    page.options.again.clear()
    page.options.password.eye.trigger()
    assert page.options.again.isHidden()
    assert runner.password == "correct horse"
    page.take(notes[:1])
    assert runner.queue.at(0).password == "correct horse"
