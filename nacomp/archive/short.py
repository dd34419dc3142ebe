"""One short file in the compact form, where that is smaller than an archive in the long one (SPEC.md, section 14).

    the coded unit of one file -> its only block, or a block of all of it -> formats.compact

Both forms are made and compared, because a view may save more than the long form costs; the model is asked once.
"""

from collections.abc import Sequence

from nacomp.archive.block_encoder import BlockEncoder, CodedBlock
from nacomp.archive.sources import Source
from nacomp.archive.units import Unit
from nacomp.formats.checksums import content_checksum
from nacomp.formats.compact import MAX_CONTENT, encode_compact
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.presets import PRESETS, STORED, preset_of


def is_short(sources: Sequence[Source]) -> bool:
    """Whether the compact form can hold these sources."""
    return len(sources) == 1 and sources[0].kind is EntryKind.FILE and sources[0].whole_size <= MAX_CONTENT


def compact_archive(
    entry: Entry, coded: Sequence[tuple[Unit, Sequence[CodedBlock]]], encoder: BlockEncoder
) -> tuple[bytes, Sequence[CodedBlock]] | None:
    """The compact archive of a short file that was coded so and its block, or None where this form does not fit."""
    used: list[CodedBlock] = []
    if not entry.size:
        data = encode_compact(entry, PRESETS[STORED], b"", content_checksum(b""))
    elif len(coded) == 1:
        unit, blocks = coded[0]
        block = blocks[0] if _is_all(unit, blocks) else encoder.as_one(unit)
        used = [block]
        data = encode_compact(entry, block.method, block.payload, block.checksum)
    else:
        data = None
    return None if data is None else (data, used)


def _is_all(unit: Unit, blocks: Sequence[CodedBlock]) -> bool:
    """Whether the only block is the file itself, in a method that has a number."""
    opened = any(part.layout.opened for part in unit.parts)
    whole = [block.ranges for block in blocks] == [((0, len(unit.data)),)]
    return whole and not opened and preset_of(blocks[0].method) is not None
