"""The settings page."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFrame
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.views.pages import Page


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
