"""Options for the whole queue: level, destination, what to do when a name is taken."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction, QActionGroup, QShowEvent
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
from nacomp.gui.logic.devices import chosen_name
from nacomp.gui.logic.jobs import Conflict, Kind, State, WhenDone
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.models import ModelSource
from nacomp.gui.views.action_names import conflict_name
from nacomp.gui.views.destination import Destination
from nacomp.gui.views.parts import Segments, label, mark, row, steady, tool
from nacomp.gui.views.password import PasswordField

PASSWORD_WIDTH = 220


class QueueOptions(QWidget):
    """One line of controls. They apply to jobs that wait or are added, and are remembered.

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
        self.level.chosen.connect(self._level_chosen)
        self.destination = Destination(self._store)
        self.destination.setMaximumWidth(340)
        self.conflict = QComboBox()
        steady(self.conflict)
        for policy in Conflict:
            self.conflict.addItem(conflict_name(policy), policy.value)
        self.conflict.setCurrentIndex(self.conflict.findData(settings.conflict))
        self.conflict.activated.connect(self._conflict_chosen)
        self.warning = label("", "warning", wrap=True)
        self.level_note = label("", "small", wrap=True)
        self._offer = services.first_offer
        self._offer.changed.connect(self._show_level_note)
        services.devices.chosen.connect(self._show_level_note)
        self.password = PasswordField(services.theme.colours)
        self.password.setFixedWidth(PASSWORD_WIDTH)
        self.password.setAccessibleName(self.tr("Password"))
        self.password.setPlaceholderText(self.tr("Empty: not sealed"))
        self.password.setText(self._runner.password or "")
        self.again = PasswordField(services.theme.colours)
        self.again.setFixedWidth(PASSWORD_WIDTH)
        self.again.setAccessibleName(self.tr("Password again"))
        self.again.setPlaceholderText(self.tr("The same once more"))
        self.again.setText(self._runner.password or "")
        for part in (self.password, self.again):
            part.textChanged.connect(self._set_password)
            part.eye.toggled.connect(self._show_again)
        self._runner.password_holds = True
        self.seal_line = self._seal_line()
        self.more = tool("more", self.tr("More options for the queue"), services.theme.colours)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._more_menu())
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._lay_out()

    def _seal_line(self) -> QWidget:
        self.seal_note = note = label(self._seal_words(), "small", wrap=True)
        title = label(self.tr("Password"), "small")
        title.setBuddy(self.password)
        self.password.setAccessibleDescription(note.text())
        line = QWidget()
        box = QVBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(row(title, self.password, self.again, None))
        box.addWidget(note)
        line.setVisible(bool(self._runner.password))
        return line

    def _seal_words(self) -> str:
        if not self._runner.password_holds:
            return self.tr("The two passwords differ. Nothing can be added until they are the same.")
        return self.tr(
            "Seals what is added from now on. Without the password nobody can open it, not even you."
        )

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        box = QHBoxLayout()
        box.setSpacing(10)
        outer.addLayout(box)
        outer.addWidget(self.level_note)
        outer.addWidget(self.warning)
        outer.addWidget(self.seal_line)
        self._show_dangers()
        self._show_level_note()
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

    def _level_chosen(self, chosen: str) -> None:
        """A level counts for all that has not begun; a job that was given one of its own since keeps it."""
        before = self._store.value.level
        self._store.change("level", chosen)
        for job in self._runner.queue:
            if job.kind is Kind.COMPRESS and job.state is State.WAITING and job.level is before:
                self._runner.change_level(job, Level(chosen))
        self._show_level_note()
        self.changed.emit()

    def _show_level_note(self) -> None:
        """What the chosen level uses right now, where one would not expect it, and the device that was chosen."""
        level = self._store.value.level
        used = self._offer.used_by(level)
        name = level_name(level, QCoreApplication.translate)
        names = ", ".join(model.name for model in used)
        text = self.tr("{0} uses {1}.").format(name, names)
        device = chosen_name(self._store.value.device)
        if len(used) > 1:
            text = self.tr("{0} uses what suits each text: {1}.").format(name, names)
        elif used and used[0].source is ModelSource.EMBEDDED:
            text = self.tr(
                "{0} uses the small built-in model until a larger one is downloaded: slower than Fast, and hardly smaller."
            ).format(name)
        parts = [text] if used and level is not Level.FAST else []
        parts += [self.tr("Computes on {0}.").format(device)] if device is not None else []
        self.level_note.setVisible(bool(parts))
        self.level_note.setText(" ".join(parts))

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        self._switches: dict[str, QAction] = {}
        for name, text in (
            ("start_at_once", self.tr("Start as soon as something is added")),
            ("together", self.tr("Put everything added at once into one archive")),
            ("ask_together", self.tr("Ask about one archive when many small files come at once")),
            ("skip_unreadable", self.tr("Leave out files that cannot be read, and tell")),
            ("verify", self.tr("Decode and compare every archive before it is put in place")),
            ("open_when_done", self.tr("Open the folder when all is done")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(getattr(self._store.value, name))
            action.toggled.connect(lambda on, name=name: self._store.change(name, on))
            self._switches[name] = action
        menu.addSeparator()
        self._done_menu(menu)
        self.seal = menu.addAction(self.tr("Seal with a password"))
        self.seal.setCheckable(True)
        self.seal.setChecked(bool(self._runner.password))
        self.seal.toggled.connect(self._show_seal)
        return menu

    def _done_menu(self, menu: QMenu) -> None:
        """What follows when all is done: for this queue only, so that no machine sleeps that somebody uses tomorrow."""
        choices = menu.addMenu(self.tr("When all is done"))
        group = QActionGroup(choices)
        self.when_done: dict[WhenDone, QAction] = {}
        for what, text in {
            WhenDone.NOTHING: self.tr("Nothing"),
            WhenDone.CLOSE: self.tr("Close nacomp"),
            WhenDone.SLEEP: self.tr("Let the computer sleep"),
        }.items():
            action = choices.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, what=what: self._choose_when_done(what))
            group.addAction(action)
            self.when_done[what] = action
        choices.aboutToShow.connect(lambda: self.when_done[self._runner.when_done].setChecked(True))

    def _choose_when_done(self, what: WhenDone) -> None:
        self._runner.when_done = what

    def _show_seal(self, on: bool) -> None:
        """A password that is out of sight would seal what nobody meant to seal: it goes with its line."""
        self.seal_line.setVisible(on)
        if on:
            self.password.setFocus()
        else:
            self.password.clear()
            self.again.clear()

    def _show_again(self) -> None:
        """Who sees what he types need not type it twice."""
        self.again.setVisible(not self.password.eye.isChecked())
        self._set_password()

    def _set_password(self) -> None:
        word, shown = self.password.text(), self.password.eye.isChecked()
        same = shown or word == self.again.text()
        self._runner.password_holds = same
        self._runner.password = (word or None) if same else None
        self.seal_note.setText(self._seal_words())
        mark(self.seal_note, "role", "small" if same else "danger")

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
