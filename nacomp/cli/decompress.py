"""`nacomp decompress`: archives to files and folders."""

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from nacomp.archive.selection import select_files
from nacomp.cli.console import printable
from nacomp.cli.damage import naming_help
from nacomp.cli.options import attribute_choice, attribute_options, common_options, select_option
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import (
    SEPARATORS,
    STANDARD,
    Run,
    archive_input,
    begin_run,
    binary_stdout,
    input_paths,
    is_stdout,
    open_input,
)
from nacomp.cli.streams import claim_stdout
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileProblem, UsageError
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.protection.seal import Password
from nacomp.formats.records import dataclass
from nacomp.operations.decompress import decompress
from nacomp.operations.read import write_contents
from nacomp.runtime.events import Started
from nacomp.runtime.file_properties import Restore
from nacomp.runtime.results import DecompressResult
from nacomp.runtime.words import duration_text, size_text


@click.command("decompress")
@click.argument("inputs", nargs=-1, required=True, metavar="ARCHIVE...")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="The file, or the folder for several entries; `-` for standard output.",
)
@click.option("-c", "--stdout", is_flag=True, help="Write the files' bytes to standard output.")
@click.option("-f", "--force", is_flag=True, help="Replace existing files; write to a terminal.")
@click.option("-C", "--directory", metavar="FOLDER", help="Extract into this folder, which has to be there.")
@select_option
@click.option(
    "--strip-components",
    "strip",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Cut off the first N parts of the paths, and leave out what has no more.",
)
@click.option(
    "--salvage",
    is_flag=True,
    help="Get whatever is intact out of a damaged archive, into the folder -o PATH.",
)
@click.option(
    "--max-output",
    type=click.IntRange(0),
    metavar="BYTES",
    help="Refuse an archive that would give more than this.",
)
@click.option(
    "--same-owner/--no-same-owner",
    default=None,
    help="Give files to whom they belonged, if the archive tells. Default: root does as far as it can, others do not.",
)
@click.option("--numeric-owner", is_flag=True, help="Go by the numbers of owners, not by their names.")
@attribute_options("Set")
@password_file_option
@common_options
def command_decompress(
    inputs: tuple[str, ...],
    output: str | None,
    stdout: bool,
    force: bool,
    directory: str | None,
    chosen: tuple[str, ...],
    strip: int,
    salvage: bool,
    max_output: int | None,
    same_owner: bool | None,
    numeric_owner: bool,
    xattrs: bool,
    acls: bool,
    all_xattrs: bool,
    password_file: str | None,
    **common: Any,
) -> None:
    """Extract archives.

    One file goes to -o PATH, or beside its archive without `.nac`. Several entries go below the folder -o PATH. The
    archive `-` is standard input.
    """
    if directory is not None:
        output = _existing_folder(directory, output or ("-" if stdout else None))
    paths = input_paths(inputs)
    limits = replace(DEFAULT_LIMITS, max_total_size=max_output)
    to_stdout = stdout or is_stdout(output)
    if to_stdout or (STANDARD in paths and output is None and not salvage):
        claim_stdout()
    if len(paths) > 1 and output is not None and not to_stdout and not Path(output).is_dir():
        raise UsageError(reason="several archives need a folder that exists after -o")
    if salvage and (to_stdout or chosen or strip):
        reason = (
            "--salvage writes all that is intact into a folder; it goes without -c, -s and --strip-components"
        )
        raise UsageError(reason=reason)
    attributes = attribute_choice(xattrs=xattrs, acls=acls, all_xattrs=all_xattrs)
    restore = Restore.of(same_owner=same_owner, numeric=numeric_owner, attributes=attributes)
    password = opener(password_file)
    with begin_run(**common) as run:
        loader = run.loader()
        if salvage:
            from nacomp.cli.salvage import run_salvage  # not above: seldom asked for

            folder = Path(output) if output is not None else None
            run.each(paths, lambda p: run_salvage(run, loader, p, folder, limits, force, password, restore))
            return
        if to_stdout or (STANDARD in paths and output is None):
            run.each(paths, lambda p: _to_stdout(run, p, chosen, limits, force, password))
            return
        target = Path(output) if output is not None else None
        into = output is not None and output.endswith(SEPARATORS)
        way = _Way(target, into, chosen, strip, limits, force, password, restore)
        run.each(paths, lambda p: _one(run, loader, p, way))


def _existing_folder(folder: str, other: str | None) -> str:
    """The output that -C means. Raises UsageError, FileProblem."""
    if other is not None:
        raise UsageError(reason="-C names the folder to extract into; it goes without -o and -c")
    if not Path(folder).is_dir():
        raise FileProblem(path=folder, reason="is no folder to extract into")
    return folder if folder.endswith(SEPARATORS) else folder + os.sep


@dataclass(frozen=True)
class _Way:
    """Where an archive goes, and how."""

    target: Path | None
    into: bool
    chosen: tuple[str, ...]
    strip: int
    limits: Limits
    force: bool
    password: Password
    restore: Restore


def _one(
    run: Run,
    loader: ModelLoader,
    path: Path,
    way: _Way,
) -> None:
    output = str(way.target) if way.target is not None else None
    run.console.start(Started("decompress", (str(path),), output))
    source = archive_input(run, path)
    with naming_help(run, path):
        done = decompress(
            source,
            way.target,
            loader,
            run.job(),
            overwrite=way.force,
            into=way.into,
            chosen=way.chosen,
            limits=way.limits,
            password=way.password,
            restore=way.restore,
            strip=way.strip,
        )
    run.console.result(done, _sentence(path, done))


def _to_stdout(
    run: Run,
    path: Path,
    chosen: tuple[str, ...],
    limits: Limits,
    force: bool,
    password: Password,
) -> None:
    out = binary_stdout(force)
    with naming_help(run, path), ExitStack() as stack:
        archive = open_input(run, path, stack, password, limits)
        write_contents(archive, select_files(archive, chosen), out, run.job())


def _sentence(path: Path, done: DecompressResult) -> str:
    where = printable(str(done.outputs[0])) if len(done.outputs) == 1 else f"{len(done.outputs)} files"
    return f"{printable(str(path))}: {where}, {size_text(done.size)} in {duration_text(done.seconds)}"
