"""`nacomp batch`: many files to many archives, with a report."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nacomp.archive.patterns import Patterns
from nacomp.cli.console import printable
from nacomp.cli.hints import in_words
from nacomp.cli.options import common_options, level_options, pattern_options
from nacomp.cli.session import STANDARD, Run, begin_run, input_path, is_stdout, output_file
from nacomp.cli.streams import claim_stdout
from nacomp.codecs.model_loader import Elsewhere
from nacomp.errors import SomeFailed, UsageError
from nacomp.operations.batch import in_order, run_batch, totals, write_csv
from nacomp.operations.jobfile import SWITCHES, Rule, Task, plan, read_job_file
from nacomp.runtime.destinations import find_place, put
from nacomp.runtime.documents import BatchReport
from nacomp.runtime.events import FileOutcome, FileState, Started, to_json
from nacomp.runtime.progress import CancelToken
from nacomp.runtime.results import BatchResult
from nacomp.runtime.words import change_text, size_text


@click.command("batch")
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option(
    "--job",
    "job_file",
    metavar="FILE",
    help="A TOML job file: destination, and [[job]] with inputs, exclude, include, level, model and more.",
)
@click.option(
    "-o", "--output", metavar="FOLDER", help="Where the archives go; without it, beside their files."
)
@pattern_options
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(0, 256),
    default=0,
    show_default=True,
    help="Files at the same time; 0 for what keeps the processors busy.",
)
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="MB",
    help="Take no more files at a time than fit besides the model. Default: most of what is free.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Let the workers of this Dask cluster code the text (tcp://HOST:8786). They see it, so it has to be one you trust.",
)
@click.option("--report", metavar="FILE", help="Write what happened, as JSON.")
@click.option("--csv", "table", metavar="FILE", help="Write what happened, as a table.")
@click.option(
    "-f",
    "--force",
    is_flag=True,
    help="Replace existing reports. Archives of a file's earlier state are replaced anyway.",
)
@level_options
@common_options
@click.pass_context
def command_batch(
    ctx: click.Context,
    /,
    inputs: tuple[str, ...],
    job_file: str | None,
    output: str | None,
    patterns: Patterns,
    one_file_system: bool,
    jobs: int,
    memory: int | None,
    dask: str | None,
    report: str | None,
    table: str | None,
    force: bool,
    level: str,
    model: str | None,
    engine: str,
    **common: Any,
) -> None:
    """Compress every file below the inputs to an archive of its own; skip what is done.

    Run it again after an interruption, and it goes on. With -q it says nothing unless a file failed. Exit code 0: all is
    archived; 1: some files failed (see the report).

    The workers of a Dask cluster need nacomp with its part `dask`, of this version, and the model in their own store; each
    codes one block per thread of its. There, NACOMP_KERNEL demands a kernel and NACOMP_THREADS sets the threads of a block.
    """
    if dask and engine != "exact":
        raise UsageError(
            reason="--dask needs the exact engine: floats of the llama engine differ between machines"
        )
    for name in filter(None, (report, table)):
        _check_report(name, force)
    out, only = patterns.exclude, patterns.include
    rule = Rule(inputs, out, level, model, only, patterns.gitignore, patterns.caches, one_file_system)
    tasks = _tasks(ctx, inputs, job_file, output, rule)
    outcomes: list[FileOutcome] = []
    with begin_run(**common) as run, _elsewhere(dask) as elsewhere:
        run.console.start(Started("batch", tuple(str(task.source) for task in tasks), output))

        def told(outcome: FileOutcome) -> None:
            outcomes.append(outcome)
            _tell(run, outcome)

        try:
            run_batch(
                tasks,
                run.loader(engine, elsewhere),
                jobs=jobs,
                memory=memory * 10**6 if memory else None,
                whole=run.job(),
                cancel=run.cancel,
                told=told,
                words=in_words,
            )
        finally:
            # An interrupted batch reports what it came to.
            _write_reports(in_order(outcomes, tasks), report, table, run.cancel, force)
        _finish(run, totals(outcomes))


def _tasks(
    ctx: click.Context, inputs: tuple[str, ...], job_file: str | None, output: str | None, rule: Rule
) -> list[Task]:
    """What to do. Raises UsageError, FileProblem."""
    if bool(inputs) == bool(job_file):
        raise UsageError(reason="give either inputs or --job FILE")
    if output == "-" or is_stdout(output):
        raise UsageError(
            reason="a batch makes an archive of each file, so -o names a folder; see compress -c"
        )
    if STANDARD in map(input_path, inputs):
        raise UsageError(reason="a batch takes files and folders; standard input goes through compress")
    destination = Path(output) if output else None
    if job_file is None:
        return plan([rule], Path(), destination)
    for name in ("exclude", "include", "exclude_from", *SWITCHES, "level", "model"):
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(reason=f"with --job, each [[job]] of the file says its own {_said(name)}")
    stated, rules = read_job_file(Path(job_file))
    return plan(rules, Path(job_file).parent, destination or stated)


def _said(option: str) -> str:
    return "exclude" if option == "exclude_from" else option


@contextmanager
def _elsewhere(address: str | None) -> Iterator[Elsewhere | None]:
    """The Dask cluster for as long as it is needed, or None."""
    if address is None:
        yield None
        return
    from nacomp.codecs.cluster import Cluster

    # What the user should know comes as an error of ours; Dask logs the rest of it to standard error as it happens.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with Cluster(address) as cluster:
        yield cluster


def _tell(run: Run, outcome: FileOutcome) -> None:
    failed = outcome.state is FileState.FAILED
    detail = outcome.message if failed else change_text(outcome.original_size, outcome.compressed_size)
    run.console.file(outcome, f"{outcome.state:8}{printable(outcome.source)}: {detail}")


def _check_report(name: str, force: bool) -> None:
    """A report that cannot be written is told before the work, not behind it."""
    if is_stdout(name):
        claim_stdout()
    find_place(output_file(name), overwrite=force)


def _write_reports(
    outcomes: list[FileOutcome], report: str | None, table: str | None, cancel: CancelToken, force: bool
) -> None:
    if report:
        document = BatchReport(totals(outcomes), tuple(outcomes))
        with put(Path(report), cancel, overwrite=force) as file:
            file.write(to_json(document, indent=1).encode())
    if table:
        text = io.StringIO()
        write_csv(outcomes, text)
        with put(Path(table), cancel, overwrite=force) as file:
            file.write(text.getvalue().encode("utf-8", "surrogateescape"))


def _finish(run: Run, summary: BatchResult) -> None:
    sizes = f"{size_text(summary.original_size)} -> {size_text(summary.compressed_size)}"
    sentence = f"{summary.done} compressed, {summary.skipped} already done: {sizes}"
    if summary.failed:
        run.console.warning(sentence)
        total = summary.done + summary.skipped + summary.failed
        raise SomeFailed(failed=summary.failed, total=total)
    run.console.result(summary, sentence)
