"""Who standard output belongs to: a stream that carries data carries nothing else."""

import os
import sys
from dataclasses import dataclass
from typing import TextIO

import click


@dataclass
class Streams:
    """Who standard output belongs to in this invocation: the data, or the lines for programs."""

    data_on_stdout: bool = False

    @property
    def lines(self) -> TextIO:
        """Where lines for programs go: beside data, never into it."""
        return sys.stderr if self.data_on_stdout else sys.stdout


def streams() -> Streams:
    """The streams of this invocation, which hang on click's context, where `main` finds them too when it fails."""
    return click.get_current_context().ensure_object(Streams)


def let_go(stream: TextIO) -> None:
    """Lead a stream that cannot be written nowhere, or Python would try again as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def claim_stdout() -> None:
    """From here on standard output is for data alone, and lines for programs go to standard error."""
    streams().data_on_stdout = True
