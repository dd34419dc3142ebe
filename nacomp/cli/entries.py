"""An entry of an archive as programs read it: in `list` and in `info`."""

from typing import Any

from nacomp.formats.entry import Entry, EntryKind

KINDS = {EntryKind.FILE: "file", EntryKind.FOLDER: "folder", EntryKind.SYMLINK: "link"}


def entry_document(entry: Entry) -> dict[str, Any]:
    """One row of `entries`."""
    return {
        "path": entry.path,
        "kind": KINDS[entry.kind],
        "size": entry.size,
        "mode": entry.mode,
        "mtime_ns": entry.mtime_ns,
        "sha256": entry.sha256.hex() or None,
        "link_target": entry.link_target or None,
    }
