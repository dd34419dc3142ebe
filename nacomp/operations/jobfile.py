"""What a batch is to do: rules from a job file or the command line, and the files they name, each with its archive."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from glob import glob
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from nacomp.archive import kept_blocks
from nacomp.archive.sources import Source, walk
from nacomp.codecs.levels import DEFAULT_LEVEL, LEVELS
from nacomp.errors import UsageError, file_problem
from nacomp.formats.entry import EntryKind
from nacomp.operations.default_paths import SUFFIX
from nacomp.runtime.open_folder import TEMPORARY_SUFFIX

WILDCARDS = "*?["
OWN_SUFFIXES = (SUFFIX, TEMPORARY_SUFFIX, kept_blocks.SUFFIX)
"""Archives, and what a killed job leaves beside them: never inputs of a batch."""


@dataclass(frozen=True)
class Rule:
    """One `[[job]]` of a job file: which files, and how.

    Attributes:
        inputs: files, folders or glob patterns (`**` for any depth), relative to the job file.
        exclude: patterns of names or relative paths to leave out.
    """

    inputs: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    level: str = DEFAULT_LEVEL
    model: str | None = None


@dataclass(frozen=True)
class Task:
    """One file and its archive."""

    source: Path
    target: Path
    level: str
    model: str | None


def read_job_file(path: Path) -> tuple[Path | None, list[Rule]]:
    """(destination, rules) of a TOML job file. Raises FileProblem, UsageError."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise file_problem(path, problem) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(reason=f"{path} is not a job file ({problem})") from None
    unknown = document.keys() - {"destination", "job"}
    rows = document.get("job", [])
    if unknown or not isinstance(rows, list) or not rows:
        raise UsageError(
            reason=f"{path}: expected `destination` and one or more [[job]], found {sorted(document)}"
        )
    destination = document.get("destination")
    if not isinstance(destination, str | None):
        raise UsageError(reason=f"{path}: `destination` is a folder, not {destination!r}")
    return (path.parent / destination if destination else None), [_rule(path, row) for row in rows]


def _rule(path: Path, row: Mapping[str, Any]) -> Rule:
    known = {field.name for field in fields(Rule)}
    if row.keys() - known or not isinstance(row.get("inputs"), list):
        raise UsageError(reason=f"{path}: a [[job]] needs `inputs` and may have {', '.join(sorted(known))}")
    if row.get("level", DEFAULT_LEVEL) not in list(LEVELS):
        raise UsageError(reason=f"{path}: there is no level {row['level']!r}")
    if not isinstance(row.get("model"), str | None) or not isinstance(row.get("exclude", []), list):
        raise UsageError(reason=f"{path}: in a [[job]], `model` is a name and `exclude` a list")
    lists = {key: tuple(map(str, row[key])) for key in ("inputs", "exclude") if key in row}
    return Rule(**{**row, **lists})


def plan(rules: Iterable[Rule], base: Path, destination: Path | None) -> list[Task]:
    """Every file once (the first rule that names it wins), with its archive. Raises FileProblem, UsageError.

    With a destination, archives keep their path below the input folder (`docs/a/b.txt` gives
    `DEST/docs/a/b.txt.nac`); without one they lie beside their files.
    """
    tasks: dict[Path, Task] = {}
    for rule in rules:
        for source in _sources(rule, base):
            assert source.path is not None
            beside = source.path.with_name(source.path.name + SUFFIX)
            target = destination / (source.name + SUFFIX) if destination else beside
            task = Task(source.path, target, rule.level, rule.model)
            tasks.setdefault(source.path.absolute(), task)
    targets = [task.target for task in tasks.values()]
    if len(set(targets)) < len(targets):
        twice = next(target for target in targets if targets.count(target) > 1)
        raise UsageError(reason=f"two inputs would both be archived as {twice}")
    return list(tasks.values())


def _sources(rule: Rule, base: Path) -> Iterator[Source]:
    """The files a rule names. What a pattern finds keeps its path below the pattern's first wildcard.

    Raises UsageError for a path that is not there, and where no pattern finds anything: both are likely slips.
    """
    nothing = True
    for pattern in rule.inputs:
        given = base / pattern
        found = [given] if given.exists() else sorted(map(Path, glob(str(given), recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not given.exists() and not set(pattern) & set(WILDCARDS):
            raise UsageError(reason=f"nothing matches {pattern!r}")
        nothing = nothing and not found
        named = given.exists()
        root = given.parent if named else _fixed_part(given)
        for path in found:
            yield from _below(path, root, rule, named=named)
    if nothing:
        raise UsageError(reason=f"nothing matches {', '.join(map(repr, rule.inputs))}")


def _below(path: Path, root: Path, rule: Rule, *, named: bool) -> Iterator[Source]:
    """The files at or below a path; a link is followed where it is `named`, not where a pattern found it."""
    for source in walk([path], follow=named):
        name = str(PurePosixPath(path.parent.relative_to(root), source.name))
        excluded = any(PurePosixPath(name).match(out) for out in rule.exclude)
        if source.kind is EntryKind.FILE and not excluded and not name.endswith(OWN_SUFFIXES):
            yield replace(source, name=name)


def _fixed_part(pattern: Path) -> Path:
    """The folders in front of a pattern's first wildcard."""
    return Path(*takewhile(lambda part: not set(part) & set(WILDCARDS), pattern.parts))
