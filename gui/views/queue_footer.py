"""The line below the queue: how far all jobs are together, what they have saved, and how long they still take."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic.jobs import FINISHED, State
from nacomp.gui.logic.progress import Total
from nacomp.gui.logic.wording import duration_text, size_text
from nacomp.gui.look.theme import Colours
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, mark, row

SEVERAL = 2
"""One failed job has its own button."""


class QueueFooter(QFrame):
    """Totals, and the button that clears what is done."""

    def __init__(self, runner: Runner, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self._queue = runner.queue
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, 10, MARGIN, 10)
        box.setSpacing(7)
        self.text = ElidedLabel("", "soft")
        self._runner = runner
        self.undo = button(self.tr("Undo"), colours, on=runner.undo)
        self.undo.setToolTip(self.tr("Put back what was removed from the list"))
        self.retry = button(self.tr("Try all again"), colours, "retry", on=runner.retry_all)
        self.clear = button(self.tr("Clear finished"), colours, on=runner.clear_finished)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of all jobs"))
        line = row(self.text, self.undo, self.retry, self.clear)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self.bar)

    def _colour_bar(self, failed: int, done: int) -> None:
        """Green is for what went well."""
        mark(self.bar, "tone", (Tone.WARNING if done else Tone.ERROR).value if failed else "")

    def show_total(self, total: Total) -> None:
        """Show how things stand."""
        queue, counts = self._queue, self._queue.counts()
        self.undo.setVisible(self._runner.can_undo)
        self.retry.setVisible(len(self._runner.retryable()) >= SEVERAL)
        self.setVisible(len(queue) > 0 or self._runner.can_undo)
        self.clear.setEnabled(any(counts[state] for state in FINISHED - {State.FAILED}))
        self.bar.setValue(round(1000 * total.fraction))
        self._colour_bar(counts[State.FAILED], counts[State.DONE])
        parts = [self.tr("{0} of {1} done").format(counts[State.DONE], len(queue))]
        if counts[State.FAILED]:
            parts.append(self.tr("%n failed", "", counts[State.FAILED]))
        saved = queue.saved()
        if saved > 0:
            parts.append(self.tr("{0} saved").format(size_text(saved)))
        if counts[State.PAUSED] and not counts[State.RUNNING]:
            parts.append(self.tr("paused"))
        elif queue.busy and total.seconds_left is not None:
            left = duration_text(total.seconds_left, QCoreApplication.translate)
            parts.append(self.tr("{0} left").format(left))
        self.text.say(" · ".join(parts))
