"""Look into an archive: what it holds, how well it was packed, a preview, and the way out for all or some of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.archive import ArchiveDocument
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.logic.names import is_archive
from nacomp.gui.logic.wording import fixed_text, ratio_text, saved_text
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import dropped_paths
from nacomp.gui.views.empty_state import EmptyState
from nacomp.gui.views.entry_browser import EntryBrowser
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, label, row


class ArchivePage(QWidget):
    """One archive at a time. `queued`: something was put into the queue."""

    queued = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = services.archives
        self._colours = services.theme.colours
        self.setAcceptDrops(True)
        self._build()
        self._desk.opened.connect(self._show)
        self._desk.prepared.connect(self._drag_ready)
        self._desk.prepare_failed.connect(lambda sentence: self.banner.show_message(sentence, Tone.ERROR))
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
        self.stack.addWidget(self.empty)
        self.entries = EntryBrowser(self._desk, self._colours)
        self.entries.selected.connect(self.extract_selected.setEnabled)
        self.entries.tree.drag_wanted.connect(self.drag_out)
        self.stack.addWidget(self.entries)
        outer.addWidget(self.stack, 1)

    def _header(self) -> QVBoxLayout:
        c = self._colours
        self.title = ElidedLabel(self.tr("Archive"), "title")
        self.open_button = button(self.tr("Open…"), c, "folder", on=self.choose)
        self.test_button = button(self.tr("Test"), c, "test", on=self.test)
        self.test_button.setToolTip(
            self.tr("Decode everything and check every byte, without writing anything")
        )
        self.extract_selected = button(self.tr("Extract selected…"), c, on=self.extract_some)
        self.extract_all = button(self.tr("Extract all"), c, "extract", "primary", on=self.extract_everything)
        first = row(self.title, self.open_button, self.test_button, self.extract_selected, self.extract_all)
        first.setStretch(0, 1)
        self.summary = label("", "soft", wrap=True)
        self.needs = label("", "small", wrap=True)
        box = QVBoxLayout()
        box.setSpacing(4)
        box.addLayout(first)
        box.addWidget(self.summary)
        box.addWidget(self.needs)
        return box

    # What is shown ------------------------------------------------------------------------------------------

    def _show(self) -> None:
        desk = self._desk
        document = desk.document
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
        self.summary.setText(" · ".join(parts))
        self.needs.setText(self._needs_text(document))
        self.entries.show_document(document)

    def _needs_text(self, document: ArchiveDocument) -> str:
        info = document.info
        if not info.get("model_id"):
            return self.tr("Needs no language model: packed with classical codecs.")
        text = self.tr("Model {0} · engine {1} · {2} bits per byte").format(
            info["model_id"], info.get("engine") or "?", fixed_text(float(info.get("bits_per_byte") or 0), 3)
        )
        if info.get("native_kernel"):
            text += " · " + self.tr("decodes here with {0}").format(info["native_kernel"])
        return text

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
        """Extract the selected entries into a folder that is asked for."""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Extract the selected entries to"))
        if chosen:
            self.extract_to(Path(chosen))

    def extract_to(self, folder: Path) -> None:
        """Extract the selected entries into a folder."""
        paths = self.entries.selected_paths()
        if self._desk.document is not None and paths:
            self._services.runner.add(
                Kind.EXTRACT, [self._desk.document.path], folder, paths, self._desk.password
            )
            self.queued.emit()

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
        """If the mouse is still held the drag goes on; otherwise the next one starts at once."""
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
