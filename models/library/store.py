"""The models on this machine: where they lie, which they are, and how they come and go.

One folder, two files per model: `ID.gguf` and `ID.json`, a note of its hash so that an archive's model is
found without hashing gigabytes. The note is trusted while size and time of the file are as noted. A
content-addressed folder lost: people look into it, and want to see names. The embedded model stays where the
package has it.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Protocol

from platformdirs import user_data_path

from nacomp.formats.errors import Remedy
from nacomp.formats.records import dataclass
from nacomp.models.errors import HashMismatch, HomeMissing, ModelError, ModelMissing
from nacomp.models.library.catalogue import ID, CatalogueEntry, EmbeddedSource, Strength, read_catalogue
from nacomp.models.library.gguf_file import open_gguf

HOME_VARIABLE = "NACOMP_HOME"
"""Environment variable: a folder to use instead of the system's place for application data."""
COPY_BYTES = 1 << 20
NO_HOME = Path(os.devnull) / "nacomp"
"""Where a user without a home keeps models: there are none, and none can be put there."""

Report = Callable[[int, int | None], None]
"""Called with bytes done and bytes in all (None while unknown)."""
Check = Callable[[], object]
"""Called often during long work; raises to stop it."""


class Readable(Protocol):
    """What a model's bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        ...


@dataclass(frozen=True)
class StoredModel:
    """A model that is on this machine.

    Attributes:
        sha256: hexadecimal; the model's identity in archives.
        size: bytes.
        source: kind of source it came from: `embedded`, `package`, `parts`, `hub` or `file`.
    """

    id: str
    path: Path
    sha256: str
    size: int
    source: str


@dataclass(frozen=True)
class ModelState:
    """A line of `nacomp models list`: a known or stored model."""

    id: str
    name: str
    family: str
    licence: str
    note: str
    size: int | None
    sha256: str | None
    installed: bool
    source: str
    path: str
    good_at: tuple[str, ...]
    recommended: bool
    """Whether nothing that is installed is for the same texts, and this is the first of its kind in the catalogue."""


@dataclass(frozen=True)
class _Note:
    """What `ID.json` says of `ID.gguf`."""

    sha256: str
    size: int
    mtime_ns: int
    source: str


class Store:
    """The user's models folder. Safe to use from several processes: files appear whole or not at all."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or the place that NACOMP_HOME or the system names. Nothing is created yet."""
        self.folder = folder or home() / "models"

    def is_installed(self, model: str) -> bool:
        """Whether the model is on this machine."""
        return self._path(model) is not None

    def can_pull(self, model: str) -> bool:
        """Whether the catalogue knows where to get the model; see `download.pull`."""
        entry = read_catalogue().get(model)
        return entry is not None and not entry.is_embedded

    def find(self, model: str) -> StoredModel:
        """A model by id. Raises ModelMissing."""
        path = self._path(model)
        if path is None:
            raise ModelMissing(model=model, remedy=self._remedy(model))
        if path.parent != self.folder:
            return StoredModel(
                model, path, _sha256_of(path, path.stat().st_mtime_ns), path.stat().st_size, "embedded"
            )
        note = self._note(path)
        return StoredModel(model, path, note.sha256, note.size, note.source)

    def find_sha256(self, sha256: str, model: str = "") -> StoredModel:
        """The model with this hash; `model` is what the archive calls it. Raises ModelMissing."""
        found = next((stored for stored in self.stored() if stored.sha256 == sha256), None)
        if found is not None:
            return found
        known = next((entry for entry in read_catalogue().values() if entry.sha256 == sha256), None)
        name = known.id if known else f"{model or 'unnamed'} with SHA-256 {sha256}"
        raise ModelMissing(model=name, remedy=self._remedy(known.id if known else model))

    def stored(self) -> Iterator[StoredModel]:
        """All models on this machine, known ones first."""
        mine = sorted(path.stem for path in self.folder.glob("*.gguf")) if self.folder.is_dir() else []
        for model in dict.fromkeys([*read_catalogue(), *mine]):
            if self.is_installed(model):
                yield self.find(model)

    def list(self) -> list[ModelState]:
        """The catalogue in its order, then the user's own models."""
        stored = {model.id: model for model in self.stored()}
        catalogue = read_catalogue()
        recommended = _recommended(catalogue.values(), stored)
        known = [_state(e, stored.get(e.id), recommended=e in recommended) for e in catalogue.values()]
        return known + [_own_state(model) for model in stored.values() if model.id not in catalogue]

    def add(
        self,
        file: Path,
        *,
        link: bool = False,
        report: Report = lambda *_: None,
        check: Check = lambda: None,
    ) -> StoredModel:
        """Take a GGUF file of the user's, by copy or by symbolic link; a model that is here is not taken twice.

        Raises ModelError if the file is not a readable GGUF, and what `check` raises.
        """
        file = file.absolute()
        with open_gguf(file) as gguf:
            sha256 = gguf.sha256
        present = next((stored for stored in self.stored() if stored.sha256 == sha256), None)
        if present is not None:
            return present
        model = self._free_id(file, sha256)
        if not link:
            with file.open("rb") as content:
                return self.install(model, content, file.stat().st_size, "file", sha256, report, check)
        self.make_folder()
        target = self.folder / f"{model}.gguf"
        try:
            target.symlink_to(file)
        except OSError as error:
            raise ModelError(model=file.name, reason=f"a link cannot be made ({error.strerror})") from error
        self._write_note(target, sha256, "file")
        return self.find(model)

    def install(
        self,
        model: str,
        content: Readable,
        size: int | None,
        source: str,
        sha256: str | None,
        report: Report,
        check: Check,
    ) -> StoredModel:
        """Put a model's bytes into the store: copied, hashed, checked to be a GGUF, then in place in one step.

        Raises HashMismatch if `sha256` is given and differs, ModelError if it is no GGUF, and what `check`
        raises.
        """
        self.make_folder()
        with NamedTemporaryFile(dir=self.folder, prefix=f".{model}-", suffix=".part", delete=False) as part:
            try:
                actual = _copy(content, part, size, report, check)
                if sha256 not in (None, actual):
                    raise HashMismatch(model=model, actual=actual, expected=sha256)
                part.close()  # Windows replaces closed files only
                open_gguf(part.name).close()
                Path(part.name).chmod(0o644)
                target = self.folder / f"{model}.gguf"
                Path(part.name).replace(target)
            except BaseException:
                with suppress(OSError):  # what a full disk did not take is still to be written
                    part.close()
                Path(part.name).unlink(missing_ok=True)
                raise
        self._write_note(target, actual, source)
        return self.find(model)

    def remove(self, model: str) -> None:
        """Delete a stored model, or the link to it. Raises ModelMissing, ModelError for the embedded one."""
        path = self.find(model).path
        if path.parent != self.folder:
            raise ModelError(model=model, reason="it is part of the application and cannot be removed")
        path.unlink()
        path.with_suffix(".json").unlink(missing_ok=True)

    def _path(self, model: str) -> Path | None:
        """Where an installed model lies. Ids come from users, so they are checked before they touch a path."""
        entry = read_catalogue().get(model)
        if entry is not None and isinstance(entry.sources[0], EmbeddedSource):
            path = Path(str(resources.files("nacomp.models.library") / entry.sources[0].file))
        elif ID.fullmatch(model):
            path = self.folder / f"{model}.gguf"
        else:
            return None
        return path if path.is_file() else None

    def _remedy(self, model: str) -> Remedy:
        return Remedy.PULL_MODEL if self.can_pull(model) else Remedy.ADD_MODEL

    def make_folder(self) -> None:
        """The folder is there afterwards. Raises HomeMissing, OSError."""
        if NO_HOME in self.folder.parents:
            raise HomeMissing
        self.folder.mkdir(parents=True, exist_ok=True)

    def _free_id(self, file: Path, sha256: str) -> str:
        """The catalogue's id for this hash, else one made of the file's name that nothing else has."""
        for entry in read_catalogue().values():
            if entry.sha256 == sha256:
                return entry.id
        name = re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("-._")[:60] or "model"
        taken = name in read_catalogue() or (self.folder / f"{name}.gguf").exists()
        return f"{name}-{sha256[:8]}" if taken else name

    def _note(self, path: Path) -> _Note:
        """The note beside a model, made anew if there is none or the file has changed since."""
        status = path.stat()
        try:
            note = _Note(**json.loads(path.with_suffix(".json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            note = None
        if note is not None and (note.size, note.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return note
        return self._write_note(path, _sha256_of(path, status.st_mtime_ns), note.source if note else "file")

    def _write_note(self, path: Path, sha256: str, source: str) -> _Note:
        status = path.stat()
        note = _Note(sha256, status.st_size, status.st_mtime_ns, source)
        beside = path.with_suffix(f".{os.getpid()}.part")
        try:
            beside.write_text(json.dumps(asdict(note)), "utf-8")
            beside.replace(path.with_suffix(".json"))
        except OSError:  # a read-only store works, it only hashes each time
            beside.unlink(missing_ok=True)
        return note


def home() -> Path:
    """The folder that holds nacomp's data."""
    override = os.environ.get(HOME_VARIABLE)
    if override:
        return Path(override).absolute()
    try:
        folder = user_data_path("nacomp", appauthor=False)
    except RuntimeError:
        return NO_HOME
    # Without a home, older versions of platformdirs name a folder "~" in the current one.
    return folder if folder.is_absolute() else NO_HOME


def free_bytes(folder: Path) -> int:
    """Room on the disk that holds `folder`, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _copy(content: Readable, to: IO[bytes], size: int | None, report: Report, check: Check) -> str:
    digest, done = hashlib.sha256(), 0
    while piece := content.read(COPY_BYTES):
        check()
        digest.update(piece)
        with _telling_where(to):
            to.write(piece)
        done += len(piece)
        report(done, size)
    with _telling_where(to):
        to.flush()
        os.fsync(to.fileno())
    return digest.hexdigest()


@contextmanager
def _telling_where(to: IO[bytes]) -> Iterator[None]:
    """A write that fails does not say where, and who reads of a full disk asks which."""
    try:
        yield
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(Path(to.name).parent)) from problem


@cache
def _sha256_of(path: Path, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recommended(catalogue: Iterable[CatalogueEntry], stored: Container[str]) -> list[CatalogueEntry]:
    """The first model for each kind of text that no installed model is for."""
    first: dict[tuple[Strength, ...], CatalogueEntry] = {}
    served = {entry.good_at for entry in catalogue if entry.id in stored}
    for entry in catalogue:
        if entry.good_at and entry.good_at not in served:
            first.setdefault(entry.good_at, entry)
    return list(first.values())


def _state(entry: CatalogueEntry, stored: StoredModel | None, *, recommended: bool) -> ModelState:
    return ModelState(
        id=entry.id,
        name=entry.name,
        family=entry.family,
        licence=entry.licence,
        note=entry.note,
        size=stored.size if stored else entry.size,
        sha256=stored.sha256 if stored else entry.sha256,
        installed=stored is not None,
        source=stored.source if stored else entry.sources[0].kind,
        path=str(stored.path) if stored else "",
        good_at=entry.good_at,
        recommended=recommended,
    )


def _own_state(model: StoredModel) -> ModelState:
    return ModelState(
        id=model.id,
        name=model.id,
        family="",
        licence="",
        note="",
        size=model.size,
        sha256=model.sha256,
        installed=True,
        source=model.source,
        path=str(model.path),
        good_at=(),
        recommended=False,
    )
