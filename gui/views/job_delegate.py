"""Draws one job of the queue as a card, and knows where its buttons are.

A delegate and not a widget per job: five thousand dropped files stay as fluent as five. What the buttons do is
also in the context menu, in the bar above the list and on the keyboard.
"""

from collections.abc import Callable

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QCursor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from nacomp.gui.controllers.queue_model import DANGERS_ROLE, JOB_ROLE
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import ACTIVE, Control, Hold, Job, Kind, State
from nacomp.gui.logic.status import headline, job_title, status_line
from nacomp.gui.look.icons import paint_icon
from nacomp.gui.look.theme import Colours, scaled
from nacomp.gui.views.action_names import ACTION_PICTURES, full_action_name

PADDING = 12.0
BADGE = 38.0
BUTTON = 30.0
BETWEEN = 6.0
MARK_GAP = 8.0
MARK_SHARE = 0.7
"""Of the room for a job's name, at most so much goes to the mark of what is dangerous about it."""
HOVERED = QStyle.StateFlag.State_MouseOver
Index = QModelIndex | QPersistentModelIndex

KIND_PICTURES = {
    Kind.COMPRESS: "compress",
    Kind.EXTRACT: "extract",
    Kind.TEST: "test",
    Kind.REPAIR: "repair",
    Kind.SALVAGE: "salvage",
}
_BUTTONS: dict[State, tuple[Action, ...]] = {
    State.WAITING: (Action.REMOVE,),
    State.RUNNING: (Action.PAUSE, Action.CANCEL),
    State.PAUSED: (Action.RESUME, Action.CANCEL),
    State.DONE: (Action.SHOW, Action.REMOVE),
    State.FAILED: (Action.RETRY, Action.REMOVE),
    State.CANCELLED: (Action.RETRY, Action.REMOVE),
    State.SKIPPED: (Action.RETRY, Action.REMOVE),
}


def card_buttons(job: Job) -> tuple[Action, ...]:
    """The buttons on a job's card."""
    if job.held is Hold.CHOICE and job.state is State.WAITING:
        return Action.START, Action.REMOVE
    return _BUTTONS[job.state]


def badge(job: Job) -> tuple[str, str]:
    """The picture of a job and the colour role it is drawn in."""
    match job.state:
        case State.DONE:
            return "check", "accent" if job.gained else "soft"
        case State.FAILED:
            return "warning", "danger"
        case State.CANCELLED | State.SKIPPED:
            return "skip", "soft"
        case State.PAUSED:
            return "pause", "warning"
    return KIND_PICTURES[job.kind], "accent" if job.state is State.RUNNING else "soft"


