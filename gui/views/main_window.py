"""The window: pages at the left, one of them shown, and the question when it is closed during work."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.jobs import Kind, State
from nacomp.gui.logic.memory import kept
from nacomp.gui.logic.names import is_archive, paths_in_text
from nacomp.gui.look.icons import app_icon, icon
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import dropped_paths
from nacomp.gui.views.pages import Page
from nacomp.gui.views.parts import MARGIN, key_text, label, row
from nacomp.gui.views.password import PasswordQuestions
from nacomp.gui.views.queue_page import QueuePage

if TYPE_CHECKING:
    from nacomp.gui.views.about import AboutDialog
    from nacomp.gui.views.archive_page import ArchivePage
    from nacomp.gui.views.models_page import ModelsPage
    from nacomp.gui.views.settings_page import SettingsPage
    from nacomp.gui.views.surprise_map_page import SurpriseMapPage

SIDE = 184
NARROW_SIDE = 68
"""Its pictures without their words."""
SMALLEST = QSize(860, 520)
FRAME = QSize(16, 48)
"""What a window manager puts around a window, about."""


class MainWindow(QMainWindow):
    """Everything a person sees. `closing`: the window is about to go for good."""

    closing = Signal()
    look_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._close_allowed = False
        self.question: QMessageBox | None = None
        self.about: AboutDialog | None = None
        self.setWindowTitle("nacomp")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self._pages: dict[Page, QWidget] = {}
        self._build()
        self.passwords = PasswordQuestions(services, self)
        self._connect()
        self._restore()

    def _build(self) -> None:
        frame = QWidget()
        frame.setObjectName("window")
        box = QHBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.stack = QStackedWidget()
        self.side = self._side()
        box.addWidget(self.side)
        self.notice = Banner(self._services.theme.colours)
        above = row(self.notice)
        above.setContentsMargins(MARGIN, 12, MARGIN, 0)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(above)
        right.addWidget(self.stack, 1)
        box.addLayout(right, 1)
        self.setCentralWidget(frame)

    def _made(self, page: Page) -> QWidget:
        """A page, made when it is first needed, its module loaded too: the window is up twice as soon as with all."""
        if page not in self._pages:
            self._pages[page] = self._make_page(page)
            self.stack.addWidget(self._pages[page])
        return self._pages[page]

    def _make_page(self, page: Page) -> QWidget:
        match page:
            case Page.QUEUE:
                queue = QueuePage(self._services)
                queue.open_archive.connect(self.open_archive)
                queue.title_wanted.connect(self.setWindowTitle)
                return queue
            case Page.ARCHIVE:
                from nacomp.gui.views.archive_page import ArchivePage

                archive = ArchivePage(self._services)
                archive.queued.connect(lambda: self.show_page(Page.QUEUE))
                return archive
            case Page.SURPRISE_MAP:
                from nacomp.gui.views.surprise_map_page import SurpriseMapPage

                return SurpriseMapPage(self._services)
            case Page.MODELS:
                from nacomp.gui.views.models_page import ModelsPage

                return ModelsPage(self._services)
            case Page.SETTINGS:
                from nacomp.gui.views.settings_page import SettingsPage

                settings = SettingsPage(self._services)
                settings.look_changed.connect(self.look_changed)
                return settings

    @property
    def queue_page(self) -> QueuePage:
        """The page with the queue."""
        return cast(QueuePage, self._made(Page.QUEUE))

    @property
    def archive_page(self) -> "ArchivePage":
        """The page that looks into an archive."""
        return cast("ArchivePage", self._made(Page.ARCHIVE))

    @property
    def surprise_map_page(self) -> "SurpriseMapPage":
        """The page with the surprise map."""
        return cast("SurpriseMapPage", self._made(Page.SURPRISE_MAP))

    @property
    def models_page(self) -> "ModelsPage":
        """The page with the models."""
        return cast("ModelsPage", self._made(Page.MODELS))

    @property
    def settings_page(self) -> "SettingsPage":
        """The page with the settings."""
        return cast("SettingsPage", self._made(Page.SETTINGS))

    def _side(self) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        box = QVBoxLayout(side)
        box.setContentsMargins(12, 16, 12, 12)
        box.setSpacing(4)
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(QSize(28, 28)))
        self._name = label("nacomp", "heading")
        box.addLayout(row(4, mark, 4, self._name, None))
        box.addSpacing(14)
        self._group = QButtonGroup(self)
        self.nav: dict[Page, QPushButton] = {}
        for page, text, picture in (
            (Page.QUEUE, self.tr("Compress"), "compress"),
            (Page.ARCHIVE, self.tr("Archive"), "archive"),
            (Page.SURPRISE_MAP, self.tr("Surprise map"), "surprise-map"),
            (Page.MODELS, self.tr("Models"), "models"),
            (Page.SETTINGS, self.tr("Settings"), "settings"),
        ):
            if page is Page.SETTINGS:
                box.addStretch(1)
            box.addWidget(self._nav_button(page, text, picture))
        about = QPushButton(self.tr("About and help"))
        about.setProperty("role", "nav")
        about.setIcon(icon("info", self._services.theme.colours.colour("text")))
        about.setIconSize(QSize(20, 20))
        about.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        about.setAccessibleName(about.text())
        about.setToolTip(f"{about.text()} ({key_text('F1')})")
        about.clicked.connect(self.show_about)
        box.addWidget(about)
        self._side_width = max(SIDE, box.sizeHint().width() + 8)  # long words: German, large fonts
        self._worded = [*self.nav.values(), about]
        side.setFixedWidth(self._side_width)
        return side

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A small screen makes the window smaller than its words need: the side gives up its own before the pages do.

        They stay as tips, and as names for screen readers.
        """
        super().resizeEvent(event)
        narrow = self.width() < SMALLEST.width()
        self._name.setVisible(not narrow)
        for button in self._worded:
            button.setText("" if narrow else button.accessibleName())
        self.side.setFixedWidth(NARROW_SIDE if narrow else self._side_width)

    def _nav_button(self, page: Page, text: str, picture: str) -> QPushButton:
        made = QPushButton(text)
        made.setProperty("role", "nav")
        made.setIcon(icon(picture, self._services.theme.colours.colour("text")))
        made.setIconSize(QSize(20, 20))
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus on the page
        made.setAccessibleName(text)
        number = len(self.nav) + 1
        made.setToolTip(f"{text} ({key_text(f'Ctrl+{number}')})")
        made.clicked.connect(lambda: self.show_page(page))
        QShortcut(QKeySequence(f"Ctrl+{number}"), self, lambda: self.show_page(page))
        self._group.addButton(made)
        self.nav[page] = made
        return made

    def _connect(self) -> None:
        # Queued: it may come from a thread, or from the middle of a paint event.
        queued = Qt.ConnectionType.QueuedConnection
        self._services.unexpected.happened.connect(self._tell_unexpected, queued)
        self._services.devices.gone.connect(self._tell_device_gone)
        QShortcut(QKeySequence.StandardKey.Open, self, self.queue_page.choose_files)
        QShortcut(QKeySequence("Ctrl+Shift+O"), self, self.queue_page.choose_folder)
        QShortcut(QKeySequence.StandardKey.Paste, self, self.paste)
        QShortcut(QKeySequence.StandardKey.Find, self, self.find_entry)
        QShortcut(QKeySequence("F1"), self, self.show_about)
        QShortcut(QKeySequence.StandardKey.Quit, self, self.close)
        self.show_page(Page.QUEUE)

    def _restore(self) -> None:
        room = self.screen().availableGeometry().size() - FRAME
        self.setMinimumSize(SMALLEST.boundedTo(room))
        self.resize(QSize(1080, 720).boundedTo(room))
        stored = self._services.store.value.window
        if stored:
            self.restoreGeometry(QByteArray.fromBase64(stored.encode()))

    def _tell_unexpected(self, words: str) -> None:
        text = self.tr("Something unexpected went wrong: {0}").format(words)
        if self.notice.isHidden() or self.notice.text.text() != text:
            self.notice.show_message(text, Tone.ERROR)

    def _tell_device_gone(self, name: str) -> None:
        text = self.tr("{0} cannot be used now, so nacomp chooses where to compute. Results stay the same.")
        self.notice.show_message(text.format(name), Tone.WARNING)

    @property
    def page(self) -> Page:
        """The page on show."""
        return next(page for page, widget in self._pages.items() if widget is self.stack.currentWidget())

    def show_page(self, page: Page) -> None:
        """Show another page."""
        widget = self._made(page)
        self.stack.setCurrentWidget(widget)
        self.nav[page].setChecked(True)
        widget.setFocus()

    def open_archive(self, path: Path) -> None:
        """Look into an archive."""
        self.show_page(Page.ARCHIVE)
        self._services.archives.open(path)

    def open_paths(self, paths: list[Path], kind: Kind | None = None) -> None:
        """What another program asks for: a kind of job, or by default whatever fits the files."""
        if kind is None and len(paths) == 1 and is_archive(paths[0]):
            self.open_archive(paths[0])
        elif kind is not None:
            self.show_page(Page.QUEUE)
            if kind is Kind.COMPRESS:
                self._services.adding.take(paths)
            else:
                self._services.runner.add(kind, paths)
        elif paths:
            self.show_page(Page.QUEUE)
            self.queue_page.take(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()) and event.source() is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A drop anywhere counts; pages with a meaning of their own for drops take them first."""
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self._take(paths)

    def paste(self) -> None:
        """Take the files of the clipboard like dropped ones; a text of paths counts too."""
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None: nothing was ever copied
        paths = dropped_paths(data) or paths_in_text(data.text()) if data is not None else []
        if paths:
            self._take(paths)
        else:
            self.notice.show_message(self.tr("There are no files in the clipboard."))

    def find_entry(self) -> None:
        """Search the archive that is open."""
        if self._services.archives.document is not None:
            self.show_page(Page.ARCHIVE)
            self.archive_page.entries.find_entry()

    def show_about(self) -> None:
        """Version, keys and licences."""
        if self.about is None:
            from nacomp.gui.views.about import AboutDialog

            self.about = AboutDialog(self._services, self)
        self.about.show()
        self.about.raise_()

    def _take(self, paths: list[Path]) -> None:
        self.show_page(Page.QUEUE)
        self.queue_page.take(paths)

    def leave(self) -> None:
        """Close without asking."""
        self._close_allowed = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        queue = self._services.runner.queue
        waiting = sum(job.state is State.WAITING and not kept(job) for job in queue)
        if (queue.busy or waiting) and not self._close_allowed:
            event.ignore()
            self._ask(0 if queue.busy else waiting)
            return
        self._services.store.value.window = bytes(self.saveGeometry().toBase64().data()).decode()
        with suppress(OSError):  # the place of the window is no reason to stay
            self._services.store.save()
        self.closing.emit()
        event.accept()

    def _ask(self, waiting: int) -> None:
        """Ask before a running job is stopped, or before `waiting` jobs are forgotten, whose password is not kept."""
        if self.question is not None:
            self.question.raise_()
            return
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Work is going on"))
        box.setText(self.tr("A job is still running. Stop it and close?"))
        box.setInformativeText(
            self.tr("Unfinished output is removed; the job waits in the queue when nacomp starts again.")
        )
        if waiting:
            box.setWindowTitle(self.tr("Passwords are not kept"))
            box.setText(
                self.tr("%n job(s) with a password wait in the queue. Close and forget them?", "", waiting)
            )
            box.setInformativeText(self.tr("Your files stay as they are."))
        stay = box.addButton(self.tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
        words = self.tr("Close") if waiting else self.tr("Stop and close")
        stop = box.addButton(words, QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        stop.clicked.connect(self.leave)
        box.finished.connect(self._answered)
        self.question = box
        box.open()

    def _answered(self) -> None:
        self.question = None
