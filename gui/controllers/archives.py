"""The archive that is open: read by the worker, kept here while windows come and go. Preview and drag-out go through it."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.controllers.device_desk import DeviceDesk
from nacomp.gui.logic.archive import (
    PICTURE_BYTES,
    PREVIEW_BYTES,
    ArchiveDocument,
    Entry,
    may_be_picture,
    parse_archive,
)
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.locks import Lock, locked_sentence
from nacomp.gui.process.query import DocumentQuery, Query
from nacomp.gui.process.worker import Worker


class ArchiveDesk(QObject):
    """Signals: `opened` (another archive, or its reading failed), `read` (the path of one that was read), `previewed` (path,
    bytes), `prepared` (paths to drag), `locked` (path, why: it wants another password).
    """

    opened = Signal()
    read = Signal(Path)
    locked = Signal(Path, object)
    previewed = Signal(str, bytes)
    preview_failed = Signal(str, str)
    prepared = Signal(list)
    prepare_failed = Signal(str)

    def __init__(self, program: Sequence[str], devices: DeviceDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._devices = devices
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
        self._query = DocumentQuery(self._program, ["info", str(path.absolute()), "--json"], self, password)
        self._query.answered.connect(lambda info: self._got_info(path, info))
        self._query.failed.connect(self._failed)
        self._query.start()

    def close_archive(self) -> None:
        """Show none."""
        self._forget()
        self.reading = self.document = self.failure = self.password = None
        self.opened.emit()

    def preview(self, entry: Entry) -> None:
        """Decode the beginning of an entry, of a picture all of it."""
        if self._preview is not None:
            self._preview.stop()
            self._preview = None
        if self.document is None:
            return
        limit = PICTURE_BYTES if may_be_picture(entry) else PREVIEW_BYTES
        arguments = ["cat", *self._devices.arguments, "--", str(self.document.path.absolute()), entry.path]
        self._preview = Query(self._program, arguments, self, self.password, limit=limit)
        self._preview.answered.connect(lambda data: self._got_preview(entry, data))
        self._preview.failed.connect(lambda ending: self._preview_failed(entry, ending))
        self._preview.start()

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
            *self._devices.arguments,
            "--json",
            "--control",
        ]
        arguments += [f"--select={path}" for path in paths]
        self._prepare = Worker(self._program, arguments, self, self.password)
        self._prepare.ended.connect(lambda ending: self._prepared_ended(tuple(paths), folder, ending))
        self._prepare.start()

    def stop(self) -> None:
        """The application closes: end processes, remove scratch files."""
        self._forget()

    def _forget(self) -> None:
        for child in (self._query, self._preview, self._prepare):
            if child is not None:
                child.stop()
        self._query = self._preview = self._prepare = None
        self._prepared.clear()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _got_info(self, path: Path, info: Mapping[str, Any]) -> None:
        self._query = None
        # Without a password `info` of a sealed archive succeeds, with what everybody can see.
        if info["sealed"] and "entries" not in info:
            self._lock(Lock.NO_PASSWORD)
            return
        self.document = parse_archive(path, info)
        self.reading = None
        self.read.emit(path)
        self.opened.emit()

    def _failed(self, ending: Ending) -> None:
        self._query = None
        if ending.locked is not None:
            self._lock(ending.locked)
            return
        self.failure, self.damaged = ending.sentence(QCoreApplication.translate), ending.damage
        self.opened.emit()

    def _lock(self, lock: Lock) -> None:
        self.password, self.failure = None, locked_sentence(lock, QCoreApplication.translate)
        self.opened.emit()
        if self.reading is not None:
            self.locked.emit(self.reading, lock)

    def _got_preview(self, entry: Entry, data: bytes) -> None:
        self._preview = None
        self.previewed.emit(entry.path, data)

    def _preview_failed(self, entry: Entry, ending: Ending) -> None:
        self._preview = None
        self._devices.check()  # it may have failed for want of it; what it wrote was for those who type
        self.preview_failed.emit(entry.path, ending.sentence(QCoreApplication.translate))

    def _prepared_ended(self, paths: tuple[str, ...], folder: Path, ending: Ending) -> None:
        self._prepare = None
        if ending.success:
            self._prepared[paths] = folder
            self.prepared.emit([folder / path for path in paths])
        else:
            self._devices.learn(ending)
            self.prepare_failed.emit(ending.sentence(QCoreApplication.translate))
