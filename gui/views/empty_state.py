"""What a page shows while there is nothing to show: a picture, what it is for, and the one button that begins it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nacomp.gui.look.theme import Colours
from nacomp.gui.views.parts import button, label, picture, row


class EmptyState(QWidget):
    """Emits `pressed` when its button is used."""

    pressed = Signal()

    def __init__(
        self,
        colours: Colours,
        icon_name: str,
        title: str,
        text: str,
        action: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        heading = label(title, "heading")
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = label(text, "soft", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMinimumWidth(460)
        words.setMaximumWidth(520)
        self.button = button(action, colours, role="primary", on=self.pressed.emit)
        box.addStretch(2)
        box.addWidget(picture(icon_name, colours, "accent", QSize(64, 64)))
        box.addWidget(heading)
        box.addLayout(row(None, words, None))
        box.addSpacing(6)
        box.addLayout(row(None, self.button, None))
        box.addStretch(3)
