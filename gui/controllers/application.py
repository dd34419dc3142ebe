"""The running application: one QApplication, one set of services, and the window, rebuilt when its look changes."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from nacomp.gui.controllers.notices import Notices
from nacomp.gui.controllers.services import Services, make_services
from nacomp.gui.logic.handover import Request, instance_name, pack, parse_arguments, unpack
from nacomp.gui.logic.settings import SettingsStore, ThemeChoice
from nacomp.gui.look.icons import app_icon, icon_pixmap
from nacomp.gui.look.language import Language
from nacomp.gui.look.theme import DARK, LIGHT, Theme
from nacomp.gui.views.main_window import MainWindow
from nacomp.version import VERSION

HANDOVER_MS = 500


def make_theme(app: QApplication) -> Theme:
    """The theme, with the arrows and ticks that style sheets can only take from files."""
    folder = (
        Path(tempfile.gettempdir()) / f"nacomp-{os.getuid() if hasattr(os, 'getuid') else 'user'}-{VERSION}"
    )
    folder.mkdir(mode=0o700, exist_ok=True)
    arrows = {}
    for shade, colours in (("light", LIGHT), ("dark", DARK)):
        drawings = {"up": "chevron-up", "down": "chevron-down", "tick": "check"}
        for name, drawing in drawings.items():
            path = folder / f"{shade}-{name}.png"
            ink = colours.on_accent if name == "tick" else colours.soft
            icon_pixmap(drawing, QColor(ink), QSize(24, 24), 2.0).save(str(path))
            arrows[shade, name] = path.as_posix()
    return Theme(app, arrows)


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


class Instance(QObject):
    """The one running instance per user: later starts hand their files over to it and end."""

    requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)

    @staticmethod
    def hand_over(request: Request) -> bool:
        """Give a request to a running instance; False if there is none."""
        socket = QLocalSocket()
        socket.connectToServer(instance_name())
        if not socket.waitForConnected(HANDOVER_MS):
            return False
        socket.write(pack(request))
        sent = socket.waitForBytesWritten(HANDOVER_MS)
        socket.disconnectFromServer()
        return sent

    def listen(self) -> None:
        """Take requests from now on. A socket left by a crash is replaced."""
        QLocalServer.removeServer(instance_name())
        self._server.listen(instance_name())

    def _connected(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(lambda: self._received(socket))
        if socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
            self._received(socket)

    def _received(self, socket: QLocalSocket) -> None:
        request = unpack(bytes(socket.readAll().data()))
        socket.deleteLater()
        if request is not None:
            self.requested.emit(request)


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
    instance.requested.connect(application.open)
    application.open(request)
    return app.exec()
