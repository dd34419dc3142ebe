"""Any bytes in place of an index, and any change to one: accepted as they are, or refused."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive, NacompError
from nacomp.formats.index import FIELDS, FOOTER, FOOTER_MAGIC, INDEX_HEADER_SIZE, encode_index
from nacomp.formats.packing import unpack
from nacomp.formats.paths import check_path, encode_path
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import (
    ABC,
    EXAMPLE_BLOCK,
    VIEW_TABLE,
    RawDerived,
    RawEntry,
    around,
    forged_header,
    forged_index,
    raw_body,
    raw_file,
    raw_link,
    with_views,
)
from tests.formats.hostile.refusal import EVERYTHING, SMALL


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60), st.booleans())
def test_any_index_is_accepted_or_refused(rest: bytes, with_block: bool) -> None:
    body = (raw_body(blocks=[EXAMPLE_BLOCK])[:4] if with_block else b"\0") + rest
    archive = around(body, ABC if with_block else b"", forged_header(VIEW_TABLE))
    with contextlib.suppress(NacompError), ArchiveReader.open(io.BytesIO(archive)) as reader:
        assert len(reader.entries) + len(reader.index.derived) <= len(rest)


def index_body(archive: bytes) -> tuple[bytes, bytes]:
    """What stands before an archive's index, and the unpacked index."""
    offset, _ = FOOTER.unpack(archive[-FOOTER.size :])
    size = FIELDS.unpack_from(archive, offset)[3]
    return archive[:offset], unpack(archive[offset + INDEX_HEADER_SIZE : -FOOTER.size], size, "index")


RICH = with_views(
    [RawDerived(parameters=b"choices"), RawDerived((((1, 0, 3),), ((0, 1, 2),)), size=9)],
    raw_file(b"a", (0, 0, 3)),
    raw_file(b"a0", (1, 0, 3), group=1),
    RawEntry(b"folder"),
    raw_link(b"folder/link", b"../a"),
    raw_file(b"folder/x", (2, 0, 4), (2, 4, 5), group=1),
)
"""Derived contents and files that share a hash."""


def test_every_index_cut_short_is_refused() -> None:
    before, body = index_body(RICH)
    for size in range(len(body)):
        forged = before + forged_index(body[:size]) + FOOTER.pack(len(before), FOOTER_MAGIC)
        with pytest.raises(CorruptArchive):
            ArchiveReader.open(io.BytesIO(forged))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from([SMALL, RICH, EVERYTHING]), st.data())
def test_any_change_to_an_index_is_accepted_or_refused(archive: bytes, data: st.DataObject) -> None:
    before, body = index_body(archive)
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    flags = FIELDS.unpack_from(archive, len(before))[1]
    forged = before + forged_index(bytes(changed), flags) + FOOTER.pack(len(before), FOOTER_MAGIC)
    with contextlib.suppress(NacompError), ArchiveReader.open(io.BytesIO(forged)) as reader:
        for entry in reader.entries:
            assert entry.data_size == sum(extent.length for extent in entry.extents)
            assert all(0 <= hole.offset < hole.offset + hole.length <= entry.size for hole in entry.holes)
            check_path(encode_path(entry.path))
        again = encode_index(reader.blocks, reader.index.derived, reader.entries, reader.index.header_copy)
        assert index_body(before + again + FOOTER.pack(len(before), FOOTER_MAGIC))[1] == bytes(changed)
