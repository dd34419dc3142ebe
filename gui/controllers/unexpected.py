"""The one place where exceptions arrive that nobody has caught: in slots, timers and events, and from threads.

Qt for Python gives them to `sys.excepthook`. There they are printed as ever, and a person is told.
"""

import sys
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from nacomp.gui.logic.ending import problem_words


class Unexpected(QObject):
    """`happened` carries what the exception says. It may come from any thread."""

    happened = Signal(str)

    def watch(self) -> None:
        """Hear of every exception from now on; who heard of them before still does."""
        self._before = sys.excepthook
        sys.excepthook = self._arrived

    def _arrived(
        self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        self._before(kind, problem, trace)
        self.happened.emit(problem_words(problem))
