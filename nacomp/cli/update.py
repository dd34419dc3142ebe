"""`nacomp update`: an archive brought up to date, or freed of what updates left in it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from nacomp.archive.patterns import Patterns
from nacomp.archive.walk import Taken
from nacomp.cli.console import printable
from nacomp.cli.gathering import Walk, bytes_to_read, everything_there, gather, tell_left_out
from nacomp.cli.options import (
    attribute_choice,
    attribute_options,
    common_options,
    directory_option,
    full_paths_option,
    model_options,
    owners_option,
    pattern_options,
    skip_unsafe_option,
)
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import STANDARD, Run, begin_run, input_path, input_paths
from nacomp.errors import NotAllRead, UsageError
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Password
from nacomp.operations.compress import CompressOptions
from nacomp.operations.repack import repack
from nacomp.operations.update import Updated, UpdateOptions, update
from nacomp.runtime.events import Started
from nacomp.runtime.file_properties import Keep
from nacomp.runtime.results import LeftOut, RepackResult, UpdateResult
from nacomp.runtime.words import duration_text, shares_text, size_text


@click.command("update")
@click.argument("archive", metavar="ARCHIVE")
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option(
    "--checksum", is_flag=True, help="Compare files by their bytes, and not by size and time alone."
)
@click.option(
    "--delete",
    is_flag=True,
    help="Take out of the archive what is not on the disk any more below the inputs; what patterns leave out stays.",
)
@click.option(
    "--repack",
    "repacking",
    is_flag=True,
    help="Then write the archive anew without what nothing in it needs any more; nothing is coded again.",
)
@skip_unsafe_option
@click.option(
    "--skip-unreadable",
    is_flag=True,
    help="Leave out what is found below the inputs and cannot be read; then nothing is taken out either.",
)
@pattern_options
@full_paths_option
@directory_option
@owners_option
@attribute_options("Keep")
@password_file_option
@model_options
@common_options
def command_update(
    archive: str,
    inputs: tuple[str, ...],
    checksum: bool,
    delete: bool,
    repacking: bool,
    skip_unsafe: bool,
    skip_unreadable: bool,
    patterns: Patterns,
    one_file_system: bool,
    full_paths: bool,
    directory: str | None,
    owners: bool,
    xattrs: bool,
    acls: bool,
    all_xattrs: bool,
    password_file: str | None,
    level: str,
    model: str | None,
    **common: Any,
) -> None:
    """Bring an archive up to date with files and folders.

    What is new or changed is written behind the archive, and nothing in it is coded again. Until that is done the archive
    is what it was, whatever happens.
    """
    path, paths = input_path(archive), input_paths(inputs, directory)
    if not paths and not repacking:
        raise UsageError(reason="name what the archive is to be brought up to date with, or give --repack")
    if STANDARD in (path, *paths):
        raise UsageError(
            reason="an update needs an archive in a file, and files or folders to compare with it"
        )
    with begin_run(**common) as run:
        password = opener(password_file)
        options = UpdateOptions(CompressOptions(level, model), checksum=checksum, delete=delete)
        unread: list[LeftOut] = []
        if paths:
            attributes = attribute_choice(xattrs=xattrs, acls=acls, all_xattrs=all_xattrs)
            below = Path(directory) if directory else None
            taken = Taken(one_file_system, patterns, Keep(owners, attributes), full_paths, below)
            walk = Walk(skip_unsafe, skip_unreadable, taken)
            unread = _update(run, path, paths, options, walk, password)
        if repacking:
            _repack(run, path, password)
        if unread:
            raise NotAllRead(count=len(unread))


def _update(
    run: Run, path: Path, paths: list[Path], options: UpdateOptions, walk: Walk, password: Password
) -> list[LeftOut]:
    """Do it and report it; gives what could not be read."""
    unread: list[LeftOut] = []

    def tell(what: LeftOut) -> None:
        unread.append(what)
        tell_left_out(run, what)

    told = tell if walk.skip_unreadable else None
    sources, unsafe = gather(run, paths, walk, told)
    options = replace(options, compress=replace(options.compress, left_out=told))
    total = bytes_to_read(sources)
    inputs = tuple(map(str, paths))
    run.console.start(Started("update", inputs, str(path), total, options.compress.level))
    there = None
    if options.delete and not unread and not unsafe:
        there = everything_there(run, paths, walk, sources)
    done = update(path, sources, run.loader(), options, run.job(), password, there)
    if done.written is not None and done.written.models:
        run.console.detail(f"text coded by {shares_text(done.written.models)}")
    if done.changes.beside is not None:
        new, old = map(display_name, done.changes.beside)
        run.console.warning(f"{new} is new beside {old}; --full-paths names inputs by their whole paths")
    run.console.result(_result(path, done, (*unsafe, *unread)), _sentence(path, done))
    return unread


def _result(path: Path, done: Updated, left_out: tuple[LeftOut, ...]) -> UpdateResult:
    changes, written = done.changes, done.written
    return UpdateResult(
        str(path),
        tuple(changes.added),
        tuple(changes.changed),
        tuple(changes.removed),
        changes.unchanged,
        written.compressed_size if written else 0,
        done.archive_size,
        round(written.seconds, 3) if written else 0.0,
        done.model_id,
        left_out,
    )


def _sentence(path: Path, done: Updated) -> str:
    changes, name = done.changes, printable(str(path))
    if done.written is None:
        return f"{name}: nothing to do, all {changes.unchanged:,} are as they were"
    return (
        f"{name}: {len(changes.added):,} new, {len(changes.changed):,} changed, {len(changes.removed):,} taken out; "
        f"{size_text(done.written.compressed_size)} written in {duration_text(done.written.seconds)}"
    )


def _repack(run: Run, path: Path, password: Password) -> None:
    done = repack(path, run.loader(), run.job(), password)
    result = RepackResult(str(path), done.before, done.after, round(done.seconds, 3))
    sentence = f"{printable(str(path))}: {size_text(done.before)} -> {size_text(done.after)}"
    run.console.result(result, sentence)
