"""An entry of an archive as programs read it: in `list` and in `info`."""

import os

from nacomp.archive.shares import Shares
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import display_name
from nacomp.runtime.documents import EntryRow, EntryWord

WORDS = {
    EntryKind.FILE: EntryWord.FILE,
    EntryKind.FOLDER: EntryWord.FOLDER,
    EntryKind.SYMLINK: EntryWord.LINK,
    EntryKind.HARD_LINK: EntryWord.HARD_LINK,
}


def entry_row(entry: Entry, shares: Shares) -> EntryRow:
    """One row of `entries`."""
    return EntryRow(
        entry.path,
        WORDS[entry.kind],
        entry.size,
        entry.mode,
        entry.mtime_ns,
        sha256=entry.own_sha256.hex() or None,
        link_target=entry.link_target or None,
        data_size=entry.data_size,
        owner=f"{owner.user}:{owner.group}" if (owner := entry.owner) else None,
        uid=owner.uid if owner else None,
        gid=owner.gid if owner else None,
        packed_size=shares.packed_size(entry),
        opened=shares.opened(entry),
        attributes=tuple(display_name(os.fsdecode(name)) for name, _ in entry.attributes),
    )
