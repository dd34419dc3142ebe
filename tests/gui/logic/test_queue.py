"""The queue: in which order jobs start, and what waits for a person."""

from pathlib import Path

import pytest

from nacomp.gui.logic.events import Paused
from nacomp.gui.logic.jobs import Hold, Kind, State
from nacomp.gui.logic.queue import JobQueue


def queue_of(*names: str, slots: int = 1) -> JobQueue:
    queue = JobQueue(slots)
    for name in names:
        queue.add(Kind.COMPRESS, [Path(name)], size=100)
    return queue


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


def test_a_queue_is_at_rest_when_only_a_person_can_go_on() -> None:
    queue = queue_of("a")
    at_rest = [queue.at_rest]
    for hold in (Hold.ESTIMATING, Hold.CHOICE):
        queue.at(0).held = hold
        at_rest.append(queue.at_rest)
    assert at_rest == [False, False, True]
    assert queue.held() == [queue.at(0)]


def test_total_counts_finished_jobs_as_done() -> None:
    queue = queue_of("a", "b")
    queue.at(0).go(State.RUNNING)
    queue.at(0).go(State.FAILED)
    assert queue.total().fraction == 0.5
