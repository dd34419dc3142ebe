"""From an archive's entries to files in a folder: contents, modes, times and links. Owners and attributes are left out."""

import os
from pathlib import Path

from nac_decoder.archive import Entry
from nac_decoder.several import Several

FILE, FOLDER, LINK, HARD_LINK = range(4)


def write_tree(archive: Several, folder: Path) -> None:
    """Everything below `folder`, which is new or empty. Links come last, so nothing is written through one."""
    for entry in archive.entries:
        target = _place(folder, entry.path)
        if entry.kind == FOLDER:
            target.mkdir(parents=True, exist_ok=True)
        if entry.kind == FILE:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, archive.data_of(entry), entry)
    folder.mkdir(parents=True, exist_ok=True)
    for entry in archive.entries:
        target = _place(folder, entry.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.kind == HARD_LINK:
            file, data = archive.linked(entry)
            if data is None:
                os.link(_place(folder, file.path), target)
            else:
                _write(target, data, file)
        if entry.kind == LINK:
            target.symlink_to(entry.target.decode("utf-8", "surrogateescape"))
    for entry in reversed(archive.entries):  # what is in a folder would change its time
        if entry.kind == FOLDER:
            _finish(_place(folder, entry.path), entry)


def _place(folder: Path, path: bytes) -> Path:
    return folder / path.decode("utf-8", "surrogateescape")


def _write(target: Path, data: bytes, entry: Entry) -> None:
    """A file's data around its holes, which take no room."""
    with target.open("xb") as file:
        at = 0
        for offset, length in entry.holes:
            before = offset - file.tell()
            file.write(data[at : at + before])
            at += before
            file.seek(length, os.SEEK_CUR)
        file.write(data[at:])
        file.truncate()
    _finish(target, entry)


def _finish(path: Path, entry: Entry) -> None:
    path.chmod(entry.mode & 0o777)
    os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns))
