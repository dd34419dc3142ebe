"""Many files to many archives, as a nightly job wants it: what is done is skipped, a failure does not stop the rest, what
happened goes into a report.

Every archive appears whole or not at all, and the finished blocks of a large file are kept while it is under way; so a
batch that was stopped or killed goes on by running it again.
"""

import csv
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from dataclasses import asdict, fields
from functools import partial
from typing import IO

from nacomp.archive.working_memory import compress_bytes
from nacomp.codecs.block_choice import BlockChooser
from nacomp.codecs.levels import level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import (
    CorruptArchive,
    FileProblem,
    Interrupted,
    ModelError,
    NacompError,
    PasswordNeeded,
    Remedy,
    file_problem,
)
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.operations.compress import CompressOptions, compress, sources_of
from nacomp.operations.jobfile import Task
from nacomp.operations.read import open_archive
from nacomp.operations.repair import looks_like_archive
from nacomp.runtime.events import FileOutcome, FileState, Phase
from nacomp.runtime.memory import Budget, free_memory
from nacomp.runtime.progress import CancelToken, Job, PartJob
from nacomp.runtime.results import BatchResult

FREE_SHARE = 0.7
"""Of the memory that is free at the start; the rest is for the system's cache and for what others start meanwhile."""


def run_batch(
    tasks: Sequence[Task],
    loader: ModelLoader,
    *,
    jobs: int,
    memory: int | None,
    whole: Job,
    cancel: CancelToken,
    told: Callable[[FileOutcome], None],
    words: Callable[[NacompError], str] = str,
) -> None:
    """Do all tasks; `told` hears each outcome as it comes, with a failure in `words`. Raises Interrupted.

    `jobs` are under way at a time, 0 for as many as there is work for, and fewer where their memory would come to more
    than `memory` bytes besides the models (None: most of what is free). `whole` counts the bytes of all of them.
    """
    whole.expect(sum(map(_size, tasks)))
    whole.enter(Phase.COMPRESSING)
    budget = Budget(int(free_memory() * FREE_SHARE) if memory is None else memory)
    do = partial(_do, loader=loader, budget=budget, whole=whole, cancel=cancel, words=words)
    with ThreadPoolExecutor(jobs or _side_by_side(tasks, loader), "nacomp-batch") as pool:
        running: list[Future[FileOutcome]] = [pool.submit(do, task) for task in tasks]
        try:
            for future in as_completed(running):
                told(future.result())
        except Interrupted:
            raise Interrupted("what is finished is kept", Remedy.GO_ON) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _side_by_side(tasks: Sequence[Task], loader: ModelLoader) -> int:
    """Files at a time if nobody says: what keeps the processors or the cluster busy."""
    many = 1
    for level, model in {(task.level, task.model) for task in tasks}:
        with suppress(ModelError):  # its files will say so
            many = max(many, loader.files_at_once(level, model))
    return many


def _do(
    task: Task,
    loader: ModelLoader,
    budget: Budget,
    whole: Job,
    cancel: CancelToken,
    words: Callable[[NacompError], str],
) -> FileOutcome:
    began = time.monotonic()
    job = PartJob(whole, _size(task), cancel)
    try:
        if task.unreadable is not None:
            raise FileProblem(path=task.source, reason=task.unreadable)
        if _is_done(task, loader):
            return _outcome(task, FileState.SKIPPED, began, task.target.stat().st_size)
        task.target.parent.mkdir(parents=True, exist_ok=True)
        sources = sources_of([task.source], cancel)
        size, level = sum(source.size for source in sources), level_named(task.level)
        chooser = loader.for_texts(level, task.model) if size else None
        with budget.share(_needed(size, chooser, loader.threads), cancel.check):
            # One block is done again sooner than it is kept; and only an exact engine gives the same block again.
            resume = chooser is not None and chooser.first.engine.reproducible and size > level.block_bytes
            options = CompressOptions(task.level, task.model, overwrite=True, resume=resume)
            done = compress(sources, task.target, loader, options, job)
        return _outcome(task, FileState.DONE, began, done.written.compressed_size, done.model_id)
    except Interrupted:
        raise
    except NacompError as error:
        return _outcome(task, FileState.FAILED, began, message=words(error))
    except OSError as problem:
        return _outcome(task, FileState.FAILED, began, message=words(file_problem(task.target, problem)))
    except MemoryError:
        return _outcome(
            task, FileState.FAILED, began, message="there is not enough memory for this model and level"
        )
    finally:
        job.finish()


