"""What comes in and is not in the queue yet: many small files at once, of which a person may want one archive.

Kept here and not in a view: a window that is made anew must not lose what somebody has dropped.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.measure import small_files
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.process.background import in_background

HANDFUL = 8
"""From so many small files on it is asked whether they go into one archive: each of its own costs a header and an index, and
the model begins anew."""


class Adding(QObject):
    """`changed`: there is something to ask about, or no longer. `refused`: a sentence, nothing was added."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, runner: Runner, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._store = store
        self.undecided: list[Path] = []
        """Small files that a person is asked about."""

    def take(self, paths: Sequence[Path]) -> None:
        """Queue files and folders to be compressed, or ask first."""
        if not self._runner.password_holds:
            self.refused.emit(
                self.tr(
                    "Type the same password twice, or show it; then add the files again. Nothing was added."
                )
            )
            return
        settings = self._store.value
        if settings.together or not settings.ask_together or len(paths) < HANDFUL:
            self._runner.add(Kind.COMPRESS, paths)
            return
        in_background(lambda: small_files(paths), lambda found: self._counted(list(paths), found or 0))

    def _counted(self, paths: list[Path], small: int) -> None:
        if small < HANDFUL:
            self._runner.add(Kind.COMPRESS, paths)
            return
        self.undecided += paths
        self.changed.emit()

    def decide(self, *, together: bool, name: str | None = None) -> list[Job]:
        """The answer: one archive, called `name`, or one each."""
        paths, self.undecided = self.undecided, []
        self.changed.emit()
        return self._runner.add(Kind.COMPRESS, paths, together=together, archive_name=name) if paths else []
