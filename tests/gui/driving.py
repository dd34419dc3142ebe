"""Hands for window tests: drops, clicks on cards, buttons by name."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import Job
from nacomp.gui.views.job_delegate import JobDelegate
from nacomp.gui.views.queue_page import QueuePage

Finished = Callable[..., None]
"""The fixture `finished`: a job, and the state that it must end in."""
Text = Callable[[int], str]
"""The fixture `text`."""
GOLDEN = Path(__file__).parents[2] / "formats" / "golden"


def drop(widget: QWidget, paths: Sequence[Path]) -> None:
    """Drag files over a widget and let them go, through Qt's own events."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    let_go = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(widget, let_go)
    assert let_go.isAccepted()


Of = TypeVar("Of")


def wait_for(qtbot: QtBot, check: Callable[[Of], bool], of: Of) -> None:
    """Wait until this holds of that: for loops, whose variable a check of no arguments would look up too late."""
    qtbot.waitUntil(partial(check, of))


def press_card(qtbot: QtBot, page: QueuePage, job: Job, action: Action) -> None:
    """Click a button that is drawn on a job's card."""
    view = page.list
    index = page.list.model().index(page.list._runner.queue.row(job.id), 0)
    view.scrollTo(index)
    option = QStyleOptionViewItem()
    option.rect = view.visualRect(index)
    delegate = view.itemDelegate()
    assert isinstance(delegate, JobDelegate)
    box = delegate.button_boxes(option, job)[action]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())


def press(qtbot: QtBot, parent: QWidget, text: str) -> None:
    """Click the visible button of this name."""
    found: list[QPushButton] = []

    def shown() -> bool:
        parts = parent.findChildren(QPushButton)
        found[:] = [part for part in parts if part.text() == text and part.isVisible()]
        return len(found) == 1

    qtbot.waitUntil(shown)
    assert found[0].isEnabled()
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def files_below(folder: Path) -> dict[str, bytes]:
    """Relative path and content of every file."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
