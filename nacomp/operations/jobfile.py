"""What a batch is to do: rules from a job file or the command line, and the files they name, each with its archive."""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from glob import glob
from itertools import takewhile
from pathlib import Path
from typing import Any

from nacomp.archive import kept_blocks
from nacomp.archive.patterns import Filter, Patterns
from nacomp.archive.walk import Taken, walk
from nacomp.codecs.levels import DEFAULT_LEVEL, LEVELS
from nacomp.errors import FileProblem, UsageError, file_problem
from nacomp.formats.entry import EntryKind
from nacomp.formats.records import dataclass
from nacomp.operations.default_paths import SUFFIX
from nacomp.runtime.open_folder import TEMPORARY_SUFFIX
from nacomp.runtime.results import LeftOut

LISTS = ("inputs", "exclude", "include")
SWITCHES = ("gitignore", "exclude_caches", "one_file_system")
WILDCARDS = "*?["
OWN_SUFFIXES = (SUFFIX, TEMPORARY_SUFFIX, kept_blocks.SUFFIX)
"""Archives, and what a killed job leaves beside them: never inputs of a batch."""


@dataclass(frozen=True)
class Rule:
    """One `[[job]]` of a job file: which files, and how.

    Attributes:
        inputs: files, folders or glob patterns (`**` for any depth), relative to the job file.
        exclude, include: patterns of paths below the destination to leave out, or to take alone.
        gitignore, exclude_caches, one_file_system: as `Patterns` and `Taken` have them.
    """

    inputs: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    level: str = DEFAULT_LEVEL
    model: str | None = None
    include: tuple[str, ...] = ()
    gitignore: bool = False
    exclude_caches: bool = False
    one_file_system: bool = False

    @property
    def taken(self) -> Taken:
        """What of the inputs is walked through; `exclude` and `include` are about what is found then."""
        patterns = Patterns(gitignore=self.gitignore, caches=self.exclude_caches)
        return Taken(self.one_file_system, patterns)


@dataclass(frozen=True)
class Task:
    """One file and its archive; or what stands where a file could be, and why it is none."""

    source: Path
    target: Path
    level: str
    model: str | None
    unreadable: str | None = None


@dataclass(frozen=True)
class _Found:
    """What a rule found: where it is, what it is called below the destination, and why it cannot be read."""

    path: Path
    name: str
    unreadable: str | None = None


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
    lists_are = all(isinstance(row.get(key, []), list) for key in LISTS)
    if not isinstance(row.get("model"), str | None) or not lists_are:
        reason = f"{path}: in a [[job]], `model` is a name, and `exclude` and `include` are lists"
        raise UsageError(reason=reason)
    if not all(isinstance(row.get(key, False), bool) for key in SWITCHES):
        raise UsageError(reason=f"{path}: in a [[job]], {', '.join(SWITCHES)} are true or false")
    lists = {key: tuple(map(str, row[key])) for key in LISTS if key in row}
    return Rule(**{**row, **lists})


def plan(rules: Iterable[Rule], base: Path, destination: Path | None) -> list[Task]:
    """Every file once (the first rule that names it wins), with its archive. Raises UsageError.

    With a destination, archives keep their path below the input folder (`docs/a/b.txt` gives
    `DEST/docs/a/b.txt.nac`); without one they lie beside their files.
    """
    tasks: dict[Path, Task] = {}
    for rule in rules:
        for found in _found(rule, base):
            beside = found.path.with_name(found.path.name + SUFFIX)
            target = destination / (found.name + SUFFIX) if destination else beside
            task = Task(found.path, target, rule.level, rule.model, found.unreadable)
            tasks.setdefault(found.path.absolute(), task)
    targets = [task.target for task in tasks.values()]
    if len(set(targets)) < len(targets):
        twice = next(target for target in targets if targets.count(target) > 1)
        raise UsageError(reason=f"two inputs would both be archived as {twice}")
    return list(tasks.values())


def _found(rule: Rule, base: Path) -> Iterator[_Found]:
    """The files a rule names. What a pattern finds keeps its path below the pattern's first wildcard.

    Raises UsageError for a path that is not there, and where no pattern finds anything: both are likely slips.
    """
    nothing, patterns = True, Filter(Patterns(rule.exclude, rule.include))
    for pattern in rule.inputs:
        given = base / pattern
        found = [given] if given.exists() else sorted(map(Path, glob(str(given), recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not given.exists() and not set(pattern) & set(WILDCARDS):
            raise UsageError(reason=f"nothing matches {pattern!r}")
        nothing = nothing and not found
        named = given.exists()
        root = given.parent if named else _fixed_part(given)
        for path in found:
            yield from _below(path, root, rule, patterns, named=named)
    if nothing:
        raise UsageError(reason=f"nothing matches {', '.join(map(repr, rule.inputs))}")


def _below(path: Path, root: Path, rule: Rule, patterns: Filter, *, named: bool) -> Iterator[_Found]:
    """The files at or below a path; a link is followed where it is `named`, not where a pattern found it.

    What cannot be read is among them: a batch goes on after failures, and tells of each.
    """
    bad: list[LeftOut] = []
    try:
        sources = walk([path], follow=named, taken=rule.taken, left_out=bad.append)
    except FileProblem as problem:  # it has vanished since it was found
        sources, bad = [], [LeftOut(str(path), str(problem.fields["reason"]))]
    above = path.parent.relative_to(root)
    found = [_Found(s.path, str(above / s.name)) for s in sources if s.kind is EntryKind.FILE and s.path]
    found += [_Found(Path(what.path), str(Path(what.path).relative_to(root)), what.reason) for what in bad]
    for one in found:
        name = one.name.replace(os.sep, "/")
        if patterns.takes(name) and not patterns.leaves_out(name) and not name.endswith(OWN_SUFFIXES):
            yield one


def _fixed_part(pattern: Path) -> Path:
    """The folders in front of a pattern's first wildcard."""
    return Path(*takewhile(lambda part: not set(part) & set(WILDCARDS), pattern.parts))
