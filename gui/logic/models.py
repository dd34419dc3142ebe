"""The worker's `models list` document as cards: what is there, what could be, and which level uses what."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nacomp.gui.logic.levels import Level


class ModelSource(Enum):
    """Where a model comes from, in the worker's word."""

    EMBEDDED = "embedded"
    PACKAGE = "package"
    PARTS = "parts"
    HUB = "hub"
    FILE = "file"


@dataclass(frozen=True)
class Model:
    """One language model. `size` in bytes, None where the catalogue does not know it."""

    id: str
    name: str
    family: str
    licence: str
    size: int | None
    installed: bool
    source: ModelSource
    levels: tuple[Level, ...]
    note: str
    good_at: tuple[str, ...] = ()
    recommended: bool = False

    @property
    def removable(self) -> bool:
        """Whether its file is ours to delete; the embedded model belongs to the application."""
        return self.installed and self.source is not ModelSource.EMBEDDED

    @property
    def available(self) -> bool:
        """Whether it can be fetched."""
        return not self.installed and self.source is not ModelSource.FILE


def _model(line: Mapping[str, Any]) -> Model:
    return Model(
        id=str(line["id"]),
        name=str(line["name"]),
        family=str(line["family"]),
        licence=str(line["licence"]),
        size=line["size"],
        installed=bool(line["installed"]),
        source=ModelSource(line["source"]),
        levels=tuple(Level(level) for level in line["levels"]),
        note=str(line["note"]),
        good_at=tuple(map(str, line["good_at"])),
        recommended=bool(line["recommended"]),
    )


def parse_models(document: Mapping[str, Any]) -> list[Model]:
    """The answer of `nacomp models list --json`: models in the worker's order, installed ones first."""
    return sorted(map(_model, document["models"]), key=lambda model: not model.installed)
