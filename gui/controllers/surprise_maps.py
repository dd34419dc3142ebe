"""The surprise map that is open: computed by the worker piece by piece, kept here while windows come and go."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.controllers.device_desk import DeviceDesk
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Document, Progress
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.progress import Meter
from nacomp.gui.logic.surprise_map import SurpriseMap, Token, parse_surprise_map, save_page
from nacomp.gui.logic.text_pieces import NoText, Picture, TextPieces, open_text
from nacomp.gui.process.background import in_background
from nacomp.gui.process.crew import Crew, Task


class SurpriseMapDesk(QObject):
    """`changed`: another surprise map, more of it, the work on it began or ended. `progressed`: `meter` has moved.

    `saved`: the path of a page, and the problem if it could not be written.
    """

    changed = Signal()
    progressed = Signal()
    saved = Signal(Path, object)

    def __init__(self, crew: Crew, devices: DeviceDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crew = crew
        self._devices = devices
        self.surprise_map: SurpriseMap | None = None
        self.path: Path | None = None
        self.failure: str | None = None
        self.meter = Meter()
        self.level = Level.BALANCED
        self.model: str | None = None
        self._pieces: TextPieces | None = None
        self._task: Task | None = None
        self._reading: object | None = None
        """Stands for the piece that is being read; another one when somebody has turned to something else meanwhile."""
        self._answer: Mapping[str, Any] = {}
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    @property
    def working(self) -> bool:
        """Whether a piece is being read or computed."""
        return self._task is not None or self._reading is not None

    @property
    def more(self) -> bool:
        """Whether the text goes on behind what is shown."""
        return self._pieces is not None and not self._pieces.over

    @property
    def pieces(self) -> TextPieces | None:
        """The text, and how far it has been read."""
        return self._pieces

    def open(self, path: Path, level: Level, model: str | None = None) -> None:
        """Compute the surprise map of a text's beginning."""
        self.stop()
        self.path, self.surprise_map, self.failure, self._pieces = path, None, None, None
        self.level, self.model = level, model
        self._read(lambda: open_text(path))

    def go_on(self) -> None:
        """Compute the next piece of the text, if there is one and nothing else is being done."""
        if self.more and not self.working:
            self._read(lambda: self._pieces)

    def save(self, path: Path) -> None:
        """Write all that has been read as one page for a browser."""
        shown = self.surprise_map
        if shown is not None:
            in_background(lambda: save_page(path, shown), lambda problem: self.saved.emit(path, problem))

    def stop(self) -> None:
        """Give up the work on a piece. What is there stays."""
        if not self.working:
            return
        task, self._task, self._reading = self._task, None, None
        if task is not None:
            task.stop()
        if self.surprise_map is None:
            self._pieces = None
        self._clean()
        self.changed.emit()

    def _read(self, find: Callable[[], TextPieces | None]) -> None:
        """Read the next piece off the window's thread: the file may lie on a disk that sleeps."""
        ticket = self._reading = object()
        self.meter = Meter()

        def read() -> tuple[TextPieces | None, str, Exception | None]:
            try:
                pieces = find()
                return pieces, pieces.next() if pieces is not None else "", None
            except (OSError, NoText) as problem:
                return None, "", problem

        def arrived(found: tuple[TextPieces | None, str, Exception | None] | None) -> None:
            if ticket is self._reading:
                self._reading = None
                self._got_text(*(found or (None, "", NoText())))

        in_background(read, arrived)
        self.changed.emit()

    def _got_text(self, pieces: TextPieces | None, text: str, problem: Exception | None) -> None:
        name = self.path.name if self.path else ""
        if isinstance(problem, OSError):
            self._failed(f"{name}: {problem.strerror}.")
        elif isinstance(problem, Picture):
            self._failed(self.tr("{0} is a picture. A surprise map shows texts.").format(name))
        elif pieces is None:
            self._failed(self.tr("There is no text in this file that the model could read."))
        elif not text:
            self._pieces = pieces
            self._over()
        else:
            self._pieces = pieces
            self._start(text)

    def _start(self, text: str) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="nacomp-surprise-map-")
        piece = Path(self._scratch.name) / "piece.txt"
        piece.write_bytes(text.encode("utf-8", "replace"))
        arguments = ["map", str(piece), "--json", "--control", "--level", self.level]
        arguments += self._devices.arguments
        self._answer = {}
        self._task = self._crew.begin(arguments + (["--model", self.model] if self.model else []), None, self)
        self._task.heard.connect(self._heard)
        self._task.ended.connect(self._ended)
        self.changed.emit()

    def _heard(self, event: object) -> None:
        if isinstance(event, Document):
            self._answer = event.fields
        elif isinstance(event, Progress):
            self.meter.update(event, time.monotonic())
            self.progressed.emit()

    def _ended(self, ending: Ending) -> None:
        self._task = None
        if not ending.success:
            self._devices.learn(ending)
            self._failed(ending.sentence(QCoreApplication.translate))
            return
        before: tuple[Token, ...] = self.surprise_map.tokens if self.surprise_map is not None else ()
        try:
            found = parse_surprise_map(self.path.name if self.path else "", self._answer)
        except (ValueError, LookupError):
            self._failed(self.tr("There is no text in this file that the model could read."))
            return
        self.surprise_map = SurpriseMap(found.name, before + found.tokens, found.model_id)
        self._over()

    def _failed(self, sentence: str) -> None:
        self.failure = sentence
        self._pieces = None
        self._over()

    def _over(self) -> None:
        self._clean()
        self.changed.emit()

    def _clean(self) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
