"""A message inside the window instead of a pop-up: one line, up to three things to do about it, and a way to close it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from nacomp.gui.look.icons import icon_pixmap
from nacomp.gui.look.theme import Colours
from nacomp.gui.look.tones import INKS, PICTURES, Tone
from nacomp.gui.views.parts import announce, button, label, restyle, tool


class Banner(QFrame):
    """Hidden until `show_message`; a new message replaces the old one. `dismissed`: closed without an answer."""

    dismissed = Signal()

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._colours = colours
        self._picture = QLabel()
        self.text = label("", wrap=True)
        self.buttons: list[QPushButton] = []
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(12, 8, 8, 8)
        self._box.setSpacing(10)
        self._box.addWidget(self._picture)
        self._box.addWidget(self.text, 1)
        self._close = tool("cancel", self.tr("Close this message"), colours, self._dismiss)
        self._box.addWidget(self._close)
        self.hide()

    def show_message(
        self, text: str, tone: Tone = Tone.INFO, actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say something. Each action closes the banner and then does its work."""
        for old in self.buttons:
            self._box.removeWidget(old)
            old.deleteLater()
        self.buttons = []
        for number, (name, action) in enumerate(actions):
            made = button(name, self._colours, role="primary" if number == 0 else "", on=self._then(action))
            self._box.insertWidget(2 + number, made)
            self.buttons.append(made)
        ink = self._colours.colour(INKS[tone])
        self._picture.setPixmap(icon_pixmap(PICTURES[tone], ink, QSize(20, 20), 2.0))
        self.setProperty("tone", tone.value)
        self.text.setText(text)
        self.setAccessibleName(text)
        restyle(self)
        self.show()
        announce(self)

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _then(self, action: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            self.hide()
            action()

        return act
