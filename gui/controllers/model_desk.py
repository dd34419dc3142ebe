"""Models on this machine and downloads on their way; one worker per download, so that each can be cancelled alone."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.logic.events import Progress, last_words
from nacomp.gui.logic.models import Model, parse_models
from nacomp.gui.logic.progress import Meter
from nacomp.gui.process.worker import Ending, Query, Worker


class ModelDesk(QObject):
    """Signals: `changed` (the list), `progressed` (a model id), `message` (a sentence and its tone)."""

    changed = Signal()
    progressed = Signal(str)
    message = Signal(str, str)

    def __init__(self, program: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self.models: list[Model] = []
        self.loaded = False
        self.failure: str | None = None
        self.meters: dict[str, Meter] = {}
        self.interrupted: set[str] = set()
        self._pulls: dict[str, Worker] = {}
        self._queries: set[Query] = set()

    def refresh(self) -> None:
        """Ask for the list again."""
        self._ask(["models", "list", "--json"], self._listed, self._list_failed)

    def pull(self, model_id: str) -> None:
        """Download a model; goes on where an earlier download was cancelled."""
        if model_id in self._pulls:
            return
        worker = Worker(self._program, ["models", "pull", model_id, "--json", "--control"], self)
        self._pulls[model_id] = worker
        self.meters[model_id] = Meter()
        self.interrupted.discard(model_id)
        worker.heard.connect(lambda event: self._pulling(model_id, event))
        worker.ended.connect(lambda ending: self._pulled(model_id, worker, ending))
        worker.start()
        self.changed.emit()

    def cancel(self, model_id: str) -> None:
        """Stop a download; what has arrived stays for the next try."""
        if model_id in self._pulls:
            self.interrupted.add(model_id)
            self._pulls[model_id].say("cancel")

    def pulling(self, model_id: str) -> bool:
        """Whether a download is on its way."""
        return model_id in self._pulls

    def add(self, path: Path) -> None:
        """Take a GGUF file from disk into the models folder."""
        done = self.tr("{0} was added.").format(path.name)
        self._ask(["models", "add", str(path.absolute())], lambda _data: self._did(done), self._complain)

    def remove(self, model: Model) -> None:
        """Delete a model's file."""
        done = self.tr("{0} was removed.").format(model.name)
        self._ask(["models", "remove", model.id], lambda _data: self._did(done), self._complain)

    def stop(self) -> None:
        """The application closes."""
        for query in list(self._queries):
            query.stop()
        for worker in self._pulls.values():
            worker.say("cancel")
        for worker in list(self._pulls.values()):
            if not worker.wait(3000):
                worker.kill()
                worker.wait(1000)

    def _ask(self, arguments: list[str], answered: object, failed: object) -> None:
        query = Query(self._program, arguments, parent=self)
        self._queries.add(query)

        def over(_answer: object) -> None:
            self._queries.discard(query)
            query.deleteLater()

        query.answered.connect(answered)
        query.failed.connect(failed)
        query.answered.connect(over)
        query.failed.connect(over)
        query.start()

    def _listed(self, data: bytes) -> None:
        try:
            self.models = parse_models(json.loads(data))
        except ValueError:
            self._list_failed(self.tr("The worker's answer could not be read."))
            return
        self.loaded, self.failure = True, None
        self.changed.emit()

    def _list_failed(self, sentence: str) -> None:
        self.failure = sentence
        self.changed.emit()

    def _did(self, sentence: str) -> None:
        self.message.emit(sentence, "info")
        self.refresh()

    def _complain(self, sentence: str) -> None:
        self.message.emit(sentence, "error")

    def _pulling(self, model_id: str, event: object) -> None:
        if isinstance(event, Progress):
            self.meters[model_id].update(event, time.monotonic())
            self.progressed.emit(model_id)

    def _pulled(self, model_id: str, worker: Worker, ending: Ending) -> None:
        del self._pulls[model_id]
        worker.deleteLater()
        if ending.code == 0 and not ending.crashed:
            self.message.emit(self.tr("{0} is ready.").format(model_id), "info")
        elif model_id not in self.interrupted:
            failure = worker.failure
            sentence = failure.sentence(QCoreApplication.translate) if failure else last_words(ending.stderr)
            self.message.emit(sentence or self.tr("The download of {0} stopped.").format(model_id), "error")
            self.interrupted.add(model_id)
        self.refresh()
        self.changed.emit()
