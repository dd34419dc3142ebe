"""The entries of an archive: searched, sorted, selected, and one of them previewed."""

from functools import partial

from PySide6.QtCore import QModelIndex, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFontDatabase, QGuiApplication, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from nacomp.gui.controllers.entry_model import NODE_ROLE, EntryModel
from nacomp.gui.controllers.pictures import decode_picture
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.archive import (
    ArchiveDocument,
    Column,
    Node,
    build_tree,
    found,
    looks_like_text,
    may_be_picture,
    may_be_text,
)
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.look.icons import icon
from nacomp.gui.look.theme import Colours

FEW_ENTRIES = 8
"""Fewer are seen at a glance, and are not searched."""
MANY_ENTRIES = 1000
"""More of them found are left folded."""
ROOM_FOR_NAMES = 170
"""Pixels that are left to the names at least, before a column beside them is shown that nobody has chosen."""
NAMES_AT_MOST = 0.65
"""Share of the width that long names, or names in deep folders, may take from those columns: at 900 pixels six chapters were
all called "cha....md", beside four columns."""
BESIDE = tuple(column for column in Column if column is not Column.NAME)
"""The other columns, in the order in which they come where there is room."""
TYPING_MS = 150
"""A search waits for a pause in typing."""


class EntryTree(QTreeView):
    """The tree of entries. `drag_wanted`: entries are being dragged out of the window; the others come from its menu."""

    drag_wanted = Signal()
    open_wanted = Signal()
    extract_wanted = Signal()

    def __init__(self, store: SettingsStore) -> None:
        super().__init__()
        self._store = store
        header = self.header()
        header.setStretchLastSection(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda point: self.column_menu(self).popup(header.mapToGlobal(point))
        )
        self.expanded.connect(self._arrange)  # names in a deeper folder begin further right

    def show_rows(self, model: EntryModel) -> None:
        """Show other rows, in the order that the header says."""
        self.setModel(model)  # sorts it
        for column in Column:
            stretched = column is Column.NAME
            mode = QHeaderView.ResizeMode.Stretch if stretched else QHeaderView.ResizeMode.ResizeToContents
            self.header().setSectionResizeMode(column, mode)
        self._arrange()

    def _arrange(self) -> None:
        """The columns that somebody has chosen; else names come first, and as many others as there is room for."""
        model, chosen = self.model(), self._store.value.columns
        if not isinstance(model, EntryModel):
            return
        width = self.viewport().width()
        names = min(self.sizeHintForColumn(Column.NAME), int(NAMES_AT_MOST * width))
        room = width - max(names, ROOM_FOR_NAMES)
        for column in BESIDE:  # one that is hidden says that it needs no width
            self.setColumnHidden(column, False)
        for column in BESIDE:
            if chosen is not None:
                shown = column.name.lower() in chosen
            elif column is Column.INSIDE and not model.opened:
                shown = False
            else:
                room -= max(self.header().sectionSizeHint(column), self.sizeHintForColumn(column))
                shown = room >= 0
            self.setColumnHidden(column, not shown)

    def column_menu(self, parent: QWidget) -> QMenu:
        """Which columns there are beside the name."""
        menu = QMenu(self.tr("Columns"), parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in BESIDE:
            action = menu.addAction(self.model().headerData(column, Qt.Orientation.Horizontal))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(partial(self._choose, column))
        menu.addSeparator()
        fitting = menu.addAction(self.tr("As many as there is room for"))
        fitting.setCheckable(True)
        fitting.setChecked(self._store.value.columns is None)
        fitting.triggered.connect(lambda: self._remember(None))
        return menu

    def _choose(self, column: Column, on: bool) -> None:
        shown = [one for one in BESIDE if (on if one is column else not self.isColumnHidden(one))]
        self._remember([one.name.lower() for one in shown])

    def _remember(self, columns: list[str] | None) -> None:
        self._store.change("columns", columns)
        self._arrange()

    def entry_menu(self) -> QMenu:
        """What can be done with the selected entries."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        nodes: list[Node] = [index.data(NODE_ROLE) for index in self.selectionModel().selectedRows()]
        opened = menu.addAction(self.tr("Open"), self.open_wanted.emit)
        opened.setEnabled(len(nodes) == 1 and not nodes[0].is_folder)
        menu.addAction(self.tr("Extract to…"), self.extract_wanted.emit)
        menu.addSeparator()
        paths = "\n".join(node.path for node in nodes)
        menu.addAction(self.tr("Copy path"), lambda: QGuiApplication.clipboard().setText(paths))
        menu.addMenu(self.column_menu(menu))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selectionModel() is not None and self.selectionModel().hasSelection():
            self.entry_menu().popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def startDrag(self, _actions: Qt.DropAction) -> None:
        self.drag_wanted.emit()


class EntryBrowser(QSplitter):
    """Entries at the left, the beginning of a selected text at the right. `selected`: whether anything is selected."""

    selected = Signal(bool)

    def __init__(self, services: Services, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk = services.archives
        self._store = services.store
        self._folder = icon("folder", colours.colour("accent"))
        self._file = icon("file", colours.colour("soft"))
        self.addWidget(self._entries())
        self.addWidget(self._preview())
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setHandleWidth(12)
        self.setChildrenCollapsible(False)
        desk.previewed.connect(self._show_preview)
        desk.preview_failed.connect(self._preview_failed)  # a lambda would outlive the page

    def _entries(self) -> QWidget:
        self.tree = EntryTree(self._store)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.tree.setDragEnabled(True)
        self.tree.doubleClicked.connect(self._double_clicked)
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

    def _preview(self) -> QStackedWidget:
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName(self.tr("Preview of the selected entry"))
        self.preview.setTabChangesFocus(True)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(self.tr("Preview of the selected entry"))
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.shown = QStackedWidget()
        self.shown.addWidget(self.preview)
        self.shown.addWidget(self.picture)
        return self.shown

    def show_document(self, document: ArchiveDocument) -> None:
        """Show another archive's entries, all of them, by name."""
        self.search.clear()
        self._typing.stop()
        self.search.setVisible(len(document.entries) >= FEW_ENTRIES)
        self.tree.header().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._fill()

    def _fill(self) -> None:
        """Show the entries that are searched for, in the order that the header says."""
        document = self._desk.document
        if document is None:
            return
        entries = found(document.entries, self.search.text())
        before = self.tree.model()
        model = EntryModel(build_tree(entries), self._folder, self._file, self.tree)
        self.tree.show_rows(model)
        if before is not None:
            before.deleteLater()
        if len(entries) < len(document.entries) and len(entries) <= MANY_ENTRIES:
            self.tree.expandAll()
        elif model.rowCount() == 1:
            self.tree.expandToDepth(0)
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._selection_changed())
        self._selection_changed()

    def _double_clicked(self, index: QModelIndex) -> None:
        """A folder opens and closes by itself."""
        node = index.data(NODE_ROLE)
        if isinstance(node, Node) and not node.is_folder:
            self.tree.open_wanted.emit()

    def find_entry(self) -> None:
        """Go to the field that searches, whatever the number of entries."""
        self.search.show()
        self.search.setFocus()
        self.search.selectAll()

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

    def _decode_picture(self, path: str, data: bytes) -> None:
        """Off the window's thread: a photo takes a moment. The window may be gone, or show something else, by then."""
        room = (QSizeF(self.shown.size()) * self.devicePixelRatioF()).toSize()

        def seen(image: QImage | None) -> None:
            if isValid(self) and [node.path for node in self.selected_nodes()] == [path]:
                self._show_picture(image)

        decode_picture(data, room, seen)

    def _show_picture(self, image: QImage | None) -> None:
        if image is None:
            self._note(self.tr("This picture cannot be shown here. Extract it to open it."))
            return
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.picture.setPixmap(QPixmap.fromImage(image))
        self.shown.setCurrentWidget(self.picture)

    def preview_again(self) -> None:
        """Try the selected entry once more: what it needed may be here now."""
        self._selection_changed()

    def _preview_failed(self, _path: str, sentence: str) -> None:
        self._note(sentence)

    def _note(self, text: str) -> None:
        self._show_text("")
        self.preview.setPlaceholderText(text)

    def _show_text(self, text: str) -> None:
        """The whole of it is painted anew: Qt leaves lines of the old text where the new one has none."""
        self.shown.setCurrentWidget(self.preview)
        self.preview.setPlainText(text)
        self.preview.viewport().update()

    def _show_preview(self, path: str, data: bytes) -> None:
        nodes = self.selected_nodes()
        if len(nodes) != 1 or nodes[0].entry is None or nodes[0].entry.path != path:
            return
        if may_be_picture(nodes[0].entry):
            self._decode_picture(path, data)
        elif looks_like_text(data):
            self._show_text(data.decode("utf-8", "ignore"))
        else:
            self._note(self.tr("Not a text, so there is nothing to show here. Extract it to open it."))
