"""The settings page."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit
from pytestqt.qtbot import QtBot

import nacomp
from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.views.pages import Page
from tests.gui.driving import Finished


def test_pages_show_what_another_page_has_set(application: Application, qtbot: QtBot, own_home: Path) -> None:
    window = application.window
    window.show_page(Page.SETTINGS)
    control = window.settings_page.controls["level"]
    assert isinstance(control, QComboBox)
    control.setCurrentIndex(control.findData("max"))
    control.activated.emit(control.currentIndex())
    window.show_page(Page.QUEUE)
    assert window.queue_page.options.level.buttons["max"].isChecked()
    window.queue_page.options.destination.set_folder(str(own_home))
    window.queue_page.options.level.buttons["fast"].click()
    window.show_page(Page.SETTINGS)
    assert control.currentData() == "fast"
    destination = window.settings_page.controls["destination"]
    assert isinstance(destination, QComboBox)
    qtbot.waitUntil(lambda: destination.currentData() == str(own_home))


def test_settings_fill_themselves_after_their_page_is_shown(application: Application, qtbot: QtBot) -> None:
    """All groups in one event would hold the window up."""
    application.window.show_page(Page.SETTINGS)
    page = application.window.settings_page

    def tops() -> list[int]:
        return [part.y() for part in page.findChildren(QFrame, "card") if part.isVisible()]

    assert len(tops()) <= 1
    qtbot.waitUntil(lambda: len(set(tops())) == 4)
    assert tops() == sorted(tops())


def test_patterns_leave_out_what_is_below_folders(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    folder = tmp_path / "work"
    (folder / "cache").mkdir(parents=True)
    for name in ("kept.txt", "draft.tmp", "cache/blob"):
        (folder / name).write_text(name)
    window = application.window
    window.show_page(Page.SETTINGS)
    line = window.settings_page.controls["exclude"]
    assert isinstance(line, QLineEdit)
    line.setText("*.tmp; cache ;")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    finished(application.services.runner.add(Kind.COMPRESS, [folder])[0])
    with nacomp.open(tmp_path / "work.nac") as archive:
        assert [entry.path for entry in archive.entries] == ["work", "work/kept.txt"]
