"""Ctrl+V takes what a file manager or a terminal has copied."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.views.pages import Page


@pytest.fixture
def two_files(application: Application, tmp_path: Path) -> list[Path]:
    """Two files that wait for nobody."""
    application.services.store.value.start_at_once = False
    paths = [tmp_path / "a file.txt", tmp_path / "b"]
    for path in paths:
        path.write_text("something")
    return paths


def press_paste(application: Application, qtbot: QtBot) -> list[Path]:
    """Ctrl+V on the page that shows; what is in the queue then, all of it measured.

    By its shortcut: a Ctrl that a test has pressed stays pressed for the shortcuts of later tests.
    """
    pasting = QKeySequence(QKeySequence.StandardKey.Paste)
    shortcuts = [one for one in application.window.findChildren(QShortcut) if one.key() == pasting]
    assert len(shortcuts) == 1
    shortcuts[0].activated.emit()
    jobs = list(application.services.runner.queue)
    qtbot.waitUntil(lambda: all(job.size is not None for job in jobs))
    return [job.inputs[0] for job in jobs]


def test_copied_files_are_pasted_on_any_page(
    application: Application, qtbot: QtBot, two_files: list[Path]
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in two_files])
    QGuiApplication.clipboard().setMimeData(data)
    application.window.show_page(Page.SETTINGS)
    assert press_paste(application, qtbot) == two_files
    assert application.window.page is Page.QUEUE


def test_copied_paths_are_pasted(application: Application, qtbot: QtBot, two_files: list[Path]) -> None:
    text = f"'{two_files[0]}'\n{two_files[1].as_uri()}\n"
    QGuiApplication.clipboard().setText(text)
    assert press_paste(application, qtbot) == two_files


def test_a_copied_text_is_no_file_and_says_so(
    application: Application, qtbot: QtBot, two_files: list[Path]
) -> None:
    QGuiApplication.clipboard().setText(f"see there:\n{two_files[0]}")
    assert press_paste(application, qtbot) == []
    assert application.window.notice.isVisible()
    assert application.window.notice.text.text() == "There are no files in the clipboard."


def test_a_password_is_pasted_into_its_field(application: Application) -> None:
    """The field takes the key before the window's shortcut does."""
    options = application.window.queue_page.options
    options.seal.setChecked(True)
    control = Qt.KeyboardModifier.ControlModifier
    wanted = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_V, control)
    wanted.ignore()
    QApplication.sendEvent(options.password, wanted)
    assert wanted.isAccepted()
