"""`nacomp compress`: files and folders to archives."""

from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

import click

from nacomp.archive.guard import check_names, find_archive_place
from nacomp.archive.left_out import TellLeftOut
from nacomp.archive.patterns import Patterns
from nacomp.archive.sources import Source
from nacomp.archive.spool import source_from_stream
from nacomp.archive.walk import Taken
from nacomp.archive.walk import walk as walk_inputs
from nacomp.cli.console import printable
from nacomp.cli.gathering import Walk, bytes_to_read, gather, tell_left_out
from nacomp.cli.options import (
    attribute_choice,
    attribute_options,
    common_options,
    directory_option,
    full_paths_option,
    level_options,
    owners_option,
    pattern_options,
    skip_unsafe_option,
)
from nacomp.cli.password import new_password, password_file_option
from nacomp.cli.session import (
    STANDARD,
    Run,
    begin_run,
    binary_stdin,
    binary_stdout,
    input_paths,
    is_stdout,
    output_file,
)
from nacomp.cli.streams import claim_stdout
from nacomp.codecs.levels import level_named
from nacomp.errors import FileProblem, NacompError, NotAllRead, UsageError
from nacomp.formats.entry import EntryKind
from nacomp.formats.protection.seal import Seal
from nacomp.operations.compress import Compressed, CompressOptions, compress
from nacomp.operations.default_paths import default_archive
from nacomp.operations.trash import remove_sources
from nacomp.runtime.destinations import find_place
from nacomp.runtime.events import Started
from nacomp.runtime.file_properties import Keep
from nacomp.runtime.results import CompressResult, LeftOut
from nacomp.runtime.words import change_text, duration_text, shares_text, size_text


class Removal(Enum):
    """What happens to the inputs afterwards."""

    NONE = "none"
    TRASH = "trash"
    DELETE = "delete"

    @classmethod
    def of(cls, *, remove: bool, trash: bool) -> "Removal":
        """From the options."""
        return (cls.TRASH if trash else cls.DELETE) if remove else cls.NONE


