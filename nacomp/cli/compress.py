"""`nacomp compress`: files and folders to archives."""

from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

import click

from nacomp.archive.guard import check_names, split_names
from nacomp.archive.sources import Source, walk
from nacomp.archive.spool import source_from_stream
from nacomp.cli.console import printable
from nacomp.cli.options import common_options, level_options
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
from nacomp.errors import UsageError
from nacomp.formats.entry import EntryKind
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Seal
from nacomp.operations.compress import Compressed, CompressOptions, compress, sources_of
from nacomp.operations.default_paths import default_archive
from nacomp.operations.trash import remove_sources
from nacomp.runtime.documents import CompressResult
from nacomp.runtime.events import Started
from nacomp.runtime.words import duration_text, size_text


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
@click.option(
    "--skip-unsafe",
    is_flag=True,
    help="Leave out files whose names, or links whose targets, no archive may hold.",
)
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
    paths = input_paths(inputs)
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
    with begin_run(**common) as run:
        if to_stdout or output is not None:
            target = binary_stdout(force) if to_stdout else output_file(str(output))
            _one(run, engine, paths, target, options, removal, skip_unsafe)
            return
        files = _files_below(run, paths) if recursive else paths
        run.each(files, lambda p: _one(run, engine, [p], default_archive([p]), options, removal, skip_unsafe))


def _files_below(run: Run, paths: list[Path]) -> list[Path]:
    """Every file at or below the inputs. Raises UsageError if there is none."""
    found: list[Path] = []
    for path in paths:
        sources = walk([path])
        files = [s.path for s in sources if s.kind is EntryKind.FILE and s.path is not None]
        if not files:
            run.console.warning(f"{printable(str(path))} holds no files")
        found += files
    if not found:
        raise UsageError(reason="there is no file to compress")
    return found


def _one(
    run: Run,
    engine: str,
    paths: list[Path],
    target: Path | BinaryIO,
    options: CompressOptions,
    removal: Removal,
    skip_unsafe: bool,
) -> None:
    """Make one archive and report it."""
    sources = _sources(run, paths)
    if skip_unsafe:
        sources, left_out = split_names(sources)
        for source, fault in left_out:
            run.console.warning(f"left out: {display_name(str(source.path))}: {fault}")
    check_names(sources)
    total = sum(source.size for source in sources)
    output = str(target) if isinstance(target, Path) else None
    loader = run.loader(engine)
    model_id = loader.choose_aloud(level_named(options.level), options.model).id
    inputs = tuple(map(str, paths))
    run.console.start(Started("compress", inputs, output, total, options.level, model_id))
    done = compress(sources, target, loader, options, run.job())
    if removal is not Removal.NONE and isinstance(target, Path):
        remove_sources(paths, sources, target, trash=removal is Removal.TRASH)
    run.console.result(_result(done, output or "-"), _sentence(done, output) if output else "")


def _sources(run: Run, paths: list[Path]) -> list[Source]:
    if paths == [STANDARD]:
        return [source_from_stream(binary_stdin(run), "stdin", run.cancel)]
    if STANDARD in paths:
        raise UsageError(reason="standard input cannot be mixed with files")
    return sources_of(paths, run.cancel)


def _result(done: Compressed, output: str) -> CompressResult:
    written = done.written
    return CompressResult(
        output,
        written.original_size,
        written.compressed_size,
        bits_per_byte=round(written.bits_per_byte, 4),
        seconds=round(written.seconds, 3),
        model_id=done.model_id,
        entries=written.entries,
    )


def _sentence(done: Compressed, output: str) -> str:
    written = done.written
    ratio = written.original_size / max(written.compressed_size, 1)
    return (
        f"{printable(output)}: {size_text(written.original_size)} -> {size_text(written.compressed_size)} "
        f"({ratio:.2f} times smaller, {written.bits_per_byte:.3f} bits per byte) in {duration_text(written.seconds)}"
    )