def _needed(size: int, chooser: BlockChooser | None, threads: int) -> int:
    """Bytes of memory besides the models.

    All models are loaded before the budget is asked, so that they are not counted as free.
    """
    if chooser is None:
        return 0
    engines, workers = chooser.engines(), chooser.parallel_blocks(threads)
    # Of the blocks that other machines predict, only so many are with the classical codecs here.
    at_once = workers if engines else min(workers, os.cpu_count() or 1)
    return compress_bytes(size, chooser.level, engines, at_once)


def _size(task: Task) -> int:
    try:
        return task.source.stat().st_size
    except OSError:
        return 0


def _is_done(task: Task, loader: ModelLoader) -> bool:
    """Whether the archive is there, whole, and of the file as it is now (by size and modification time).

    Raises FileProblem for what is no archive of this file: somebody put it there, and a batch replaces only its own.
    """
    if not task.target.is_file():
        return False
    try:
        now = task.source.stat()
    except OSError:
        return False  # reading it will say so
    try:
        with ExitStack() as stack:
            entries = open_archive(task.target, loader, stack, DEFAULT_LIMITS).entries
    except PasswordNeeded:
        # What a person sealed, a batch does not replace by something that anybody can read.
        raise
    except (NacompError, OSError) as problem:
        # An archive that does not hold is made again; what is none, or cannot be read, is not ours to replace.
        ours = isinstance(problem, CorruptArchive) and looks_like_archive(task.target)
        if ours:
            return False
        raise _not_ours(task) from problem
    if [entry.path for entry in entries] != [task.source.name]:
        raise _not_ours(task)
    return [(e.size, e.mtime_ns) for e in entries] == [(now.st_size, now.st_mtime_ns)]


def _not_ours(task: Task) -> FileProblem:
    return FileProblem(path=task.target, reason=f"is there already and is no archive of {task.source.name}")


def _outcome(
    task: Task, state: FileState, began: float, packed: int = 0, model_id: str = "", message: str = ""
) -> FileOutcome:
    seconds = round(time.monotonic() - began, 3)
    return FileOutcome(
        str(task.source), str(task.target), state, _size(task), packed, seconds, task.level, model_id, message
    )


def in_order(outcomes: Sequence[FileOutcome], tasks: Sequence[Task]) -> list[FileOutcome]:
    """The outcomes in the order of their tasks; those of an interrupted batch are fewer."""
    order = {str(task.source): number for number, task in enumerate(tasks)}
    return sorted(outcomes, key=lambda outcome: order[outcome.source])


def write_csv(outcomes: Sequence[FileOutcome], out: IO[str]) -> None:
    """The report as a table."""
    table = csv.DictWriter(out, [field.name for field in fields(FileOutcome)])
    table.writeheader()
    table.writerows(asdict(outcome) for outcome in outcomes)


def totals(outcomes: Sequence[FileOutcome]) -> BatchResult:
    """How many of each state, and the sizes of what is archived now."""
    states = Counter(outcome.state for outcome in outcomes)
    here = [outcome for outcome in outcomes if outcome.state is not FileState.FAILED]
    return BatchResult(
        states[FileState.DONE],
        states[FileState.SKIPPED],
        states[FileState.FAILED],
        original_size=sum(outcome.original_size for outcome in here),
        compressed_size=sum(outcome.compressed_size for outcome in here),
    )
