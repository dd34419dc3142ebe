"""The worker's JSON lines as values: the first step between the worker process and anything on screen.

    worker's standard output -> EventStream -> classes of nacomp/runtime/events.py and those here -> Job, controllers

Fields are only ever added to events, so unknown events and unknown fields are passed over; a line that is not JSON at all is
reported as `Garbage`, because it is the best clue when a worker dies.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from nacomp.formats.errors import ExitCode
from nacomp.gui.logic.reasons import named, plain_sentence, told_fields
from nacomp.gui.logic.wording import Translate, count_text, english
from nacomp.runtime import events
from nacomp.runtime.events import Ended, Notice, Paused, Progress, Resumed, Started

__all__ = [
    "Document",
    "Ended",
    "Event",
    "EventStream",
    "Failure",
    "Garbage",
    "Notice",
    "Paused",
    "Progress",
    "Result",
    "Resumed",
    "Started",
    "last_words",
    "parse_line",
    "read",
]

NOT_DAMAGE = frozenset({"UnsupportedArchive", "LimitExceeded"})
"""Errors that leave with the exit code of damage, but where nothing is broken."""

GROUPED = re.compile(r"\{(\w+):,\}")
"""A number of a sentence that is written in groups of three, as the language does it."""

HOPELESS = frozenset(
    {
        "DeviceUnavailable",
        "EntryMissing",
        "FingerprintMismatch",
        "KernelUnavailable",
        "UnsafePath",
        "UnsupportedModel",
        "UsageError",
    }
)
"""Errors that the same job would end with again, beside all that lies in the archive itself."""

LOCKED = frozenset({"PasswordNeeded", "WrongPassword"})
"""Errors that the right password would have prevented."""


@dataclass(frozen=True)
class Result:
    """Success. `fields` is the whole line: what it holds depends on the command (nacomp/runtime/results.py)."""

    fields: Mapping[str, Any] = field(default_factory=dict)


class Failure(events.Failure):
    """The command, or one of its inputs, failed."""

    def sentence(self, translate: Translate = english) -> str:
        """The message in the window's language, with its reason if that is known by heart, else in plain words."""
        if not self.template:
            return self.message
        try:
            told = told_fields(self.kind, self.template, self.fields, translate)
            if told is None:
                return plain_sentence(self.kind, self.fields, translate) or self.message
            grouped = GROUPED.sub(lambda m: count_text(told[m[1]]), translate("Errors", self.template))
            return " ".join(grouped.format(**told).split())
        except (LookupError, TypeError, ValueError):
            return self.message

    @property
    def damage(self) -> bool:
        """Whether an archive is damaged, so that repair or salvage may help."""
        return self.code == ExitCode.CORRUPT and self.kind not in NOT_DAMAGE

    @property
    def hopeless(self) -> bool:
        """Whether the same job would fail again: the reason lies in the archive, or in what was asked for."""
        return self.code == ExitCode.CORRUPT or self.kind in HOPELESS

    @property
    def needs_model(self) -> str | None:
        """The id of the model whose absence it failed for, the first of several, else None."""
        return named(self.fields).get("model") if self.kind in ("ModelMissing", "ModelsMissing") else None

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


Event = Started | Progress | Paused | Resumed | Notice | Result | Failure | Ended | Document | Garbage

READ: dict[str, type[Started | Progress | Paused | Resumed | Notice | Failure | Ended]] = {
    kind.name: kind for kind in (Started, Progress, Paused, Resumed, Notice, Failure, Ended)
}
"""Events whose fields the window reads one by one."""

Read = TypeVar("Read")


def read(kind: type[Read], line: Mapping[str, Any]) -> Read:
    """An event, or a part of a document, from its fields; one that is missing or of a wrong type is as if it were empty."""
    values = {}
    for name, kinds, empty in _expected(kind):  # type: ignore[arg-type] # mypy does not see that a class is hashable
        value = line.get(name)
        if not any(_fits(value, wanted) for wanted in kinds):
            value = empty
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


@cache
def _expected(kind: Any) -> list[tuple[str, tuple[Any, ...], Any]]:
    """(name, types, what stands for an empty one) of every field."""
    hints = get_type_hints(kind)
    found = []
    for entry in fields(kind):
        hint = hints[entry.name]
        kinds = tuple(get_origin(part) or part for part in (get_args(hint) if _is_union(hint) else (hint,)))
        if entry.default is not MISSING:
            empty = entry.default
        elif entry.default_factory is not MISSING:
            empty = entry.default_factory()
        else:
            empty = None if NoneType in kinds else kinds[0]()
        found.append((entry.name, kinds, empty))
    return found


def _is_union(hint: Any) -> bool:
    """Whether a type is written with `|`."""
    return get_origin(hint) is UnionType


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value of JSON can stand for this type."""
    if isinstance(value, bool):
        return kind is bool
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, list if kind is tuple else kind)


def _event(line: Mapping[str, Any]) -> Event | None:
    name = line.get("event")
    if name is None:
        return Document(line)
    if name == events.Result.name:
        return Result(line)
    return read(READ[name], line) if name in READ else None


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
