"""What a person has chosen, kept as one small JSON file.

JSON rather than QSettings: the file is the same on every system, can be read without Qt, and a test can look at it.
A value that is missing, damaged or from a newer version falls back to its default; a settings file never stops the
application from starting.
"""

import json
import os
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import platformdirs

from nacomp.gui.logic.devices import AUTOMATIC, valid_choice
from nacomp.gui.logic.jobs import Conflict
from nacomp.gui.logic.levels import Level


class Engine(StrEnum):
    """What computes a model's predictions."""

    EXACT = "exact"
    LLAMA = "llama"


class SourceAfter(StrEnum):
    """What becomes of the original once it is compressed."""

    KEEP = "keep"
    TRASH = "trash"


class ThemeChoice(StrEnum):
    """Which colours the window has."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class LanguageChoice(StrEnum):
    """Which language the window speaks."""

    SYSTEM = "system"
    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"


CHOICES: dict[str, type[StrEnum]] = {
    "level": Level,
    "engine": Engine,
    "conflict": Conflict,
    "source_after": SourceAfter,
    "theme": ThemeChoice,
    "language": LanguageChoice,
}
"""Fields with a closed set of values."""

MOST_RECENT = 8
BOUNDS = {"threads": (0, 256), "slots": (1, 8), "recovery": (0, 50)}
"""Fields that are numbers, with their least and greatest value."""


@dataclass
class Settings:
    """All settings.

    Attributes:
        device: where the exact engine computes: `auto`, `cpu`, or `name:` and a device's name.
        threads: worker threads; 0 lets the worker decide.
        skip_unreadable: what cannot be read below a folder is left out and told, in place of failing the job.
        verify: decode every new archive and compare before it is put in place.
        exclude: patterns of what is left out below folders, with `;` between them.
        recovery: recovery data of new archives, in percent of what it can repair.
        destination: folder for results; None puts each beside its source.
        slots: jobs at the same time.
        models: level -> model id, for levels whose own choice was overruled.
        ask_together: ask whether many small files that come together go into one archive.
        offer_model: the first start's offer of a larger model has not been answered yet.
        recent: archives that were looked into, the latest first.
        columns: which columns the list of an archive's entries has beside the name; None: as many as there is room for.
    """

    level: Level = Level.BALANCED
    engine: Engine = Engine.EXACT
    device: str = AUTOMATIC
    threads: int = 0
    slots: int = 1
    destination: str | None = None
    conflict: Conflict = Conflict.RENAME
    source_after: SourceAfter = SourceAfter.KEEP
    recovery: int = 0
    start_at_once: bool = True
    together: bool = False
    ask_together: bool = True
    offer_model: bool = True
    open_when_done: bool = False
    notify: bool = True
    estimate_first: bool = True
    skip_unreadable: bool = False
    verify: bool = False
    exclude: str = ""
    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: LanguageChoice = LanguageChoice.SYSTEM
    models: dict[str, str] = field(default_factory=dict)
    window: str = ""
    recent: list[str] = field(default_factory=list)
    columns: list[str] | None = None

    def model_for(self, level: Level) -> str | None:
        """The model chosen for a level, or None for the level's own."""
        return self.models.get(level)


def config_folder() -> Path:
    """Where settings live; `NACOMP_HOME` overrules the system's place."""
    home = os.environ.get("NACOMP_HOME")
    return Path(home) if home else platformdirs.user_config_path("nacomp", appauthor=False)


def _valid(name: str, value: Any, default: Any) -> bool:
    if name in CHOICES:
        return value in list(CHOICES[name])
    if name == "device":
        return valid_choice(value)
    if name == "destination":
        return value is None or isinstance(value, str)
    if name == "models":
        return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    if name == "columns" and value is None:
        return True
    if name in ("recent", "columns"):
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if name in BOUNDS:
        return type(value) is int and BOUNDS[name][0] <= value <= BOUNDS[name][1]
    return type(value) is type(default)


def _set(settings: Settings, name: str, value: object) -> None:
    """Set a field; of a closed set, by the value that a file or a widget has for it."""
    assert name in Settings.__dataclass_fields__
    setattr(settings, name, CHOICES[name](str(value)) if name in CHOICES else value)


def from_dict(stored: Any) -> Settings:
    """Settings from a decoded JSON value; whatever does not fit is left at its default."""
    settings = Settings()
    if isinstance(stored, dict):
        for entry in fields(Settings):
            default = getattr(settings, entry.name)
            if entry.name in stored and _valid(entry.name, stored[entry.name], default):
                _set(settings, entry.name, stored[entry.name])
    return settings


class SettingsStore:
    """Settings with their file. `save` writes whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "settings.json"
        self.value = self._load()

    def _load(self) -> Settings:
        try:
            return from_dict(json.loads(self.path.read_text("utf-8")))
        except (OSError, ValueError):
            return Settings()

    def change(self, name: str, value: object) -> None:
        """Set one field and write the file."""
        _set(self.value, name, value)
        self.save()

    def remember(self, archive: Path) -> None:
        """Put an archive in front of those that were looked into."""
        path = str(archive.absolute())
        self.change("recent", [path, *(one for one in self.value.recent if one != path)][:MOST_RECENT])

    def save(self) -> None:
        """Write the file. Raises OSError if the folder cannot be written."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".json.part")
        draft.write_text(json.dumps(asdict(self.value), indent=2, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(self.path)
