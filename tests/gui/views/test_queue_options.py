"""The options above the queue."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.levels import Level


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
