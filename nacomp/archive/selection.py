"""Which entries of an archive are meant, and what they are called on the way out.

the words of -s -> select -> entries, with --strip-components -> TreeWriter
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nacomp.archive.archive_reader import Archive
from nacomp.archive.patterns import compiled
from nacomp.errors import EntryMissing, FileProblem, UsageError
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.errors import UnsafePath
from nacomp.formats.paths import check_link, decode_path, display_name, encode_path, parents, sort_key

WILDCARDS = frozenset("*?[")


def select(archive: Archive, wanted: Sequence[str], strip: int = 0) -> list[Entry]:
    """The entries of these paths or patterns, with everything below those that are folders.

    What is no path in the archive and has a wildcard is a pattern as in .gitignore. A hard link whose file is not among
    them is the file here, and the next one a hard link to it. `strip` cuts off so many parts in front of the paths; entries
    that have no more parts are left out.

    Raises EntryMissing; FileProblem, UsageError for paths that cannot be cut off.
    """
    chosen = list(archive.entries)
    if wanted:
        chosen = _chosen(archive, wanted)
    if strip:
        chosen = [entry for entry in chosen if entry.path.count("/") >= strip]
        if not chosen:
            raise UsageError(reason=f"no entry that is asked for has more than {strip} parts in its path")
    known = {entry.path: entry for entry in archive.entries}
    return _stripped(_with_files(chosen, known), strip) if strip else _with_files(chosen, known)


def select_files(archive: Archive, wanted: Sequence[str]) -> list[Entry]:
    """The files among what `select` gives, for who wants bytes.

    Raises FileProblem for a symbolic link that is named itself: its file, if there is one, is another entry, and to give
    nothing would be taken for an empty file.
    """
    named = {path.rstrip("/") for path in wanted}
    chosen = select(archive, wanted)
    for entry in chosen:
        if entry.kind is EntryKind.SYMLINK and entry.path in named:
            raise no_bytes(entry)
    return [entry for entry in chosen if entry.kind is EntryKind.FILE]


def no_bytes(entry: Entry) -> FileProblem:
    """The error for who wants the bytes of a folder or a symbolic link."""
    what = "a folder" if entry.kind is EntryKind.FOLDER else f"a link to {display_name(entry.link_target)}"
    return FileProblem(path=display_name(entry.path), reason=f"is {what} in this archive, and no file")


def _chosen(archive: Archive, wanted: Sequence[str]) -> list[Entry]:
    there = {path for entry in archive.entries for path in (entry.path, *_above(entry))}
    names = {path.rstrip("/") for path in wanted}
    patterns = {name for name in names - there if WILDCARDS & set(name)}
    for name in names - there - patterns:
        archive.entry(name)  # which is missing
    found = {e.path for e in archive.entries if e.path in names or any(p in names for p in _above(e))}
    for pattern in patterns:
        matching = _matching(archive.entries, pattern)
        if not matching:
            raise EntryMissing(path=display_name(pattern))
        found |= matching
    return [entry for entry in archive.entries if entry.path in found]


def _matching(entries: Iterable[Entry], pattern: str) -> set[str]:
    # At the beginning of a line these have meanings that nobody has in mind who names an entry.
    spec = compiled([f"\\{pattern}" if pattern[0] in "!#" else pattern])
    shown = ((e.path, f"{e.path}/" if e.kind is EntryKind.FOLDER else e.path) for e in entries)
    return {path for path, name in shown if spec.match_file(name)}


def _with_files(chosen: Sequence[Entry], known: Mapping[str, Entry]) -> list[Entry]:
    """Hard links without their files: the first one of each file takes its place."""
    there = {entry.path for entry in chosen}
    instead: dict[str, str] = {}
    found = []
    for entry in chosen:
        if entry.kind is not EntryKind.HARD_LINK or entry.link_target in there:
            found.append(entry)
        elif entry.link_target in instead:
            found.append(replace(entry, link_target=instead[entry.link_target]))
        else:
            instead[entry.link_target] = entry.path
            found.append(replace(known[entry.link_target], path=entry.path))
    return found


def _above(entry: Entry) -> list[str]:
    return [decode_path(raw) for raw in parents(encode_path(entry.path))]


def _stripped(entries: Iterable[Entry], count: int) -> list[Entry]:
    """The entries with so many parts cut off in front, judged anew: links could lead out now, names could be the same."""
    found: dict[str, Entry] = {}
    for entry in entries:
        path = _cut(entry.path, count)
        target = _cut(entry.link_target, count) if entry.kind is EntryKind.HARD_LINK else entry.link_target
        known = found.get(path)
        if known is not None and (known.kind, entry.kind) != (EntryKind.FOLDER, EntryKind.FOLDER):
            raise FileProblem(path=display_name(path), reason="would be the path of two entries")
        found.setdefault(path, replace(entry, path=path, link_target=target))
        if entry.kind is EntryKind.SYMLINK:
            _check_stays_inside(path, target)
    for entry in found.values():
        for above in _above(entry):
            if above in found and found[above].kind is not EntryKind.FOLDER:
                raise FileProblem(path=display_name(entry.path), reason="would lie below a file or a link")
    return sorted(found.values(), key=lambda entry: sort_key(encode_path(entry.path)))


def _cut(path: str, count: int) -> str:
    return path.split("/", count)[count]


def _check_stays_inside(path: str, target: str) -> None:
    try:
        check_link(encode_path(path), encode_path(target))
    except UnsafePath:
        reason = f"would lead out of the folder, to {display_name(target)}"
        raise FileProblem(path=display_name(path), reason=reason) from None
