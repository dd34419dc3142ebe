"""One job of the queue: what is to be done, and the states it may pass through.

A job knows nothing of processes or widgets. The runner feeds it the worker's events; the views read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

from nacomp.gui.logic.estimate import Estimate
from nacomp.gui.logic.events import Paused, Progress, Result, Resumed, Started
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


class Conflict(StrEnum):
    """What happens when the output exists already."""

    RENAME = "rename"
    REPLACE = "replace"
    SKIP = "skip"


class WhenDone(Enum):
    """What follows when the whole queue is done; for this time only."""

    NOTHING = "nothing"
    CLOSE = "close"
    SLEEP = "sleep"


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

    __hash__ = object.__hash__
    """Each state is one object. Python's own hash of an enumeration is written in Python, and was a tenth of the window's
    work with 2,000 jobs, which are counted by state after every event."""


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
        needs_model: the id of the model that it failed for want of; it goes on when that is there.
        fetchable: whether that model can be downloaded.
        device_gone: it failed because the device that the settings name is not there.
        technical: what the worker said itself, where the failure says it in plainer words.
        hopeless: it failed for a reason that is still there at the next try.
        took: seconds by the clock from its start to its end, pauses left out.
        password: what seals the archive, or opens it. In memory only, until the job is done.
        locked: it failed for want of the right password.
        held: why it does not start yet although it waits, else None.
        dangers: what it was started with; before that the settings decide.
        conflict: what happens where its output's name is taken; None: as the settings say.
        archive_name: what its archive is called; None: after its inputs.
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
    hopeless: bool = False
    took: float | None = None
    password: str | None = field(default=None, repr=False)
    locked: Lock | None = None
    technical: str | None = None
    device_gone: bool = False
    needs_model: str | None = None
    fetchable: bool = True
    notices: list[str] = field(default_factory=list)
    stopping: Control | None = None
    held: Hold | None = None
    dangers: tuple[Danger, ...] = ()
    conflict: Conflict | None = None
    archive_name: str | None = None

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
        self.damaged, self.hopeless, self.locked, self.took = False, False, None, None
        self.technical, self.needs_model, self.device_gone = None, None, False
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
            case Result(fields):
                self.result = fields
            case _:
                pass

    def share(self) -> Share:
        """What this job adds to the queue's total."""
        size = self.size or 0
        if self.state in FINISHED:
            return Share(size, size)
        if self.state in ACTIVE:
            fraction, seconds_left = self.meter.fraction or 0.0, self.meter.seconds_left
            if seconds_left is None and self.estimate is not None:
                seconds_left = self.estimate.seconds * (1.0 - fraction)
            return Share(size, int(size * fraction), True, self.meter.speed, seconds_left)
        return Share(size, 0, seconds_left=self.estimate.seconds if self.estimate else None)

    @property
    def partial(self) -> bool:
        """Whether something was left out of what is done: the last notice says how much."""
        return self.state is State.DONE and bool((self.result or {}).get("left_out"))

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
