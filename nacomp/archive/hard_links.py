"""Several names of one file: one of them is archived as the file, the others as hard links to it.

walk -> linked -> sources of which each file is there once
"""

from collections.abc import Iterable
from dataclasses import replace

from nacomp.archive.sources import Source
from nacomp.formats.entry import EntryKind
from nacomp.formats.paths import encode_path, sort_key


def linked(sources: Iterable[Source]) -> list[Source]:
    """The sources, each further name of a file as a hard link. The first in the order of the archive is the file.

    Names outside of the sources do not count: a file of which one name alone is archived is a file.
    """
    found = list(sources)
    first: dict[tuple[int, int], Source] = {}
    for source in found:
        if source.inode is not None and source.kind is EntryKind.FILE:
            known = first.setdefault(source.inode, source)
            if _place(source) < _place(known):
                first[source.inode] = source
    return [_linked(source, first.get(source.inode, source) if source.inode else source) for source in found]


def _linked(source: Source, file: Source) -> Source:
    if file is source or source.kind is not EntryKind.FILE:
        return source
    return replace(
        source, kind=EntryKind.HARD_LINK, size=0, holes=(), link_target=file.name, owner=None, attributes=()
    )


def _place(source: Source) -> bytes:
    return sort_key(encode_path(source.name))
