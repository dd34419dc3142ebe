"""Where a password comes from: a file, the environment, or a prompt. Never from the command line itself, which every user
of the machine can read, and which the shell writes down.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nacomp.cli.console import is_terminal
from nacomp.errors import PasswordNeeded, UsageError, file_problem

VARIABLE = "NACOMP_PASSWORD"
MAX_PASSWORD = 4_096
"""Bytes of a password file; a larger one is some other file."""


def password_file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--password-file`, which every command that reads or writes archives takes."""
    return click.option(
        "--password-file",
        metavar="FILE",
        help=f"Take the password from the first line of a file; {VARIABLE} holds one too.",
    )(command)


def given_password(file: str | None) -> str | None:
    """The password of the file or the environment, or None. Raises FileProblem, UsageError."""
    if file is None:
        return os.environ.get(VARIABLE) or None
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(MAX_PASSWORD + 1)
    except OSError as problem:
        raise file_problem(file, problem) from problem
    if len(data) > MAX_PASSWORD:
        raise UsageError(reason=f"{file} is not a password file: it has more than {MAX_PASSWORD:,} bytes")
    line = data.split(b"\n")[0].removesuffix(b"\r").decode("utf-8", "surrogateescape")
    if not line:
        raise UsageError(reason=f"the first line of {file} is empty, and an empty password protects nothing")
    return line


def new_password(file: str | None, *, ask: bool) -> str | None:
    """The password to seal with, or None for no seal.

    Only the options seal. A variable alone does not: it may be set for archives that are read, and an archive that nobody
    meant to seal is one that somebody cannot open.
    """
    if file is None and not ask:
        return None
    given = given_password(file)
    if given is not None:
        return given
    if not is_terminal(sys.stdin):
        raise PasswordNeeded()
    word: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return word


def opener(file: str | None) -> Callable[[], str]:
    """Gives the password once an archive proves to need one, and asks a person at most once."""
    known: list[str] = []

    def password() -> str:
        if not known:
            given = given_password(file)
            if given is None:
                if not is_terminal(sys.stdin):
                    raise PasswordNeeded()
                given = str(click.prompt("Password", hide_input=True, err=True))
            known.append(given)
        return known[0]

    return password
