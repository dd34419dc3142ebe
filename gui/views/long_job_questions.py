"""Questions about jobs that would take long: start anyway, or at a faster level. One at a time, in the queue's banner."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.estimate import offer
from nacomp.gui.logic.jobs import Hold, Job
from nacomp.gui.logic.levels import level_name
from nacomp.gui.logic.status import job_title
from nacomp.gui.logic.wording import duration_text
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.action_names import action_name
from nacomp.gui.views.banner import Banner


class LongJobQuestions(QObject):
    """Asks; a question that is closed without an answer is not asked again, the job's card still offers the choice."""

    def __init__(self, services: Services, banner: Banner) -> None:
        super().__init__(banner)
        self._services = services
        self._banner = banner
        self._asked_about: Job | None = None
        self._unanswered: set[int] = set()
        services.estimates.long_job.connect(lambda _job: self.ask_next())
        banner.dismissed.connect(self._dismissed)

    def ask_next(self) -> None:
        """Ask about the next long job, if no question is open; one whose job is gone or has been started is taken back."""
        queue, asked = self._services.runner.queue, self._asked_about
        if asked is not None and (asked.held is not Hold.CHOICE or queue.find(asked.id) is None):
            self._banner.hide()
            self._asked_about = None
        if not self._banner.isHidden():
            return
        if (job := queue.next_question(self._unanswered)) is not None:
            self._ask(job)

    def _ask(self, job: Job) -> None:
        self._asked_about = job
        translate, services = QCoreApplication.translate, self._services
        time = duration_text(job.estimate.seconds, translate) if job.estimate else "?"
        text = self.tr("{0} would take about {1} at level {2}.").format(
            job_title(job, translate), time, level_name(job.level, translate)
        )
        choices: list[tuple[str, Callable[[], object]]] = [
            (action_name(Action.START), partial(services.runner.let_go, job))
        ]
        for level, estimate in services.estimates.faster(job).items():
            start = partial(services.estimates.start_at, job, level)
            choices.append((offer(level, estimate, translate), start))
        self._banner.show_message(text, Tone.WARNING, choices)

    def _dismissed(self) -> None:
        if self._asked_about is not None:
            self._unanswered.add(self._asked_about.id)
            self._asked_about = None
        self.ask_next()
