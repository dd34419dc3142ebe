"""Draws one job of the queue as a card, and knows where its buttons are.

A delegate and not a widget per job: five thousand dropped files stay as fluent as five. What the buttons do is
also in the context menu, in the bar above the list and on the keyboard.
"""

from collections.abc import Callable
from math import ceil

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

from nacomp.gui.controllers.queue_model import QueueModel
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import ACTIVE, Control, Hold, Job, Kind, State
from nacomp.gui.logic.status import headline, job_title, status_line
from nacomp.gui.look.icons import paint_icon
from nacomp.gui.look.theme import Colours, scaled
from nacomp.gui.views.action_names import ACTION_PICTURES, action_name, full_action_name

PADDING = 12.0
BADGE = 38.0
BUTTON = 30.0
BETWEEN = 6.0
NAME_END = 10.0
MOST_LINES = 5
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
    State.FAILED: (Action.DOWNLOAD, Action.REPAIR, Action.SALVAGE, Action.RETRY, Action.REMOVE),
    State.CANCELLED: (Action.RETRY, Action.REMOVE),
    State.SKIPPED: (Action.RETRY, Action.REMOVE),
}


_ALWAYS = frozenset({Action.PAUSE, Action.CANCEL, Action.RESUME, Action.SHOW})
"""Buttons that stay where they are while a job is being stopped, and are then drawn grey."""
NAMED = frozenset({Action.DOWNLOAD, Action.REPAIR, Action.SALVAGE, Action.START})
"""Buttons with words beside their picture: what somebody in trouble looks for, and meets seldom."""


def card_buttons(job: Job) -> tuple[Action, ...]:
    """The buttons on a job's card: for a damaged archive what may help, and no new try where it cannot."""
    if job.held is Hold.CHOICE and job.state is State.WAITING:
        return Action.START, Action.REMOVE
    fitting = allowed(job)
    return tuple(a for a in _BUTTONS[job.state] if a in fitting or a in _ALWAYS)


def button_font() -> QFont:
    """What the words of a card's buttons are written in."""
    return scaled(QApplication.font(), 0.95)


def button_width(action: Action) -> float:
    """A picture alone is square; a word comes beside it."""
    if action not in NAMED:
        return BUTTON
    return BUTTON + QFontMetricsF(button_font()).horizontalAdvance(action_name(action)) + NAME_END


