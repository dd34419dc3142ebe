"""Small blocking calls (sizes of folders, classical codecs) off the window's thread, their answer back on it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal


class _Courier(QObject):
    """Carries the answer over; lives on the window's thread."""

    done = Signal(object, object)


class _Task(QRunnable):
    def __init__(self, work: Callable[[], Any], courier: _Courier) -> None:
        super().__init__()
        self._work, self._courier = work, courier

    def run(self) -> None:
        answer: Any = None
        problem: Exception | None = None
        try:
            answer = self._work()
        except Exception as raised:
            problem = raised
        try:
            self._courier.done.emit(answer, problem)
        except RuntimeError:  # the application is closing and the receiver is gone: nobody is left to tell
            return


_waiting: set[_Courier] = set()


def in_background(work: Callable[[], Any], then: Callable[[Any], None]) -> None:
    """Run `work` in the thread pool; call `then` with its answer on the calling thread.

    If `work` raises, `then` gets None, so that nothing waits for ever, and the exception goes on from there.
    """
    courier = _Courier()
    _waiting.add(courier)

    def arrived(answer: Any, problem: Exception | None) -> None:
        _waiting.discard(courier)
        then(answer)
        if problem is not None:
            raise problem

    courier.done.connect(arrived)
    QThreadPool.globalInstance().start(_Task(work, courier))
