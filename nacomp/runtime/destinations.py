"""Where output really goes: a file of its own, what a link points to, or a pipe or device that takes it as it comes.

    target -> settle -> plain place -> output_files.save (whole or not at all)
                     -> stream      -> write_through (as zstd does: bytes go out, nothing is replaced)

A link that is an output stands for its file, and a device node is not a file: putting a finished file in the place of either
would leave the one it stood for unwritten, and the system without its device.
"""

import contextlib
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from nacomp.errors import FileProblem, OutputExists, Remedy, file_problem
from nacomp.formats.records import dataclass
from nacomp.runtime.interruptible import InterruptibleFile
from nacomp.runtime.output_files import check_free, save
from nacomp.runtime.progress import CancelToken

_OPEN = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def open_number(target: Path) -> int | None:
    """The number of the open file that a path such as `/dev/stdout` stands for."""
    if os.name == "nt":
        return None
    found = _OPEN.fullmatch(str(target))
    return int(found[1]) if found else _STANDARD.get(str(target))


def is_stream(target: Path) -> bool:
    """Whether output is written to what is there: an open file, a pipe or a character device."""
    if open_number(target) is not None:
        return True
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def settle(target: Path, *, overwrite: bool) -> Path:
    """The place itself, or what a link there points to, which needs `overwrite`. Raises OutputExists, FileProblem."""
    if not target.is_symlink() or open_number(target) is not None:
        return target
    if is_stream(target):
        return target
    if not overwrite:
        raise OutputExists(path=target)
    place = Path(os.path.realpath(target))
    if place.is_symlink():
        raise FileProblem(path=target, reason="is a link that leads nowhere")
    return place


@dataclass(frozen=True)
class Place:
    """Where output goes, and that it may: `find_place` says so."""

    path: Path
    is_stream: bool
    """Whether it is written to what is there; else it becomes a file of its own."""


def find_place(target: Path, *, overwrite: bool) -> Place:
    """Judge a target before the work, not behind it. Raises OutputExists, FileProblem."""
    place = Place(path := settle(target, overwrite=overwrite), is_stream(path))
    if not place.is_stream:
        check_free(path, overwrite=overwrite)
    return place


@contextlib.contextmanager
def write_through(target: Path, cancel: CancelToken, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Write to what is there. What has been written stays when the block fails. Raises FileProblem, Interrupted.

    A terminal needs `overwrite`. A pipe opens once somebody reads from it, and takes what that reader takes; `cancel` ends
    either wait.
    """
    number = open_number(target)
    try:
        if number is not None:
            handle = os.dup(number)
        else:
            with cancel.waiting():
                handle = os.open(target, os.O_WRONLY | os.O_NOCTTY)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    try:
        with io.BufferedWriter(InterruptibleFile(handle, cancel, closefd=True)) as file:
            if os.isatty(handle) and not overwrite:
                raise FileProblem(path=target, reason="is a terminal", remedy=Remedy.REPLACE_OUTPUT)
            yield cast(BinaryIO, file)
    except OSError as problem:
        raise file_problem(target, problem) from problem


@contextlib.contextmanager
def put(target: Path, cancel: CancelToken, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A file to write: what becomes `target`, or what is there, if it is a pipe or a device. Raises as `save` does."""
    place = settle(target, overwrite=overwrite)
    opened = (
        write_through(place, cancel, overwrite=overwrite)
        if is_stream(place)
        else save(place, overwrite=overwrite)
    )
    with opened as file:
        yield file
