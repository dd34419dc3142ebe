"""`nacomp worker`: one command line after another in one process, for programs that have many of them.

    standard input --> reader thread --> jobs, one after another --> lines on standard output
                            \\--> control lines of the job that was sent last

Start-up and loading a model take longer than a small file: a note of 300 bytes at level fast takes 1.6 s in a process of its
own and 0.02 s in a warm worker. A crash still ends one process, and whoever sent the job starts another.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from queue import SimpleQueue
from typing import TextIO

import click

from nacomp.cli.password import VARIABLE
from nacomp.cli.streams import Streams
from nacomp.codecs.loaded_engines import LoadedEngines
from nacomp.errors import UsageError
from nacomp.formats.records import dataclass
from nacomp.runtime.events import Ended, to_json
from nacomp.runtime.sent_jobs import SentJob, read_job


class _Lines:
    """Control lines of one job, as they come; they end with the job."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[str | None] = SimpleQueue()

    def put(self, line: str | None) -> None:
        self._queue.put(line)

    def __iter__(self) -> Iterator[str]:
        return iter(self._queue.get, None)


@dataclass(frozen=True)
class _Job:
    """A command line that was sent, and the control lines that were sent behind it."""

    sent: SentJob
    control: _Lines = field(default_factory=_Lines)


@click.command("worker")
def command_worker() -> None:
    """Do one command line after another, for programs: models stay loaded in between.

    Standard input has one JSON object per line: `arguments`, a list of strings, and `password` if there is one. After each
    command comes the event `ended` with its exit code. Control lines are meant for the command that was sent last.
    """
    jobs: SimpleQueue[_Job | UsageError | None] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, jobs), daemon=True, name="nacomp-jobs").start()
    engines = LoadedEngines()
    while (job := jobs.get()) is not None:
        if isinstance(job, UsageError):
            raise job
        engines.begin()
        code = _do(job, engines)
        print(to_json(Ended(code)), flush=True)


def _read(lines: TextIO, jobs: "SimpleQueue[_Job | UsageError | None]") -> None:
    """Until the end of input: jobs into the queue, control lines to the last of them."""
    last: _Job | None = None
    for line in lines:
        if line.startswith("{"):
            try:
                last = _Job(read_job(line))
            except UsageError as wrong:
                jobs.put(wrong)
                return
            jobs.put(last)
        elif last is not None:
            last.control.put(line)
    jobs.put(None)


def _do(job: _Job, engines: LoadedEngines) -> int:
    from nacomp.cli.main import run

    try:
        with _password(job.sent.password):
            return run(job.sent.arguments, Streams(control=job.control, engines=engines))
    finally:
        job.control.put(None)


@contextmanager
def _password(word: str | None) -> Iterator[None]:
    """The job's own password and no other, where commands look for one."""
    before = os.environ.pop(VARIABLE, None)
    if word:
        os.environ[VARIABLE] = word
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before
