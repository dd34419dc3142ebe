"""Everything about the selected job: facts, what can be done with it, and how the classical codecs would have done."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from nacomp.gui.controllers.comparisons import Comparison
from nacomp.gui.controllers.open_folder import show_in_folder
from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.estimate import Estimate, offer
from nacomp.gui.logic.jobs import ACTIVE, Hold, Job, Kind, State
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.names import is_archive
from nacomp.gui.logic.status import job_title, status_line
from nacomp.gui.logic.wording import count_text, fixed_text, ratio_text, size_text
from nacomp.gui.views.action_names import ACTION_PICTURES, action_name
from nacomp.gui.views.compare_chart import CompareChart
from nacomp.gui.views.parts import ElidedLabel, button, card, label, mark, row, tool

AUTOMATIC_COMPARISON_BYTES = 4_000_000
"""Up to here all three codecs together need about two seconds: done without asking."""

ACTIONS_A_ROW = 2


class JobDetails(QWidget):
    """The panel beside the queue; in a narrow window it takes the queue's place.

    `acted` (job, action) and `level_chosen` (job, level): a person wants something done with the job.
    """

    closed = Signal()
    open_archive = Signal(Path)
    acted = Signal(object, object)
    level_chosen = Signal(object, object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._colours = services.theme.colours
        self.job: Job | None = None
        self._shown_facts: list[tuple[str, str]] = []
        self._shown_actions: tuple[object, ...] = ()
        self.setAccessibleName(self.tr("Details of the selected job"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        scroll = self._scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Details of the selected job"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(scroll)
        inside = QWidget()
        scroll.setWidget(inside)
        self._inside = QVBoxLayout(inside)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(12)
        self._build()
        services.comparisons.arrived.connect(self._compared)

    def _build(self) -> None:
        frame, inside = card(self._inside)
        frame.setAccessibleName(self.tr("Job"))
        self.back = tool("back", self.tr("Back to the queue"), self._colours, self.closed.emit)
        self.name = ElidedLabel("", "heading")
        inside.addLayout(row(self.back, self.name))
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of this job"))
        self.figure = label("", "figure", wrap=True)
        self.status = label("", "soft", wrap=True)
        inside.addWidget(self.figure)
        inside.addWidget(self.status)
        inside.addWidget(self.bar)
        self._actions = QGridLayout()
        self._actions.setSpacing(6)
        self._actions.setColumnStretch(ACTIONS_A_ROW, 1)
        inside.addLayout(self._actions)
        inside.addSpacing(4)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(14)
        self._facts.setVerticalSpacing(5)
        self._facts.setColumnStretch(1, 1)
        inside.addLayout(self._facts)
        self._comparison, compare = card(self._inside)
        compare.addWidget(label(self.tr("Compared with classical codecs"), "heading"))
        self.chart = CompareChart(self._colours)
        self.compare_note = label("", "small", wrap=True)
        self.compare_button = button(
            self.tr("Compare with zip, zstd and xz"), self._colours, "chart", on=self._compare
        )
        compare.addWidget(self.chart)
        compare.addWidget(self.compare_note)
        compare.addLayout(row(self.compare_button, None))
        self._inside.addStretch(1)

    def show_job(self, job: Job | None) -> None:
        """Show another job, or nothing."""
        self.job = job
        if job is None:
            return
        self.name.say(job_title(job, QCoreApplication.translate))
        sizes = job.sizes() if job.state is State.DONE else None
        self.figure.setVisible(sizes is not None)
        if sizes:
            self.figure.setText(ratio_text(*sizes, QCoreApplication.translate))
            mark(self.figure, "tone", "" if job.gained else "soft")
        self.bar.setVisible(job.state in ACTIVE)
        self.bar.setValue(round(1000 * (job.meter.fraction or 0)))
        self.status.setText(status_line(job, QCoreApplication.translate))
        mark(self.status, "role", "danger" if job.state is State.FAILED else "soft")
        self._show_facts(self._facts_of(job))
        fitting = [a for a in Action if a in allowed(job) and (a is not Action.START or job.held)]
        shown = (job.id, job.state, *fitting, *self._services.estimates.faster(job).items())
        if (
            shown != self._shown_actions
        ):  # buttons are rebuilt only when they change: a rebuild takes the focus away
            self._shown_actions = shown
            self._show_actions(job, fitting)
        self._show_comparison(job)

    def _facts_of(self, job: Job) -> list[tuple[str, str]]:
        result, facts = job.result or {}, []
        facts.append((self.tr("From"), str(job.inputs[0])))
        if len(job.inputs) > 1:
            facts.append((self.tr("And"), self.tr("%n more", "", len(job.inputs) - 1)))
        if job.output is not None:
            facts.append((self.tr("To"), str(job.output)))
        if job.size is not None:
            facts.append((self.tr("Size"), size_text(job.size)))
        if job.files > 1:
            facts.append((self.tr("Files"), count_text(job.files)))
        if isinstance(result.get("compressed_size"), int):
            facts.append((self.tr("Compressed"), size_text(result["compressed_size"])))
        if isinstance(result.get("bits_per_byte"), int | float):
            facts.append((self.tr("Bits per byte"), fixed_text(result["bits_per_byte"], 3)))
        if job.kind is Kind.COMPRESS:
            facts.append((self.tr("Level"), level_name(job.level, QCoreApplication.translate)))
        if result.get("model_id"):
            facts.append((self.tr("Model"), str(result["model_id"])))
        facts += [(self.tr("Note"), notice) for notice in job.notices]
        if job.technical is not None:
            facts.append((self.tr("Technical"), job.technical))
        return facts

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        if facts == self._shown_facts:
            return
        self._shown_facts = facts
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line, (name, value) in enumerate(facts):
            self._facts.addWidget(label(name, "small"), line, 0, Qt.AlignmentFlag.AlignTop)
            note = name in (self.tr("Note"), self.tr("Technical"))
            self._facts.addWidget(label(value, "", wrap=True) if note else ElidedLabel(value), line, 1)

    def _show_actions(self, job: Job, fitting: Sequence[Action]) -> None:
        while (item := self._actions.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                if widget.hasFocus():
                    self._scroll.setFocus()  # else it would go to whatever button is next: Remove, or Cancel
                widget.hide()
                widget.deleteLater()
        made = [self._action_button(job, action) for action in fitting]
        if job.held is Hold.CHOICE:
            made[1:1] = [
                self._level_button(job, *one) for one in self._services.estimates.faster(job).items()
            ]
        if job.state is State.DONE and job.output is not None:
            made[:0] = self._output_buttons(job.output)
        for number, part in enumerate(made):
            self._actions.addWidget(part, number // ACTIONS_A_ROW, number % ACTIONS_A_ROW)

    def _action_button(self, job: Job, action: Action) -> QPushButton:
        on = partial(self.acted.emit, job, action)
        return button(action_name(action), self._colours, ACTION_PICTURES[action], on=on)

    def _level_button(self, job: Job, level: Level, estimate: Estimate) -> QPushButton:
        text = offer(level, estimate, QCoreApplication.translate)
        return button(text, self._colours, on=partial(self.level_chosen.emit, job, level))

    def _output_buttons(self, output: Path) -> list[QPushButton]:
        c = self._colours
        made = [
            button(
                action_name(Action.SHOW), c, ACTION_PICTURES[Action.SHOW], on=partial(show_in_folder, output)
            )
        ]
        if is_archive(output):
            made.append(
                button(self.tr("Look inside"), c, "archive", on=partial(self.open_archive.emit, output))
            )
        return made

    def _show_comparison(self, job: Job) -> None:
        desk = self._services.comparisons
        offered = job.state is State.DONE and desk.offered(job)
        self._comparison.setVisible(offered)
        if not offered:
            return
        sizes = job.sizes()
        if desk.state(job) is Comparison.NONE and sizes and sizes[0] <= AUTOMATIC_COMPARISON_BYTES:
            desk.ask(job)
        state = desk.state(job)
        self.chart.setVisible(state is Comparison.READY)
        self.compare_button.setVisible(state is Comparison.NONE)
        self.compare_note.setText(self._comparison_words(state))
        if state is Comparison.READY:
            self.chart.show_bars(desk.bars(job))

    def _comparison_words(self, state: Comparison) -> str:
        match state:
            case Comparison.NONE:
                return self.tr(
                    "Packs the same files with zip, zstd and xz at their strongest, without keeping the result."
                )
            case Comparison.RUNNING:
                return self.tr("Packing with zip, zstd and xz…")
            case Comparison.READY:
                return self.tr("Same files, strongest settings. Shorter is better.")
            case Comparison.GONE:
                return self.tr("The source files are no longer there to compare with.")

    def _compare(self) -> None:
        if self.job is not None:
            self._services.comparisons.ask(self.job)
            self._show_comparison(self.job)

    def _compared(self, job_id: int) -> None:
        if self.job is not None and self.job.id == job_id:
            self._show_comparison(self.job)
