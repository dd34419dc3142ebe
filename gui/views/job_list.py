"""The list of jobs: cards, and what mouse and keyboard do with those that are selected."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListView, QMenu, QMessageBox, QWidget

from nacomp.gui.controllers.open_folder import show_in_folder
from nacomp.gui.controllers.queue_model import JOB_ROLE, Index
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import Conflict, Job, Kind, State
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.names import archive_name, is_archive
from nacomp.gui.logic.status import job_title
from nacomp.gui.logic.wording import duration_text
from nacomp.gui.views.action_names import conflict_name, full_action_name
from nacomp.gui.views.archive_name import ArchiveNameDialog
from nacomp.gui.views.job_delegate import JobDelegate

T = TypeVar("T")
MUCH_WORK_SECONDS = 600.0
"""From here on a cancel is asked about: more than one would do again without a word."""

SETTLING_MS = 60
"""The list takes this long to come up and lay itself out after the first job."""

MENU = (
    Action.START,
    Action.PAUSE,
    Action.RESUME,
    Action.CANCEL,
    Action.RETRY,
    Action.REMOVE,
    Action.DOWNLOAD,
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
        self._store = services.store
        self._colours = services.theme.colours
        self.dialog: ArchiveNameDialog | None = None
        self._missing = services.missing_models
        self.setModel(self._runner.model)
        self._cards = JobDelegate(services.theme.colours, self._runner.model, self.act, self)
        self.setItemDelegate(self._cards)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Queue of jobs"))
        self.doubleClicked.connect(lambda index: self._open(index.data(JOB_ROLE)))
        self.customContextMenuRequested.connect(self._menu)
        self._runner.job_started.connect(self._show_card)
        # A method, not a lambda: it ends with this list, where a lambda outlives it when the window is made anew.
        self._runner.model.rowsInserted.connect(self._show_new)
        self._wanted: Job | None = None
        self._settled = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._settled.timeout.connect(self._scroll)
        self.question: QMessageBox | None = None
        self._make_shortcuts()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Draw a card anew. Qt's own way lays the whole list out again: with 2,000 jobs 0.2 s for every event of one."""
        if any(
            self._cards.outgrown(self._runner.queue.at(row)) for row in range(first.row(), last.row() + 1)
        ):
            super().dataChanged(first, last, list(roles))
        else:
            for row in range(first.row(), last.row() + 1):
                self.viewport().update(self.visualRect(self.model().index(row, 0)))

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
        if action is Action.CANCEL and self._runner.seconds_of_work(job) >= MUCH_WORK_SECONDS:
            self._ask_before_cancelling(job)
            return
        verbs: dict[Action, Callable[[Job], None]] = {
            Action.PAUSE: self._runner.pause,
            Action.RESUME: self._runner.resume,
            Action.CANCEL: self._runner.cancel,
            Action.RETRY: self._runner.retry,
            Action.REMOVE: self._runner.remove,
            Action.START: self._runner.let_go,
            Action.DOWNLOAD: lambda job: self._missing.fetch(str(job.needs_model)),
            Action.REPAIR: lambda job: self._help(job, Kind.REPAIR),
            Action.SALVAGE: lambda job: self._help(job, Kind.SALVAGE),
        }
        verbs[action](job)

    def _ask_before_cancelling(self, job: Job) -> None:
        """A slip of the hand must not cost the work of a long time."""
        translate = QCoreApplication.translate
        time = duration_text(self._runner.seconds_of_work(job), translate)
        box = QMessageBox(self)
        box.setText(self.tr("Cancel {0}?").format(job_title(job, translate)))
        box.setInformativeText(self.tr("The work of {0} would be lost.").format(time))
        stay = box.addButton(self.tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton(full_action_name(Action.CANCEL), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        stop.clicked.connect(lambda: self._runner.cancel(job))
        box.finished.connect(self._answered)
        self.question = box
        box.open()

    def _answered(self) -> None:
        self.question = None

    def _show_new(self, _parent: QModelIndex, _first: int, last: int) -> None:
        self._show_card(self._runner.queue.at(last))

    def _show_card(self, job: Job) -> None:
        """What is new or begins comes into sight, once for all that come together."""
        self._wanted = job
        if not self._settled.isActive():
            self._settled.start()

    def _scroll(self) -> None:
        """Not while the mouse is over the list: a card must not slip away from under it. To the middle and not just into
        sight, else everything that can be seen is drawn anew for each of a thousand short jobs.
        """
        job = self._wanted
        if job is not None and self._runner.queue.find(job.id) is not None and not self.underMouse():
            index = self._runner.model.index(self._runner.queue.row(job.id))
            if not self.viewport().rect().contains(self.visualRect(index)):
                self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

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
        jobs = list(jobs)
        if action is Action.REMOVE:
            self._runner.remove(*[job for job in jobs if action in allowed(job)])
            return
        for job in jobs:
            self.act(job, action)

    def _toggle(self) -> None:
        for job in self.selected_jobs():
            self.act(job, Action.RESUME if job.state is State.PAUSED else Action.PAUSE)

    def _delete(self) -> None:
        """Those that work are cancelled, the others removed, all in one step that can be undone."""
        jobs = self.selected_jobs()
        self._act_on([job for job in jobs if Action.CANCEL in allowed(job)], Action.CANCEL)
        self._act_on([job for job in jobs if Action.REMOVE in allowed(job)], Action.REMOVE)

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
        waiting = [one for one in jobs if one.state is State.WAITING]
        if waiting:
            self._waiting_menus(menu, waiting)
        if self._runner.can_undo:
            menu.addAction(self.tr("Put back what was removed"), self._runner.undo)
        menu.addSeparator()
        menu.addAction(self.tr("Move up"), lambda: self._shift(-1))
        menu.addAction(self.tr("Move down"), lambda: self._shift(1))
        menu.addSeparator()
        menu.addAction(self.tr("Details"), self.details_wanted.emit)
        menu.addAction(full_action_name(Action.SHOW), partial(self.act, job, Action.SHOW))
        return menu

    def _waiting_menus(self, menu: QMenu, jobs: list[Job]) -> None:
        """What can still be changed about jobs that wait: level, folder, names."""
        packed = [job for job in jobs if job.kind is Kind.COMPRESS]
        if packed:
            levels = {level: level_name(level, QCoreApplication.translate) for level in Level}
            chosen = {job.level for job in packed}
            self._choices(menu, self.tr("Level"), levels, chosen, partial(self._change_levels, packed))
        self._folder_menu(menu, jobs)
        policies = {policy: conflict_name(policy) for policy in Conflict}
        own = {job.conflict or self._store.value.conflict for job in jobs}
        change = partial(self._runner.change_conflict, jobs)
        self._choices(menu, self.tr("If the name is taken"), policies, own, change)
        if len(packed) == 1:
            menu.addAction(self.tr("Name of the archive…"), partial(self.ask_name, packed[0]))

    @staticmethod
    def _choices(
        menu: QMenu, title: str, names: Mapping[T, str], now: set[T], choose: Callable[[T], object]
    ) -> None:
        """A menu in which one is marked, if it is the same for all."""
        choices = menu.addMenu(title)
        group = QActionGroup(choices)
        for value, name in names.items():
            action = choices.addAction(name)
            action.setCheckable(True)
            action.setChecked(now == {value})
            action.triggered.connect(lambda _=False, value=value: choose(value))
            group.addAction(action)

    def _change_levels(self, jobs: list[Job], level: Level) -> None:
        for job in jobs:
            self._runner.change_level(job, level)

    def _folder_menu(self, menu: QMenu, jobs: list[Job]) -> None:
        folders = menu.addMenu(self.tr("Save to"))
        folders.addAction(self.tr("Beside the original"), partial(self._runner.redirect, jobs, None))
        folders.addAction(self.tr("Choose a folder…"), partial(self._choose_folder, jobs))

    def _choose_folder(self, jobs: list[Job]) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Save results to"))
        if chosen:
            self._runner.redirect(jobs, Path(chosen))

    def ask_name(self, job: Job) -> None:
        """Ask what the archive of a waiting job is to be called."""
        proposed = job.archive_name or archive_name(job.inputs)
        self.dialog = ArchiveNameDialog(proposed, self._colours, self)
        self.dialog.given.connect(partial(self._runner.rename, job))
        self.dialog.open()
