"""Options for the whole queue: level, destination, what to do when a name is taken."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.dangers import dangers_of, page_words
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.names import Conflict
from nacomp.gui.views.destination import Destination
from nacomp.gui.views.parts import Segments, label, row, steady, tool
from nacomp.gui.views.password import PasswordField

PASSWORD_WIDTH = 220


class QueueOptions(QWidget):
    """One line of controls. They apply to jobs that are added or started from now on, and are remembered.

    A second line, for those who seal, has the password: it is forgotten when the application closes.
    `changed`: waiting jobs may look different now.
    """

    changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = services.store
        self._runner = services.runner
        settings = self._store.value
        tips = {
            Level.FAST: self.tr("The small built-in model: seconds"),
            Level.BALANCED: self.tr("The best model for everyday use"),
            Level.MAX: self.tr("The largest model installed, long memory: slow, smallest result"),
        }
        choices = [
            (level.value, level_name(level, QCoreApplication.translate), tips[level]) for level in Level
        ]
        self.level = Segments(self.tr("Level"), choices, settings.level)
        self.level.chosen.connect(lambda level: self._store.change("level", level))
        self.destination = Destination(self._store)
        self.destination.setMaximumWidth(340)
        self.conflict = QComboBox()
        steady(self.conflict)
        for policy, text in {
            Conflict.RENAME: self.tr("Keep both"),
            Conflict.REPLACE: self.tr("Replace"),
            Conflict.SKIP: self.tr("Skip"),
        }.items():
            self.conflict.addItem(text, policy.value)
        self.conflict.setCurrentIndex(self.conflict.findData(settings.conflict))
        self.conflict.activated.connect(self._conflict_chosen)
        self.warning = label("", "warning", wrap=True)
        self.password = PasswordField(services.theme.colours)
        self.password.setFixedWidth(PASSWORD_WIDTH)
        self.password.setAccessibleName(self.tr("Password"))
        self.password.setPlaceholderText(self.tr("Empty: not sealed"))
        self.password.setText(self._runner.password or "")
        self.password.textChanged.connect(self._set_password)
        self.seal_line = self._seal_line()
        self.more = tool("more", self.tr("More options for the queue"), services.theme.colours)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._more_menu())
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._lay_out()

    def _seal_line(self) -> QWidget:
        note = label(
            self.tr(
                "Seals what is added from now on. Without the password nobody can open it, not even you."
            ),
            "small",
            wrap=True,
        )
        title = label(self.tr("Password"), "small")
        title.setBuddy(self.password)
        self.password.setAccessibleDescription(note.text())
        line = QWidget()
        box = row(title, self.password, note)
        box.setStretch(2, 1)
        line.setLayout(box)
        line.setVisible(bool(self._runner.password))
        return line

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        box = QHBoxLayout()
        box.setSpacing(14)
        outer.addLayout(box)
        outer.addWidget(self.warning)
        outer.addWidget(self.seal_line)
        self._show_dangers()
        for text, widget, stretch in (
            (self.tr("Level"), self.level, 0),
            (self.tr("Save to"), self.destination, 1),
            (self.tr("If the name is taken"), self.conflict, 0),
        ):
            column = QVBoxLayout()
            column.setSpacing(3)
            title = label(text, "small")
            title.setBuddy(widget)
            widget.setAccessibleName(text)
            column.addWidget(title)
            column.addWidget(widget)
            box.addLayout(column, stretch)
        box.addStretch(1)
        end = QVBoxLayout()
        end.addStretch(1)
        end.addWidget(self.more)
        box.addLayout(end)

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        self._switches: dict[str, QAction] = {}
        for name, text in (
            ("start_at_once", self.tr("Start as soon as something is added")),
            ("together", self.tr("Put everything added at once into one archive")),
            ("open_when_done", self.tr("Open the folder when all is done")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(getattr(self._store.value, name))
            action.toggled.connect(lambda on, name=name: self._store.change(name, on))
            self._switches[name] = action
        menu.addSeparator()
        self.seal = menu.addAction(self.tr("Seal with a password"))
        self.seal.setCheckable(True)
        self.seal.setChecked(bool(self._runner.password))
        self.seal.toggled.connect(self._show_seal)
        return menu

    def _show_seal(self, on: bool) -> None:
        """A password that is out of sight would seal what nobody meant to seal: it goes with its line."""
        self.seal_line.setVisible(on)
        if on:
            self.password.setFocus()
        else:
            self.password.clear()

    def _set_password(self, word: str) -> None:
        self._runner.password = word or None

    def _conflict_chosen(self) -> None:
        self._store.change("conflict", self.conflict.currentData())
        self._show_dangers()
        self.changed.emit()

    def _show_dangers(self) -> None:
        """Say what can cost someone a file; most people never see this line."""
        dangers = dangers_of(Kind.COMPRESS, self._store.value)
        self.warning.setVisible(bool(dangers))
        self.warning.setText(page_words(dangers, QCoreApplication.translate))

    def showEvent(self, event: QShowEvent) -> None:
        """The settings page may have changed any of this meanwhile."""
        settings = self._store.value
        self.level.select(settings.level)
        self.conflict.setCurrentIndex(self.conflict.findData(settings.conflict))
        for name, action in self._switches.items():
            action.setChecked(getattr(settings, name))
        self._show_dangers()
        super().showEvent(event)
