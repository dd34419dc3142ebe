"""`nacomp batch`: many files to many archives, with a report."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from nacomp.batch import TASK_MEMORY, Outcome, Rule, plan, read_job_file, run_batch, totals, write_csv
from nacomp.cli.console import human_size, printable
from nacomp.cli.session import Run, begin_run, common_options, level_options
from nacomp.errors import SomeFailed, UsageError
from nacomp.files import save


@click.command("batch")
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option(
    "--job",
    "job_file",
    metavar="FILE",
    help="A TOML job file: destination, and [[job]] with inputs, level, ...",
)
@click.option(
    "-o", "--output", metavar="FOLDER", help="Where the archives go; without it, beside their files."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave these names out.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Files at the same time."
)
@click.option("--memory", type=click.IntRange(1), metavar="MB", help="Run no more files at a time than fit.")
@click.option("--report", metavar="FILE", help="Write what happened, as JSON.")
@click.option("--csv", "table", metavar="FILE", help="Write what happened, as a table.")
@level_options
@common_options
def command_batch(
    inputs: tuple[str, ...],
    job_file: str | None,
    output: str | None,
    exclude: tuple[str, ...],
    jobs: int,
    memory: int | None,
    report: str | None,
    table: str | None,
    level: str,
    model: str | None,
    engine: str,
    **common: Any,
) -> None:
    """Compress every file below the inputs to an archive of its own; skip what is done.

    Run it again after an interruption, and it goes on. Exit code 0: all is archived; 1: some files failed (see the report).
    """
    if bool(inputs) == bool(job_file):
        raise UsageError(reason="give either inputs or --job FILE")
    destination = Path(output) if output else None
    if job_file:
        stated, rules = read_job_file(Path(job_file))
        tasks = plan(rules, Path(job_file).parent, destination or stated)
    else:
        tasks = plan([Rule(inputs, exclude, level, model)], Path(), destination)
    with begin_run(**common) as run:
        at_once = min(jobs, max(1, memory * 10**6 // TASK_MEMORY)) if memory else jobs
        outcomes = run_batch(
            tasks, run.engines(engine), jobs=at_once, cancel=run.cancel, told=lambda o: _tell(run, o)
        )
        summary = totals(outcomes)
        _write_reports(outcomes, summary, report, table)
        _finish(run, summary)


def _tell(run: Run, outcome: Outcome) -> None:
    ratio = outcome.original_size / max(outcome.compressed_size, 1)
    detail = outcome.message if outcome.state == "failed" else f"{ratio:.2f} times smaller"
    run.console.note(
        {"event": "file", **asdict(outcome)}, f"{outcome.state:8}{printable(outcome.source)}: {detail}"
    )


def _write_reports(
    outcomes: list[Outcome], summary: dict[str, int], report: str | None, table: str | None
) -> None:
    if report:
        document = {"summary": summary, "files": [asdict(outcome) for outcome in outcomes]}
        with save(Path(report), overwrite=True) as file:
            file.write(json.dumps(document, indent=1).encode())
    if table:
        text = io.StringIO()
        write_csv(outcomes, text)
        with save(Path(table), overwrite=True) as file:
            file.write(text.getvalue().encode("utf-8", "surrogateescape"))


def _finish(run: Run, summary: dict[str, int]) -> None:
    if summary["failed"]:
        raise SomeFailed(
            failed=summary["failed"], total=sum(summary[s] for s in ("done", "skipped", "failed"))
        )
    sizes = f"{human_size(summary['original_size'])} -> {human_size(summary['compressed_size'])}"
    run.console.result(summary, f"{summary['done']} compressed, {summary['skipped']} already done: {sizes}")
