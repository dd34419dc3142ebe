"""The surprise map that is open: computed by the worker, kept here while windows come and go."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.surprise_map import SurpriseMap, parse_surprise_map
from nacomp.gui.process.query import DocumentQuery

LIMIT_BYTES = 200_000
"""A surprise map costs as much as compressing: minutes for more text than this, and nobody reads that much of it."""


class SurpriseMapDesk(QObject):
    """`changed`: another surprise map, the work on one began, or it failed."""

    changed = Signal()

    def __init__(self, program: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self.surprise_map: SurpriseMap | None = None
        self.path: Path | None = None
        self.page: bytes | None = None
        self.failure: str | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._query: DocumentQuery | None = None

    @property
    def working(self) -> bool:
        """Whether one is being computed."""
        return self._query is not None

    def open(self, path: Path, level: Level, model: str | None = None) -> None:
        """Compute the surprise map of a text file, and in the same run its page for a browser."""
        self.stop()
        self.path, self.surprise_map, self.page, self.failure = path, None, None, None
        try:
            size = path.stat().st_size
        except OSError as problem:
            self._failed(f"{path.name}: {problem.strerror}.")
            return
        if size > LIMIT_BYTES:
            self._failed(self.tr("This text is too long for a surprise map; 200 kB is the most."))
            return
        self._scratch = tempfile.TemporaryDirectory(prefix="nacomp-surprise-map-")
        page = Path(self._scratch.name) / "surprise-map.html"
        arguments = ["map", str(path.absolute()), "--json", "--html", str(page), "--level", level]
        self._query = DocumentQuery(self._program, arguments + (["--model", model] if model else []), self)
        self._query.answered.connect(lambda document: self._arrived(path, page, document))
        self._query.failed.connect(self._ended_badly)
        self._query.start()
        self.changed.emit()

    def stop(self) -> None:
        """Give up the work on one."""
        if self._query is not None:
            self._query.stop()
            self._query = None
            self._clean()
            self.changed.emit()

    def _arrived(self, path: Path, page: Path, document: Mapping[str, Any]) -> None:
        try:
            self.surprise_map = parse_surprise_map(path.name, document)
            self.page = page.read_bytes()
        except (ValueError, OSError):
            self._failed(self.tr("There is no text in this file that the model could read."))
            return
        self._over()

    def _ended_badly(self, ending: Ending) -> None:
        self._failed(ending.sentence(QCoreApplication.translate))

    def _failed(self, sentence: str) -> None:
        self.failure = sentence
        self._over()

    def _over(self) -> None:
        self._clean()
        self._query = None
        self.changed.emit()

    def _clean(self) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
