"""Many files to many archives, as a nightly job wants it: what to do comes from a job file, what is done is skipped, what
happened goes into a report. Every archive appears whole or not at all, so a batch that was stopped goes on by running it
again.
"""

import csv
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from glob import glob
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nacomp.engines import Engines
from nacomp.errors import Interrupted, NacompError, UsageError
from nacomp.files import Source, file_problem, walk
from nacomp.formats.entry import EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.levels import DEFAULT_LEVEL, LEVELS
from nacomp.operations import SUFFIX, CompressOptions, compress, open_archive
from nacomp.progress import CancelToken, Job

WILDCARDS = "*?["
TASK_MEMORY = 600 << 20
"""Bytes that compressing one file takes at most besides the model: the classical codecs' trials on a unit of 16 MiB."""


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


@dataclass(frozen=True)
class Outcome:
    """A line of the report. `state`: `done`, `skipped` or `failed`; sizes in bytes."""

    source: str
    archive: str
    state: str
    original_size: int
    compressed_size: int
    seconds: float
    level: str
    model_id: str
    message: str


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
    return (path.parent / destination if destination else None), [_rule(path, row) for row in rows]


def _rule(path: Path, row: Mapping[str, Any]) -> Rule:
    known = {field.name for field in fields(Rule)}
    if row.keys() - known or not isinstance(row.get("inputs"), list):
        raise UsageError(reason=f"{path}: a [[job]] needs `inputs` and may have {', '.join(sorted(known))}")
    if row.get("level", DEFAULT_LEVEL) not in LEVELS:
        raise UsageError(reason=f"{path}: there is no level {row['level']!r}")
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
    """The files a rule names. What a pattern finds keeps its path below the pattern's first wildcard."""
    for pattern in rule.inputs:
        given = base / pattern
        found = [given] if given.exists() else sorted(map(Path, glob(str(given), recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not found:
            raise UsageError(reason=f"nothing matches {pattern!r}")
        root = given.parent if given.exists() else _fixed_part(given)
        for path in found:
            for source in walk([path]):
                name = str(PurePosixPath(path.parent.relative_to(root), source.name))
                excluded = any(PurePosixPath(name).match(out) for out in rule.exclude)
                if source.kind is EntryKind.FILE and not excluded and not name.endswith(SUFFIX):
                    yield replace(source, name=name)


def _fixed_part(pattern: Path) -> Path:
    """The folders in front of a pattern's first wildcard."""
    return Path(*takewhile(lambda part: not set(part) & set(WILDCARDS), pattern.parts))


def run_batch(
    tasks: Sequence[Task],
    engines: Engines,
    *,
    jobs: int,
    cancel: CancelToken,
    told: Callable[[Outcome], None],
) -> list[Outcome]:
    """Do all tasks, `jobs` at a time; `told` hears each outcome as it comes. Raises Interrupted."""
    outcomes = []
    with ThreadPoolExecutor(jobs, "nacomp-batch") as pool:
        running: list[Future[Outcome]] = [pool.submit(_do, task, engines, cancel) for task in tasks]
        try:
            for future in as_completed(running):
                outcomes.append(future.result())
                told(outcomes[-1])
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    order = {str(task.source): number for number, task in enumerate(tasks)}
    return sorted(outcomes, key=lambda outcome: order[outcome.source])


def _do(task: Task, engines: Engines, cancel: CancelToken) -> Outcome:
    began = time.monotonic()
    try:
        if _is_done(task, engines):
            return _outcome(task, "skipped", began, task.target.stat().st_size)
        task.target.parent.mkdir(parents=True, exist_ok=True)
        options = CompressOptions(task.level, task.model, overwrite=True)
        done = compress(walk([task.source]), task.target, engines, options, Job(cancel=cancel))
        return _outcome(task, "done", began, done.written.compressed_size, done.model_id)
    except Interrupted:
        raise
    except NacompError as error:
        return _outcome(task, "failed", began, message=str(error))
    except OSError as problem:
        return _outcome(task, "failed", began, message=str(file_problem(task.target, problem)))


def _is_done(task: Task, engines: Engines) -> bool:
    """Whether the archive is there, whole, and of the file as it is now (by size and modification time)."""
    if not task.target.is_file():
        return False
    try:
        now = task.source.stat()
        with ExitStack() as stack:
            entries = open_archive(task.target, engines, stack, DEFAULT_LIMITS).entries
    except (NacompError, OSError):
        return False
    return [(e.size, e.mtime_ns) for e in entries] == [(now.st_size, now.st_mtime_ns)]


def _outcome(
    task: Task, state: str, began: float, packed: int = 0, model_id: str = "", message: str = ""
) -> Outcome:
    size = task.source.stat().st_size if task.source.exists() else 0
    seconds = round(time.monotonic() - began, 3)
    return Outcome(
        str(task.source), str(task.target), state, size, packed, seconds, task.level, model_id, message
    )


def write_csv(outcomes: Sequence[Outcome], out: IO[str]) -> None:
    """The report as a table."""
    table = csv.DictWriter(out, [field.name for field in fields(Outcome)])
    table.writeheader()
    table.writerows(asdict(outcome) for outcome in outcomes)


def totals(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many of each state, and the sizes of what is archived now."""
    here = [outcome for outcome in outcomes if outcome.state != "failed"]
    counts = {state: sum(o.state == state for o in outcomes) for state in ("done", "skipped", "failed")}
    sizes = {
        "original_size": sum(o.original_size for o in here),
        "compressed_size": sum(o.compressed_size for o in here),
    }
    return counts | sizes
