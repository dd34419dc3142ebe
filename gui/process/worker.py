"""A worker that is listened to while it works: jobs, downloads, files that are dragged out of an archive.

The nacomp command line with `--json --control`: its JSON lines become events, control lines go the other way.
"""

import contextlib
import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Event, EventStream, Failure
from nacomp.gui.logic.jobs import Control
from nacomp.gui.process.child import Child

PATIENCE_MS = 8000
"""How long a worker may take to answer `cancel` by itself before it is ended. It answers between two blocks' steps,
which takes well under a second even for a large model."""

BACKGROUND_NICENESS = 5


class Worker(Child):
    """Signals: `heard` for each event, `ended` with its `Ending`, once."""

    heard = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        program: Sequence[str],
        arguments: Sequence[str],
        parent: QObject | None = None,
        password: str | None = None,
    ) -> None:
        super().__init__(program, arguments, parent, password)
        self._stream = EventStream()
        self._last_failure: Failure | None = None
        self._process.started.connect(self._step_back)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.kill)

    def say(self, word: Control) -> None:
        """Send a control line. A cancel that is not obeyed ends the process."""
        if self._over:
            return
        self._process.write(word.value.encode() + b"\n")
        if word is Control.CANCEL:
            self._patience.start()

    def _step_back(self) -> None:
        """Let the window, and whatever else a person does meanwhile, go first; an idle machine gives all it has."""
        pid = self.pid()
        if sys.platform != "win32" and pid > 0:  # 0 would be this process
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, pid, BACKGROUND_NICENESS)

    def _take(self, data: bytes) -> None:
        self._tell(self._stream.feed(data))

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Failure):
                self._last_failure = event
            self.heard.emit(event)

    def _failure(self) -> Failure | None:
        self._tell(self._stream.close())
        return self._last_failure

    def _ended(self, ending: Ending) -> None:
        self._tell(self._stream.close())
        self._patience.stop()
        self.ended.emit(ending)
