"""A job's states: what follows what, and what it keeps."""

from pathlib import Path

import pytest

from nacomp.gui.logic.events import Failure, Notice
from nacomp.gui.logic.jobs import Kind, State
from nacomp.gui.logic.queue import JobQueue


def queue_of(*names: str, slots: int = 1) -> JobQueue:
    queue = JobQueue(slots)
    for name in names:
        queue.add(Kind.COMPRESS, [Path(name)], size=100)
    return queue


def test_a_finished_job_cannot_run_again_without_retry() -> None:
    job = queue_of("a").at(0)
    job.go(State.RUNNING)
    job.go(State.DONE)
    with pytest.raises(ValueError, match="from done to running"):
        job.go(State.RUNNING)


def test_retry_forgets_the_failure() -> None:
    job = queue_of("a").at(0)
    job.go(State.RUNNING)
    job.take(Notice("hm"), 0.0)
    job.take(Failure("FileProblem", "it broke", 5), 0.0)
    job.go(State.FAILED)
    job.failure = "it broke"
    job.reset()
    assert job.state is State.WAITING
    assert not job.failure
    assert job.notices == []
