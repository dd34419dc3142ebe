"""What happens to inputs that are to go once their archive has been verified: to the trash, or deleted for good.

Each file is looked at once more before it goes: one that changed since it was read is not in the archive as it is now,
so it stays. A folder goes to the trash whole if it holds exactly what was archived; otherwise file by file, so that what
somebody put there meanwhile stays too. Deleting whole trees lost: nobody can look and delete in one step.
"""

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from nacomp.archive.hard_links import linked
from nacomp.archive.sources import Source
from nacomp.archive.walk import walk
from nacomp.errors import FileProblem, NacompError, Remedy
from nacomp.formats.entry import EntryKind


def remove_sources(inputs: Iterable[Path], sources: Sequence[Source], written: Path, *, trash: bool) -> None:
    """Remove what was archived in `written`. Only after verification.

    Args:
        inputs: the paths that `sources` were found below.
        trash: move to the system's trash; else delete.

    Raises:
        FileProblem: something changed since it was archived, or could not be removed; it and what follows stay.
    """
    whole = [path for path in inputs if trash and path.name and _holds_only(path, sources)]
    for path in whole:
        _move_to_trash(path)
    left = [source for source in sources if source.path is not None and not _below(source.path, whole)]
    for source in left:
        if source.kind is not EntryKind.FOLDER and source.path is not None and source.path != written:
            _remove(source, source.path, trash=trash)
    for source in reversed(left):
        if source.kind is EntryKind.FOLDER and source.path is not None:
            _remove_folder(source.path)


def _below(path: Path, tops: Sequence[Path]) -> bool:
    return any(path == top or top in path.parents for top in tops)


def _holds_only(top: Path, sources: Sequence[Source]) -> bool:
    """Whether an input folder is still exactly what was archived."""
    if top.is_symlink() or not top.is_dir():
        return False
    try:
        now = linked(walk([top]))
    except NacompError:
        return False
    archived = {s.path: _look(s) for s in sources if s.path is not None and _below(s.path, [top])}
    return {s.path: _look(s) for s in now} == archived


def _look(source: Source) -> tuple[object, ...]:
    """What must not have changed: the times of folders may, an archive is perhaps written into them.

    Which of its names a file was archived under depends on what else was.
    """
    if source.inode is not None:
        return source.inode, source.mtime_ns
    times = source.mtime_ns if source.kind is EntryKind.FILE else 0
    return source.kind, source.whole_size, times, source.link_target


def _remove(source: Source, path: Path, *, trash: bool) -> None:
    """One file or link."""
    try:
        now = path.lstat()
        is_file = source.kind in (EntryKind.FILE, EntryKind.HARD_LINK)
        if is_file and not (stat.S_ISREG(now.st_mode) and _is_unchanged(source, now)):
            raise FileProblem(path=path, reason="changed since it was archived, so it stays")
        if trash and is_file:
            _move_to_trash(path)
        else:
            path.unlink()
    except OSError as problem:
        reason = f"was archived but could not be removed ({problem.strerror or problem})"
        raise FileProblem(path=path, reason=reason) from problem


def _is_unchanged(source: Source, now: os.stat_result) -> bool:
    if source.kind is EntryKind.HARD_LINK:
        return (now.st_dev, now.st_ino) == source.inode and now.st_mtime_ns == source.mtime_ns
    return (now.st_size, now.st_mtime_ns) == (source.whole_size, source.mtime_ns)


def _remove_folder(path: Path) -> None:
    try:
        if not any(path.iterdir()):
            path.absolute().rmdir()  # no system removes `.` by this name
    except OSError as problem:
        reason = f"was archived but could not be removed ({problem.strerror or problem})"
        raise FileProblem(path=path, reason=reason) from problem


def _move_to_trash(path: Path) -> None:
    # Loads the desktop's libraries on some systems: only when it is needed.
    from send2trash import send2trash

    try:
        send2trash(path.absolute())
    except OSError as problem:
        reason = (
            f"was archived but could not be moved to the trash, so it stays ({problem.strerror or problem})"
        )
        raise FileProblem(path=path, reason=reason, remedy=Remedy.DELETE) from problem
