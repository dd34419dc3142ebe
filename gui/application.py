"""The running application: one QApplication, one set of services, and the window, rebuilt when its look changes."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from nacomp.gui.controllers.notices import Notices
from nacomp.gui.controllers.services import Services, make_services
from nacomp.gui.logic.handover import Request, parse_arguments
from nacomp.gui.logic.settings import SettingsStore, ThemeChoice
from nacomp.gui.look.icons import app_icon
from nacomp.gui.look.language import Language
from nacomp.gui.look.style_pictures import make_theme
from nacomp.gui.process.instance import Instance
from nacomp.gui.views.main_window import MainWindow
from nacomp.version import VERSION

WELCOME_MS = 400
"""The window is up first; then a process may look what models are here."""


class Application(QObject):
    """Ties window, services, tray and other instances together."""

    def __init__(self, app: QApplication, store: SettingsStore, program: Sequence[str] | None = None) -> None:
        super().__init__()
        self._app = app
        self.language = Language(app)
        self.language.choose(store.value.language)
        self.theme = make_theme(app)
        self.theme.choose(store.value.theme)
        self.services: Services = make_services(store, self.theme, program)
        self.window = self._make_window()
        self.notices = Notices(self.services, lambda: self.window)
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        if sys.platform == "darwin":  # a filter in Python costs every event of the application a little
            app.installEventFilter(self)

    def _make_window(self) -> MainWindow:
        window = MainWindow(self.services)
        window.look_changed.connect(self._look_changed)
        window.closing.connect(self._closing)
        return window

    def open(self, request: Request) -> None:
        """Do what another program, or another start of this one, asks for."""
        self.window.open_paths([Path(path) for path in request.paths], request.kind)
        self.window.setWindowState(self.window.windowState() & ~self.window.windowState().WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _look_changed(self) -> None:
        QTimer.singleShot(0, self.rebuild)

    def _system_changed(self) -> None:
        if self.theme.choice is ThemeChoice.SYSTEM:
            before = self.theme.colours
            self.theme.refresh()
            if self.theme.colours is not before:
                self._look_changed()

    def rebuild(self) -> None:
        """Make the window anew in the chosen theme and language; the work behind it goes on."""
        settings = self.services.store.value
        self.language.choose(settings.language)
        if self.theme.choice is not settings.theme:
            self.theme.choose(settings.theme)
        old, page, geometry = self.window, self.window.page, self.window.saveGeometry()
        self.window = self._make_window()
        self.window.restoreGeometry(QByteArray(geometry))
        self.window.show_page(page)
        if old.isVisible():
            self.window.show()
        old.closing.disconnect()
        old.hide()
        old.deleteLater()

    def _closing(self) -> None:
        self.services.shut_down()
        self.notices.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """macOS hands over double-clicked files as events."""
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent) and event.file():
            self.open(Request(None, (event.file(),)))
            return True
        return super().eventFilter(watched, event)


def make_qt_application() -> QApplication:
    """The QApplication with its names; also used by tests and the picture script."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("nacomp")
    app.setApplicationDisplayName("nacomp")
    app.setApplicationVersion(VERSION)
    app.setDesktopFileName("nacomp")
    app.setWindowIcon(app_icon())
    return app


def run(arguments: Sequence[str]) -> int:
    """Start, or hand over to the instance that runs already. Returns the exit code."""
    request = parse_arguments(arguments, Path.cwd())
    app = make_qt_application()
    if Instance.hand_over(request):
        return 0
    instance = Instance()
    instance.listen()
    application = Application(app, SettingsStore())
    application.services.unexpected.watch()
    instance.requested.connect(application.open)
    application.open(request)
    QTimer.singleShot(WELCOME_MS, application.services.first_offer.welcome)
    QTimer.singleShot(WELCOME_MS, application.services.devices.check)
    return app.exec()