def badge(job: Job) -> tuple[str, str]:
    """The picture of a job and the colour role it is drawn in."""
    match job.state:
        case State.DONE if job.partial:
            return "warning", "warning"
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

    def __init__(
        self, colours: Colours, model: QueueModel, press: Callable[[Job, Action], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._colours = colours
        self._model = model
        self._press = press
        font = QApplication.font()
        self._name_font, self._line_font = scaled(font, 1.06, bold=True), scaled(font, 0.95)
        self._mark_font = scaled(font, 0.9)
        self._name_metrics, self._line_metrics = (
            QFontMetricsF(self._name_font),
            QFontMetricsF(self._line_font),
        )
        self._mark_metrics = QFontMetricsF(self._mark_font)
        self._name_height, self._line_height = self._name_metrics.height(), self._line_metrics.height()
        self._laid_out: dict[int, int] = {}
        """The height that a job's card was last given."""

    def _job(self, index: Index) -> Job:
        """The job of a row. From the queue itself: by way of Qt it takes ten times as long, 2,000 times for a layout."""
        return self._model.queue.at(index.row())

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        job = self._job(index)
        height = self._laid_out[job.id] = self._height(self._line_count(job))
        return QSize(200, height)

    def _height(self, lines: int) -> int:
        return round(2 * PADDING + self._name_height + 4 + lines * self._line_height + 12 + BETWEEN)

    def outgrown(self, job: Job) -> bool:
        """Whether a job's card needs another height than it has."""
        return self._laid_out.get(job.id) != self._height(self._line_count(job))

    def _line_count(self, job: Job) -> int:
        """Failures may need several lines; everything else is one line, cut where it does not fit."""
        view = self.parent()
        if job.state is not State.FAILED or not isinstance(view, QAbstractItemView):
            return 1
        taken = 4 * PADDING + BADGE + sum(map(button_width, card_buttons(job))) + 16
        width = self._line_metrics.horizontalAdvance(status_line(job, QCoreApplication.translate))
        return max(1, min(MOST_LINES, ceil(1.05 * width / max(1.0, view.viewport().width() - taken))))

    def _card(self, option: QStyleOptionViewItem) -> QRectF:
        return QRectF(option.rect).adjusted(1, 1, -1, -BETWEEN)

    def button_boxes(self, option: QStyleOptionViewItem, job: Job) -> dict[Action, QRectF]:
        """Where a card's buttons are, in the view's coordinates."""
        area = self._card(option)
        actions = card_buttons(job)
        widths = [button_width(action) for action in actions]
        left, top = area.right() - PADDING - sum(widths), area.center().y() - BUTTON / 2
        return {
            action: QRectF(left + sum(widths[:i]), top, widths[i], BUTTON) for i, action in enumerate(actions)
        }

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job = self._job(index)
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
            self._paint_button(painter, action, role, box)
        left = min(box.left() for box in boxes.values()) - 10
        text = headline(job, QCoreApplication.translate)
        if text:
            width = self._name_metrics.horizontalAdvance(text) + 2
            painter.setFont(self._name_font)
            painter.setPen(self._colours.colour("accent"))
            area = self._card(option)
            place = QRectF(left - width, area.top(), width, area.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            left -= width + 14
        return left

    def _paint_button(self, painter: QPainter, action: Action, role: str, box: QRectF) -> None:
        """A picture, and for some its word in a frame."""
        picture = QRectF(box.left() + 6, box.top() + 6, BUTTON - 12, BUTTON - 12)
        if action in NAMED:
            painter.setPen(QPen(self._colours.colour("border"), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -3, -1), 7, 7)
            painter.setFont(button_font())
            painter.setPen(self._colours.colour("text"))
            words = box.adjusted(BUTTON - 2, 0, -NAME_END, 0)
            painter.drawText(
                words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, action_name(action)
            )
            picture.translate(1, 0)
        paint_icon(painter, ACTION_PICTURES[action], self._colours.colour(role), picture)

    def _pointed(self, option: QStyleOptionViewItem) -> QPointF:
        """Where the mouse is over a card; outside of everything if it is elsewhere."""
        view = self.parent()
        if option.state & HOVERED and isinstance(view, QAbstractItemView):
            return QPointF(view.viewport().mapFromGlobal(QCursor.pos()))
        return QPointF(-1, -1)

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, right: float
    ) -> None:
        job = self._job(index)
        area = self._card(option)
        left = area.left() + 2 * PADDING + BADGE
        width = max(20.0, right - left)
        name_height, line_height = self._name_height, self._line_height
        failed, lines = job.state is State.FAILED, self._line_count(job)
        text_height = name_height + 4 + line_height * lines
        top = area.center().y() - text_height / 2 - (3 if job.state in ACTIVE else 0)
        painter.setFont(self._name_font)
        painter.setPen(self._colours.colour("text"))
        title = job_title(job, QCoreApplication.translate)
        metrics = self._name_metrics
        dangers = self._model.dangers(job)
        warned = self._mark_width(dangers, width)
        name = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, width - warned)
        painter.drawText(QPointF(left, top + metrics.ascent()), name)
        if warned:
            after = left + metrics.horizontalAdvance(name) + MARK_GAP
            self._paint_mark(painter, QRectF(after, top, warned - MARK_GAP, name_height), dangers)
        painter.setFont(self._line_font)
        painter.setPen(self._colours.colour("danger" if failed else "soft"))
        line = status_line(job, QCoreApplication.translate)
        box = QRectF(left, top + name_height + 4, width, line_height * lines + 1)
        if failed:
            painter.drawText(box, Qt.TextFlag.TextWordWrap, line)
        else:
            cut = self._line_metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, cut)

    def _mark_width(self, dangers: str, room: float) -> float:
        """What the mark of a dangerous job takes from its name, the gap before it included; 0 for most jobs."""
        if not dangers:
            return 0.0
        metrics = self._mark_metrics
        wanted = MARK_GAP + metrics.height() + metrics.horizontalAdvance(dangers) + 16
        return min(wanted, MARK_SHARE * room)

    def _paint_mark(self, painter: QPainter, box: QRectF, dangers: str) -> None:
        """What is dangerous about a job, beside its name."""
        c, metrics = self._colours, self._mark_metrics
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(c.colour("warning_tint"))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        size = metrics.height() - 3
        picture = QRectF(box.left() + 6, box.center().y() - size / 2, size, size)
        paint_icon(painter, "warning", c.colour("warning"), picture)
        inside = box.adjusted(10 + size, 0, -7, 0)
        words = metrics.elidedText(dangers, Qt.TextElideMode.ElideRight, inside.width())
        painter.setFont(self._mark_font)
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
            job = self._job(index)
            for action, box in self.button_boxes(option, job).items():
                if event.button() == Qt.MouseButton.LeftButton and box.contains(event.position()):
                    self._press(job, action)
                    return True
        return False

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if index.isValid() and event.type() == QEvent.Type.ToolTip:
            job = self._job(index)
            for action, box in self.button_boxes(option, job).items():
                if box.contains(QPointF(event.pos())):
                    QToolTip.showText(event.globalPos(), full_action_name(action), view)
                    return True
        return super().helpEvent(event, view, option, index)
