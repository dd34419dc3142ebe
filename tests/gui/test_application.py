"""The application around its window: look and language change while work goes on."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.look.theme import DARK
from nacomp.gui.views.pages import Page
from tests.gui.driving import Text, wait_for


def test_theme_and_language_change_while_a_job_runs(
    application: Application, qtbot: QtBot, tmp_path: Path, under_way: Callable[[Job], None], text: Text
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(4000))
    job = application.services.runner.add(Kind.COMPRESS, [source])[0]
    under_way(job)
    application.window.show_page(Page.SETTINGS)
    before = application.window
    for name, value in (("theme", "dark"), ("language", "de")):
        control = application.window.settings_page.controls[name]
        control.setCurrentIndex(control.findData(value))  # type: ignore[attr-defined]
        control.activated.emit(0)  # type: ignore[attr-defined]
        window = application.window
        wait_for(qtbot, lambda before: application.window is not before, window)
    assert application.window is not before
    assert application.window.page is Page.SETTINGS
    assert application.theme.colours is DARK
    assert application.window.nav[Page.SETTINGS].accessibleName() == "Einstellungen"
    application.window.show_page(Page.QUEUE)
    assert application.window.queue_page.list.model().rowCount() == 1
    qtbot.waitUntil(lambda: job.state is State.DONE)
    page = application.window.queue_page
    qtbot.waitUntil(lambda: page.footer.text.accessibleName().startswith("1 von 1 fertig"))


def test_a_window_that_is_gone_hears_nothing(application: Application, qapp: QApplication) -> None:
    """What it was told of by a function that outlives it would be told to widgets that are deleted."""
    for page in Page:
        application.window.show_page(page)
    gone = not isValid(application.window)
    old = application.window
    application.rebuild()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert (gone, not isValid(old)) == (False, True)
    services = application.services
    services.archives.prepare_failed.emit("It failed.")
    services.archives.preview_failed.emit("a", "It failed.")
    services.adding.refused.emit("It failed.")
    services.estimates.long_job.emit(None)
    services.first_offer.changed.emit()
    services.surprise_maps.changed.emit()
    services.models.changed.emit()
    services.runner.changed.emit()
    assert application.window.queue_page.asking.text.text() == "It failed."
