"""The worker's `models list` document as cards: what is there, what could be, and which level uses what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Model:
    """One language model. `size` in bytes, None where the catalogue does not know it."""

    id: str
    name: str
    family: str
    licence: str
    size: int | None
    installed: bool
    source: str
    path: str
    levels: tuple[str, ...]
    note: str

    @property
    def removable(self) -> bool:
        """Whether its file is ours to delete; the embedded model belongs to the application."""
        return self.installed and self.source != "embedded"

    @property
    def available(self) -> bool:
        """Whether it can be fetched."""
        return not self.installed and self.source != "file"


def _model(line: Mapping[str, Any]) -> Model:
    size = line.get("size", line.get("size_bytes"))
    sources = line.get("sources")
    source = line.get("source") or (sources[0] if isinstance(sources, list) and sources else "")
    if isinstance(source, dict):
        source = source.get("kind", "")
    levels = line.get("levels", line.get("default_for"))
    return Model(
        id=str(line.get("id", "")),
        name=str(line.get("name") or line.get("id", "")),
        family=str(line.get("family") or ""),
        licence=str(line.get("licence") or line.get("license") or ""),
        size=int(size) if isinstance(size, int | float) else None,
        installed=bool(line.get("installed")),
        source=str(source),
        path=str(line.get("path") or ""),
        levels=tuple(str(level) for level in levels) if isinstance(levels, list | tuple) else (),
        note=str(line.get("note") or line.get("description") or ""),
    )


def parse_models(document: Any) -> list[Model]:
    """Models in the worker's order, installed ones first."""
    lines = document.get("models", []) if isinstance(document, dict) else document
    models = [_model(line) for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    return sorted(models, key=lambda model: not model.installed)
