"""`nacomp repair`: a whole copy of a damaged archive that has recovery data."""

from pathlib import Path
from typing import Any

import click

from nacomp.cli.console import printable
from nacomp.cli.options import common_options
from nacomp.cli.session import (
    STANDARD,
    archive_input,
    begin_run,
    binary_stdout,
    input_path,
    is_stdout,
    output_file,
)
from nacomp.cli.streams import claim_stdout
from nacomp.formats.protection.recovery import Repaired
from nacomp.operations.default_paths import repaired_archive
from nacomp.operations.repair import repair_archive
from nacomp.runtime.results import RepairResult
from nacomp.runtime.words import size_text


@click.command("repair")
@click.argument("path", metavar="ARCHIVE")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The repaired archive, `-` for standard output; beside the damaged one if not given.",
)
@click.option("-f", "--force", is_flag=True, help="Replace an existing output; it may be the archive itself.")
@common_options
def command_repair(path: str, output: str | None, force: bool, **common: Any) -> None:
    """Write a repaired copy of a damaged archive, with the recovery data that `compress --recovery` put behind it.

    The archive `-` is standard input, and its copy goes to standard output if -o does not say otherwise.
    """
    source = input_path(path)
    to_stdout = is_stdout(output) or (source == STANDARD and output is None)
    if to_stdout:
        claim_stdout()
    with begin_run(**common) as run:
        target = binary_stdout(force) if to_stdout else _target(source, output)
        done = repair_archive(archive_input(run, source), target, run.job(), overwrite=force)
        name = str(target) if isinstance(target, Path) else "-"
        run.console.result(RepairResult(path, name, **vars(done)), _sentence(path, name, done))


def _target(source: Path, output: str | None) -> Path:
    return output_file(output) if output is not None else repaired_archive(source)


def _sentence(path: str, target: str, done: Repaired) -> str:
    where = "standard output" if target == "-" else printable(target)
    if not done.damaged_sectors:
        return f"{printable(path)} was not damaged; {where} is a copy"
    return (
        f"{where}: {size_text(done.repaired_bytes)} repaired "
        f"({done.damaged_sectors} of {done.sectors} sectors were damaged)"
    )
