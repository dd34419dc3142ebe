"""What a person can do with a job, and when."""

from enum import Enum, auto

from nacomp.gui.logic.jobs import ACTIVE, FINISHED, Control, Job, Kind, State


class Action(Enum):
    """Something a person does with a job."""

    START = auto()
    PAUSE = auto()
    RESUME = auto()
    CANCEL = auto()
    RETRY = auto()
    REMOVE = auto()
    REPAIR = auto()
    SALVAGE = auto()
    SHOW = auto()
    """Show its output in the system's file manager. No matter of the queue, so it is not in the table below."""


_STATES: dict[Action, frozenset[State]] = {
    Action.PAUSE: frozenset({State.RUNNING}),
    Action.RESUME: frozenset({State.PAUSED}),
    Action.CANCEL: ACTIVE,
    Action.RETRY: frozenset({State.FAILED, State.CANCELLED, State.SKIPPED}),
    Action.REMOVE: FINISHED | {State.WAITING},
    Action.START: frozenset({State.WAITING}),
}
"""Which action fits which state. Moving up or down fits every state."""


def allowed(job: Job) -> frozenset[Action]:
    """The actions that fit a job as it stands."""
    fitting = {action for action, states in _STATES.items() if job.state in states}
    if job.stopping:
        fitting -= {Action.PAUSE, Action.RESUME}
    if job.stopping is Control.CANCEL:
        fitting.discard(Action.CANCEL)
    if job.damaged and job.state is State.FAILED:
        fitting |= {Action.SALVAGE} if job.kind is Kind.REPAIR else {Action.REPAIR, Action.SALVAGE}
    return frozenset(fitting)
