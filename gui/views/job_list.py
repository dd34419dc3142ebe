"""The list of jobs: cards, and what mouse and keyboard do with those that are selected."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from nacomp.gui.controllers.open_folder import show_in_folder
from nacomp.gui.controllers.queue_model import JOB_ROLE
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.names import is_archive
from nacomp.gui.views.action_names import full_action_name
from nacomp.gui.views.job_delegate import JobDelegate

MENU = (
    Action.START,
    Action.PAUSE,
    Action.RESUME,
    Action.CANCEL,
    Action.RETRY,
    Action.REMOVE,
    Action.REPAIR,
    Action.SALVAGE,
)


class JobList(QListView):
    """Does with jobs what a person asks for. `details_wanted`: someone wants to see all about the current job.

    `archive_wanted`: or to look into the archive that a job has made.
    """

    details_wanted = Signal()
    archive_wanted = Signal(Path)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = services.runner
        self.setModel(self._runner.model)
        self.setItemDelegate(JobDelegate(services.theme.colours, self.act, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Queue of jobs"))
        self.doubleClicked.connect(lambda index: self._open(index.data(JOB_ROLE)))
        self.customContextMenuRequested.connect(self._menu)
        self._make_shortcuts()

    def _make_shortcuts(self) -> None:
        """What the keyboard can do with the selected jobs."""
        keys: dict[str, Callable[[], object]] = {
            "Space": self._toggle,
            "Del": self._delete,
            "Ctrl+R": lambda: self._act_on(self.selected_jobs(), Action.RETRY),
            "Alt+Up": lambda: self._shift(-1),
            "Alt+Down": lambda: self._shift(1),
            "Return": self.details_wanted.emit,
        }
        for key, slot in keys.items():
            action = QAction(self)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, slot=slot: slot())
            self.addAction(action)

    def selected(self) -> Job | None:
        """The job of the current row."""
        index = self.currentIndex()
        job = index.data(JOB_ROLE) if index.isValid() else None
        return job if isinstance(job, Job) else None

    def selected_jobs(self) -> list[Job]:
        """All selected jobs, in the order of the list."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._runner.queue.at(row) for row in rows]

    def act(self, job: Job, action: Action) -> None:
        """Do something with a job, if it fits the job's state."""
        if action is Action.SHOW:
            show_in_folder(job.output or job.inputs[0])
            return
        if action not in allowed(job):
            return
        verbs: dict[Action, Callable[[Job], None]] = {
            Action.PAUSE: self._runner.pause,
            Action.RESUME: self._runner.resume,
            Action.CANCEL: self._runner.cancel,
            Action.RETRY: self._runner.retry,
            Action.REMOVE: self._runner.remove,
            Action.START: self._runner.let_go,
            Action.REPAIR: lambda job: self._help(job, Kind.REPAIR),
            Action.SALVAGE: lambda job: self._help(job, Kind.SALVAGE),
        }
        verbs[action](job)

    def _help(self, job: Job, kind: Kind) -> None:
        """Repair or salvage the archive of a failed job, as a job of its own; its card is shown."""
        added = self._runner.add(kind, job.inputs, job.destination, password=job.password)
        self.setCurrentIndex(self._runner.model.index(self._runner.queue.row(added[0].id)))
        self._runner.start()

    def _open(self, job: Job) -> None:
        """What a double click means: the archive that a job has made, else all about the job."""
        if job.state is State.DONE and job.output is not None and is_archive(job.output):
            self.archive_wanted.emit(job.output)
        else:
            self.details_wanted.emit()

    def _act_on(self, jobs: Iterable[Job], action: Action) -> None:
        for job in jobs:
            self.act(job, action)

    def _toggle(self) -> None:
        for job in self.selected_jobs():
            self.act(job, Action.RESUME if job.state is State.PAUSED else Action.PAUSE)

    def _delete(self) -> None:
        for job in self.selected_jobs():
            self.act(job, Action.CANCEL if Action.CANCEL in allowed(job) else Action.REMOVE)

    def _shift(self, by: int) -> None:
        """Move the selected jobs by one row, together; at the end of the list they stay."""
        queue, jobs = self._runner.queue, self.selected_jobs()
        rows = [queue.row(job.id) for job in jobs]
        if jobs and rows[0] + by >= 0 and rows[-1] + by < len(queue):
            for job in jobs if by < 0 else reversed(jobs):
                self._runner.model.move(job, queue.row(job.id) + by)

    def _menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        job = index.data(JOB_ROLE) if index.isValid() else None
        if isinstance(job, Job):
            self.job_menu(job).popup(self.viewport().mapToGlobal(point))

    def job_menu(self, job: Job) -> QMenu:
        """Everything that can be done with a job, and with the others that are selected with it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        jobs = self.selected_jobs()
        jobs = jobs if job in jobs else [job]
        for action in MENU:
            fitting = [one for one in jobs if action in allowed(one)]
            if fitting and (action is not Action.START or job.held):
                menu.addAction(full_action_name(action), partial(self._act_on, fitting, action))
        if job.state is State.WAITING and job.kind is Kind.COMPRESS:
            self._level_menu(menu, job)
        menu.addSeparator()
        menu.addAction(self.tr("Move up"), lambda: self._shift(-1))
        menu.addAction(self.tr("Move down"), lambda: self._shift(1))
        menu.addSeparator()
        menu.addAction(self.tr("Details"), self.details_wanted.emit)
        menu.addAction(full_action_name(Action.SHOW), partial(self.act, job, Action.SHOW))
        return menu

    def _level_menu(self, menu: QMenu, job: Job) -> None:
        levels = menu.addMenu(self.tr("Level"))
        group = QActionGroup(levels)
        for level in Level:
            action = levels.addAction(level_name(level, QCoreApplication.translate))
            action.setCheckable(True)
            action.setChecked(level is job.level)
            action.triggered.connect(lambda _=False, level=level: self._runner.change_level(job, level))
            group.addAction(action)
