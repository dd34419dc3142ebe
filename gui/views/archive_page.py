"""Look into an archive: what it holds, how well it was packed, a preview, and the way out for all or some of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDrag, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.archive import ArchiveDocument, runs, views_text
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.logic.models import ModelSource
from nacomp.gui.logic.names import is_archive
from nacomp.gui.logic.settings import Engine
from nacomp.gui.logic.wording import fixed_text, ratio_text, saved_text
from nacomp.gui.look.tips import plain_tip
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import dropped_paths
from nacomp.gui.views.empty_state import EmptyState
from nacomp.gui.views.entry_browser import EntryBrowser
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, label, row, tool

ROOM_FOR_WORDS = 760
"""Width of the page in pixels, from which on all its buttons have words."""


class ArchivePage(QWidget):
    """One archive at a time. `queued`: something was put into the queue."""

    queued = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = services.archives
        self._colours = services.theme.colours
        self._opening: list[str] = []
        self.setAcceptDrops(True)
        self._build()
        self._desk.opened.connect(self._show)
        self._desk.read.connect(services.store.remember)
        self._desk.prepared.connect(self._drag_ready)
        self._desk.prepare_failed.connect(self._complain)  # a lambda would outlive the page
        services.models.changed.connect(self._show_missing)
        services.models.progressed.connect(self._show_missing)
        services.missing_models.arrived.connect(self._model_arrived)
        self._show()

    # Construction -------------------------------------------------------------------------------------------

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, 16)
        outer.setSpacing(12)
        outer.addLayout(self._header())
        self.banner = Banner(self._colours)
        outer.addWidget(self.banner)
        self.empty = EmptyState(
            self._colours,
            "archive",
            self.tr("Look inside an archive"),
            self.tr(
                "Open or drop a .nac file to see what it holds, to read its texts without unpacking, and to extract "
                "all or some of it."
            ),
            self.tr("Open archive…"),
        )
        self.empty.pressed.connect(self.choose)
        self.stack = QStackedWidget()
        self.recent = tool("clock", self.tr("Recent archives"), self._colours)
        self.recent.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.recent_menu = QMenu(self)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self.recent.setMenu(self.recent_menu)
        self.recent.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._first_row.insertWidget(1, self.recent)
        self.stack.addWidget(self.empty)
        self.entries = EntryBrowser(self._services, self._colours)
        self.entries.selected.connect(self._selected)
        self.entries.tree.open_wanted.connect(self.open_entry)
        self.entries.tree.extract_wanted.connect(self.extract_some)
        self.entries.tree.drag_wanted.connect(self.drag_out)
        self.stack.addWidget(self.entries)
        outer.addWidget(self.stack, 1)

    def _header(self) -> QVBoxLayout:
        c = self._colours
        self.title = ElidedLabel(self.tr("Archive"), "title")
        self.open_button = button(self.tr("Open…"), c, "folder", on=self.choose)
        self.open_button.setToolTip(self.tr("Open…"))
        self.test_button = button(self.tr("Test"), c, "test", on=self.test)
        self.test_button.setToolTip(
            self.tr("Decode everything and check every byte, without writing anything")
        )
        self.extract_selected = button(self.tr("Extract to…"), c, on=self.extract_some)
        self.extract_all = button(self.tr("Extract all"), c, "extract", "primary", on=self.extract_everything)
        first = row(self.title, self.open_button, self.test_button, self.extract_selected, self.extract_all)
        first.setStretch(0, 1)
        self._first_row = first
        self.summary = label("", "soft", wrap=True)
        self.needs = label("", "small", wrap=True)
        box = QVBoxLayout()
        box.setSpacing(4)
        box.addLayout(first)
        box.addWidget(self.summary)
        box.addWidget(self.needs)
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a small window pictures must do for the two lesser buttons, or nothing is left for the archive's name."""
        super().resizeEvent(event)
        narrow = self.width() < ROOM_FOR_WORDS
        for made in (self.open_button, self.test_button):
            made.setText("" if narrow else made.accessibleName())

    # What is shown ------------------------------------------------------------------------------------------

    def _show(self) -> None:
        desk = self._desk
        document = desk.document
        self.recent.setVisible(bool(self._services.store.value.recent))
        for widget in (self.test_button, self.extract_selected, self.extract_all):
            widget.setVisible(document is not None)
        self.open_button.setVisible(document is not None or desk.failure is not None)
        self.stack.setCurrentIndex(1 if document else 0)
        self.summary.setVisible(document is not None or desk.reading is not None)
        self.needs.setVisible(document is not None)
        if document is not None:
            self._show_document(document)
        elif desk.failure is not None:
            self.summary.hide()
            self.banner.show_message(desk.failure, Tone.ERROR, self._remedies() if desk.damaged else ())
            self.title.say(desk.reading.name if desk.reading else self.tr("Archive"))
        else:
            self.title.say(desk.reading.name if desk.reading else self.tr("Archive"))
            self.summary.setText(self.tr("Reading the archive…") if desk.reading else "")

    def _show_document(self, document: ArchiveDocument) -> None:
        translate = QCoreApplication.translate
        self.banner.hide()
        self.title.say(document.path.name)
        sizes = document.original_size, document.compressed_size
        parts = [
            self.tr("%n file(s)", "", document.files),
            saved_text(*sizes, translate),
            ratio_text(*sizes, translate),
        ]
        views = views_text(document.info.get("views") or {}, translate)
        self.summary.setText(" · ".join([*parts, views] if views else parts))
        self.entries.show_document(document)
        self._show_missing()

    def _complain(self, sentence: str) -> None:
        self.banner.show_message(sentence, Tone.ERROR)

    def _show_missing(self) -> None:
        """Say on opening what an archive needs and this machine lacks."""
        document, missing = self._desk.document, self._services.missing_models
        if document is not None:
            self.needs.setText(self._needs_text(document))
        needed = _models_of(document) if document is not None else []
        model_id = next(filter(missing.missing, needed), None)
        if model_id is None:
            if document is not None and document.info.get("unfinished_bytes"):
                words = self.tr(
                    "The end of an update is missing: this is the state before it. If this is a copy, copy it again."
                )
                self.banner.show_message(words, Tone.WARNING)
            return
        models = self._services.models
        if models.pulling(model_id):
            meter = models.meters[model_id]
            text = self.tr("The model {0} is on its way: {1}%").format(
                missing.name(model_id), round(100 * (meter.fraction or 0.0))
            )
            stop = (self.tr("Cancel"), lambda: models.cancel(model_id))
            self.banner.show_message(text, Tone.INFO, [stop])
            return
        actions = (
            [(self.tr("Download"), lambda: missing.fetch(model_id))] if missing.available(model_id) else []
        )
        self.banner.show_message(missing.need(model_id), Tone.WARNING, actions)

    def _model_arrived(self, model_id: str) -> None:
        """What was shown without its model is shown again, with all that can be done now."""
        document = self._desk.document
        if document is not None and model_id in _models_of(document):
            self.banner.hide()
            self._show_missing()
            self.entries.preview_again()

    def _needs_text(self, document: ArchiveDocument) -> str:
        info = document.info
        if not info.get("model_id"):
            return self.tr("Needs no language model: packed with classical codecs.")
        models = _models_of(document)
        density = self.tr("{0} bits per byte").format(fixed_text(float(info.get("bits_per_byte") or 0), 3))
        if models == [ModelSource.EMBEDDED.value]:
            packed, opens = self.tr("Packed with the built-in model"), self.tr("opens on every machine")
        else:
            names = [self._services.missing_models.name(model) for model in models]
            packed = self.tr("Packed with {0}").format(", ".join(names))
            opens = (
                self.tr("opens on every machine that has this model")
                if len(names) == 1
                else self.tr("opens on every machine that has these models")
            )
        if info.get("engine") != Engine.EXACT:
            opens = self.tr("opens only with the same build of llama.cpp")
        return " · ".join((packed, density, opens))

    def _remedies(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            (self.tr("Repair"), lambda: self._queue_reading(Kind.REPAIR)),
            (self.tr("Salvage what is intact"), lambda: self._queue_reading(Kind.SALVAGE)),
        ]

    def _queue_reading(self, kind: Kind) -> None:
        """A remedy for the archive that could not be read, as a job of the queue."""
        if self._desk.reading is not None:
            self._services.runner.add(kind, [self._desk.reading], password=self._desk.password)
            self._services.runner.start()
            self.queued.emit()

    def _fill_recent(self) -> None:
        """Those that are still there."""
        self.recent_menu.clear()
        for name in self._services.store.value.recent:
            path = Path(name)
            action = self.recent_menu.addAction(path.name.replace("&", "&&"), partial(self._desk.open, path))
            action.setToolTip(plain_tip(name))
        self.recent_menu.setToolTipsVisible(True)

    # What is done -------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for an archive."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open an archive"), "", self.tr("nacomp archives (*.nac)")
        )
        if chosen:
            self._desk.open(Path(chosen))

    def test(self) -> None:
        """Check every byte, as a job of the queue."""
        if self._desk.document is not None:
            self._services.runner.add(Kind.TEST, [self._desk.document.path], password=self._desk.password)
            self.queued.emit()

    def extract_everything(self) -> None:
        """Extract all, where the queue's destination says."""
        if self._desk.document is not None:
            self._services.runner.add(Kind.EXTRACT, [self._desk.document.path], password=self._desk.password)
            self.queued.emit()

    def extract_some(self) -> None:
        """Extract the selected entries, or else all, into a folder that is asked for."""
        selected = bool(self.entries.selected_paths())
        title = self.tr("Extract the selected entries to") if selected else self.tr("Extract all to")
        chosen = QFileDialog.getExistingDirectory(self, title)
        if chosen:
            self.extract_to(Path(chosen))

    def extract_to(self, folder: Path) -> None:
        """Extract the selected entries into a folder; all of them if none is selected."""
        paths = self.entries.selected_paths()
        if self._desk.document is not None:
            self._services.runner.add(
                Kind.EXTRACT, [self._desk.document.path], folder, paths, self._desk.password
            )
            self.queued.emit()

    def _selected(self, any_of_them: bool) -> None:
        words = self.tr("Extract selected to…") if any_of_them else self.tr("Extract to…")
        self.extract_selected.setText(words)
        self.extract_selected.setAccessibleName(words)

    def open_entry(self) -> None:
        """Show an entry with the system's program for it; one that would be run is only extracted."""
        nodes = self.entries.selected_nodes()
        if len(nodes) != 1 or nodes[0].is_folder:
            return
        if runs(nodes[0].name):
            text = self.tr("{0} may be a program. Extract it if you trust it.").format(nodes[0].name)
            self.banner.show_message(text, Tone.WARNING)
            return
        paths = self.entries.selected_paths()
        ready = self._desk.ready_to_drag(paths)
        if ready is not None:
            self.show_file(ready[0])
            return
        self._opening = paths
        self.banner.show_message(self.tr("Getting it ready to be opened…"))
        self._desk.prepare(paths)

    def show_file(self, path: Path) -> None:
        """Have the system open a file."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            text = self.tr("The system has no program to open {0} with.").format(path.name)
            self.banner.show_message(text, Tone.WARNING)

    def drag_out(self) -> None:
        """Entries are dragged: files that are ready go along at once, others are extracted first."""
        paths = self.entries.selected_paths()
        ready = self._desk.ready_to_drag(paths)
        if ready is not None:
            self._drag(ready)
            return
        self.banner.show_message(self.tr("Getting it ready to be dragged out…"))
        self._desk.prepare(paths)

    def _drag_ready(self, files: list[Path]) -> None:
        """If the mouse is still held the drag goes on; otherwise the next one starts at once. Or it was to be opened."""
        if self._opening:
            self._opening = []
            self.banner.hide()
            self.show_file(files[0])
            return
        if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self.banner.hide()
            self._drag(files)
        else:
            self.banner.show_message(self.tr("Ready: drag it now."))

    def drag_data(self, files: list[Path]) -> QMimeData:
        """What a drag carries: the extracted files."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
        return data

    def _drag(self, files: list[Path]) -> None:
        drag = QDrag(self.entries.tree)
        drag.setMimeData(self.drag_data(files))
        drag.exec(Qt.DropAction.CopyAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and any(map(is_archive, dropped_paths(event.mimeData()))):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        archives = [path for path in dropped_paths(event.mimeData()) if is_archive(path)]
        event.acceptProposedAction()
        self._desk.open(archives[0])


def _models_of(document: ArchiveDocument) -> list[str]:
    """The ids of the models that an archive needs, what coded most first."""
    shares = document.info.get("models") or {}
    return sorted(shares, key=lambda model: -shares[model])
