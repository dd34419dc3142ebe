"""The smallest window, in the language with the longest words: nothing that is read or pressed is cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.archive import Column
from nacomp.gui.logic.settings import LanguageChoice
from nacomp.gui.views.main_window import SMALLEST, MainWindow


@pytest.fixture
def window(application: Application) -> Iterator[MainWindow]:
    application.services.store.value.language = LanguageChoice.GERMAN
    application.rebuild()
    application.window.resize(SMALLEST)
    application.window.show()
    yield application.window
    application.services.store.value.language = LanguageChoice.ENGLISH


def fits(made: QPushButton) -> bool:
    return QFontMetrics(made.font()).horizontalAdvance(made.text()) <= made.width() - 8


@pytest.mark.parametrize("width", [SMALLEST.width(), 1340])
def test_no_button_above_the_queue_is_cut(
    window: MainWindow, qtbot: QtBot, archive: Path, width: int
) -> None:
    assert archive.exists()
    window.resize(width, SMALLEST.height())
    qtbot.waitUntil(lambda: window.width() == width)
    shown = [made for made in window.queue_page.findChildren(QPushButton) if made.isVisible() and made.text()]
    assert len(shown) >= 6
    assert [made.text() for made in shown if not fits(made)] == []


def test_an_archive_and_its_entries_can_be_told_by_their_names(
    application: Application, window: MainWindow, qtbot: QtBot, archive: Path
) -> None:
    window.open_archive(archive)
    qtbot.waitUntil(lambda: application.services.archives.document is not None)
    page = window.archive_page
    qtbot.waitUntil(lambda: page.entries.tree.isColumnHidden(Column.MODIFIED))
    assert page.title.text() == archive.name
    tree = page.entries.tree
    tree.expandAll()
    found = tree.model().match(
        tree.model().index(0, 0), Qt.ItemDataRole.DisplayRole, "letter.txt", 1, Qt.MatchFlag.MatchRecursive
    )
    assert tree.visualRect(found[0]).width() > QFontMetrics(tree.font()).horizontalAdvance("letter.txt")
    window.resize(1340, 700)
    qtbot.waitUntil(lambda: not tree.isColumnHidden(Column.MODIFIED))


def test_on_a_small_screen_the_side_gives_up_its_words(window: MainWindow, qtbot: QtBot) -> None:
    """On 800 x 600 the window is smaller than its words need: the levels of the queue were cut in the middle."""
    window.setMinimumSize(0, 0)
    window.resize(784, 552)
    qtbot.waitUntil(lambda: window.width() == 784)
    shown = [made for made in window.queue_page.findChildren(QPushButton) if made.isVisible() and made.text()]
    assert len(shown) >= 5
    qtbot.waitUntil(lambda: [made.text() for made in shown if not fits(made)] == [])
    assert all(made.accessibleName() in made.toolTip() and not made.text() for made in window.nav.values())
    window.resize(SMALLEST)
    qtbot.waitUntil(lambda: all(made.text() for made in window.nav.values()))
