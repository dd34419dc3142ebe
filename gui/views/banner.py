"""A message inside the window instead of a pop-up: one line, up to three things to do about it, and a way to close it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nacomp.gui.look.icons import icon_pixmap
from nacomp.gui.look.theme import Colours
from nacomp.gui.look.tones import INKS, PICTURES, Tone
from nacomp.gui.views.parts import announce, button, label, mark, tool


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
        self.rest: QWidget | None = None
        """Where the focus goes from a message that is put away; Qt's own choice may be a dangerous button."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 8, 8)
        self._box = QHBoxLayout()
        self._box.setSpacing(10)
        outer.addLayout(self._box)
        self._below = QHBoxLayout()
        """The buttons of a message of several lines, which beside it would leave it no room."""
        self._below.setSpacing(10)
        self._below.addStretch(1)
        outer.addLayout(self._below)
        self._box.addWidget(self._picture)
        self._box.addWidget(self.text, 1)
        self._close = tool("cancel", self.tr("Close this message"), colours, self.dismiss)
        self._box.addWidget(self._close)
        self.hide()

    def show_message(
        self, text: str, tone: Tone = Tone.INFO, actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say something. Each action closes the banner and then does its work."""
        for old in self.buttons:
            old.setParent(None)
            old.deleteLater()
        self.buttons = []
        for number, (name, action) in enumerate(actions):
            made = button(name, self._colours, role="primary" if number == 0 else "", on=self._then(action))
            if "\n" in text:
                self._below.insertWidget(number + 1, made)
            else:
                self._box.insertWidget(2 + number, made)
            self.buttons.append(made)
        ink = self._colours.colour(INKS[tone])
        self._picture.setPixmap(icon_pixmap(PICTURES[tone], ink, QSize(20, 20), 2.0))
        mark(self, "tone", tone.value)
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
        announce(self)

    def dismiss(self) -> None:
        """Put the message away without an answer."""
        self._put_away()
        self.dismissed.emit()

    def _put_away(self) -> None:
        focused = QApplication.focusWidget()
        if self.rest is not None and focused is not None and self.isAncestorOf(focused):
            self.rest.setFocus()
        self.hide()

    def _then(self, action: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            self._put_away()
            action()

        return act
