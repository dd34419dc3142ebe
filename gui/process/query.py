"""A short command whose whole output is the answer: `list`, `info`, `cat`, `estimate`, `map`, `models list`.

Long answers are collected, not parsed line by line: a surprise map is megabytes of JSON in one line.
"""

import json
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import EventStream, Failure
from nacomp.gui.process.child import Child


class Query(Child):
    """`answered` carries the bytes, `failed` an `Ending`; exactly one of them comes, once, and neither after `stop`."""

    answered = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        program: Sequence[str],
        arguments: Sequence[str],
        parent: QObject | None = None,
        password: str | None = None,
        limit: int = 0,
    ) -> None:
        """`limit`: answer with so many bytes and end the process there; 0 for all."""
        super().__init__(program, arguments, parent, password)
        self._limit = limit
        self._data = bytearray()

    def start(self) -> None:
        """Start the process; nothing is ever said to it."""
        super().start()
        self._process.closeWriteChannel()

    def _take(self, data: bytes) -> None:
        self._data += data
        if self._limit and len(self._data) >= self._limit:
            del self._data[self._limit :]
            self._conclude(Ending())
            self._process.kill()

    def _failure(self) -> Failure | None:
        stream = EventStream()
        events = stream.feed(bytes(self._data)) + stream.close()
        return next((event for event in reversed(events) if isinstance(event, Failure)), None)

    def _ended(self, ending: Ending) -> None:
        if ending.success:
            self.answered.emit(bytes(self._data))
        else:
            self.failed.emit(ending)


class DocumentQuery(Query):
    """A query that is answered by one JSON object, on the last line: progress may come before it. `answered` carries it."""

    def _ended(self, ending: Ending) -> None:
        if not ending.success:
            self.failed.emit(ending)
            return
        last = self._data.rstrip().rpartition(b"\n")[2]
        try:
            document = json.loads(last)
        except ValueError:
            document = None
        if isinstance(document, dict):
            self.answered.emit(document)
        else:
            self.failed.emit(Ending(garbled=True))
