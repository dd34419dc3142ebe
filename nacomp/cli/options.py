"""Options that several commands take: all of them, or all that choose a model."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from nacomp.archive.patterns import Patterns, read_patterns
from nacomp.codecs.levels import DEFAULT_LEVEL, LEVELS
from nacomp.runtime.file_properties import AttributeChoice


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options every working command takes; `begin_run` uses them up."""
    for option in (
        click.option("--debug", is_flag=True, help="Show a traceback with an error."),
        click.option(
            "--control", is_flag=True, help="Obey pause, resume and cancel lines on standard input."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON lines for programs."),
        click.option("-v", "--verbose", count=True, help="Say more."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
        click.option(
            "--kernel",
            default="auto",
            show_default=True,
            help="Demand one implementation of the exact engine.",
        ),
        click.option(
            "--device",
            default="auto",
            show_default=True,
            metavar="auto|cpu|gpu|N|name:NAME",
            help="Where the exact engine computes: the processor, all GPUs, or those of these numbers (1,2) or this name "
            "in `nacomp engines`. By itself on GPUs that are faster. Never changes a byte.",
        ),
        click.option(
            "--gpu-layers",
            type=click.IntRange(-1, 10_000),
            help="Layers the llama engine puts on the GPU to compress; -1 for all. Default: all, where a GPU has room. "
            "An archive is read with the number it was written with.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(0, 8),
            default=0,
            help="Blocks the llama engine codes side by side, each with its own copy of the model; 0 for one per GPU.",
        ),
        click.option(
            "-T",
            "--threads",
            type=click.IntRange(0, 256),
            default=0,
            help="Threads; 0 for one per core. Never changes a byte.",
        ),
    ):
        command = option(command)
    return command


skip_unsafe_option = click.option(
    "--skip-unsafe",
    is_flag=True,
    help="Leave out files whose names, or links whose targets, no archive may hold.",
)
owners_option = click.option(
    "--owners", is_flag=True, help="Keep whose files they are: names and numbers of user and group."
)


full_paths_option = click.option(
    "--full-paths",
    is_flag=True,
    help="Name what is in the archive by the inputs' paths as they are given, and not from their last parts on.",
)
directory_option = click.option(
    "-C", "--directory", metavar="FOLDER", help="The inputs are relative to this folder."
)


def pattern_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what of the inputs is left out.

    The command gets `one_file_system`, and what the others mean together as `patterns`. Raises FileProblem when called.
    """

    @wraps(command)
    def with_patterns(
        *arguments: Any,
        exclude: tuple[str, ...],
        include: tuple[str, ...],
        exclude_from: tuple[str, ...],
        gitignore: bool,
        exclude_caches: bool,
        **others: Any,
    ) -> Any:
        read = tuple(line for name in exclude_from for line in read_patterns(Path(name)))
        patterns = Patterns((*exclude, *read), include, gitignore, exclude_caches)
        return command(*arguments, patterns=patterns, **others)

    decorated: Callable[..., Any] = with_patterns
    for option in (
        click.option(
            "--one-file-system",
            is_flag=True,
            help="Stay on the inputs' own file systems; folders where others are mounted are taken empty.",
        ),
        click.option(
            "--exclude-caches",
            is_flag=True,
            help="Leave out what is in folders that a CACHEDIR.TAG marks as caches, but for the tag.",
        ),
        click.option(
            "--gitignore",
            is_flag=True,
            help="Leave out what .gitignore files below the inputs name, or above them in their repository.",
        ),
        click.option(
            "--exclude-from",
            multiple=True,
            metavar="FILE",
            help="Leave out what the patterns in this file match, one a line.",
        ),
        click.option(
            "--include",
            multiple=True,
            metavar="PATTERN",
            help="Take only what matches, and is not excluded, with the folders it lies in.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="PATTERN",
            help="Leave out what matches, as in .gitignore: '*.o' anywhere, 'cache/', 'top/**/*.log'.",
        ),
    ):
        decorated = option(decorated)
    return decorated


def attribute_options(done: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options for extended attributes, which `attribute_choice` uses up; `done` is what is done with them."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            click.option(
                "--all-xattrs",
                is_flag=True,
                help=f"{done} all extended attributes, those called security.* and trusted.* (capabilities, labels) too.",
            ),
            click.option("--acls", is_flag=True, help=f"{done} POSIX access lists; Linux only."),
            click.option(
                "--xattrs",
                is_flag=True,
                help=f"{done} extended attributes that are called user.*; Linux only.",
            ),
        ):
            command = option(command)
        return command

    return add


def select_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that chooses entries."""
    return click.option(
        "-s",
        "--select",
        "chosen",
        multiple=True,
        metavar="ENTRY",
        help="Only this entry and what is below it, or what matches a pattern as in --exclude of compress.",
    )(command)


def attribute_choice(*, xattrs: bool, acls: bool, all_xattrs: bool) -> AttributeChoice:
    """Which attributes these options mean. Raises UsageError."""
    choice = AttributeChoice(xattrs or all_xattrs, acls, all_xattrs)
    choice.check()
    return choice


def level_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a model and what runs it."""
    engine = click.option(
        "--engine",
        type=click.Choice(["exact", "llama"]),
        default="exact",
        show_default=True,
        help="What runs the model.",
    )
    return model_options(engine(command))


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a model."""
    for option in (
        click.option(
            "--model", metavar="ID", help="A model from `nacomp models list`, in place of the level's."
        ),
        click.option(
            "--level",
            type=click.Choice(list(LEVELS)),
            default=DEFAULT_LEVEL,
            show_default=True,
            help="Speed against size.",
        ),
    ):
        command = option(command)
    return command
