"""What wants a model that is not on this machine: told on its card, and done when the model has arrived, however it came."""

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.model_desk import ModelDesk
from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic.jobs import Job, State
from nacomp.gui.logic.models import Model
from nacomp.gui.logic.wording import size_text


class MissingModels(QObject):
    """`arrived` carries the id of a model that somebody may have waited for."""

    arrived = Signal(str)

    def __init__(self, runner: Runner, models: ModelDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._models = models
        self._absent: set[str] = set()
        models.changed.connect(self._look)
        models.progressed.connect(self._progress)
        models.pull_failed.connect(self._failed)
        runner.job_ended.connect(self._job_ended)

    def fetch(self, model_id: str) -> None:
        """Download a model; the jobs that wait for it say how far it is."""
        self._models.pull(model_id)
        for job in self._waiting(model_id):
            self._runner.say(job, self.tr("The model {0} is on its way").format(self.name(model_id)))

    def name(self, model_id: str) -> str:
        """What people call a model."""
        model = self._models.find(model_id)
        return model.name if model is not None else model_id

    def missing(self, model_id: str | None) -> bool:
        """Whether a model is known not to be here. Asks for the list of models if that has not been read yet."""
        if not model_id:
            return False
        if not self._models.loaded:
            self._models.refresh()
            return False
        model = self._models.find(model_id)
        if model is None or not model.installed:
            self._absent.add(model_id)
            return True
        return False

    def need(self, model_id: str) -> str:
        """What is to be said about a model that is missing: its name and size, or that nobody can download it."""
        model: Model | None = self._models.find(model_id)
        if model is None or not model.available:
            return self.tr(
                "This archive needs the model {0}, which is not on this machine and cannot be downloaded. "
                "Its file can be added on the page Models."
            ).format(self.name(model_id))
        size = size_text(model.size) if model.size else "?"
        text = self.tr("This archive needs the model {0} ({1}), which is not on this machine yet.")
        return text.format(model.name, size)

    def available(self, model_id: str) -> bool:
        """Whether it can be downloaded."""
        model = self._models.find(model_id)
        return model is not None and model.available

    def _waiting(self, model_id: str) -> list[Job]:
        return [
            job for job in self._runner.queue if job.state is State.FAILED and job.needs_model == model_id
        ]

    def _job_ended(self, job: Job) -> None:
        if job.needs_model:
            self._absent.add(job.needs_model)
            if self._models.loaded:
                self._tell(job, job.needs_model)
            else:
                self._models.refresh()

    def _look(self) -> None:
        """The list of models has changed: what waited for one that is here now goes on."""
        if not self._models.loaded:
            return
        for model_id in sorted(self._absent):
            model = self._models.find(model_id)
            if model is not None and model.installed:
                self._absent.discard(model_id)
                for job in self._waiting(model_id):
                    self._runner.retry(job)
                self.arrived.emit(model_id)
            elif not self._models.pulling(model_id):
                for job in self._waiting(model_id):
                    self._tell(job, model_id)

    def _tell(self, job: Job, model_id: str) -> None:
        job.fetchable = self.available(model_id)
        self._runner.say(job, self.need(model_id))

    def _progress(self, model_id: str) -> None:
        fraction = self._models.meters[model_id].fraction
        if fraction is not None:
            for job in self._waiting(model_id):
                text = self.tr("The model {0} is on its way: {1}%").format(
                    self.name(model_id), round(100 * fraction)
                )
                self._runner.say(job, text)

    def _failed(self, model_id: str, sentence: str) -> None:
        for job in self._waiting(model_id):
            self._runner.say(job, sentence)
