"""A file held by one job: the system lets go of it when the job ends, however it ends."""

import sys
from typing import IO

from nacomp.errors import FileProblem

LOCKED_BYTE = 1 << 62
"""Windows locks bytes, not files; one that no file has hinders nobody who reads."""


def lock(file: IO[bytes], path: object) -> None:
    """Hold an open file until it is closed. Raises FileProblem where another job holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        raise FileProblem(path=path, reason="another job is writing this archive") from problem
