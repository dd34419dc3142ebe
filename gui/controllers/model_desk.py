"""Models on this machine and downloads on their way; one worker per download, so that each can be cancelled alone."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Progress
from nacomp.gui.logic.jobs import Control
from nacomp.gui.logic.models import Model, parse_models
from nacomp.gui.logic.progress import Meter
from nacomp.gui.look.tones import Tone
from nacomp.gui.process.query import DocumentQuery, Query
from nacomp.gui.process.worker import Worker

FAREWELL_MS = 3000
"""How long a cancelled download may take to end when the application closes; what has arrived is on the disk anyway."""


class ModelDesk(QObject):
    """Signals: `changed` (the list), `progressed` (a model id), `message` (a sentence and its tone),
    `pull_failed` (a model id and the reason)."""

    changed = Signal()
    progressed = Signal(str)
    message = Signal(str, object)
    pull_failed = Signal(str, str)

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
        query = DocumentQuery(self._program, ["models", "list", "--json"], self)
        self._ask(query, self._listed, self._list_failed)

    def pull(self, model_id: str) -> None:
        """Download a model; goes on where an earlier download was cancelled."""
        if model_id in self._pulls:
            return
        worker = Worker(self._program, ["models", "pull", model_id, "--json", "--control"], self)
        self._pulls[model_id] = worker
        self.meters[model_id] = Meter()
        self.interrupted.discard(model_id)
        worker.heard.connect(lambda event: self._pulling(model_id, event))
        worker.ended.connect(lambda ending: self._pulled(model_id, ending))
        worker.start()
        self.changed.emit()

    def cancel(self, model_id: str) -> None:
        """Stop a download; what has arrived stays for the next try."""
        if model_id in self._pulls:
            self.interrupted.add(model_id)
            self._pulls[model_id].say(Control.CANCEL)

    def find(self, model_id: str) -> Model | None:
        """A model of the list, None if it is not in it."""
        return next((model for model in self.models if model.id == model_id), None)

    def pulling(self, model_id: str) -> bool:
        """Whether a download is on its way."""
        return model_id in self._pulls

    def add(self, path: Path) -> None:
        """Take a GGUF file from disk into the models folder."""
        done = self.tr("{0} was added.").format(path.name)
        query = Query(self._program, ["models", "add", str(path.absolute())], self)
        self._ask(query, lambda _data: self._did(done), self._complain)

    def remove(self, model: Model) -> None:
        """Delete a model's file."""
        done = self.tr("{0} was removed.").format(model.name)
        query = Query(self._program, ["models", "remove", model.id], self)
        self._ask(query, lambda _data: self._did(done), self._complain)

    def stop(self) -> None:
        """The application closes."""
        for query in list(self._queries):
            query.stop()
        for worker in self._pulls.values():
            worker.say(Control.CANCEL)
        for worker in list(self._pulls.values()):
            worker.finish(FAREWELL_MS)

    def _ask(self, query: Query, answered: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        def succeed(answer: object) -> None:
            self._queries.discard(query)
            answered(answer)

        def fail(ending: Ending) -> None:
            self._queries.discard(query)
            failed(ending.sentence(QCoreApplication.translate))

        self._queries.add(query)
        query.answered.connect(succeed)
        query.failed.connect(fail)
        query.start()

    def _listed(self, document: Mapping[str, Any]) -> None:
        self.models = parse_models(document)
        self.loaded, self.failure = True, None
        self.changed.emit()

    def _list_failed(self, sentence: str) -> None:
        self.failure = sentence
        self.changed.emit()

    def _did(self, sentence: str) -> None:
        self.message.emit(sentence, Tone.INFO)
        self.refresh()

    def _complain(self, sentence: str) -> None:
        self.message.emit(sentence, Tone.ERROR)

    def _pulling(self, model_id: str, event: object) -> None:
        if isinstance(event, Progress):
            self.meters[model_id].update(event, time.monotonic())
            self.progressed.emit(model_id)

    def _pulled(self, model_id: str, ending: Ending) -> None:
        del self._pulls[model_id]
        if ending.success:
            self.message.emit(self.tr("{0} is ready.").format(model_id), Tone.INFO)
        elif model_id not in self.interrupted:
            sentence = ending.sentence(QCoreApplication.translate)
            self.message.emit(sentence, Tone.ERROR)
            self.interrupted.add(model_id)
            self.pull_failed.emit(model_id, sentence)
        self.refresh()
        self.changed.emit()
