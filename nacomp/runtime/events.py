"""What a command tells programs while it works: one class an event, one JSON line each.

    operation -> Job, Console -> an event of this file -> JSON line -> the window (gui/logic/events.py), scripts

The answers that stand at the end are in `results.py` and `documents.py`. `nacomp/cli/EVENTS.md` is written from these files
(`packaging/make_events.py`): a class's docstring says when it is sent, the docstring under a field what it holds. Sizes are
bytes, times seconds. Fields are only ever added; a reader passes over what it does not know.
"""

import json
from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass
from enum import StrEnum
from typing import Any, ClassVar

from nacomp.formats.records import dataclass


class Phase(StrEnum):
    """What a job does now."""

    READING = "reading"
    MODEL = "model"
    COMPRESSING = "compressing"
    RECOVERY = "adding recovery data"
    VERIFYING = "verifying"
    EXTRACTING = "extracting"
    SEARCHING = "searching"
    SALVAGING = "salvaging"
    COMPARING = "comparing"
    DOWNLOADING = "downloading"


class FileState(StrEnum):
    """How a file of a batch ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class Event:
    """A line with the field `event`."""

    name: ClassVar[str]
    """What `event` says."""


@dataclass(frozen=True)
class Started(Event):
    """Work on an input begins; `repair`, `models add` and `models remove` go without."""

    name: ClassVar[str] = "start"

    command: str
    """The command; `salvage` for `decompress --salvage`, `pull` for `models pull`."""
    inputs: tuple[str, ...]
    """What is worked on; of `batch`, all files."""
    output: str | None = None
    """Where the result goes, if that is asked for or known."""
    total_bytes: int = 0
    """Bytes to work through; 0 while unknown."""
    level: str | None = None
    """The level, where one was chosen."""
    model_id: str | None = None
    """The model, where one was chosen."""


@dataclass(frozen=True)
class Progress(Event):
    """Work goes on: at most ten times a second."""

    name: ClassVar[str] = "progress"

    done_bytes: int
    """Bytes worked through in this pass over the data."""
    total_bytes: int
    """Bytes to work through; 0 while unknown."""
    output_bytes: int = 0
    """Size of the output so far; 0 while there is none."""
    bytes_per_second: float = 0.0
    """Speed since the pass began; 0 at its beginning."""
    seconds_left: float | None = None
    """Time to the end of the pass, once it can be told."""
    phase: Phase | str = Phase.READING
    """What happens now."""
    path: str | None = None
    """The file or entry it happens to."""


@dataclass(frozen=True)
class Paused(Event):
    """The control line `pause` was obeyed: the work stands still."""

    name: ClassVar[str] = "paused"


@dataclass(frozen=True)
class Resumed(Event):
    """The control line `resume` was obeyed: the work goes on."""

    name: ClassVar[str] = "resumed"


@dataclass(frozen=True)
class Notice(Event):
    """Something to know; the work goes on."""

    name: ClassVar[str] = "warning"

    message: str
    """The sentence."""


@dataclass(frozen=True)
class Mounted(Event):
    """From `mount` alone: the archive's files are in the folder."""

    name: ClassVar[str] = "mounted"

    folder: str
    """Where they are."""
    entries: int
    """Files, folders and links of the archive."""


@dataclass(frozen=True)
class FileOutcome(Event):
    """One file of a `batch` is through, in whatever way."""

    name: ClassVar[str] = "file"

    source: str
    """The file."""
    archive: str
    """Its archive."""
    state: FileState
    """How it ended; `skipped` if its archive was there already."""
    original_size: int
    """Size of the file."""
    compressed_size: int
    """Size of the archive; 0 if it failed."""
    seconds: float
    """Time it took."""
    level: str
    """The level it was to be compressed at."""
    model_id: str
    """The model; empty if none was used."""
    message: str
    """Why it failed; else empty."""


@dataclass(frozen=True)
class Failure(Event):
    """The command, or the work on one of its inputs, failed: the last line, unless several inputs were given."""

    name: ClassVar[str] = "error"

    kind: str
    """The error's class, as REFERENCE.md lists them."""
    message: str
    """The sentence: `template` with `fields` filled in."""
    code: int
    """The exit code that belongs to it."""
    path: str | None = None
    """The input that failed, where there are several."""
    template: str = ""
    """The sentence before its fields were filled in, for translation."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What they are."""
    hint: str | None = None
    """What would help, in words of the command line."""


@dataclass(frozen=True)
class Ended(Event):
    """From `worker` alone: a command is over, and the next may be sent."""

    name: ClassVar[str] = "ended"

    code: int
    """Its exit code."""


class Result(Event):
    """Success: the last line. Its fields depend on the command; the classes are in `results.py`."""

    name: ClassVar[str] = "result"


def to_json(value: object, indent: int | None = None) -> str:
    """An event, or a document, as JSON: on one line, unless it is indented."""
    if isinstance(value, Event):
        value = {"event": value.name, **_fields(value)}
    return json.dumps(value, indent=indent, default=_plain)


def _fields(value: Any) -> dict[str, Any]:
    return {entry.name: getattr(value, entry.name) for entry in fields(value)}


def _plain(value: object) -> object:
    """What json does not know: classes of ours field by field, paths and the like as text."""
    return _fields(value) if is_dataclass(value) else str(value)