def _percent(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """`5` or `5%`, up to 100."""
    try:
        percent = float(value.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise click.BadParameter(f"expected a number from 0 to 100 such as 5%, found {value!r}", ctx, param)
    return percent


@click.command("compress")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o", "--output", metavar="FILE", help="Write one archive of all inputs; `-` for standard output."
)
@click.option("-c", "--stdout", is_flag=True, help="Write the archive to standard output.")
@click.option("-f", "--force", is_flag=True, help="Replace an existing output; write to a terminal.")
@click.option(
    "-r", "--recursive", is_flag=True, help="Without -o: an archive for each file below the folders."
)
@click.option("-k", "--keep", is_flag=True, help="Keep the inputs (the default).")
@click.option(
    "--rm",
    "remove",
    is_flag=True,
    help="Move the inputs to the trash once the archive has been decoded and compared.",
)
@click.option("--no-trash", is_flag=True, help="With --rm: delete the inputs for good.")
@click.option("--delete", is_flag=True, help="The same as --rm --no-trash.")
@click.option("--verify", is_flag=True, help="Decode the archive and compare before it is put in place.")
@click.option(
    "--recovery",
    callback=_percent,
    default="0",
    metavar="PERCENT",
    help="Add data that repairs this much damage of the archive, such as 5%.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Keep finished work beside the output until it is done, and go on from what is kept.",
)
@skip_unsafe_option
@click.option(
    "--skip-unreadable",
    is_flag=True,
    help="Leave out of an archive what is found below the inputs and cannot be read: no rights, vanished, changed while "
    "it was read, a pipe, socket or device. Each is told, and the exit code is 1.",
)
@pattern_options
@full_paths_option
@directory_option
@owners_option
@attribute_options("Keep")
@click.option(
    "--password",
    "ask",
    is_flag=True,
    help="Seal the archive with the password in NACOMP_PASSWORD, or one that is asked for twice.",
)
@password_file_option
@click.option("--predictors", default="", metavar="NAME=VALUE,...", hidden=True)
@level_options
@common_options
def command_compress(
    inputs: tuple[str, ...],
    output: str | None,
    stdout: bool,
    force: bool,
    recursive: bool,
    keep: bool,
    remove: bool,
    no_trash: bool,
    delete: bool,
    verify: bool,
    recovery: float,
    resume: bool,
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
    ask: bool,
    password_file: str | None,
    predictors: str,
    level: str,
    model: str | None,
    engine: str,
    **common: Any,
) -> None:
    """Compress files and folders.

    With -o all inputs go into one archive. Without it, each input gets an archive beside it, called INPUT.nac. The input
    `-` is standard input.
    """
    paths = input_paths(inputs, directory)
    to_stdout = stdout or is_stdout(output) or (STANDARD in paths and output is None)
    if to_stdout:
        claim_stdout()
    removal = Removal.of(remove=remove or delete, trash=not (no_trash or delete))
    password = new_password(password_file, ask=ask)
    options = CompressOptions(
        level,
        model,
        overwrite=force,
        verify=verify or removal is not Removal.NONE,
        recovery=recovery,
        resume=resume,
        seal=Seal(password) if password is not None else None,
        predictors=predictors,
    )
    if removal is not Removal.NONE and (to_stdout or keep):
        raise UsageError(reason="--rm needs an archive in a file and goes without -k")
    if removal is not Removal.NONE and (links := [path for path in paths if path.is_symlink()]):
        reason = f"{links[0]} is a link, which --rm does not go through; name what it points to"
        raise UsageError(reason=reason)
    if no_trash and removal is Removal.NONE:
        raise UsageError(reason="--no-trash says how --rm removes the inputs; give both")
    attributes = attribute_choice(xattrs=xattrs, acls=acls, all_xattrs=all_xattrs)
    below = Path(directory) if directory else None
    taken = Taken(one_file_system, patterns, Keep(owners, attributes), full_paths, below)
    walk = Walk(skip_unsafe, skip_unreadable, taken)
    with begin_run(**common) as run:
        if to_stdout or output is not None:
            target = binary_stdout(force) if to_stdout else output_file(str(output))
            _one(run, engine, paths, target, options, removal, walk)
            return
        files, failed = _files_below(run, paths, walk) if recursive else (paths, 0)
        if len(files) + failed > 1:
            files, without = _with_free_places(run, files, force)
            failed += without
        run.each(
            files, lambda p: _one(run, engine, [p], default_archive([p]), options, removal, walk), failed
        )


def _files_below(run: Run, paths: list[Path], walk: Walk) -> tuple[list[Path], int]:
    """Every file at or below the inputs, once, and how many could not be looked at. Raises UsageError if there is none."""
    found: dict[Path, Path] = {}
    bad: list[LeftOut] = []
    for path in paths:
        before = len(bad)
        try:
            sources = walk_inputs([path], taken=walk.taken, left_out=bad.append)
        except FileProblem as problem:
            sources = []
            bad.append(LeftOut(str(problem.fields["path"]), str(problem.fields["reason"])))
        files = [s.path for s in sources if s.kind is EntryKind.FILE and s.path is not None]
        if not files and len(bad) == before:
            run.console.warning(f"{printable(str(path))} holds no files")
        for file in files:
            found.setdefault(file.absolute(), file)
    problems = [FileProblem(path=what.path, reason=what.reason) for what in bad]
    if [what.path for what in bad] == [str(path) for path in paths] and len(paths) == 1:
        raise problems[0]  # the input itself
    for each in problems:
        run.console.error(each)
    if not found and not problems:
        raise UsageError(reason="there is no file to compress")
    return list(found.values()), len(problems)


def _with_free_places(run: Run, paths: list[Path], force: bool) -> tuple[list[Path], int]:
    """The inputs whose archives have a place beside them, and how many have none: told before the first is written."""
    free = []
    for path in paths:
        try:
            find_place(default_archive([path]), overwrite=force)
        except NacompError as error:
            run.console.error(error, str(path))
        else:
            free.append(path)
    return free, len(paths) - len(free)


def _one(
    run: Run,
    engine: str,
    paths: list[Path],
    target: Path | BinaryIO,
    options: CompressOptions,
    removal: Removal,
    walk: Walk,
) -> None:
    """Make one archive and report it. Raises NotAllRead if it lacks what could not be read."""
    unread: list[LeftOut] = []

    def tell(what: LeftOut) -> None:
        unread.append(what)
        tell_left_out(run, what)

    if walk.skip_unreadable:
        options = replace(options, left_out=tell)
    sources, unsafe = _sources(run, paths, walk, options.left_out)
    check_names(sources)
    place = (
        find_archive_place(target, sources, overwrite=options.overwrite)
        if isinstance(target, Path)
        else target
    )
    total = bytes_to_read(sources)
    output = str(target) if isinstance(target, Path) else None
    loader = run.loader(engine)
    model_id = loader.choose_aloud(level_named(options.level), options.model).id
    inputs = tuple(map(str, paths))
    run.console.start(Started("compress", inputs, output, total, options.level, model_id))
    done = compress(sources, place, loader, options, run.job())
    if removal is not Removal.NONE and isinstance(target, Path):
        remove_sources(paths, done.written.sources, target, trash=removal is Removal.TRASH)
    left_out = (*unsafe, *unread)
    _say_who_coded(run, done)
    run.console.result(_result(done, output or "-", left_out), _sentence(done, output) if output else "")
    if unread:
        raise NotAllRead(count=len(unread))


def _say_who_coded(run: Run, done: Compressed) -> None:
    """The text, if there is any; to who asks for more."""
    models = done.written.models
    for reason in sorted(done.without_model):
        text = "part of the text" if models else "text"
        run.console.detail(f"{text} was coded without the language model: {reason}")
    if models:
        rest = "the rest of the text" if done.without_model else "text"
        run.console.detail(f"{rest} coded by {shares_text(models)}")


def _sources(
    run: Run, paths: list[Path], walk: Walk, told: TellLeftOut | None
) -> tuple[list[Source], list[LeftOut]]:
    """What goes in, and what is left out for its name."""
    if paths == [STANDARD]:
        return [source_from_stream(binary_stdin(run), "stdin", run.cancel)], []
    if STANDARD in paths:
        raise UsageError(reason="standard input cannot be mixed with files")
    return gather(run, paths, walk, told)


def _result(done: Compressed, output: str, left_out: tuple[LeftOut, ...]) -> CompressResult:
    written = done.written
    return CompressResult(
        output,
        written.original_size,
        written.compressed_size,
        bits_per_byte=round(written.bits_per_byte, 4),
        seconds=round(written.seconds, 3),
        model_id=done.model_id,
        entries=written.entries,
        left_out=left_out,
        models=written.models,
    )


def _sentence(done: Compressed, output: str) -> str:
    written = done.written
    change = change_text(written.original_size, written.compressed_size)
    return (
        f"{printable(output)}: {size_text(written.original_size)} -> {size_text(written.compressed_size)} "
        f"({change}, {written.bits_per_byte:.3f} bits per byte) in {duration_text(written.seconds)}"
    )
