"""Several archives in one file are one: whose entry counts, what an update may name, and what a cut leaves."""

import io
from dataclasses import replace

import pytest

from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.errors import CorruptArchive, LimitExceeded, NacompError
from nacomp.formats.extent import Extent
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import IntactParts, lost_ranges
from tests.formats.make_archives import GOLDEN, compact, joined_archives, update, updated
from tests.formats.samples import MTIME, STORED, build, read_files, sealed

ONE = build({"a": b"first", "d/x": b"below"}, methods=(STORED,))
TWO = build({"a": b"second"}, methods=(STORED,))
UPDATED = updated()
STATES = {"d/1": b"other", "d/2": b"two ", "e": b"six", "f": b"736978two "}


def link(path: str) -> bytes:
    """An archive of a link."""
    return build({}, [Entry(path, EntryKind.SYMLINK, 0o777, MTIME, link_target="a")], methods=())


def names(archive: bytes) -> list[str]:
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        return [entry.path for entry in reader.entries]


def test_what_is_newer_counts() -> None:
    assert read_files(ONE + TWO) == {"a": b"second", "d/x": b"below"}
    assert read_files(TWO + ONE) == {"a": b"first", "d/x": b"below"}
    assert read_files(ONE + TWO + ONE) == read_files(ONE)


def test_a_file_takes_a_folders_place_and_a_folder_a_files() -> None:
    assert read_files(joined_archives()) == {"a": b"now a file", "b/y": b"below", "c": b"kept", "s": b"short"}
    assert names(ONE + link("d")) == ["a", "d"]
    assert names(link("d") + ONE) == ["a", "d/x"]
    assert names(ONE + link("d") + ONE) == ["a", "d/x"]


def test_compact_ones_are_joined_too() -> None:
    first, second = compact(b"1", path="x"), compact(b"2", path="y")
    assert read_files(first + second) == {"x": b"1", "y": b"2"}
    assert read_files(first + ONE + second) == {"a": b"first", "d/x": b"below", "x": b"1", "y": b"2"}


def test_updates_name_what_is_there_and_take_away() -> None:
    assert read_files(UPDATED) == STATES
    assert read_files(ONE + UPDATED) == STATES | read_files(ONE)
    assert read_files(UPDATED + UPDATED) == STATES


def test_update_of_a_compact_one() -> None:
    whole = compact(b"content", path="x")
    again = whole + update(whole, {"y": (b"tent", (Extent(0, 3, 4),))}, removed=["x"])
    assert read_files(again) == {"y": b"tent"}


def test_removed_folder_takes_what_is_below_it() -> None:
    assert names(ONE + update(ONE, {}, removed=["d"])) == ["a"]
    back = ONE + update(ONE, {"d/y": (b"low", (Extent(0, 7, 3),))}, removed=["d"])
    assert names(back) == ["a", "d/y"]


@pytest.mark.parametrize("archive", [ONE + TWO, joined_archives(), UPDATED, compact(b"1") + TWO])
def test_every_flipped_bit_is_refused_or_harmless(archive: bytes) -> None:
    whole = read_files(archive)
    for bit in range(0, 8 * len(archive), 7):
        changed = bytearray(archive)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            assert read_files(bytes(changed)) == whole
        except NacompError:
            continue


def test_a_cut_update_leaves_the_state_before_it() -> None:
    with ArchiveReader.open(io.BytesIO(UPDATED)) as reader:
        ends = [member.start + member.size for member in reader.members]
    for cut in range(ends[0], ends[-1]):
        whole = max(end for end in ends if end <= cut)
        assert read_files(UPDATED[:cut]) == read_files(UPDATED[:whole])
        with ArchiveReader.open(io.BytesIO(UPDATED[:cut])) as reader:
            assert reader.end == whole


def test_room_without_bytes_behind_it_is_passed_over() -> None:
    """What some file systems leave of a write when the power goes."""
    assert read_files(ONE + bytes(5000)) == read_files(ONE)


@pytest.mark.parametrize("more", [b"\n", b"junk", TWO[:-1], TWO[:20], b"\x89NAC\r\n\x1a\n\2\0\3\0"])
def test_anything_else_behind_it_is_refused(more: bytes) -> None:
    with pytest.raises(CorruptArchive):
        read_files(ONE + more)


def test_cut_archive_of_an_archive_is_refused() -> None:
    """The footer of the one inside must not make the rest count."""
    outer = build({"inner.nac": UPDATED}, methods=(STORED,), block_size=10_000)
    with ArchiveReader.open(io.BytesIO(outer)) as reader:
        end = reader.blocks[0].end
    for cut in (end, end - 1, len(outer) - 1):
        with pytest.raises(CorruptArchive):
            read_files(outer[:cut])


def test_members_count_together_against_the_limits() -> None:
    for limits in (
        replace(DEFAULT_LIMITS, max_members=2),
        replace(DEFAULT_LIMITS, max_entries=5),
        replace(DEFAULT_LIMITS, max_extents=5),
        replace(DEFAULT_LIMITS, max_total_size=20),
    ):
        with pytest.raises(LimitExceeded):
            ArchiveReader.open(io.BytesIO(UPDATED), limits)


def test_sealed_ones_are_joined_inside() -> None:
    assert read_files(sealed(UPDATED), password="correct horse") == STATES


def test_salvage_loses_only_what_is_in_a_damaged_block() -> None:
    with ArchiveReader.open(io.BytesIO(UPDATED)) as reader:
        member = reader.members[1]
        place = member.start + member.index.blocks[0].offset + 50
    changed = bytearray(UPDATED)
    changed[place] ^= 1
    found = IntactParts(io.BytesIO(bytes(changed)))
    assert found.index is not None
    lost = {entry.path for entry in found.index.entries if lost_ranges(entry, found.intact_contents)}
    assert lost == {"d/1"}
    assert found.missing_blocks(()) == ((1, 1),)


def test_golden_ones_are_several() -> None:
    for name in ("updated", "unfinished-update", "joined"):
        with ArchiveReader.open(io.BytesIO(GOLDEN[name]())) as reader:
            assert len(reader.members) == 3


@pytest.mark.parametrize("place", ["header", "block", "index", "body", "offset", "magic"])
def test_damage_to_a_finished_update_never_brings_an_old_state_back(place: str) -> None:
    with ArchiveReader.open(
        io.BytesIO(ONE + update(ONE, {"z": (b"zzz", (Extent(1, 0, 3),))}, [b"zzz"]))
    ) as reader:
        member = reader.members[1]
        start, size = member.start, member.size
        places = {
            "header": start + 30,
            "block": start + member.header.size,
            "index": start + member.index.blocks[0].end,
            "body": start + member.index.blocks[0].end + 40,
            "offset": start + size - 16,
            "magic": start + size - 1,
        }
    changed = bytearray(ONE + update(ONE, {"z": (b"zzz", (Extent(1, 0, 3),))}, [b"zzz"]))
    changed[places[place]] ^= 1
    with pytest.raises(CorruptArchive):
        read_files(bytes(changed))