class JobDelegate(QStyledItemDelegate):
    """Cards. `press(job, action)` is called for a click on a card's button."""

    def __init__(self, colours: Colours, press: Callable[[Job, Action], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._press = press

    def _lines(self, font: QFont) -> tuple[float, float]:
        name = QFontMetricsF(scaled(font, 1.06, bold=True)).height()
        return name, QFontMetricsF(scaled(font, 0.95)).height()

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        name, line = self._lines(QApplication.font())
        job: Job | None = index.data(JOB_ROLE)
        lines = self._line_count(job) if job is not None else 1
        return QSize(200, round(2 * PADDING + name + 4 + lines * line + 12 + BETWEEN))

    def _line_count(self, job: Job) -> int:
        """Failures may need two lines; everything else is one line, cut where it does not fit."""
        view = self.parent()
        if job.state is not State.FAILED or not isinstance(view, QAbstractItemView):
            return 1
        taken = 4 * PADDING + BADGE + BUTTON * len(card_buttons(job)) + 16
        metrics = QFontMetricsF(scaled(QApplication.font(), 0.95))
        width = metrics.horizontalAdvance(status_line(job, QCoreApplication.translate))
        return 2 if width > view.viewport().width() - taken else 1

    def _card(self, option: QStyleOptionViewItem) -> QRectF:
        return QRectF(option.rect).adjusted(1, 1, -1, -BETWEEN)

    def button_boxes(self, option: QStyleOptionViewItem, job: Job) -> dict[Action, QRectF]:
        """Where a card's buttons are, in the view's coordinates."""
        area = self._card(option)
        actions = card_buttons(job)
        left = area.right() - PADDING - BUTTON * len(actions)
        top = area.center().y() - BUTTON / 2
        return {action: QRectF(left + BUTTON * i, top, BUTTON, BUTTON) for i, action in enumerate(actions)}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job: Job = index.data(JOB_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_surface(painter, option)
        self._paint_badge(painter, option, job)
        right = self._paint_right(painter, option, job)
        self._paint_words(painter, option, index, right)
        if job.state in ACTIVE:
            self._paint_progress(painter, option, job)
        painter.restore()

    def _paint_surface(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        c, state = self._colours, option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        edge = c.accent if selected else c.border
        painter.setPen(QPen(QColor(edge), 2.0 if selected and focused else 1.0))
        painter.setBrush(QColor(c.surface))
        painter.drawRoundedRect(self._card(option), 10, 10)

    def _paint_badge(self, painter: QPainter, option: QStyleOptionViewItem, job: Job) -> None:
        name, role = badge(job)
        area = self._card(option)
        box = QRectF(area.left() + PADDING, area.center().y() - BADGE / 2, BADGE, BADGE)
        tint = {"accent": "tint", "danger": "danger_tint", "warning": "warning_tint"}.get(role, "raised")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours.colour(tint))
        painter.drawRoundedRect(box, 9, 9)
        paint_icon(painter, name, self._colours.colour(role), box.adjusted(9, 9, -9, -9))

    def _paint_right(self, painter: QPainter, option: QStyleOptionViewItem, job: Job) -> float:
        """Buttons and headline; returns where the words must end."""
        boxes = self.button_boxes(option, job)
        pointed = self._pointed(option)
        for action, box in boxes.items():
            role = "disabled" if job.stopping is Control.CANCEL else "soft"
            if box.contains(pointed) and not job.stopping:
                role = "text"
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colours.colour("raised"))
                painter.drawRoundedRect(box, 7, 7)
            paint_icon(
                painter, ACTION_PICTURES[action], self._colours.colour(role), box.adjusted(6, 6, -6, -6)
            )
        left = min(box.left() for box in boxes.values()) - 10
        text = headline(job, QCoreApplication.translate)
        if text:
            font = scaled(QApplication.font(), 1.06, bold=True)
            width = QFontMetricsF(font).horizontalAdvance(text) + 2
            painter.setFont(font)
            painter.setPen(self._colours.colour("accent"))
            area = self._card(option)
            place = QRectF(left - width, area.top(), width, area.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            left -= width + 14
        return left

    def _pointed(self, option: QStyleOptionViewItem) -> QPointF:
        """Where the mouse is over a card; outside of everything if it is elsewhere."""
        view = self.parent()
        if option.state & HOVERED and isinstance(view, QAbstractItemView):
            return QPointF(view.viewport().mapFromGlobal(QCursor.pos()))
        return QPointF(-1, -1)

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, right: float
    ) -> None:
        job: Job = index.data(JOB_ROLE)
        area = self._card(option)
        left = area.left() + 2 * PADDING + BADGE
        width = max(20.0, right - left)
        name_font, line_font = scaled(QApplication.font(), 1.06, bold=True), scaled(QApplication.font(), 0.95)
        name_height, line_height = self._lines(QApplication.font())
        failed, lines = job.state is State.FAILED, self._line_count(job)
        text_height = name_height + 4 + line_height * lines
        top = area.center().y() - text_height / 2 - (3 if job.state in ACTIVE else 0)
        painter.setFont(name_font)
        painter.setPen(self._colours.colour("text"))
        title = job_title(job, QCoreApplication.translate)
        metrics = QFontMetricsF(name_font)
        warned = self._mark_width(index, width)
        name = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, width - warned)
        painter.drawText(QPointF(left, top + metrics.ascent()), name)
        if warned:
            after = left + metrics.horizontalAdvance(name) + MARK_GAP
            self._paint_mark(painter, QRectF(after, top, warned - MARK_GAP, name_height), index)
        painter.setFont(line_font)
        painter.setPen(self._colours.colour("danger" if failed else "soft"))
        line = status_line(job, QCoreApplication.translate)
        box = QRectF(left, top + name_height + 4, width, line_height * lines + 1)
        if failed:
            painter.drawText(box, Qt.TextFlag.TextWordWrap, line)
        else:
            cut = QFontMetricsF(line_font).elidedText(line, Qt.TextElideMode.ElideRight, width)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, cut)

    def _mark_width(self, index: Index, room: float) -> float:
        """What the mark of a dangerous job takes from its name, the gap before it included; 0 for most jobs."""
        words = index.data(DANGERS_ROLE)
        if not words:
            return 0.0
        metrics = QFontMetricsF(scaled(QApplication.font(), 0.9))
        wanted = MARK_GAP + metrics.height() + metrics.horizontalAdvance(words) + 16
        return min(wanted, MARK_SHARE * room)

    def _paint_mark(self, painter: QPainter, box: QRectF, index: Index) -> None:
        """What is dangerous about a job, beside its name."""
        c, font = self._colours, scaled(QApplication.font(), 0.9)
        metrics = QFontMetricsF(font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(c.colour("warning_tint"))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        size = metrics.height() - 3
        picture = QRectF(box.left() + 6, box.center().y() - size / 2, size, size)
        paint_icon(painter, "warning", c.colour("warning"), picture)
        inside = box.adjusted(10 + size, 0, -7, 0)
        words = metrics.elidedText(index.data(DANGERS_ROLE), Qt.TextElideMode.ElideRight, inside.width())
        painter.setFont(font)
        painter.setPen(c.colour("warning"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def _paint_progress(self, painter: QPainter, option: QStyleOptionViewItem, job: Job) -> None:
        area = self._card(option)
        left = area.left() + 2 * PADDING + BADGE
        track = QRectF(left, area.bottom() - 10, area.right() - PADDING - left, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours.colour("border"))
        painter.drawRoundedRect(track, 2, 2)
        fraction = job.meter.fraction
        if fraction:
            painter.setBrush(self._colours.colour("warning" if job.state is State.PAUSED else "accent"))
            track.setWidth(max(4.0, track.width() * fraction))
            painter.drawRoundedRect(track, 2, 2)

    def editorEvent(self, event: QEvent, _model: object, option: QStyleOptionViewItem, index: Index) -> bool:
        view = self.parent()
        if event.type() == QEvent.Type.MouseMove and isinstance(view, QAbstractItemView):
            view.viewport().update(option.rect)  # another button may be under the mouse now
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            job: Job = index.data(JOB_ROLE)
            for action, box in self.button_boxes(option, job).items():
                if event.button() == Qt.MouseButton.LeftButton and box.contains(event.position()):
                    self._press(job, action)
                    return True
        return False

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        job: Job | None = index.data(JOB_ROLE)
        if job is not None and event.type() == QEvent.Type.ToolTip:
            for action, box in self.button_boxes(option, job).items():
                if box.contains(QPointF(event.pos())):
                    QToolTip.showText(event.globalPos(), full_action_name(action), view)
                    return True
        return super().helpEvent(event, view, option, index)
