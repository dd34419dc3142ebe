"""The first page: drop files, see them shrink. Options for the whole queue above, jobs in the middle, totals below."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.open_folder import show_in_folder
from nacomp.gui.controllers.queue_model import JOB_ROLE
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.jobs import FINISHED, Job, Kind, State
from nacomp.gui.logic.names import is_archive
from nacomp.gui.logic.status import job_title
from nacomp.gui.logic.wording import duration_text, size_text
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import DropArea
from nacomp.gui.views.job_delegate import JobDelegate
from nacomp.gui.views.job_details import JobDetails, faster_name, level_name
from nacomp.gui.views.parts import MARGIN, button, label, row
from nacomp.gui.views.queue_options import QueueOptions

WIDE = 1060
"""From this page width on the details stand beside the list."""

REFRESH_MS = 50
"""Totals are drawn at most this often: every change costs a pass over all jobs, and thousands of files may come at once."""


class QueuePage(QWidget):
    """The queue with everything one does to it.

    `open_archive`: someone wants to look into an archive. `title_wanted`: what the window's title should say.
    """

    open_archive = Signal(Path)
    title_wanted = Signal(str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = services.runner
        self._colours = services.theme.colours
        self.details_open = False
        self._asked_about: Job | None = None
        self._unanswered: set[int] = set()
        self._stale = False
        self._rest = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._build()
        self._connect()
        self._make_actions()
        self._refresh()

    # Construction -------------------------------------------------------------------------------------------

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        top = QWidget()
        head = QVBoxLayout(top)
        head.setContentsMargins(MARGIN, 16, MARGIN, 10)
        head.setSpacing(12)
        head.addLayout(self._header())
        self.options = QueueOptions(self._services)
        head.addWidget(self.options)
        self.banner = Banner(self._colours)
        head.addWidget(self.banner)
        outer.addWidget(top)
        outer.addLayout(self._middle(), 1)
        outer.addWidget(self._footer())

    def _header(self) -> QHBoxLayout:
        c = self._colours
        self.title = label(self.tr("Compress"), "title")
        self.add_files = button(self.tr("Add files…"), c, "add-file", on=self.choose_files)
        self.add_folder = button(self.tr("Add folder…"), c, "add-folder", on=self.choose_folder)
        self.start = button(self.tr("Start"), c, "play", "primary", on=self._runner.start)
        self.pause = button(self.tr("Pause"), c, "pause", on=self._runner.pause_all)
        return row(self.title, None, self.add_files, self.add_folder, self.pause, self.start)

    def _middle(self) -> QHBoxLayout:
        self.list = QListView()
        self.list.setModel(self._runner.model)
        self.list.setItemDelegate(JobDelegate(self._colours, self._pressed, self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setAccessibleName(self.tr("Queue of jobs"))
        self.drop_area = DropArea(self._colours)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.drop_area)
        self.stack.addWidget(self.list)
        self.details = JobDetails(self._services)
        self.details.setFixedWidth(380)
        box = row(self.stack, self.details, spacing=14)
        box.setContentsMargins(MARGIN, 0, MARGIN, 12)
        box.setStretch(0, 1)
        self._middle_box = box
        return box

    def _footer(self) -> QFrame:
        self.footer = QFrame()
        self.footer.setObjectName("footer")
        box = QVBoxLayout(self.footer)
        box.setContentsMargins(MARGIN, 10, MARGIN, 10)
        box.setSpacing(7)
        self.total_text = label("", "soft")
        self.clear = button(self.tr("Clear finished"), self._colours, on=self._runner.clear_finished)
        self.total_bar = QProgressBar()
        self.total_bar.setRange(0, 1000)
        self.total_bar.setTextVisible(False)
        self.total_bar.setAccessibleName(self.tr("Progress of all jobs"))
        box.addLayout(row(self.total_text, None, self.clear))
        box.addWidget(self.total_bar)
        return self.footer

    def _connect(self) -> None:
        self.drop_area.dropped.connect(self.take)
        self.drop_area.wants_files.connect(self.choose_files)
        self.drop_area.wants_folder.connect(self.choose_folder)
        self._runner.changed.connect(self._refresh_soon)
        self._rest.timeout.connect(self._refresh_if_stale)
        self._services.estimates.long_job.connect(lambda _job, _found: self._ask_about_long_jobs())
        self.banner.dismissed.connect(self._dismissed)
        self.list.selectionModel().currentChanged.connect(self._selected)
        self.list.doubleClicked.connect(lambda _index: self._show_details(True))
        self.list.customContextMenuRequested.connect(self._menu)
        self.details.closed.connect(lambda: self._show_details(False))
        self.details.acted.connect(self.act)
        self.details.open_archive.connect(self.open_archive)

    def _make_actions(self) -> None:
        """What the keyboard can do with the selected job."""
        self.actions_by_name: dict[str, QAction] = {}
        keys = {
            "toggle": ("Space", self._toggle),
            "cancel": (None, lambda: self._on_selected("cancel")),
            "delete": ("Del", self._delete),
            "retry": ("Ctrl+R", lambda: self._on_selected("retry")),
            "up": ("Alt+Up", lambda: self._shift(-1)),
            "down": ("Alt+Down", lambda: self._shift(1)),
            "details": ("Return", lambda: self._show_details(True)),
        }
        for name, (key, slot) in keys.items():
            action = QAction(self)
            if key:
                action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, slot=slot: slot())
            self.list.addAction(action)
            self.actions_by_name[name] = action

    # What comes in ------------------------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask for files."""
        chosen, _ = QFileDialog.getOpenFileNames(self, self.tr("Add files"))
        self.take([Path(name) for name in chosen])

    def choose_folder(self) -> None:
        """Ask for a folder."""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Add a folder"))
        if chosen:
            self.take([Path(chosen)])

    def take(self, paths: list[Path]) -> None:
        """Dropped or chosen paths: sources are queued, archives are offered to be opened."""
        archives = [path for path in paths if is_archive(path)]
        sources = [path for path in paths if not is_archive(path)]
        if sources:
            self._runner.add(Kind.COMPRESS, sources)
        if archives:
            self._offer_archives(archives)

    def _offer_archives(self, archives: list[Path]) -> None:
        text = self.tr("{0} is an archive. What should happen with it?").format(archives[0].name)
        if len(archives) > 1:
            text = self.tr("%n archive(s) dropped. What should happen with them?", "", len(archives))
        choices: list[tuple[str, Callable[[], object]]] = [
            (self.tr("Extract"), lambda: self._runner.add(Kind.EXTRACT, archives)),
            (self.tr("Test"), lambda: self._runner.add(Kind.TEST, archives)),
        ]
        if len(archives) == 1:
            choices.append((self.tr("Look inside"), lambda: self.open_archive.emit(archives[0])))
        self.banner.show_message(text, "info", choices)

    def _ask_about_long_jobs(self) -> None:
        """One question at a time: the next long job's comes when this one's is answered, or its job is gone."""
        queue, asked = self._runner.queue, self._asked_about
        if asked is not None and (asked.held != "choice" or queue.find(asked.id) is None):
            self.banner.hide()
            self._asked_about = None
        if not self.banner.isHidden():
            return
        if (job := queue.next_question(self._unanswered)) is not None:
            self._ask_about(job)

    def _ask_about(self, job: Job) -> None:
        self._asked_about = job
        time = duration_text(job.estimate.seconds, QCoreApplication.translate) if job.estimate else "?"
        text = self.tr("{0} would take about {1} at level {2}.").format(
            job_title(job, QCoreApplication.translate), time, level_name(job.level)
        )
        choices: list[tuple[str, Callable[[], object]]] = [
            (self.tr("Start anyway"), partial(self._runner.let_go, job))
        ]
        for level, estimate in self._services.estimates.faster(job).items():
            choices.append((faster_name(level, estimate), partial(self._at_level, job, level)))
        self.banner.show_message(text, "warning", choices)

    def _dismissed(self) -> None:
        """A question that was closed is not asked again; the job's card and details still offer the choice."""
        if self._asked_about is not None:
            self._unanswered.add(self._asked_about.id)
            self._asked_about = None
        self._ask_about_long_jobs()

    def _at_level(self, job: Job, level: str) -> None:
        self._runner.change_level(job, level)
        job.estimate = self._services.estimates.estimates(job).get(level)
        self._runner.let_go(job)

    # What is done with jobs ---------------------------------------------------------------------------------

    def selected(self) -> Job | None:
        """The job of the current row."""
        index = self.list.currentIndex()
        job = index.data(JOB_ROLE) if index.isValid() else None
        return job if isinstance(job, Job) else None

    def selected_jobs(self) -> list[Job]:
        """All selected jobs, in the order of the list."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        return [self._runner.queue.at(row) for row in rows]

    def act(self, job: Job, name: str) -> None:
        """Do one of the queue's actions with a job, if it fits the job's state; `level:fast` starts it at that level."""
        if name.startswith("level:") and job.held == "choice":
            self._at_level(job, name.removeprefix("level:"))
        if name not in self._runner.queue.allowed(job):
            return
        verbs: dict[str, Callable[[Job], None]] = {
            "pause": self._runner.pause,
            "resume": self._runner.resume,
            "cancel": self._runner.cancel,
            "retry": self._runner.retry,
            "remove": self._runner.remove,
            "start": self._runner.let_go,
            "repair": lambda job: self._help(job, Kind.REPAIR),
            "rescue": lambda job: self._help(job, Kind.RESCUE),
        }
        verbs[name](job)

    def _help(self, job: Job, kind: Kind) -> None:
        """Repair or rescue the archive of a failed job, as a job of its own; its card is shown."""
        added = self._runner.add(kind, job.inputs, job.destination, password=job.password)
        self.list.setCurrentIndex(self._runner.model.index(self._runner.queue.row(added[0].id)))
        self._runner.start()

    def _pressed(self, job: Job, name: str) -> None:
        if name == "open":
            if job.output is not None:
                show_in_folder(job.output)
            return
        self.act(job, "resume" if name == "play" else name)

    def _on_selected(self, name: str) -> None:
        for job in self.selected_jobs():
            self.act(job, name)

    def _toggle(self) -> None:
        for job in self.selected_jobs():
            self.act(job, "resume" if job.state is State.PAUSED else "pause")

    def _delete(self) -> None:
        for job in self.selected_jobs():
            self.act(job, "cancel" if "cancel" in self._runner.queue.allowed(job) else "remove")

    def _shift(self, by: int) -> None:
        """Move the selected jobs by one row, together; at the end of the list they stay."""
        queue, jobs = self._runner.queue, self.selected_jobs()
        rows = [queue.row(job.id) for job in jobs]
        if jobs and rows[0] + by >= 0 and rows[-1] + by < len(queue):
            for job in jobs if by < 0 else reversed(jobs):
                self._runner.model.move(job, queue.row(job.id) + by)

    def _menu(self, point: QPoint) -> None:
        index = self.list.indexAt(point)
        job = index.data(JOB_ROLE) if index.isValid() else None
        if isinstance(job, Job):
            self.job_menu(job).popup(self.list.viewport().mapToGlobal(point))

    def job_menu(self, job: Job) -> QMenu:
        """Everything that can be done with a job, and with the others that are selected with it."""
        menu = QMenu(self)
        jobs = self.selected_jobs()
        jobs = jobs if job in jobs else [job]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        names = {
            "start": self.tr("Start now"),
            "pause": self.tr("Pause"),
            "resume": self.tr("Resume"),
            "cancel": self.tr("Cancel"),
            "retry": self.tr("Try again"),
            "remove": self.tr("Remove from the list"),
            "repair": self.tr("Repair the archive"),
            "rescue": self.tr("Rescue what is intact"),
        }
        for name, text in names.items():
            fitting = [one for one in jobs if name in self._runner.queue.allowed(one)]
            if fitting and (name != "start" or job.held):
                menu.addAction(text, partial(self._act_on, fitting, name))
        if job.state is State.WAITING and job.kind is Kind.COMPRESS:
            self._level_menu(menu, job)
        menu.addSeparator()
        menu.addAction(self.tr("Move up"), lambda: self._shift(-1))
        menu.addAction(self.tr("Move down"), lambda: self._shift(1))
        menu.addSeparator()
        menu.addAction(self.tr("Details"), lambda: self._show_details(True))
        menu.addAction(self.tr("Show in folder"), lambda: show_in_folder(job.output or job.inputs[0]))
        return menu

    def _level_menu(self, menu: QMenu, job: Job) -> None:
        levels = menu.addMenu(self.tr("Level"))
        group = QActionGroup(levels)
        for level in ("fast", "balanced", "max"):
            action = levels.addAction(level_name(level))
            action.setCheckable(True)
            action.setChecked(level == job.level)
            action.triggered.connect(lambda _=False, level=level: self._runner.change_level(job, level))
            group.addAction(action)

    def _act_on(self, jobs: list[Job], name: str) -> None:
        for job in jobs:
            self.act(job, name)

    # What is shown ------------------------------------------------------------------------------------------

    def _selected(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._arrange()

    def _show_details(self, shown: bool) -> None:
        self.details_open = shown
        self._arrange()
        if not shown:
            self.list.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Decide what is visible: drop area or list, and where the details go."""
        job = self.selected()
        self.stack.setCurrentWidget(self.list if len(self._runner.queue) else self.drop_area)
        wide = self.width() >= WIDE
        shown = job is not None and (wide or self.details_open)
        self.details.show_job(job)
        if wide:
            self.details.setFixedWidth(min(460, self.width() // 3))
        else:
            self.details.setMinimumWidth(0)
            self.details.setMaximumWidth(16_777_215)
        self.details.back.setVisible(not wide)
        self.details.setVisible(shown)
        self.stack.setVisible(wide or not shown)

    def _refresh_soon(self) -> None:
        """Now if the last time was a while ago, else when it will have been."""
        self._stale = True
        if not self._rest.isActive():
            self._refresh_if_stale()

    def _refresh_if_stale(self) -> None:
        if self._stale:
            self._stale = False
            self._rest.start()
            self._refresh()

    def _refresh(self) -> None:
        queue = self._runner.queue
        counts = queue.counts()
        if len(queue) and self.selected() is None:
            self.list.setCurrentIndex(self._runner.model.index(0))
        self._arrange()
        self.footer.setVisible(len(queue) > 0)
        self.add_files.setVisible(len(queue) > 0)
        self.add_folder.setVisible(len(queue) > 0)
        held = len(queue.held())
        waiting = counts[State.WAITING] + counts[State.PAUSED] > 0
        active = counts[State.RUNNING] > 0 or (self._runner.going and counts[State.WAITING] > held)
        self.start.setVisible((waiting and not active) or held > 0)
        resumes = counts[State.PAUSED] > 0 and not active
        self.start.setText(self.tr("Resume") if resumes else self.tr("Start"))
        self.start.setAccessibleName(self.start.text())
        self.pause.setVisible(active)
        self.clear.setEnabled(any(counts[state] for state in FINISHED - {State.FAILED}))
        self._show_total(counts)
        self._ask_about_long_jobs()

    def _show_total(self, counts: Counter[State]) -> None:
        queue = self._runner.queue
        total = queue.total()
        self.total_bar.setValue(round(1000 * total.fraction))
        parts = [self.tr("{0} of {1} done").format(counts[State.DONE], len(queue))]
        if counts[State.FAILED]:
            parts.append(self.tr("%n failed", "", counts[State.FAILED]))
        sizes = [sizes for job in queue if job.state is State.DONE and (sizes := job.sizes())]
        if sizes:
            saved = sum(original - packed for original, packed in sizes)
            if saved > 0:
                parts.append(self.tr("{0} saved").format(size_text(saved)))
        if counts[State.PAUSED] and not counts[State.RUNNING]:
            parts.append(self.tr("paused"))
        elif queue.busy and total.seconds_left is not None:
            left = duration_text(total.seconds_left, QCoreApplication.translate)
            parts.append(self.tr("{0} left").format(left))
        self.total_text.setText(" · ".join(parts))
        self.title_wanted.emit(f"{100 * total.fraction:.0f}% · nacomp" if queue.busy else "nacomp")
