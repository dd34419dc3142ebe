"""What happens when work begins and ends: no sleep while it lasts; afterwards a notification, and the folder if wanted."""

import os
import shutil
import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from nacomp.gui.controllers.open_folder import show_in_folder
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.jobs import Job, State, WhenDone
from nacomp.gui.look.icons import app_icon
from nacomp.gui.process.detached import start_detached
from nacomp.gui.process.sleep import sleep_command

LONG_QUEUE_SECONDS = 20.0
"""Shorter work ends while one still looks; a notification would only disturb."""


class Notices(QObject):
    """Listens to the queue."""

    def __init__(
        self, services: Services, window: Callable[[], QWidget], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._window = window
        self._began: float | None = None
        self._ended: list[Job] = []
        self.said: list[str] = []
        self._tray: QSystemTrayIcon | None = None
        services.runner.changed.connect(self._changed)
        services.runner.job_ended.connect(self._ended.append)
        services.runner.emptied.connect(self._emptied)

    def _changed(self) -> None:
        """Between two jobs there is no worker: to let go there would start a process for every job to hold it again. And no
        pass over the queue here: this is called for each event of each job."""
        runner = self._services.runner
        working = runner.working
        if working is not None and self._began is None:
            self._began = time.monotonic()
        if working:
            self._services.awake.hold(os.getpid())
        elif working is False or not runner.going:
            self._services.awake.release()

    def _emptied(self) -> None:
        self._services.awake.release()
        ended, began = list(self._ended), self._began
        self._ended.clear()
        self._began = None
        settings = self._services.store.value
        done = [job for job in ended if job.state is State.DONE and job.output is not None]
        if settings.open_when_done and done and done[-1].output is not None:
            show_in_folder(done[-1].output)
        if settings.notify and began is not None and time.monotonic() - began >= LONG_QUEUE_SECONDS:
            self.notify(ended)
        self._what_follows()

    def _what_follows(self) -> None:
        """Close or sleep, if somebody has asked for it and went away; once."""
        runner = self._services.runner
        wanted, runner.when_done = runner.when_done, WhenDone.NOTHING
        if wanted is not WhenDone.NOTHING:
            runner.changed.emit()
        if wanted is WhenDone.SLEEP and (command := sleep_command()) is not None:
            start_detached(command)
        elif wanted is WhenDone.CLOSE:
            self._window().close()

    def notify(self, ended: list[Job]) -> None:
        """Tell that a queue has ended, in the system's own way, and mark the window."""
        done = sum(job.state is State.DONE for job in ended)
        failed = sum(job.state is State.FAILED for job in ended)
        text = self.tr("%n job(s) done", "", done)
        if failed:
            text += ", " + self.tr("%n failed", "", failed)
        self.said.append(text)
        QApplication.alert(self._window())
        if self._window().isActiveWindow():
            return
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._without_tray(text)
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(app_icon(), self)
            self._tray.messageClicked.connect(lambda: self._window().activateWindow())
        self._tray.show()
        self._tray.showMessage("nacomp", text, app_icon())

    @staticmethod
    def _without_tray(text: str) -> None:
        """GNOME has no tray; its notifications are reached by the program that every desktop there brings along."""
        program = shutil.which("notify-send")
        if program is not None:
            start_detached([program, "--app-name=nacomp", "--icon=nacomp", "nacomp", text])

    def stop(self) -> None:
        """The application closes."""
        if self._tray is not None:
            self._tray.hide()
