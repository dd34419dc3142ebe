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
    QTimer,
)

from nacomp.formats.paths import display_name
from nacomp.gui.logic.dangers import card_words, job_dangers
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.queue import JobQueue
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.logic.status import headline, job_title, status_line
from nacomp.gui.look.tips import plain_tip

JOB_ROLE = Qt.ItemDataRole.UserRole
ROW_MIME = "application/x-nacomp-queue-row"
MANY_ROWS = 100
REST_MS = 60
"""A job of 20 ms has five events, and its card is drawn for each unless they are told together."""
Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """Every change of the queue's order goes through here, so that views never miss one."""

    def __init__(self, queue: JobQueue, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.queue = queue
        self._touched: dict[int, Job] = {}
        """Jobs that look different and have not been told of; the first of a while is told at once."""
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._tell)

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
                    self.dangers(job),
                )
                title = job_title(job, QCoreApplication.translate)
                return f"{title}: {', '.join(filter(None, words))}"
            case _ if role == JOB_ROLE:
                return job
        return None

    def dangers(self, job: Job) -> str:
        """What is dangerous about a job, in a few words; empty for most."""
        found = job_dangers(job, self._store.value)
        return card_words(found, QCoreApplication.translate) if found else ""

    def flags(self, index: Index) -> Qt.ItemFlag:
        common = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return common | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def add(self, kind: Kind, groups: Sequence[Sequence[Path]], **options: object) -> list[Job]:
        """Append a job for each group of inputs, in one step."""
        row = len(self.queue)
        if not groups:
            return []
        self.beginInsertRows(QModelIndex(), row, row + len(groups) - 1)
        jobs = [self.queue.add(kind, inputs, **options) for inputs in groups]
        self.endInsertRows()
        return jobs

    def remove_all(self, jobs: Sequence[Job]) -> None:
        """Take finished or waiting jobs out; very many in one step, since views lay themselves out again for each."""
        if len(jobs) < MANY_ROWS:
            for job in jobs:
                self.remove(job)
            return
        self.beginResetModel()
        self.queue.remove_all({job.id for job in jobs})
        self.endResetModel()

    def remove(self, job: Job) -> None:
        """Take a finished or waiting job out."""
        row = self.queue.row(job.id)
        self.beginRemoveRows(QModelIndex(), row, row)
        self.queue.remove(job.id)
        self.endRemoveRows()

    def put_back(self, removed: Sequence[tuple[int, Job]]) -> None:
        """Jobs that were removed, with the rows that they had, rising."""
        if len(removed) >= MANY_ROWS:
            self.beginResetModel()
            for row, job in removed:
                self.queue.insert(row, job)
            self.endResetModel()
            return
        for wanted, job in removed:
            row = min(wanted, len(self.queue))
            self.beginInsertRows(QModelIndex(), row, row)
            self.queue.insert(row, job)
            self.endInsertRows()

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
        self._touched[job.id] = job
        if not self._rest.isActive():
            self._tell()

    def _tell(self) -> None:
        touched, self._touched = self._touched, {}
        for job_id in touched:
            if self.queue.find(job_id) is not None:
                index = self.index(self.queue.row(job_id))
                self.dataChanged.emit(index, index)
        if touched:
            self._rest.start()

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
