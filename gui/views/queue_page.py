"""The first page: drop files, see them shrink. Options for the whole queue above, jobs in the middle, totals below."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.jobs import Kind, State
from nacomp.gui.logic.names import is_archive
from nacomp.gui.logic.wording import size_text
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.adding_questions import AddingQuestions
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import DropArea
from nacomp.gui.views.job_details import JobDetails
from nacomp.gui.views.job_list import JobList
from nacomp.gui.views.long_job_questions import LongJobQuestions
from nacomp.gui.views.parts import MARGIN, button, label, row
from nacomp.gui.views.queue_footer import QueueFooter
from nacomp.gui.views.queue_options import QueueOptions
from nacomp.runtime.words import purpose_text

WIDE = 1060
"""From this page width on the details stand beside the list."""

LEAST_LIST = 110

REFRESH_MS = 50
REFRESH_SHARE = 0.05
LONGEST_REST_MS = 400
"""Totals are drawn at most this often, and so seldom that they take no more than this share of the time: each is a pass over
all jobs, and with thousands of them that takes as long as the work on one. But nobody waits longer for them than this."""


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
        self._stale = False
        self._rest = QTimer(self, singleShot=True)
        self._build()
        self._questions = LongJobQuestions(services, self.banner)
        self.adding = AddingQuestions(services, self.asking, self)
        services.first_offer.changed.connect(self._show_offer)
        self.offer.dismissed.connect(partial(services.first_offer.answer, None))
        self._connect()
        self._refresh()
        QShortcut(QKeySequence.StandardKey.Undo, self, self._runner.undo)
        for key in ("Esc", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(key), self, self.back)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

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
        self.asking = Banner(self._colours)
        head.addWidget(self.asking)
        self.offer = Banner(self._colours)
        head.addWidget(self.offer)
        outer.addWidget(top)
        outer.addLayout(self._middle(), 1)
        self.footer = QueueFooter(self._runner, self._colours)
        for part in (self.footer.clear, self.footer.undo, self.footer.retry):
            part.clicked.connect(self.list.setFocus)
        outer.addWidget(self.footer)

    def _header(self) -> QHBoxLayout:
        c = self._colours
        self.title = label(self.tr("Compress"), "title")
        self.add_files = button(self.tr("Add files…"), c, "add-file", on=self.choose_files)
        self.add_folder = button(self.tr("Add folder…"), c, "add-folder", on=self.choose_folder)
        self.start = button(self.tr("Start"), c, "play", "primary", on=self.begin)
        self.pause = button(self.tr("Pause"), c, "pause", on=self._runner.pause_all)
        return row(self.title, None, self.add_files, self.add_folder, self.pause, self.start)

    def _middle(self) -> QHBoxLayout:
        self.list = JobList(self._services)
        self.drop_area = DropArea(self._colours)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.drop_area)
        self.stack.addWidget(self.list)
        self.stack.setMinimumHeight(
            LEAST_LIST
        )  # else the hidden drop area's height squeezes what is above it
        for banner in (self.banner, self.asking, self.offer):
            banner.rest = self.list
        self.details = JobDetails(self._services)
        self.details.setFixedWidth(380)
        box = row(self.stack, self.details, spacing=14)
        box.setContentsMargins(MARGIN, 0, MARGIN, 12)
        box.setStretch(0, 1)
        return box

    def _connect(self) -> None:
        self.options.changed.connect(self.list.viewport().update)
        self.drop_area.dropped.connect(self.take)
        self.drop_area.wants_files.connect(self.choose_files)
        self.drop_area.wants_folder.connect(self.choose_folder)
        self._runner.changed.connect(self._refresh_soon)
        self._rest.timeout.connect(self._refresh_if_stale)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._arrange())
        self.list.details_wanted.connect(lambda: self._show_details(True))
        self.list.archive_wanted.connect(self.open_archive)
        self.details.closed.connect(lambda: self._show_details(False))
        self.details.acted.connect(self.list.act)
        self.details.level_chosen.connect(self._services.estimates.start_at)
        self.details.open_archive.connect(self.open_archive)

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
            self._services.adding.take(sources)
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
        self.banner.show_message(text, Tone.INFO, choices)

    def _show_offer(self) -> None:
        """Once, where only the built-in model is here: what a download would be good for, and under which terms."""
        desk = self._services.first_offer
        models = desk.offered
        if not models:
            self.offer.hide()
            return
        lines = [self.tr("Much smaller archives with a model for what you have, downloaded once:")]
        for model in models:
            size = size_text(model.size) if model.size else "?"
            purpose = purpose_text(model.good_at, QCoreApplication.translate)
            lines.append(f"{purpose}: {model.name}, {size}, {model.licence}")
        choices = [
            (purpose_text(model.good_at, QCoreApplication.translate), partial(desk.answer, model))
            for model in models
        ]
        self.offer.show_message(
            "\n".join(lines), Tone.INFO, [*choices, (self.tr("Not now"), partial(desk.answer, None))]
        )

    # What is shown ------------------------------------------------------------------------------------------

    def back(self) -> None:
        """From the details to the list, where they hide it; else a message is put away."""
        if self.details_open:
            self._show_details(False)
        elif not self.banner.isHidden():
            self.banner.dismiss()

    def begin(self) -> None:
        """Start; the focus stays with the jobs and does not jump to whatever button is next."""
        self._runner.start()
        self.list.setFocus()

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
        job = self.list.selected()
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
            began = time.perf_counter()
            self._refresh()
            took = 1000 * (time.perf_counter() - began)
            self._rest.start(min(LONGEST_REST_MS, max(REFRESH_MS, round(took / REFRESH_SHARE))))

    def _refresh(self) -> None:
        queue = self._runner.queue
        counts = queue.counts()
        if len(queue) and self.list.selected() is None:
            self.list.setCurrentIndex(self._runner.model.index(0))
        self._arrange()
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
        total = queue.total()
        self.footer.show_total(total)
        self.title_wanted.emit(f"{100 * total.fraction:.0f}% · nacomp" if queue.busy else "nacomp")
        self._questions.ask_next()
