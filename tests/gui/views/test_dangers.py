"""What can cost someone a file: no wheel switches it on, and it is in sight where files are added."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Conflict, Danger, Job, Kind, State
from nacomp.gui.logic.settings import Engine, SourceAfter
from nacomp.gui.views.pages import Page
from tests.gui.driving import Finished


def turn_wheel(widget: QWidget, *turns: int) -> None:
    """Turn the wheel by so many notches, one turn after another, in the middle of a widget."""
    window = widget.window()
    middle = widget.mapTo(window, widget.rect().center())
    for notches in turns:
        QTest.wheelEvent(window.windowHandle(), middle, QPoint(0, 120 * notches))


def scroll_to(control: QWidget) -> None:
    """Bring it into sight: the wheel is turned where a person sees it."""
    parent = control.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None:
        parent.ensureWidgetVisible(control)


def value(control: QWidget) -> object:
    if isinstance(control, QComboBox):
        return control.currentIndex()
    assert isinstance(control, QAbstractSpinBox)
    return control.text()


def test_the_wheel_changes_nothing_that_has_no_focus(application: Application, qtbot: QtBot) -> None:
    window, settings = application.window, application.services.store.value
    window.settings_page.make_all()
    before = repr(settings)
    tried = 0
    for page in Page:
        window.show_page(page)
        qtbot.wait(1)
        window.nav[page].setFocus()
        shown = window.stack.currentWidget()
        assert shown is not None
        assert all(isinstance(one, QScrollBar) for one in shown.findChildren(QAbstractSlider))
        for control in [*shown.findChildren(QComboBox), *shown.findChildren(QAbstractSpinBox)]:
            old = value(control)
            scroll_to(control)
            turn_wheel(control, -3, 3, 3)
            assert value(control) == old, f"{control.accessibleName()} on {page}"
            assert not control.hasFocus()
            tried += 1
    assert tried >= 14
    assert repr(settings) == before


def test_the_wheel_over_a_drop_down_scrolls_the_page(application: Application, qtbot: QtBot) -> None:
    window = application.window
    window.resize(900, 520)
    window.show_page(Page.SETTINGS)
    control = window.settings_page.controls["language"]
    area = window.settings_page.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    scroll = area.verticalScrollBar()
    qtbot.waitUntil(lambda: scroll.maximum() > 100)
    turn_wheel(control, -1)
    assert scroll.value() > 0


def words_on_card(application: Application, job: Job) -> str:
    model = application.window.queue_page.list.model()
    row = application.services.runner.queue.row(job.id)
    return str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def test_dangers_are_on_the_page_and_on_each_card(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    settings, page = application.services.store.value, application.window.queue_page
    settings.start_at_once = False
    for name in "ab":
        (tmp_path / name).write_text(name)
    first, second = application.services.runner.add(Kind.COMPRESS, [tmp_path / "a", tmp_path / "b"])
    assert not page.options.warning.isVisible()
    assert "trash" not in words_on_card(application, first)

    controls = application.window.settings_page.controls
    application.window.show_page(Page.SETTINGS)
    for name, chosen in (("source_after", SourceAfter.TRASH), ("engine", Engine.LLAMA)):
        control = controls[name]
        assert isinstance(control, QComboBox)
        control.setFocus()
        while control.currentData() != chosen.value:
            qtbot.keyClick(control, Qt.Key.Key_Down)
    application.window.show_page(Page.QUEUE)
    assert page.options.warning.isVisible()
    assert "trash" in page.options.warning.text()
    assert "not portable" in page.options.warning.text()
    page.options.conflict.setFocus()
    qtbot.keyClick(page.options.conflict, Qt.Key.Key_Down)
    assert settings.conflict is Conflict.REPLACE
    assert "replaced" in page.options.warning.text()
    assert words_on_card(application, second).endswith("original to the trash · replaces · llama.cpp only")

    settings.source_after, settings.engine = SourceAfter.KEEP, Engine.EXACT
    application.services.runner.start()
    finished(first)
    settings.conflict = Conflict.RENAME
    assert first.dangers == (Danger.REPLACE,)
    assert words_on_card(application, first).endswith("replaces")
    finished(second, State.DONE)
