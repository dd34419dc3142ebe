"""The entries of an archive: searched, sorted, selected, and one of them previewed."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.archives import ArchiveDesk
from nacomp.gui.controllers.entry_model import NODE_ROLE, EntryModel
from nacomp.gui.logic.archive import (
    ArchiveDocument,
    Node,
    build_tree,
    found,
    looks_like_text,
    may_be_text,
)
from nacomp.gui.look.icons import icon
from nacomp.gui.look.theme import Colours

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


class EntryBrowser(QSplitter):
    """Entries at the left, the beginning of a selected text at the right. `selected`: whether anything is selected."""

    selected = Signal(bool)

    def __init__(self, desk: ArchiveDesk, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._folder = icon("folder", colours.colour("accent"))
        self._file = icon("file", colours.colour("soft"))
        self.addWidget(self._entries())
        self.addWidget(self._preview())
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setHandleWidth(12)
        self.setChildrenCollapsible(False)
        desk.previewed.connect(self._show_preview)
        desk.preview_failed.connect(lambda _path, sentence: self._note(sentence))

    def _entries(self) -> QWidget:
        self.tree = EntryTree()
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.tree.setDragEnabled(True)
        self.tree.setAccessibleName(self.tr("Entries of the archive"))
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
        return entries

    def _preview(self) -> QPlainTextEdit:
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName(self.tr("Preview of the selected entry"))
        self.preview.setTabChangesFocus(True)
        return self.preview

    def show_document(self, document: ArchiveDocument) -> None:
        """Show another archive's entries, all of them, by name."""
        self.search.clear()
        self._typing.stop()
        self.search.setVisible(len(document.entries) >= FEW_ENTRIES)
        header = self.tree.header()
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._fill()
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
        before = self.tree.model()
        model = EntryModel(build_tree(entries), self._folder, self._file, self.tree)
        self.tree.setModel(model)  # sorts it
        if before is not None:
            before.deleteLater()
        if len(entries) < len(document.entries) and len(entries) <= MANY_ENTRIES:
            self.tree.expandAll()
        elif model.rowCount() == 1:
            self.tree.expandToDepth(0)
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._selection_changed())
        self._selection_changed()

    def selected_nodes(self) -> list[Node]:
        """The selected rows."""
        model = self.tree.selectionModel()
        return [index.data(NODE_ROLE) for index in model.selectedRows()] if model is not None else []

    def selected_paths(self) -> list[str]:
        """Archive paths of the selected rows; a folder stands for all below it."""
        return [node.path for node in self.selected_nodes()]

    def _selection_changed(self) -> None:
        nodes = self.selected_nodes()
        self.selected.emit(bool(nodes))
        if len(nodes) == 1 and nodes[0].entry is not None and may_be_text(nodes[0].entry):
            self._note(self.tr("Decoding the beginning…"))
            self._desk.preview(nodes[0].entry)
        else:
            self._note(
                self.tr(
                    "Select a text to read its beginning here. Drag entries out of the window to extract them."
                )
            )

    def _note(self, text: str) -> None:
        self._show_text("")
        self.preview.setPlaceholderText(text)

    def _show_text(self, text: str) -> None:
        """The whole of it is painted anew: Qt leaves lines of the old text where the new one has none."""
        self.preview.setPlainText(text)
        self.preview.viewport().update()

    def _show_preview(self, path: str, data: bytes) -> None:
        nodes = self.selected_nodes()
        if len(nodes) != 1 or nodes[0].entry is None or nodes[0].entry.path != path:
            return
        if looks_like_text(data):
            self._show_text(data.decode("utf-8", "ignore"))
        else:
            self._note(self.tr("Not a text, so there is nothing to show here. Extract it to open it."))
