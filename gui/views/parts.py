"""Small pieces all pages are built from: labels by role, buttons with a name for screen readers, segments, cards."""

import re
from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFontMetrics,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.look.icons import icon, icon_pixmap
from nacomp.gui.look.theme import Colours
from nacomp.gui.look.tips import plain_tip

LabelRole = Literal["", "title", "heading", "figure", "soft", "small", "danger", "warning"]
ButtonRole = Literal["", "primary"]
"""The style sheet's names for them (`look/theme.py`)."""

GAP = 8
MARGIN = 20
COLUMN = 940


def label(text: str, role: LabelRole = "", wrap: bool = False) -> QLabel:
    """A text in one of the style sheet's roles."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def button(
    text: str,
    colours: Colours,
    icon_name: str = "",
    role: ButtonRole = "",
    on: Callable[[], object] | None = None,
) -> QPushButton:
    """A push button."""
    made = QPushButton(text)
    made.setProperty("role", role)
    if icon_name:
        ink = colours.on_accent if role == "primary" else colours.text
        made.setIcon(icon(icon_name, QColor(ink), colours.colour("disabled")))
        made.setIconSize(QSize(18, 18))
    made.setAccessibleName(text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if on is not None:
        made.clicked.connect(lambda _checked=False: on())
    return made


def tool(icon_name: str, name: str, colours: Colours, on: Callable[[], object] | None = None) -> QToolButton:
    """An icon-only button. Its name is shown as a tip and read by screen readers."""
    made = QToolButton()
    made.setIcon(icon(icon_name, colours.colour("text"), colours.colour("disabled")))
    made.setIconSize(QSize(18, 18))
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if on is not None:
        made.clicked.connect(lambda _checked=False: on())
    return made


def picture(name: str, colours: Colours, role: str, size: QSize) -> QLabel:
    """A drawing; decoration only, so it has no name."""
    made = QLabel()
    made.setPixmap(icon_pixmap(name, colours.colour(role), size, 2.0))
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def row(*items: QWidget | int | None, spacing: int = GAP) -> QHBoxLayout:
    """Widgets side by side; None is stretch, a number is space in pixels."""
    box = QHBoxLayout()
    box.setSpacing(spacing)
    box.setContentsMargins(0, 0, 0, 0)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(item)
        else:
            box.addWidget(item)
    return box


def card(parent_layout: QVBoxLayout | None = None) -> tuple[QFrame, QVBoxLayout]:
    """A raised surface with room inside."""
    frame = QFrame()
    frame.setObjectName("card")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 14, 16, 14)
    inside.setSpacing(GAP)
    if parent_layout is not None:
        parent_layout.addWidget(frame)
    return frame, inside


def column(inside: QWidget) -> QWidget:
    """A page's content as a column that stays readable in a wide window."""
    inside.setMaximumWidth(COLUMN)
    outer = QWidget()
    box = QHBoxLayout(outer)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(inside, 1000)
    box.addStretch(1)
    return outer


class Segments(QWidget):
    """A row of choices of which exactly one is on, like radio buttons in one bar."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str, str]], current: str) -> None:
        """`choices`: (value, text, tip)."""
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for number, (value, text, tip) in enumerate(choices):
            part = QPushButton(text)
            part.setCheckable(True)
            part.setProperty("role", "segment")
            part.setProperty("edge", {0: "first", len(choices) - 1: "last"}.get(number, ""))
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            part.setAccessibleName(f"{name}: {text}")
            part.setToolTip(tip)
            part.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            part.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            self._group.addButton(part)
            self.buttons[value] = part
            box.addWidget(part)
        self.select(current)

    def showEvent(self, event: QShowEvent) -> None:
        """Words are never cut: only now the style sheet's padding counts in what they need."""
        super().showEvent(event)
        for part in self.buttons.values():
            part.setMinimumWidth(part.sizeHint().width())

    def select(self, value: str) -> None:
        """Show a choice without announcing it."""
        if value in self.buttons:
            self.buttons[value].setChecked(True)


class ElidedLabel(QLabel):
    """One line that is cut in the middle when it does not fit; the whole text stays as tip and for screen readers."""

    def __init__(self, text: str = "", role: LabelRole = "") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setToolTip(plain_tip(text))
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(self._whole, Qt.TextElideMode.ElideMiddle, max(0, self.width() - 2)))


class _WheelGuard(QObject):
    """Leaves the wheel to the page around a control that does not have the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def steady(control: QWidget) -> None:
    """Keep the wheel from changing a control that somebody only scrolls past; every control with values needs it."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(_WheelGuard(control))
    if isinstance(control, QComboBox):  # else the style sheet's height of a row does not count
        control.setItemDelegate(QStyledItemDelegate(control))


def key_text(keys: str) -> str:
    """Keys as they are called in the language in use: `Ctrl+O`, `Esc, Alt+Left`."""

    def named(key: re.Match[str]) -> str:
        return QKeySequence(key[0]).toString(QKeySequence.SequenceFormat.NativeText)

    return re.sub(r"[^\s,…]+", named, keys)


def announce(widget: QWidget) -> None:
    """Tell screen readers that a message has appeared."""
    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))


def mark(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at, and apply the sheet again: only where it changes, as that takes long."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
