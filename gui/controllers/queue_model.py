"""The job queue as a Qt list model: rows for the view, drag to reorder, words for screen readers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from nacomp.formats.paths import display_name
from nacomp.gui.logic.dangers import card_words, job_dangers
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.queue import JobQueue
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.logic.status import headline, job_title, status_line
from nacomp.gui.look.tips import plain_tip

JOB_ROLE = Qt.ItemDataRole.UserRole
DANGERS_ROLE = Qt.ItemDataRole.UserRole + 1
"""What is dangerous about a job, in a few words; empty for most."""
ROW_MIME = "application/x-nacomp-queue-row"
Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """Every change of the queue's order goes through here, so that views never miss one."""

    def __init__(self, queue: JobQueue, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.queue = queue

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.queue)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.queue):
            return None
        job = self.queue.at(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return job_title(job, QCoreApplication.translate)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip("\n".join(display_name(str(path)) for path in job.inputs))
            case Qt.ItemDataRole.AccessibleTextRole:
                words = (
                    headline(job, QCoreApplication.translate),
                    status_line(job, QCoreApplication.translate),
                    index.data(DANGERS_ROLE),
                )
                title = job_title(job, QCoreApplication.translate)
                return f"{title}: {', '.join(filter(None, words))}"
            case _ if role == JOB_ROLE:
                return job
            case _ if role == DANGERS_ROLE:
                return card_words(job_dangers(job, self._store.value), QCoreApplication.translate)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        common = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return common | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def add(self, kind: Kind, inputs: Sequence[Path], **options: object) -> Job:
        """Append a job."""
        row = len(self.queue)
        self.beginInsertRows(QModelIndex(), row, row)
        job = self.queue.add(kind, inputs, **options)
        self.endInsertRows()
        return job

    def remove(self, job: Job) -> None:
        """Take a finished or waiting job out."""
        row = self.queue.row(job.id)
        self.beginRemoveRows(QModelIndex(), row, row)
        self.queue.remove(job.id)
        self.endRemoveRows()

    def move(self, job: Job, to: int) -> None:
        """Put a job into another row."""
        row = self.queue.row(job.id)
        to = max(0, min(to, len(self.queue) - 1))
        if to == row:
            return
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to + 1 if to > row else to)
        self.queue.move(job.id, to)
        self.endMoveRows()

    def touch(self, job: Job) -> None:
        """A job looks different now."""
        index = self.index(self.queue.row(job.id))
        self.dataChanged.emit(index, index)

    def mimeTypes(self) -> list[str]:
        return [ROW_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        if indexes:
            jobs = [self.queue.at(row) for row in sorted({index.row() for index in indexes})]
            data.setData(ROW_MIME, QByteArray(" ".join(str(job.id) for job in jobs).encode()))
        return data

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        """Reorder by drag. Answers False on purpose: the rows have moved already, nothing is left to delete."""
        if not data.hasFormat(ROW_MIME):
            return False
        target = row if row >= 0 else (parent.row() if parent.isValid() else len(self.queue))
        for job in filter(None, map(self.queue.find, map(int, bytes(data.data(ROW_MIME).data()).split()))):
            here = self.queue.row(job.id)
            self.move(job, target - 1 if target > here else target)
            target += target <= here
        return False
