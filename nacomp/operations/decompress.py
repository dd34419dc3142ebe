"""An archive to files: where they go, whether there is room for them, and then `extract` writes them."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.archive.extract import extract_file, extract_tree, select
from nacomp.archive.guard import check_output, check_room
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import Entry
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.protection.seal import Password
from nacomp.operations.default_paths import file_target, folder_target
from nacomp.operations.read import is_single_file, open_archive, write_contents
from nacomp.runtime.destinations import is_stream, settle, write_through
from nacomp.runtime.documents import DecompressResult
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job


def decompress(
    path: Path | BinaryIO,
    output: Path | None,
    loader: ModelLoader,
    job: Job,
    *,
    overwrite: bool = False,
    into: bool = False,
    chosen: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    password: Password = None,
) -> DecompressResult:
    """Extract an archive, or the chosen entries of it.

    A single file goes to `output`, or into it where it is a folder; several entries go below `output`, which is
    made. With `into` a single file goes into `output` too, which is made. Without an output, they go beside the archive.
    """
    with ExitStack() as stack:
        archive = open_archive(path, loader, stack, limits, password)
        entries = select(archive, chosen)
        job.enter(Phase.MODEL)
        archive.load_engines()
        began = time.monotonic()
        size = sum(entry.size for entry in entries)
        check_output(size, archive.reader.size, limits.max_total_size)
        job.expect(size)
        if is_single_file(archive):
            target = file_target(path, output, entries[0], into=into)
            _one_file(archive, entries[0], target, job, overwrite=overwrite)
            paths = [target]
        else:
            folder = output if output is not None else folder_target(path, archive)
            check_room(size, folder)
            paths = extract_tree(archive, entries, folder, job, overwrite=overwrite)
    return DecompressResult(tuple(paths), len(entries), size, round(time.monotonic() - began, 3))


def _one_file(archive: Archive, entry: Entry, target: Path, job: Job, *, overwrite: bool) -> None:
    """To a file of its own, or through a pipe or a device that is there."""
    place = settle(target, overwrite=overwrite)
    if not is_stream(place):
        check_room(entry.size, place)
        extract_file(archive, entry, place, job, overwrite=overwrite)
        return
    with ExitStack() as stack:
        with job.waiting():  # a pipe opens once somebody reads from it
            out = stack.enter_context(write_through(place, overwrite=overwrite))
        write_contents(archive, [entry], out, job)
