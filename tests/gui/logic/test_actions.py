"""What may be done with a job, and when."""

from pathlib import Path

import pytest

from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import Control, Job, Kind, State


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


@pytest.mark.parametrize(
    ("kind", "helps"),
    [
        (Kind.EXTRACT, {Action.REPAIR, Action.SALVAGE}),
        (Kind.REPAIR, {Action.SALVAGE}),
        (Kind.SALVAGE, {Action.REPAIR}),
    ],
)
def test_a_damaged_archive_is_not_tried_again_in_the_same_way(kind: Kind, helps: set[Action]) -> None:
    job = Job(1, kind, (Path("a.nac"),), state=State.FAILED, damaged=True, hopeless=True)
    assert allowed(job) == helps | {Action.REMOVE}
