"""`nacomp repair`: a whole copy of a damaged archive that has recovery data."""

from pathlib import Path
from typing import Any

import click

from nacomp.cli.console import printable
from nacomp.cli.options import common_options
from nacomp.cli.session import begin_run, output_file
from nacomp.operations.default_paths import repaired_archive
from nacomp.operations.repair import repair_archive
from nacomp.runtime.documents import RepairResult
from nacomp.runtime.words import size_text


@click.command("repair")
@click.argument("path", metavar="ARCHIVE")
@click.option(
    "-o", "--output", metavar="FILE", help="The repaired archive; beside the damaged one if not given."
)
@click.option("-f", "--force", is_flag=True, help="Replace an existing output; it may be the archive itself.")
@common_options
def command_repair(path: str, output: str | None, force: bool, **common: Any) -> None:
    """Write a repaired copy of a damaged archive, with the recovery data that `compress --recovery` put behind it."""
    source = Path(path)
    target = output_file(output) if output is not None else repaired_archive(source)
    with begin_run(**common) as run:
        done = repair_archive(source, target, run.job(), overwrite=force)
        result = RepairResult(path, str(target), **vars(done))
        sentence = (
            f"{printable(str(target))}: {size_text(done.repaired_bytes)} repaired "
            f"({done.damaged_sectors} of {done.sectors} sectors were damaged)"
            if done.damaged_sectors
            else f"{printable(path)} was not damaged; {printable(str(target))} is a copy"
        )
        run.console.result(result, sentence)
