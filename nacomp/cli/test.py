"""`nacomp test`: whether archives give back what went into them."""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from nacomp.archive.selection import select
from nacomp.cli.console import printable
from nacomp.cli.damage import naming_help
from nacomp.cli.options import common_options, select_option
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import Run, begin_run, input_paths, open_input
from nacomp.formats.protection.seal import Password
from nacomp.operations.test import check_archive
from nacomp.runtime.events import Started
from nacomp.runtime.results import TestResult
from nacomp.runtime.words import duration_text, size_text


@click.command("test")
@click.argument("inputs", nargs=-1, required=True, metavar="ARCHIVE...")
@select_option
@password_file_option
@common_options
def command_test(
    inputs: tuple[str, ...], chosen: tuple[str, ...], password_file: str | None, **common: Any
) -> None:
    """Decode archives and check every byte, writing nothing."""
    with begin_run(**common) as run:
        password = opener(password_file)
        run.each(input_paths(inputs), lambda path: _test(run, path, chosen, password))


def _test(run: Run, path: Path, chosen: tuple[str, ...], password: Password) -> None:
    began = time.monotonic()
    with naming_help(run, path), ExitStack() as stack:
        archive = open_input(run, path, stack, password)
        job = run.job()
        entries = select(archive, chosen)
        total = sum(entry.data_size for entry in entries)
        job.expect(total)
        run.console.start(Started("test", (str(path),), total_bytes=total))
        done = check_archive(archive, entries, job)
    seconds = time.monotonic() - began
    result = TestResult(str(path), done.entries, done.size, round(seconds, 3))
    sentence = f"{printable(str(path))}: all {size_text(done.size)} come back as they were ({duration_text(seconds)})"
    run.console.result(result, sentence)
