"""An archive to files: where they go, whether there is room for them, and then `extract` writes them."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.archive.extract import bytes_to_write, extract_file, extract_tree
from nacomp.archive.guard import check_output, check_room
from nacomp.archive.selection import select
from nacomp.archive.tree_writer import PLAIN
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import Entry
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.protection.seal import Password
from nacomp.operations.default_paths import file_target, folder_target
from nacomp.operations.read import is_single_file, open_archive, write_contents
from nacomp.runtime.destinations import Place, find_place, write_through
from nacomp.runtime.events import Phase
from nacomp.runtime.file_properties import Restore
from nacomp.runtime.progress import Job
from nacomp.runtime.results import DecompressResult


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
    restore: Restore = PLAIN,
    strip: int = 0,
) -> DecompressResult:
    """Extract an archive, or the chosen entries of it.

    A single file goes to `output`, or into it where it is a folder; several entries go below `output`, which is
    made. With `into` a single file goes into `output` too, which is made. Without an output, they go beside the archive.
    `restore` says what of owners and attributes is set, `strip` how many parts are cut off in front of the paths.
    """
    with ExitStack() as stack:
        archive = open_archive(path, loader, stack, limits, password)
        entries = select(archive, chosen, strip)
        if is_single_file(archive) and not strip:
            target = file_target(path, output, entries[0], into=into)
            place = find_place(target, overwrite=overwrite)
        else:
            target = output if output is not None else folder_target(path, archive)
            place = None
        size = sum(entry.size for entry in entries)
        to_stream = place is not None and place.is_stream
        taken = size if to_stream else bytes_to_write(entries, place.path if place else target)
        check_output(taken, archive.reader.size, limits.max_total_size)
        if not to_stream:
            check_room(taken, place.path if place else target)
        job.enter(Phase.MODEL)
        archive.load_engines()
        began = time.monotonic()
        job.expect(sum(entry.data_size for entry in entries))
        if place is None:
            paths = extract_tree(archive, entries, target, job, overwrite=overwrite, restore=restore)
        else:
            _one_file(archive, entries[0], place, job, overwrite=overwrite, restore=restore)
            paths = [target]
    return DecompressResult(tuple(paths), len(entries), size, round(time.monotonic() - began, 3))


def _one_file(
    archive: Archive, entry: Entry, place: Place, job: Job, *, overwrite: bool, restore: Restore
) -> None:
    """To a file of its own, or through a pipe or a device that is there."""
    if not place.is_stream:
        extract_file(archive, entry, place.path, job, overwrite=overwrite, restore=restore)
        return
    with write_through(place.path, job.cancel, overwrite=overwrite) as out:
        write_contents(archive, [entry], out, job)
