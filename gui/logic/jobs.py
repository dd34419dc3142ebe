"""One job of the queue: what is to be done, and the states it may pass through.

A job knows nothing of processes or widgets. The runner feeds it the worker's events; the views read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from nacomp.gui.logic.estimate import Estimate
from nacomp.gui.logic.events import Notice, Paused, Progress, Result, Resumed, Started
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.locks import Lock
from nacomp.gui.logic.progress import Meter, Share


class Kind(Enum):
    """What a job does with its inputs."""

    COMPRESS = "compress"
    EXTRACT = "extract"
    TEST = "test"
    REPAIR = "repair"
    SALVAGE = "salvage"


class Hold(Enum):
    """Why a waiting job does not start yet."""

    ESTIMATING = "estimating"
    CHOICE = "choice"
    """It would take long, and a person has not chosen yet."""


class Danger(Enum):
    """What a job may do that a person should have meant (`dangers.py`)."""

    TRASH = "trash"
    REPLACE = "replace"
    ENGINE = "engine"


class Control(Enum):
    """What a worker is told while it works. The value is the line that it reads."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


class State(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


ACTIVE = frozenset({State.RUNNING, State.PAUSED})
FINISHED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.SKIPPED})

_NEXT: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.RUNNING, State.SKIPPED, State.FAILED}),
    State.RUNNING: frozenset({State.PAUSED, State.DONE, State.FAILED, State.CANCELLED, State.SKIPPED}),
    State.PAUSED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED, State.DONE}),
    State.DONE: frozenset({State.WAITING}),
    State.FAILED: frozenset({State.WAITING}),
    State.CANCELLED: frozenset({State.WAITING}),
    State.SKIPPED: frozenset({State.WAITING}),
}


@dataclass
class Job:
    """A unit of work in the queue.

    Attributes:
        output: where the result goes; None for a test, and until the job starts (names are settled then).
        size: bytes to read, None until measured.
        level, model: how to compress; `model` None means the level's own choice.
        select: archive paths to extract; empty means all.
        stopping: the pause or cancel that the worker has not answered yet, else None.
        damaged: it failed because its archive is damaged, so repair and salvage are offered.
        password: what seals the archive, or opens it. In memory only, until the job is done.
        locked: it failed for want of the right password.
        held: why it does not start yet although it waits, else None.
        dangers: what it was started with; before that the settings decide.
    """

    id: int
    kind: Kind
    inputs: tuple[Path, ...]
    destination: Path | None = None
    level: Level = Level.BALANCED
    model: str | None = None
    select: tuple[str, ...] = ()
    size: int | None = None
    files: int = 0
    state: State = State.WAITING
    output: Path | None = None
    meter: Meter = field(default_factory=Meter)
    estimate: Estimate | None = None
    result: Mapping[str, Any] | None = None
    failure: str | None = None
    damaged: bool = False
    password: str | None = field(default=None, repr=False)
    locked: Lock | None = None
    notices: list[str] = field(default_factory=list)
    stopping: Control | None = None
    held: Hold | None = None
    dangers: tuple[Danger, ...] = ()

    @property
    def name(self) -> str:
        """What the job is called in lists: the first input's name."""
        return self.inputs[0].name or str(self.inputs[0])

    def go(self, state: State) -> None:
        """Move to another state. Raises ValueError for a step no job may take."""
        if state not in _NEXT[self.state]:
            raise ValueError(f"a job cannot go from {self.state.value} to {state.value}")
        self.state = state
        self.stopping = None

    def reset(self) -> None:
        """Back to waiting, with nothing left of the earlier attempt (retry)."""
        self.go(State.WAITING)
        self.meter, self.result, self.failure, self.output = Meter(), None, None, None
        self.damaged, self.locked = False, None
        self.notices.clear()

    def take(self, event: object, now: float) -> None:
        """Take in one worker event. The final word (done, failed) comes when the process has ended."""
        match event:
            case Started(total_bytes=total) if total and self.size is None:
                self.size = total
            case Progress():
                self.meter.update(event, now)
            case Paused() if self.state is State.RUNNING:
                self.go(State.PAUSED)
            case Resumed() if self.state is State.PAUSED:
                self.go(State.RUNNING)
                self.meter.forget_time()
            case Notice(message):
                self.notices.append(message)
            case Result(fields):
                self.result = fields
            case _:
                pass

    def share(self) -> Share:
        """What this job adds to the queue's total."""
        size = self.size or 0
        if self.state in FINISHED:
            return Share(size, size)
        done = int(size * (self.meter.fraction or 0.0))
        seconds = self.estimate.seconds if self.estimate else None
        known = self.state in ACTIVE and self.meter.settled
        return Share(size, done, self.meter.speed if known else None, seconds)

    @property
    def gained(self) -> bool:
        """Whether there is reason to be glad: it is done, and what was compressed became smaller."""
        sizes = self.sizes()
        return self.state is State.DONE and (sizes is None or sizes[0] > sizes[1])

    def sizes(self) -> tuple[int, int] | None:
        """(original, compressed) bytes of a finished compression, else None."""
        if self.kind is not Kind.COMPRESS or self.result is None:
            return None
        original, compressed = self.result.get("original_size"), self.result.get("compressed_size")
        if not isinstance(original, int) or not isinstance(compressed, int):
            return None
        return original, compressed
