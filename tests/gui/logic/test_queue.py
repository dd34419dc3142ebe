"""The queue's state machine: what follows what, what may be done when, and in which order jobs start."""

from pathlib import Path

import pytest

from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.events import Failure, Notice, Paused, Progress, Result, Resumed, Started
from nacomp.gui.logic.jobs import Control, Hold, Job, Kind, State
from nacomp.gui.logic.queue import JobQueue
from nacomp.gui.logic.status import headline, job_title, status_line


def queue_of(*names: str, slots: int = 1) -> JobQueue:
    queue = JobQueue(slots)
    for name in names:
        queue.add(Kind.COMPRESS, [Path(name)], size=100)
    return queue


def states(queue: JobQueue) -> list[str]:
    return [job.state.value for job in queue]


def test_first_waiting_job_starts_and_holds_the_only_slot() -> None:
    queue = queue_of("a", "b")
    job = queue.next_to_start()
    assert job is not None
    assert job.name == "a"
    job.go(State.RUNNING)
    assert queue.next_to_start() is None


def test_a_paused_job_keeps_its_slot() -> None:
    queue = queue_of("a", "b")
    queue.at(0).go(State.RUNNING)
    queue.at(0).take(Paused(), 0.0)
    assert queue.at(0).state is State.PAUSED
    assert queue.next_to_start() is None


def test_two_slots_run_two_jobs() -> None:
    queue = queue_of("a", "b", "c", slots=2)
    queue.at(0).go(State.RUNNING)
    second = queue.next_to_start()
    assert second is queue.at(1)


def test_a_held_job_lets_the_next_one_pass() -> None:
    queue = queue_of("a", "b")
    queue.at(0).held = Hold.CHOICE
    assert queue.next_to_start() is queue.at(1)


def test_questions_come_in_the_order_of_the_queue() -> None:
    queue = queue_of("short", "long", "longer")
    short, long, longer = queue
    longer.held = Hold.CHOICE
    assert queue.next_question(()) is longer
    long.size = None
    assert queue.next_question(()) is None
    long.size, long.held = 100, Hold.ESTIMATING
    assert queue.next_question(()) is None
    long.held = Hold.CHOICE
    assert queue.next_question(()) is long
    assert queue.next_question({long.id}) is longer
    long.go(State.RUNNING)
    assert queue.next_question(()) is longer
    assert short.held is None


def test_moving_changes_what_runs_next() -> None:
    queue = queue_of("a", "b", "c")
    queue.move(queue.at(2).id, 0)
    assert [job.name for job in queue] == ["c", "a", "b"]
    assert queue.next_to_start() is queue.at(0)
    assert queue.move(queue.at(0).id, 99) == 2


def test_a_running_job_cannot_be_removed() -> None:
    queue = queue_of("a")
    queue.at(0).go(State.RUNNING)
    with pytest.raises(ValueError, match="cancelled first"):
        queue.remove(queue.at(0).id)


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
    assert (job.state, job.failure, job.notices) == (State.WAITING, None, [])


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (State.WAITING, {Action.REMOVE, Action.START}),
        (State.RUNNING, {Action.PAUSE, Action.CANCEL}),
        (State.PAUSED, {Action.RESUME, Action.CANCEL}),
        (State.DONE, {Action.REMOVE}),
        (State.FAILED, {Action.RETRY, Action.REMOVE}),
        (State.CANCELLED, {Action.RETRY, Action.REMOVE}),
        (State.SKIPPED, {Action.RETRY, Action.REMOVE}),
    ],
)
def test_actions_fit_the_state(state: State, actions: set[Action]) -> None:
    job = Job(1, Kind.COMPRESS, (Path("a"),), state=state)
    assert allowed(job) == actions


def test_a_job_that_is_being_cancelled_offers_nothing_more() -> None:
    job = Job(1, Kind.COMPRESS, (Path("a"),), state=State.RUNNING, stopping=Control.CANCEL)
    assert allowed(job) == frozenset()


def test_events_of_a_whole_run() -> None:
    job = Job(1, Kind.COMPRESS, (Path("book.txt"),))
    job.go(State.RUNNING)
    job.take(Started("compress", ("book.txt",), "book.txt.nac", 1000, model_id="embedded"), 0.0)
    job.take(Progress(500, 1000, 100, 250.0, 2.0, "compressing"), 1.0)
    assert job.size == 1000
    assert headline(job) == "50%"
    assert status_line(job) == "500 B of 1 kB · 250 B/s · 2 s left · 100 B so far · 5 times smaller"
    job.take(Paused(), 2.0)
    assert status_line(job).startswith("Paused · 500 B of 1 kB")
    job.take(Resumed(), 9.0)
    job.take(Result({"original_size": 1000, "compressed_size": 250, "seconds": 4.0}), 10.0)
    job.go(State.DONE)
    assert headline(job) == "4 times smaller"
    assert status_line(job) == "1 kB became 250 B · took 4 s"


def test_several_inputs_are_counted_in_the_title() -> None:
    job = Job(1, Kind.COMPRESS, (Path("a.txt"), Path("b.txt"), Path("c.txt")))
    assert job_title(job) == "a.txt and 2 more"


def test_a_queue_is_at_rest_when_only_a_person_can_go_on() -> None:
    queue = queue_of("a")
    assert not queue.at_rest
    queue.at(0).held = Hold.ESTIMATING
    assert not queue.at_rest
    queue.at(0).held = Hold.CHOICE
    assert queue.at_rest
    assert queue.held() == [queue.at(0)]


def test_total_counts_finished_jobs_as_done() -> None:
    queue = queue_of("a", "b")
    queue.at(0).go(State.RUNNING)
    queue.at(0).go(State.FAILED)
    assert queue.total().fraction == 0.5
