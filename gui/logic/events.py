"""The worker's JSON lines as values: the first step between the worker process and anything on screen.

The contract is `nacomp/cli/EVENTS.md`. Fields are only ever added there, so unknown events and unknown fields are
passed over; a line that is not JSON at all is reported as `Garbage`, because it is the best clue when a worker dies.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nacomp.formats.errors import ExitCode
from nacomp.gui.logic.wording import Translate, count_text, english

NOT_DAMAGE = frozenset({"UnsupportedArchive", "LimitExceeded"})
"""Errors that leave with the exit code of damage, but where nothing is broken."""

GROUPED = re.compile(r"\{(\w+):,\}")
"""A number of a sentence that is written in groups of three, as the language does it."""

LOCKED = frozenset({"PasswordNeeded", "WrongPassword"})
"""Errors that the right password would have prevented."""


@dataclass(frozen=True)
class Started:
    """Work begins. `total_bytes` is 0 while unknown."""

    total_bytes: int
    output: str | None
    model_id: str | None


@dataclass(frozen=True)
class Progress:
    """Where the work stands: sizes in bytes, speed in bytes per second, time in seconds."""

    done_bytes: int
    total_bytes: int
    output_bytes: int = 0
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    phase: str = ""
    path: str | None = None


@dataclass(frozen=True)
class Paused:
    """The worker has stopped at a safe point and waits."""


@dataclass(frozen=True)
class Resumed:
    """The worker goes on."""


@dataclass(frozen=True)
class Notice:
    """Something to know; the work goes on."""

    message: str


@dataclass(frozen=True)
class Result:
    """Success. `fields` is the whole line: what it holds depends on the command."""

    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """The command, or one of its inputs, failed. `kind` is the error's class name, `code` the exit code.

    `message` is `template` with `fields` filled in; an older worker sends neither.
    """

    kind: str
    message: str
    code: int
    path: str | None = None
    template: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, translate: Translate = english) -> str:
        """The message in the window's language, with the reasons in it that are known by heart."""
        if not self.template:
            return self.message
        told: dict[str, Any] = {
            name: translate("Reasons", value) if isinstance(value, str) and value else value
            for name, value in self.fields.items()
        }
        try:
            grouped = GROUPED.sub(lambda m: count_text(told[m[1]]), translate("Errors", self.template))
            return " ".join(grouped.format(**told).split())
        except (LookupError, TypeError, ValueError):
            return self.message

    @property
    def damage(self) -> bool:
        """Whether an archive is damaged, so that repair or rescue may help."""
        return self.code == ExitCode.CORRUPT and self.kind not in NOT_DAMAGE

    @property
    def locked(self) -> str | None:
        """The kind, if the archive only wants another password; else None."""
        return self.kind if self.kind in LOCKED else None


@dataclass(frozen=True)
class Document:
    """A whole answer without an `event` field (`info`, `list`, `models list`)."""

    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Garbage:
    """A line that is not a JSON object."""

    text: str


Event = Started | Progress | Paused | Resumed | Notice | Result | Failure | Document | Garbage


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _count(value: Any) -> int:
    number = _number(value)
    return max(0, int(number)) if number is not None else 0


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _progress(line: Mapping[str, Any]) -> Progress:
    return Progress(
        done_bytes=_count(line.get("done_bytes")),
        total_bytes=_count(line.get("total_bytes")),
        output_bytes=_count(line.get("output_bytes")),
        bytes_per_second=_number(line.get("bytes_per_second")),
        seconds_left=_number(line.get("seconds_left")),
        phase=_text(line.get("phase")) or "",
        path=_text(line.get("path")),
    )


def _event(line: Mapping[str, Any]) -> Event | None:
    match line.get("event"):
        case "progress":
            return _progress(line)
        case "start":
            return Started(
                _count(line.get("total_bytes")), _text(line.get("output")), _text(line.get("model_id"))
            )
        case "paused":
            return Paused()
        case "resumed":
            return Resumed()
        case "warning":
            return Notice(_text(line.get("message")) or "")
        case "result":
            return Result(line)
        case "error":
            return Failure(
                _text(line.get("kind")) or "NacompError",
                _text(line.get("message")) or "",
                _count(line.get("code")),
                _text(line.get("path")),
                _text(line.get("template")) or "",
                fields if isinstance(fields := line.get("fields"), dict) else {},
            )
        case None:
            return Document(line)
    return None


def parse_line(raw: bytes) -> Event | None:
    """One line of a worker's output as an event; None for an event of a newer worker or an empty line."""
    text = raw.decode("utf-8", "replace").strip()
    if not text:
        return None
    try:
        line = json.loads(text)
    except ValueError:
        return Garbage(text)
    return _event(line) if isinstance(line, dict) else Garbage(text)


def last_words(stderr: str) -> str:
    """The line of a worker's standard error that says most: of a Python traceback the error itself, else the last."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    if "Traceback (most recent call last):" in lines:
        after = lines[lines.index("Traceback (most recent call last):") + 1 :]
        return next((line for line in after if not line.startswith(" ")), lines[-1])
    return lines[-1] if lines else ""


class EventStream:
    """Cuts a byte stream that arrives in arbitrary pieces into events."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Event]:
        """The events completed by `data`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [event for event in map(parse_line, lines) if event is not None]

    def close(self) -> list[Event]:
        """The event of a last line without a line feed, if any."""
        return self.feed(b"\n")
