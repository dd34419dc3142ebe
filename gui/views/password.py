"""Passwords: a field that hides what is typed, and the question for one when an archive turns out to be sealed."""

from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QToolButton, QVBoxLayout, QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.jobs import ACTIVE, Job, Kind, State
from nacomp.gui.logic.locks import Lock, locked_sentence
from nacomp.gui.logic.status import job_title
from nacomp.gui.look.icons import icon
from nacomp.gui.look.theme import Colours
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, label, row

MAX_CHARACTERS = 1024
"""UTF-8 takes at most four bytes for each: what fits the field fits a password file too."""


class PasswordField(QLineEdit):
    """Hides its text until its eye is pressed."""

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = colours
        self.setMaxLength(MAX_CHARACTERS)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.eye = QAction(self)
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._reveal)
        self.addAction(self.eye, QLineEdit.ActionPosition.TrailingPosition)
        self._reveal(False)

    def _reveal(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.setText(self.tr("Hide the password") if shown else self.tr("Show the password"))
        self.eye.setIcon(icon("eye-off" if shown else "eye", self._colours.colour("soft")))
        for part in self.findChildren(QToolButton):  # the button that Qt made for the action
            part.setAccessibleName(self.eye.text())


class PasswordDialog(QDialog):
    """Asks for one archive's password. `given` carries it; closing gives up. `for_all` is there where others may want it."""

    given = Signal(str)

    def __init__(self, name: str, lock: Lock, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Password"))
        self.setMinimumWidth(420)
        sentence = locked_sentence(lock, QCoreApplication.translate)
        self.setAccessibleDescription(sentence)
        self.sentence = label(sentence, "danger" if lock is Lock.WRONG_PASSWORD else "", wrap=True)
        self.field = PasswordField(colours)
        self.field.setAccessibleName(self.tr("Password of {0}").format(name))
        self.field.setAccessibleDescription(sentence)
        self.cancel = button(self.tr("Cancel"), colours, on=self.reject)
        self.open_button = button(self.tr("Open"), colours, role="primary", on=self._give)
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        self.field.textChanged.connect(lambda word: self.open_button.setEnabled(bool(word)))
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        box.setSpacing(12)
        self.for_all = QCheckBox(self.tr("Use it for the other archives of the queue too"))
        self.for_all.hide()
        for widget in (ElidedLabel(name, "heading"), self.sentence, self.field, self.for_all):
            box.addWidget(widget)
        box.addLayout(row(None, self.cancel, self.open_button))
        self.field.setFocus()

    def _give(self) -> None:
        self.given.emit(self.field.text())
        self.accept()


class PasswordQuestions(QObject):
    """Asks a window's person for the passwords that failed jobs and the archive page want, one at a time."""

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._window = services, window
        self._waiting: deque[tuple[str, Lock, Callable[[str], None]]] = deque()
        self.dialog: PasswordDialog | None = None
        self._for_all: str | None = None
        """What has been given for the whole queue; forgotten when that is done."""
        services.runner.emptied.connect(self._forget)
        services.runner.job_ended.connect(self._job_ended)
        services.archives.locked.connect(self._archive_locked)

    def _job_ended(self, job: Job) -> None:
        if job.locked:
            name = job_title(job, QCoreApplication.translate)
            self._ask(name, job.locked, lambda word: self._services.runner.unlock(job, word))

    def _archive_locked(self, path: Path, lock: Lock) -> None:
        archives = self._services.archives

        def open_it(word: str) -> None:
            if archives.reading == path:  # else another program has had another archive opened meanwhile
                archives.open(path, word)

        self._ask(path.name, lock, open_it)

    def _ask(self, name: str, lock: Lock, then: Callable[[str], None]) -> None:
        if self._for_all is not None and lock is Lock.NO_PASSWORD:
            then(self._for_all)
            return
        self._waiting.append((name, lock, then))
        self._next()
        self._show_for_all()

    def _show_for_all(self) -> None:
        if self.dialog is not None:
            jobs = [job for job in self._services.runner.queue if job.kind is not Kind.COMPRESS]
            to_come = any(job.state is State.WAITING or job.state in ACTIVE for job in jobs)
            self.dialog.for_all.setVisible(bool(self._waiting) or to_come)

    def _given(self, then: Callable[[str], None], word: str) -> None:
        """A password; those who have asked meanwhile get it as well, if it is for all. One that fails asks again."""
        if self.dialog is not None and self.dialog.for_all.isChecked():
            self._for_all = word
            waiting, self._waiting = self._waiting, deque()
            for name, lock, other in waiting:
                self._ask(name, lock, other)
        then(word)

    def _forget(self) -> None:
        self._for_all = None

    def _next(self) -> None:
        if self.dialog is not None or not self._waiting:
            return
        name, lock, then = self._waiting.popleft()
        self.dialog = PasswordDialog(name, lock, self._services.theme.colours, self._window)
        self.dialog.finished.connect(self._answered)
        self.dialog.given.connect(partial(self._given, then))
        self._show_for_all()
        self.dialog.open()

    def _answered(self) -> None:
        self.dialog = None
        self._next()
