"""Options that several commands take: all of them, or all that choose a model."""

from collections.abc import Callable
from typing import Any

import click

from nacomp.codecs.levels import DEFAULT_LEVEL, LEVELS


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


def level_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a model."""
    for option in (
        click.option(
            "--engine",
            type=click.Choice(["exact", "llama"]),
            default="exact",
            show_default=True,
            help="What runs the model.",
        ),
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
