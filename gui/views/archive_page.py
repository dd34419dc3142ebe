"""Look into an archive: what it holds, how well it was packed, a preview, and the way out for all or some of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.entry_model import NODE_ROLE, EntryModel
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.archive import (
    ArchiveDocument,
    Node,
    build_tree,
    found,
    looks_like_text,
    may_be_text,
)
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.logic.names import is_archive
from nacomp.gui.logic.wording import fixed_text, ratio_text, saved_text
from nacomp.gui.look.icons import icon
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import dropped_paths
from nacomp.gui.views.empty_state import EmptyState
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, label, row

FEW_ENTRIES = 8
"""Fewer are seen at a glance, and are not searched."""
MANY_ENTRIES = 1000
"""More of them found are left folded."""
TYPING_MS = 150
"""A search waits for a pause in typing."""


class EntryTree(QTreeView):
    """The tree of entries. `drag_wanted`: entries are being dragged out of the window."""

    drag_wanted = Signal()

    def startDrag(self, _actions: Qt.DropAction) -> None:
        self.drag_wanted.emit()


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
        self._desk.previewed.connect(self._show_preview)
        self._desk.preview_failed.connect(lambda _path, sentence: self._preview_note(sentence))
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
                "Open or drop a .nac file: see what it holds, read text without unpacking, and get out all or some of it."
            ),
            self.tr("Open archive…"),
        )
        self.empty.pressed.connect(self.choose)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._content())
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

    def _content(self) -> QSplitter:
        self.tree = EntryTree()
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.tree.setDragEnabled(True)
        self.tree.setAccessibleName(self.tr("Entries of the archive"))
        self.tree.drag_wanted.connect(self.drag_out)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName(self.tr("Preview of the selected entry"))
        self.preview.setTabChangesFocus(True)
        self.tree.setSortingEnabled(True)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._fill)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find in the archive"))
        self.search.setAccessibleName(self.tr("Find in the archive"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._typing.start)
        entries = QWidget()
        box = QVBoxLayout(entries)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.search)
        box.addWidget(self.tree)
        splitter = QSplitter()
        splitter.addWidget(entries)
        splitter.addWidget(self.preview)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setHandleWidth(12)
        splitter.setChildrenCollapsible(False)
        return splitter

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
        self.search.clear()
        self._typing.stop()
        self.search.setVisible(len(document.entries) >= FEW_ENTRIES)
        self.tree.header().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._fill()
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)

    def _fill(self) -> None:
        """Show the entries that are searched for, in the order that the header says."""
        document = self._desk.document
        if document is None:
            return
        entries = found(document.entries, self.search.text())
        c = self._colours
        folder, file = icon("folder", c.colour("accent")), icon("file", c.colour("soft"))
        before = self.tree.model()
        model = EntryModel(build_tree(entries), folder, file, self.tree)
        self.tree.setModel(model)  # sorts it
        if before is not None:
            before.deleteLater()
        if len(entries) < len(document.entries) and len(entries) <= MANY_ENTRIES:
            self.tree.expandAll()
        elif model.rowCount() == 1:
            self.tree.expandToDepth(0)
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._selection_changed())
        self._selection_changed()

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

    def selected_nodes(self) -> list[Node]:
        """The selected rows."""
        model = self.tree.selectionModel()
        return [index.data(NODE_ROLE) for index in model.selectedRows()] if model is not None else []

    def selected_paths(self) -> list[str]:
        """Archive paths of the selected rows; a folder stands for all below it."""
        return [_path_of(node) for node in self.selected_nodes()]

    def _selection_changed(self) -> None:
        nodes = self.selected_nodes()
        self.extract_selected.setEnabled(bool(nodes))
        if len(nodes) == 1 and nodes[0].entry is not None and may_be_text(nodes[0].entry):
            self._preview_note(self.tr("Decoding the beginning…"))
            self._desk.preview(nodes[0].entry)
        else:
            self._preview_note(
                self.tr(
                    "Select a text to read its beginning here. Drag entries out of the window to extract them."
                )
            )

    def _preview_note(self, text: str) -> None:
        self.preview.clear()
        self.preview.setPlaceholderText(text)

    def _show_preview(self, path: str, data: bytes) -> None:
        nodes = self.selected_nodes()
        if len(nodes) != 1 or nodes[0].entry is None or nodes[0].entry.path != path:
            return
        if looks_like_text(data):
            self.preview.setPlainText(data.decode("utf-8", "ignore"))
        else:
            self._preview_note(
                self.tr("Not a text, so there is nothing to show here. Extract it to open it.")
            )

    def _remedies(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            (self.tr("Repair"), lambda: self._queue_reading(Kind.REPAIR)),
            (self.tr("Rescue what is intact"), lambda: self._queue_reading(Kind.RESCUE)),
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
        paths = self.selected_paths()
        if self._desk.document is not None and paths:
            self._services.runner.add(
                Kind.EXTRACT, [self._desk.document.path], folder, paths, self._desk.password
            )
            self.queued.emit()

    def drag_out(self) -> None:
        """Entries are dragged: files that are ready go along at once, others are extracted first."""
        paths = self.selected_paths()
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
        drag = QDrag(self.tree)
        drag.setMimeData(self.drag_data(files))
        drag.exec(Qt.DropAction.CopyAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and any(map(is_archive, dropped_paths(event.mimeData()))):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        archives = [path for path in dropped_paths(event.mimeData()) if is_archive(path)]
        event.acceptProposedAction()
        self._desk.open(archives[0])


def _path_of(node: Node) -> str:
    if node.entry is not None:
        return node.entry.path.rstrip("/")
    above = _path_of(node.parent) if node.parent is not None and node.parent.name else ""
    return f"{above}/{node.name}" if above else node.name
