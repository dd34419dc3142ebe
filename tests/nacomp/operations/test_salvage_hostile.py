"""Salvage of files made to hurt: bounded memory, each file written once, and intact files always written."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from nacomp.archive import content_store, tree_writer
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats import index
from nacomp.formats.block import BlockInfo
from nacomp.formats.entry import Entry
from nacomp.formats.extent import Extent
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.scan import missing_runs
from nacomp.operations.salvage import SalvageReport, partial_path, salvage
from nacomp.runtime import output_files
from nacomp.runtime.progress import Job
from tests.formats.forging import (
    VIEW_TABLE,
    RawDerived,
    assembled,
    forged_block,
    forged_header,
    raw_file,
)
from tests.formats.samples import file_entry
from tests.nacomp.workbench import decoded_blocks


def salvaged(folder: Path, data: bytes) -> SalvageReport:
    (folder / "hostile.nac").write_bytes(data)
    return salvage(folder / "hostile.nac", folder / "out", ModelLoader(), Job())


def archive_of(blocks: list[tuple[bytes, bytes]], entries: list[Entry]) -> bytes:
    """An archive of stored blocks, each with its payload and the content that its checksum is of."""
    data, infos = forged_header(), []
    for number, (payload, content) in enumerate(blocks):
        infos.append(BlockInfo(number, 0, len(content), len(payload), len(data)))
        data += forged_block(payload, content, number)
    entries = sorted(entries, key=lambda entry: entry.path)
    return data + index.encode_index(infos, (), entries, b"") + FOOTER.pack(len(data), FOOTER_MAGIC)


@pytest.mark.parametrize("number", [10**9, 2**32 - 1])
def test_block_numbers_take_no_memory(tmp_path: Path, number: int) -> None:
    """87 bytes took all memory: every number below the block's was listed as missing."""
    data = forged_header() + forged_block(b"abc", b"abc", number)
    tracemalloc.start()
    report = salvaged(tmp_path, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(data) < 100
    assert peak < 16 << 20
    assert report.missing_blocks == ((0, number - 1),)
    assert (tmp_path / "out" / f"block-{number}").read_bytes() == b"abc"


@pytest.mark.parametrize(
    ("found", "end", "runs"),
    [([], 0, ()), ([], 3, ((0, 2),)), ([0, 1], 2, ()), ([1, 4], 6, ((0, 0), (2, 3), (5, 5)))],
)
def test_missing_blocks_are_runs(found: list[int], end: int, runs: tuple[tuple[int, int], ...]) -> None:
    assert missing_runs(found, end) == runs


def test_a_file_with_many_bad_blocks_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was written anew for every block that did not decode: 0.55 s and 256 MiB each."""
    written: list[str] = []
    save_in: Callable[..., object] = output_files.save_in

    def counting(folder: object, name: str, *args: object, **kwargs: object) -> object:
        written.append(name)
        return save_in(folder, name, *args, **kwargs)

    monkeypatch.setattr(tree_writer, "save_in", counting)
    blocks = [(b"good", b"good")] + [(b"lies", b"said")] * 50
    content = b"".join(content for _, content in blocks)
    entry = file_entry("a", content, [Extent(number, 0, 4) for number in range(len(blocks))])
    report = salvaged(tmp_path, archive_of(blocks, [entry]))
    assert len(written) == 1
    assert (tmp_path / "out" / "a.partial").read_bytes() == b"good" + bytes(200)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.partial"]
    assert report.files[0].lost == ((4, 200),)
    assert report.missing_blocks == ((1, 50),)


def test_a_bad_block_is_decoded_once_for_all_that_is_derived_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = decoded_blocks(monkeypatch)
    head = forged_header(VIEW_TABLE)
    blocks = forged_block(b"good", b"good") + forged_block(b"lies", b"said", 1)
    derived = [RawDerived((((1, 0, 4),),)) for _ in range(50)]
    files = [raw_file(b"%02d" % n, (0, 0, 4), (2 + n, 0, 3)) for n in range(50)]
    rows = [(0, 4, 4)] * 2
    report = salvaged(tmp_path, assembled(*files, blocks=rows, derived=derived, between=blocks, head=head))
    assert tried == [0, 1]
    assert report.missing_blocks == ((1, 1),)
    assert {file.lost for file in report.files} == {((4, 3),)}
    assert (tmp_path / "out" / "07.partial").read_bytes() == b"good" + bytes(3)


def test_a_group_that_lost_a_file_keeps_the_others(tmp_path: Path) -> None:
    """Their hash tells nothing any more, and the checksums of their blocks do."""
    blocks = forged_block(b"good", b"good") + forged_block(b"lies", b"said", 1)
    files = [raw_file(b"%d" % n, (n % 2, 0, 4), group=0) for n in range(4)]
    report = salvaged(tmp_path, assembled(*files, blocks=[(0, 4, 4)] * 2, between=blocks))
    assert [file.lost for file in report.files] == [(), ((0, 4),), (), ((0, 4),)]
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {"0": b"good", "2": b"good"}


def test_a_file_of_bad_blocks_only_is_not_written(tmp_path: Path) -> None:
    report = salvaged(
        tmp_path, archive_of([(b"lies", b"said")], [file_entry("a", b"said", [Extent(0, 0, 4)])])
    )
    assert (report.files[0].written, report.files[0].lost) == (None, ((0, 4),))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["n" * 250, "é" * 125, "n" * 255])
def test_a_long_name_of_a_damaged_file_ends_nothing(tmp_path: Path, name: str) -> None:
    """250 bytes and `.partial` are more than a file system holds: nothing at all was written."""
    blocks = [(b"good", b"good"), (b"lies", b"said")]
    entries = [
        file_entry(name, b"goodsaid", [Extent(0, 0, 4), Extent(1, 0, 4)]),
        file_entry("z", b"good", [Extent(0, 0, 4)]),
    ]
    report = salvaged(tmp_path, archive_of(blocks, entries))
    assert (tmp_path / "out" / "z").read_bytes() == b"good"
    partial = report.damaged[0].written
    assert partial is not None
    assert partial.read_bytes() == b"good" + bytes(4)
    assert partial.name.startswith(name[:100])
    assert partial.name.endswith(".partial")


def test_files_that_jump_between_blocks_decode_each_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when an archive is read: a block decoded for every extent is endless work."""
    monkeypatch.setattr(content_store, "CACHE_BYTES", 100)
    tried = decoded_blocks(monkeypatch)
    blocks = [(bytes([n]) * 80,) * 2 for n in range(2)]
    jumps = [Extent(i % 2, i, 1) for i in range(40)]
    entry = file_entry("a", bytes(i % 2 for i in range(40)), jumps)
    salvaged(tmp_path, archive_of(blocks, [entry]))
    assert (tmp_path / "out" / "a").read_bytes() == b"\0\1" * 20
    assert tried == [0, 1]


def test_partial_names_are_nobody_elses() -> None:
    taken = {"d/a", "d/a.partial", "d/a.2.partial"}
    assert partial_path("d/a", taken) == "d/a.3.partial"
    first, second = (partial_path("n" * 250 + end, set()) for end in "ab")
    assert first != second
