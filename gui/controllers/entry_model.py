"""An archive's entries as a Qt tree model: what each is, how large it was and is, what was found inside it."""

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QIcon

from nacomp.formats.paths import display_name
from nacomp.gui.logic.archive import Column, EntryKind, Node, views_text
from nacomp.gui.logic.wording import fixed_text, size_text
from nacomp.gui.look.tips import plain_tip

NODE_ROLE = Qt.ItemDataRole.UserRole
NUMBERS = (Column.SIZE, Column.PACKED, Column.RATIO)
Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractItemModel):
    """Read-only. The tree itself is built without Qt (`logic.archive.build_tree`)."""

    def __init__(self, root: Node, folder: QIcon, file: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._folder, self._file = folder, file
        self._order = (Column.NAME, Qt.SortOrder.AscendingOrder)  # as `build_tree` leaves the rows
        self._headings = {
            Column.NAME: self.tr("Name"),
            Column.SIZE: self.tr("Size"),
            Column.PACKED: self.tr("Packed"),
            Column.RATIO: self.tr("Ratio"),
            Column.TYPE: self.tr("Type"),
            Column.INSIDE: self.tr("Found inside"),
            Column.MODIFIED: self.tr("Modified"),
        }
        self._tips = {
            Column.PACKED: self.tr(
                "Its share of the archive; files that were packed together share by their size"
            ),
            Column.RATIO: self.tr("How many bytes have become one"),
            Column.INSIDE: self.tr(
                "Parts of the file that were opened, so that what is in them is packed by itself"
            ),
        }

    @property
    def opened(self) -> bool:
        """Whether anything was found inside any of them."""
        return self._root.opened > 0

    def _node(self, index: Index) -> Node:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, Node) else self._root

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._node(parent).children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]
        above = self._node(index).parent
        if not index.isValid() or above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:
        return len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[Column(section)]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self._tips.get(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        common = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return common | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._node(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(node, index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return self._folder if node.is_folder else self._file
            case Qt.ItemDataRole.ToolTipRole if index.column() == Column.INSIDE and node.entry is not None:
                return plain_tip(views_text(node.entry.opened, QCoreApplication.translate))
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(display_name(node.entry.path if node.entry else node.name))
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == NODE_ROLE:
                return node
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column, folders first; selected and open rows stay so."""
        if (column, order) == self._order:
            return
        self._order = Column(column), order
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        nodes = [(self._node(index), index.column()) for index in before]
        self._root.sort(Column(column), descending=order == Qt.SortOrder.DescendingOrder)
        after = [self.createIndex(node.row, place, node) for node, place in nodes]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _type(self, node: Node) -> str:
        if node.is_folder:
            return self.tr("Folder")
        links = (EntryKind.LINK, EntryKind.HARD_LINK)
        return self.tr("Link") if node.entry and node.entry.kind in links else node.suffix

    def _text(self, node: Node, column: int) -> str:
        match Column(column):
            case Column.NAME:
                return node.name
            case Column.SIZE:
                return size_text(node.size)
            case Column.PACKED:
                return size_text(node.packed) if node.packed or node.is_folder else ""
            case Column.RATIO:
                return f"{fixed_text(node.ratio, 1)} ×" if node.ratio else ""
            case Column.TYPE:
                return self._type(node)
            case Column.INSIDE:
                return self.tr("%n part(s)", "", node.opened) if node.opened else ""
            case Column.MODIFIED:
                return self._time(node)

    @staticmethod
    def _time(node: Node) -> str:
        modified = node.entry.modified if node.entry else None
        if modified is None:
            return ""
        try:
            moment = QDateTime.fromSecsSinceEpoch(int(modified))
        except (OverflowError, ValueError):
            return ""
        return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
