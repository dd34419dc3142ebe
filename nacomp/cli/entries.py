"""An entry of an archive as programs read it: in `list` and in `info`."""

from nacomp.formats.entry import Entry, EntryKind
from nacomp.runtime.documents import EntryRow, EntryWord

WORDS = {
    EntryKind.FILE: EntryWord.FILE,
    EntryKind.FOLDER: EntryWord.FOLDER,
    EntryKind.SYMLINK: EntryWord.LINK,
}


def entry_row(entry: Entry) -> EntryRow:
    """One row of `entries`."""
    return EntryRow(
        entry.path,
        WORDS[entry.kind],
        entry.size,
        entry.mode,
        entry.mtime_ns,
        sha256=entry.sha256.hex() or None,
        link_target=entry.link_target or None,
    )
