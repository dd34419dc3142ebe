"""`nacomp gui`: start the desktop application."""

from importlib import import_module
from importlib.util import find_spec

import click

from nacomp.errors import ExtraMissing


@click.command("gui")
@click.argument("paths", nargs=-1)
def command_gui(paths: tuple[str, ...]) -> None:
    """Open the desktop application, with these files in its queue."""
    if find_spec("PySide6") is None:
        raise ExtraMissing(feature="The desktop application", extra="gui")
    # By name, because this layer must not import the one above it; the application is the user's, not the pipeline's.
    import_module("nacomp.gui.app").start(list(paths))
