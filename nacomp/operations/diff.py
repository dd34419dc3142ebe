"""What is other in a folder than in an archive of it.

    the folder walked, named as in the archive -> entries beside sources -> only here, only there, other

Content is always compared by its bytes unless that is not asked for; files with a hash of their own are not decoded for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nacomp.archive.archive_reader import Archive
from nacomp.archive.comparison import Pair, with_other_bytes
from nacomp.archive.sources import Source
from nacomp.formats.entry import Entry
from nacomp.formats.paths import encode_path, sort_key
from nacomp.formats.records import dataclass
from nacomp.runtime.documents import Difference, DifferenceKind
from nacomp.runtime.progress import Job


@dataclass(frozen=True)
class DiffOptions:
    """What counts as a difference besides kind, size and bytes.

    Attributes:
        modes, times: so do these.
        quick: files of the same size and time count as the same, and are not read.
    """

    modes: bool = False
    times: bool = False
    quick: bool = False


def diff(archive: Archive, sources: Sequence[Source], options: DiffOptions, job: Job) -> list[Difference]:
    """The differences, sorted by path. `sources` are one input and all below it.

    The folder is compared with what the archive has under its name, or, if it has no such folder, with all of it: so an
    archive can be compared with what it was extracted to. Raises FileChanged, FileProblem, CorruptArchive, ModelMissing.
    """
    entries, named = _side_by_side(archive, sources)
    pairs = {path: Pair(entries[path], named[path]) for path in entries.keys() & named.keys()}
    found = [Difference(path, DifferenceKind.ADDED) for path in named.keys() - entries.keys()]
    found += [Difference(path, DifferenceKind.REMOVED) for path in entries.keys() - named.keys()]
    read = [p for p in pairs.values() if p.same_shape and not (options.quick and p.same_time)]
    other = with_other_bytes(archive, read, job)
    for path, pair in pairs.items():
        changed = not pair.same_shape or path in other
        found += [Difference(path, kind) for kind in _kinds(pair, options, changed=changed)]
    return sorted(found, key=lambda one: (sort_key(encode_path(one.path)), one.kind))


def _kinds(pair: Pair, options: DiffOptions, *, changed: bool) -> Iterator[DifferenceKind]:
    if changed:
        yield DifferenceKind.CHANGED
    if options.modes and not pair.same_mode:
        yield DifferenceKind.MODE
    if options.times and not pair.same_time:
        yield DifferenceKind.TIME


def _side_by_side(archive: Archive, sources: Sequence[Source]) -> tuple[dict[str, Entry], dict[str, Source]]:
    """Entries and sources by the archive's paths."""
    top = sources[0].name
    below = {e.path: e for e in archive.entries if e.path == top or e.path.startswith(top + "/")}
    if below:
        return below, {source.name: source for source in sources}
    inside = [replace(s, name=s.name[len(top) + 1 :]) for s in sources if s.name != top]
    return {entry.path: entry for entry in archive.entries}, {source.name: source for source in inside}
