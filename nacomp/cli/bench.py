"""`nacomp bench`: this machine's levels beside the classical codecs, on files of yours."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nacomp.cli.options import common_options
from nacomp.cli.session import Run, begin_run
from nacomp.codecs.levels import LEVELS
from nacomp.operations.benchmark import (
    SUMMARY_HEADINGS,
    Contestant,
    Result,
    classical_contestants,
    compare,
    files_below,
    own_contestant,
    run_classical,
    summary,
    summary_cells,
)
from nacomp.runtime.events import Phase, Started
from nacomp.runtime.progress import Job
from nacomp.runtime.results import BenchResult, BenchRow
from nacomp.runtime.words import count_text, size_text

if TYPE_CHECKING:
    from rich.table import Table


@click.command("bench")
@click.argument("folder", metavar="FOLDER", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(list(LEVELS)),
    default=("fast",),
    show_default=True,
    help="A level to take part; may be given several times.",
)
@click.option(
    "--classical", nargs=4, hidden=True, help="One classical codec over one file, for the command itself."
)
@common_options
@click.pass_context
def command_bench(
    ctx: click.Context,
    /,
    folder: Path | None,
    levels: tuple[str, ...],
    classical: tuple[str, str, str, str] | None,
    as_json: bool,
    **common: Any,
) -> None:
    """Compare levels with gzip, bzip2, zstd, xz and PPMd on the files of a folder: sizes, speeds, memory.

    Every file is decompressed and compared. nacomp's times are those of whole commands, loading the model included; model
    weights are not counted in the sizes.
    """
    if classical is not None:
        click.echo(run_classical(*classical))
        return
    if folder is None:
        raise click.UsageError("Missing argument 'FOLDER'.", ctx)
    files = files_below(folder)
    with begin_run(as_json=as_json, **common) as run:
        contestants = [*classical_contestants(), *_levels(run, levels)]
        results = _measure(run, folder, files, contestants)
        rows = summary(results)
        run.console.result(BenchResult(tuple(map(_row, results)), tuple(map(_row, rows))), "")
        if not as_json:
            _print(rows, len(files))


def _levels(run: Run, levels: tuple[str, ...]) -> list[Contestant]:
    """The levels with the models they choose here."""
    loader = run.loader()
    options = ["-T", str(run.threads), "--kernel", run.kernel, "--device", run.device]
    found = []
    for level in levels:
        model = loader.choose_aloud(LEVELS[level], None)
        found.append(own_contestant(f"nacomp {level}", ["--level", level, *options], model.size))
    return found


def _measure(run: Run, folder: Path, files: list[Path], contestants: list[Contestant]) -> list[Result]:
    job: Job = run.job()
    run.console.start(Started("bench", (str(folder),)))
    job.expect(sum(path.stat().st_size for path in files) * len(contestants))
    results = []
    for result in compare(files, contestants):
        results.append(result)
        job.enter(Phase.COMPARING, f"{result.file}: {result.codec}")
        job.step(result.size)
    return results


def _row(result: Result) -> BenchRow:
    return BenchRow(**asdict(result), bits_per_byte=round(result.bits_per_byte, 4))


def _print(rows: list[Result], files: int) -> None:
    from rich.console import Console

    title = (
        f"{count_text(files, 'file', 'files')}, {size_text(rows[0].size)}; in = compress, out = decompress"
    )
    Console(file=sys.stdout).print(summary_table(rows, title))


def summary_table(rows: Sequence[Result], title: str) -> "Table":
    """A table that fits 80 columns: no lines between its own."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD, padding=0)
    for heading in SUMMARY_HEADINGS:
        table.add_column(heading, justify="left" if heading == "compressor" else "right", no_wrap=True)
    for row in rows:
        table.add_row(*summary_cells(row), style="bold" if row.ours else "")
    return table
