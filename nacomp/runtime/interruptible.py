"""Output that may never be taken: a pipe that is full, a FIFO nobody reads, a terminal that is held.

    write_through, standard output -> BufferedWriter -> InterruptibleFile -> the system's write, which a signal ends

The system's call waits for as long as the reader likes. A signal's handler runs meanwhile, and Python then goes back to
waiting unless it raises; so the handler must know that the main thread is in such a call (`CancelToken.is_waiting`).
"""

import io
import select
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from nacomp.errors import Interrupted
from nacomp.runtime.progress import CancelToken

if TYPE_CHECKING:
    from typing_extensions import Buffer
else:
    Buffer = object  # Python has the name from 3.12 on

SURE_BYTES = 512
"""What any pipe takes without waiting once it takes something: POSIX's least PIPE_BUF."""


def has_room(file: int) -> bool:
    """Whether a write to an open file would not wait now; true where that cannot be told."""
    try:
        return bool(select.select([], [file], [], 0)[1])
    except (OSError, ValueError):  # Windows asks this of sockets only; numbers over 1,023 are not asked for
        return True


class InterruptibleFile(io.FileIO):
    """An open file for writing. Once the job is cancelled, it takes what need not wait, and raises Interrupted else."""

    def __init__(self, file: int, cancel: CancelToken, *, closefd: bool) -> None:
        super().__init__(file, "w", closefd=closefd)
        self._cancel = cancel

    def write(self, data: Buffer, /) -> int:
        """See `io.RawIOBase.write`. Raises Interrupted when a signal cancels the job."""
        with self._held():
            if not self._cancel.is_cancelled:
                return super().write(data)
            if not has_room(self.fileno()):
                raise Interrupted
            return super().write(memoryview(data).cast("B")[:SURE_BYTES])

    def _held(self) -> AbstractContextManager[None]:
        """Signals reach the main thread only; another one's wait is no reason to call it away."""
        return self._cancel.held() if threading.current_thread() is threading.main_thread() else nullcontext()
