"""A process that has loaded nacomp and forks for each command line of the tests: the command is a process of its own, as
in a shell, that does not load everything again. Loading is more than half of what a short command takes.

What a fork would hide is started anew, by the tests of it: other settings of Python, closed streams, signals.
"""

import contextlib
import functools
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
LOADED = (
    "compress",
    "decompress",
    "list",
    "test",
    "info",
    "cat",
    "update",
    "diff",
    "repair",
    "estimate",
    "batch",
    "models",
)
SETTINGS = ("PYTHON", "LANG", "LC_", "LD_", "OPENBLAS", "MKL", "VECLIB", "MALLOC")
"""Variables that begin so are heard when a process begins, and never again."""
SECONDS = 300
"""What any command is given."""


class Warm:
    """The process that forks, and the socket that it hears from. One command at a time."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self.settings = _settings(os.environ)
        """What it began with, and so each command."""
        with theirs:
            command = [sys.executable, "-W", "error", "-m", __name__, str(theirs.fileno())]
            pipe = subprocess.PIPE  # as each command's, so that Python's streams are made for pipes
            # It ends by itself when this process does: the socket closes.
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=[theirs.fileno()]
            )
        self._answers = self._socket.makefile("r")

    def start(
        self, arguments: Sequence[str], streams: Sequence[int], cwd: Path, environment: Mapping[str, str]
    ) -> int:
        """Begin a command line, with descriptors for its three streams; gives the number of its process."""
        mask = os.umask(0)
        os.umask(mask)
        wanted = {"arguments": arguments, "cwd": str(cwd), "environment": dict(environment), "mask": mask}
        message = json.dumps(wanted).encode()
        socket.send_fds(self._socket, [len(message).to_bytes(4, "big")], streams)
        self._socket.sendall(message)
        return int(self._answers.readline())

    def wait(self, seconds: float | None = None) -> int:
        """The exit code of what was begun, or minus the signal that ended it. Raises TimeoutError."""
        if not select.select([self._socket], [], [], seconds)[0]:
            raise TimeoutError
        return int(self._answers.readline())

    def run(self, arguments: Sequence[str], stdin: bytes, cwd: Path) -> tuple[int, bytes, bytes]:
        """The exit code of a command line, and what it said. Raises TimeoutError after five minutes."""
        with contextlib.ExitStack() as files:
            pipes = [_Pipe(files, writes) for writes in (True, False, False)]
            child = self.start(arguments, [pipe.theirs for pipe in pipes], cwd, os.environ)
            for pipe in pipes:
                os.close(pipe.theirs)
            threads = [threading.Thread(target=pipes[0].write, args=[stdin])]
            threads += [threading.Thread(target=pipe.read) for pipe in pipes[1:]]
            for thread in threads:
                thread.start()
            try:
                code = self.wait(SECONDS)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                self.wait()
                raise
            finally:
                for thread in threads:
                    thread.join()
        return code, pipes[1].data, pipes[2].data


class _Pipe:
    """A standard stream of a command: our end, and the end that goes to it."""

    def __init__(self, files: contextlib.ExitStack, writes: bool) -> None:
        reading, writing = os.pipe()
        self.theirs, ours = (reading, writing) if writes else (writing, reading)
        self._file: IO[bytes] = files.enter_context(os.fdopen(ours, "wb" if writes else "rb", buffering=0))
        self.data = b""

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        with contextlib.suppress(BrokenPipeError), self._file:  # a command may end without reading
            while left:
                left = left[self._file.write(left) :]

    def read(self) -> None:
        self.data = self._file.read()


def warm(environment: Mapping[str, str]) -> Warm | None:
    """The one that serves this process, where systems fork and a command in these surroundings would begin as it did."""
    if sys.platform != "linux":
        return None
    found = _warm()
    return found if found.settings == _settings(environment) else None


@functools.cache
def _warm() -> Warm:
    return Warm()


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(SETTINGS)}


def _serve(server: socket.socket) -> dict[str, Any] | None:
    """Fork for each command and tell its process and exit code. Gives what is wanted, in the child, or None at the end."""
    while True:
        head, streams, _, _ = socket.recv_fds(server, 4, 3)
        if not head:
            return None
        wanted: dict[str, Any] = json.loads(server.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
        child = os.fork()
        if not child:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            return wanted
        for stream in streams:
            os.close(stream)
        server.sendall(b"%d\n" % child)
        _, status = os.waitpid(child, 0)
        server.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _main() -> None:
    from nacomp.cli import main

    main._keep_blas_to_one_thread([])
    for name in LOADED:
        importlib.import_module(f"nacomp.cli.{name}")
    with socket.socket(fileno=int(sys.argv[1])) as server:
        wanted = _serve(server)
    if wanted is None:
        return
    os.umask(wanted["mask"])
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv[1:] = wanted["arguments"]
    main.main()


if __name__ == "__main__":
    _main()
