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
    DOWNLOAD = auto()
    """Get the model that it failed for want of."""
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


_TRIED = {Kind.REPAIR: Action.REPAIR, Kind.SALVAGE: Action.SALVAGE}
"""What a failed job has tried on a damaged archive."""


def allowed(job: Job) -> frozenset[Action]:
    """The actions that fit a job as it stands."""
    fitting = {action for action, states in _STATES.items() if job.state in states}
    if job.stopping:
        fitting -= {Action.PAUSE, Action.RESUME}
    if job.stopping is Control.CANCEL:
        fitting.discard(Action.CANCEL)
    if job.needs_model and job.fetchable and job.state is State.FAILED:
        fitting.add(Action.DOWNLOAD)
    if job.hopeless:
        fitting.discard(Action.RETRY)
    if job.damaged and job.state is State.FAILED:
        fitting |= {Action.REPAIR, Action.SALVAGE} - {_TRIED.get(job.kind)}
    return frozenset(fitting)
