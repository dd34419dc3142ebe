"""Drop-down lists show all that they have."""

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.views.pages import Page


def test_every_drop_down_list_shows_its_last_entry(application: Application, qtbot: QtBot) -> None:
    window = application.window
    window.settings_page.make_all()
    tried = 0
    for page in (Page.QUEUE, Page.SETTINGS, Page.MODELS):
        window.show_page(page)
        qtbot.wait(1)
        shown = window.stack.currentWidget()
        assert shown is not None
        for control in filter(QComboBox.isVisible, shown.findChildren(QComboBox)):
            control.showPopup()
            view = control.view()
            qtbot.waitUntil(view.isVisible)
            qtbot.wait(1)
            last = view.visualRect(view.model().index(control.count() - 1, 0))
            assert view.viewport().rect().contains(last), f"{control.accessibleName()} on {page.value}"
            assert not view.verticalScrollBar().isVisible()
            control.hidePopup()
            tried += 1
    assert tried >= 10
