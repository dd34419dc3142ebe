"""Where results go: output names, and what to do when a name is taken.

Names are settled when a job starts, not when it is added: another job of the same queue may take the name first.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nacomp.gui.logic.jobs import Conflict, Kind

SUFFIX = ".nac"


@dataclass(frozen=True)
class Target:
    """A settled output; `overwrite` says whether something there may be replaced."""

    path: Path
    overwrite: bool


def is_archive(path: Path) -> bool:
    """Whether a dropped file is offered to be opened rather than compressed."""
    try:
        return path.suffix.lower() == SUFFIX and not path.is_dir()
    except OSError:  # nobody can look at it: the worker will say why
        return True


def paths_in_text(text: str) -> list[Path]:
    """The paths in a copied text, one a line, as file managers and terminals copy them: absolute, quoted, `file:` URLs.

    None at all unless every line is one: a text is not a list of files because one of its lines looks like that.
    """
    from urllib.parse import urlsplit
    from urllib.request import url2pathname  # brings the modules of HTTP along: a tenth of the window's start

    lines = [line.strip().strip("'\"") for line in text.splitlines() if line.strip()]
    paths = [
        Path(url2pathname(urlsplit(line).path) if line.startswith("file:") else line).expanduser()
        for line in lines
    ]
    return paths if all(path.is_absolute() and _there(path) for path in paths) else []


def _there(path: Path) -> bool:
    try:
        return path.is_symlink() or path.exists()
    except (OSError, ValueError):
        return False


def archive_name(inputs: Sequence[Path]) -> str:
    """`name.ext.nac` for one input; the common folder's name for several."""
    if len(inputs) == 1:
        return (inputs[0].name or "archive") + SUFFIX
    parents = {path.parent for path in inputs}
    parent = parents.pop() if len(parents) == 1 else None
    return ((parent.name if parent else "") or "archive") + SUFFIX


def typed_name(text: str) -> str | None:
    """A typed archive name as a file's name; None for what is none: empty, or a path."""
    name = text.strip()
    if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
        return None
    return name if name.lower().endswith(SUFFIX) else name + SUFFIX


def with_ending(path: Path, ending: str) -> Path:
    """The path with this ending, whether it was typed or not."""
    return path if path.suffix.lower() == ending else path.with_name(path.name + ending)


def extracted_name(archive: Path) -> str:
    """What an archive's content is called: its name without `.nac`."""
    name = archive.name
    return (
        name[: -len(SUFFIX)] if name.lower().endswith(SUFFIX) and len(name) > len(SUFFIX) else name + ".out"
    )


def output_name(kind: Kind, inputs: Sequence[Path]) -> str:
    """What a job's output is called, for the kinds whose output can be named without looking into the input."""
    if kind is Kind.REPAIR:
        return f"{inputs[0].stem}.repaired{inputs[0].suffix}"
    if kind is Kind.SALVAGE:
        return f"{inputs[0].stem}.salvaged"
    return archive_name(inputs)


def extract_places(archive: Path, folder: Path, entries: Sequence[str]) -> tuple[Path, Path]:
    """Where an archive of these entry paths is extracted to: (what appears, what the worker is told).

    An archive of one folder of its own name brings that folder along: the worker is told the folder above it, so
    that `photos.nac` becomes `photos/` and not `photos/photos/`. Anything else appears under the archive's name.
    """
    appears = folder / extracted_name(archive)
    tops = {entry.split("/")[0] for entry in entries}
    if tops == {appears.name} and any("/" in entry for entry in entries):
        return appears, folder
    return appears, appears


def split_name(name: str) -> tuple[str, str]:
    """Stem and suffixes, where `.nac` keeps the suffix before it: `a.txt.nac` -> (`a`, `.txt.nac`)."""
    path = Path(name)
    tail = path.suffix
    if tail.lower() == SUFFIX:
        tail = Path(path.stem).suffix + tail
    return (name[: -len(tail)] if tail else name), tail


def by_name(text: str, paths: Iterable[Path]) -> str:
    """A sentence about files that a person can see: those in the folders of `paths` are called by their names.

    A worker calls every file by its whole path. On a card that begins with the name, that is a line for nothing.
    """
    for folder in {path.absolute().parent for path in paths}:
        if folder == folder.parent:  # of a file right below the root the path is as short as the name
            continue
        begin = re.escape(str(folder)) + r"[/\\]"
        text = re.sub(rf"(?<![^\s\"'(«„“]){begin}(?=\S)", "", text)
    return text


def free_name(path: Path, taken: Callable[[Path], bool]) -> Path:
    """The path itself, or the first of `name (2)`, `name (3)`, ... that is not taken."""
    if not taken(path):
        return path
    stem, tail = split_name(path.name)
    number = 2
    while taken(candidate := path.with_name(f"{stem} ({number}){tail}")):
        number += 1
    return candidate


def settle(path: Path, policy: Conflict, taken: Callable[[Path], bool]) -> Target | None:
    """Apply the conflict policy to a wanted output; None means: skip this job."""
    if not taken(path):
        return Target(path, overwrite=False)
    if policy is Conflict.SKIP:
        return None
    if policy is Conflict.REPLACE:
        return Target(path, overwrite=True)
    return Target(free_name(path, taken), overwrite=False)


def group_inputs(paths: Iterable[Path], together: bool) -> list[tuple[Path, ...]]:
    """Dropped paths as the inputs of jobs: one job each, or one job for all. Repeated paths count once."""
    unique = list(dict.fromkeys(paths))
    if together and unique:
        return [tuple(unique)]
    return [(path,) for path in unique]
