"""The archive that is open: read by the worker, kept here while windows come and go. Preview and drag-out go through it."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.logic.archive import PREVIEW_BYTES, ArchiveDocument, Entry, parse_archive
from nacomp.gui.logic.events import Failure
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.logic.status import locked_sentence
from nacomp.gui.process.worker import Ending, Query, Worker


class ArchiveDesk(QObject):
    """Signals: `opened` (another archive, or its reading failed), `previewed` (path, bytes), `prepared` (paths to drag),
    `locked` (path, error's kind: it wants another password).
    """

    opened = Signal()
    locked = Signal(Path, str)
    previewed = Signal(str, bytes)
    preview_failed = Signal(str, str)
    prepared = Signal(list)
    prepare_failed = Signal(str)

    def __init__(self, program: Sequence[str], store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._store = store
        self.document: ArchiveDocument | None = None
        self.failure: str | None = None
        self.damaged = False
        self.password: str | None = None
        self.reading: Path | None = None
        self._query: Query | None = None
        self._preview: Query | None = None
        self._prepare: Worker | None = None
        self._prepared: dict[tuple[str, ...], Path] = {}
        self._scratch: Path | None = None

    def open(self, path: Path, password: str | None = None) -> None:
        """Read an archive's list of entries."""
        self._forget()
        self.password = password
        self.reading, self.document, self.failure, self.damaged = path, None, None, False
        self.opened.emit()
        self._query = Query(self._program, ["info", str(path.absolute()), "--json"], 0, self, password)
        self._query.answered.connect(lambda data: self._got_info(path, data))
        self._query.failed.connect(self._failed)
        self._query.start()

    def close_archive(self) -> None:
        """Show none."""
        self._forget()
        self.reading = self.document = self.failure = self.password = None
        self.opened.emit()

    def preview(self, entry: Entry) -> None:
        """Decode the beginning of an entry."""
        if self._preview is not None:
            self._preview.stop()
            self._preview.deleteLater()
            self._preview = None
        if self.document is None:
            return
        arguments = ["cat", str(self.document.path.absolute()), entry.path]
        query = Query(self._program, arguments, PREVIEW_BYTES, self, self.password)
        query.answered.connect(lambda data: self.previewed.emit(entry.path, data))
        query.failed.connect(lambda sentence: self.preview_failed.emit(entry.path, sentence))
        self._preview = query
        query.start()

    def ready_to_drag(self, paths: Sequence[str]) -> list[Path] | None:
        """Files of these entries if they were prepared already."""
        folder = self._prepared.get(tuple(paths))
        return [folder / path for path in paths] if folder is not None else None

    def prepare(self, paths: Sequence[str]) -> None:
        """Extract entries into a scratch folder, so that they can be dragged out as files."""
        if self.document is None or self._prepare is not None:
            return
        if self._scratch is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="nacomp-drag-"))
        folder = self._scratch / str(len(self._prepared))
        folder.mkdir(exist_ok=True)
        arguments = [
            "decompress",
            str(self.document.path.absolute()),
            "-o",
            str(folder),
            "-f",
            "--json",
            "--control",
        ]
        arguments += [word for path in paths for word in ("--select", path)]
        self._prepare = Worker(self._program, arguments, self, self.password)
        self._prepare.ended.connect(lambda ending: self._prepared_ended(tuple(paths), folder, ending))
        self._prepare.start()

    def stop(self) -> None:
        """The application closes: end processes, remove scratch files."""
        self._forget()

    def _forget(self) -> None:
        for query in (self._query, self._preview):
            if query is not None:
                query.stop()
                query.deleteLater()
        self._query = self._preview = None
        if self._prepare is not None:
            self._prepare.kill()
            self._prepare.wait(2000)
            self._prepare = None
        self._prepared.clear()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _got_info(self, path: Path, data: bytes) -> None:
        try:
            info = json.loads(data)
        except ValueError:
            self._failed(self.tr("The worker's answer could not be read."))
            return
        # Without a password `info` of a sealed archive succeeds, with what everybody can see.
        if info.get("sealed") and "entries" not in info:
            self._lock("PasswordNeeded")
            return
        self.document = parse_archive(path, info)
        self.reading = None
        self.opened.emit()

    def _lock(self, kind: str) -> None:
        self.password, self.failure = None, locked_sentence(kind, QCoreApplication.translate)
        self.opened.emit()
        if self.reading is not None:
            self.locked.emit(self.reading, kind)

    def _failed(self, sentence: str) -> None:
        if self._query is not None and self._query.locked:
            self._lock(self._query.locked)
            return
        self.failure = sentence
        self.damaged = self._query is not None and self._query.damage
        self.opened.emit()

    def _prepared_ended(self, paths: tuple[str, ...], folder: Path, ending: Ending) -> None:
        worker, self._prepare = self._prepare, None
        if worker is None:
            return
        worker.deleteLater()
        if ending.code == 0 and not ending.crashed:
            self._prepared[paths] = folder
            self.prepared.emit([folder / path for path in paths])
            return
        failure: Failure | None = worker.failure
        self.prepare_failed.emit(failure.message if failure else self.tr("It could not be extracted."))
