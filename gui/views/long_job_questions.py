"""Questions about jobs that would take long: start anyway, or at a faster level. In the queue's banner."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.estimate import Estimate, offer
from nacomp.gui.logic.jobs import Job
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.status import job_title
from nacomp.gui.logic.wording import duration_text, size_text
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.action_names import action_name
from nacomp.gui.views.banner import Banner


class LongJobQuestions(QObject):
    """Asks once for all that wait; a question that is closed without an answer is not asked again, the cards still offer the
    choice."""

    def __init__(self, services: Services, banner: Banner) -> None:
        super().__init__(banner)
        self._services = services
        self._banner = banner
        self._asked_about: list[Job] = []
        self._unanswered: set[int] = set()
        services.estimates.long_job.connect(self.ask_next)  # a lambda would outlive the banner
        banner.dismissed.connect(self._dismissed)

    def ask_next(self, _job: Job | None = None) -> None:
        """Ask about the long jobs, if no other message is open; the question follows those that are gone or have come."""
        queue = self._services.runner.queue
        first = queue.next_question(self._unanswered)
        wanted = [job for job in queue.held() if job.id not in self._unanswered] if first is not None else []
        if self._asked_about and self._asked_about != wanted:
            self._asked_about = []
            self._banner.hide()
        if wanted and self._banner.isHidden():
            self._ask(wanted)

    def _ask(self, jobs: list[Job]) -> None:
        self._asked_about = jobs
        translate, services = QCoreApplication.translate, self._services
        known = [job.estimate for job in jobs if job.estimate is not None]
        time = duration_text(sum(one.seconds for one in known), translate) if known else "?"
        size = size_text(sum(one.size for one in known)) if known else "?"
        if len(jobs) == 1:
            text = self.tr("{0} would take about {1} at level {2}, and reach about {3}.").format(
                job_title(jobs[0], translate), time, level_name(jobs[0].level, translate), size
            )
            start = action_name(Action.START)
        else:
            text = self.tr("%n job(s) would take about {0} in all, and reach about {1}.", "", len(jobs))
            text, start = text.format(time, size), self.tr("Start all anyway")
        choices: list[tuple[str, Callable[[], object]]] = [
            (start, partial(_each, jobs, services.runner.let_go))
        ]
        for level, estimate in self._faster(jobs).items():
            begin = partial(_each, jobs, partial(_start_at, services, level))
            choices.append((offer(level, estimate, translate), begin))
        self._banner.show_message(text, Tone.WARNING, choices)

    def _faster(self, jobs: list[Job]) -> dict[Level, Estimate]:
        """The levels at which every one of the jobs would be over sooner, with what that is together."""
        offers = [self._services.estimates.faster(job) for job in jobs]
        common = [level for level in offers[0] if all(level in one for one in offers)]
        return {
            level: Estimate(sum(o[level].seconds for o in offers), sum(o[level].size for o in offers))
            for level in common
        }

    def _dismissed(self) -> None:
        self._unanswered |= {job.id for job in self._asked_about}
        self._asked_about = []
        self.ask_next()


def _each(jobs: list[Job], act: Callable[[Job], object]) -> None:
    for job in jobs:
        act(job)


def _start_at(services: Services, level: Level, job: Job) -> None:
    services.estimates.start_at(job, level)
