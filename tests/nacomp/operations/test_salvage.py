"""Damaged archives give back whatever is intact, and say exactly what is not."""

import io
import json
from pathlib import Path

import pytest

from nacomp.archive import units
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import CorruptArchive, ModelMissing, OutputExists
from nacomp.formats.block import BlockInfo
from nacomp.formats.entry import Entry
from nacomp.formats.reader import ArchiveReader
from nacomp.models.library.store import Store
from nacomp.operations.compress import CompressOptions, compress, sources_of
from nacomp.operations.salvage import SalvageReport, salvage
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import DATA, TINY, nacomp, prose


def contents() -> dict[str, bytes]:
    """A text file, two that share a block with it, and two binary ones with blocks of their own."""
    noise = bytes(i * i * 2654435761 >> 13 & 0xFF for i in range(20_000))
    return {
        "a.txt": prose(2500),
        "b.txt": prose(600, seed=2),
        "deep/c.txt": prose(700, seed=3),
        "noise.bin": noise,
        "deep/two-kinds.bin": noise[:5000][::-1] + prose(2000, seed=4),
        "empty": b"",
    }


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive of a tree of these."""
    folder = tmp_path_factory.mktemp("packed")
    store = Store(folder / "models")
    store.add(DATA / "tiny.gguf")
    tree = folder / "tree"
    for name, content in contents().items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    (tree / "link").symlink_to("deep/c.txt")
    options = CompressOptions(model=TINY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "SMALL_BYTES", 3000)  # so that the binary ones are not pooled with the texts
        compress(sources_of([tree]), folder / "tree.nac", ModelLoader(store=store), options, Job())
    return (folder / "tree.nac").read_bytes()


@pytest.fixture
def archive(tmp_path: Path, tiny_model: Path, packed: bytes) -> Path:
    """The archive, and the model it needs."""
    Store().add(tiny_model)
    (tmp_path / "tree.nac").write_bytes(packed)
    return tmp_path / "tree.nac"


def inside(archive: Path) -> tuple[dict[str, Entry], tuple[BlockInfo, ...], int]:
    """Entries by path, blocks, and where the index starts."""
    with ArchiveReader.open(io.BytesIO(archive.read_bytes())) as reader:
        return {e.path: e for e in reader.entries}, reader.blocks, reader.blocks[-1].end


def damage(archive: Path, offset: int, size: int = 3) -> None:
    data = bytearray(archive.read_bytes())
    for at in range(offset, offset + size):
        data[at] ^= 0x55
    archive.write_bytes(data)


def salvaged(archive: Path) -> tuple[SalvageReport, dict[str, bytes]]:
    """The report, and what is in the folder."""
    folder = archive.with_name("saved")
    report = salvage(archive, folder, ModelLoader(), Job())
    found = {
        str(path.relative_to(folder / "tree")): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    return report, found


def test_an_undamaged_archive_comes_back_whole(archive: Path) -> None:
    report, found = salvaged(archive)
    assert report.complete
    assert found == contents()
    assert (archive.with_name("saved") / "tree" / "link").read_bytes() == contents()["deep/c.txt"]


@pytest.mark.parametrize("number", range(4))
def test_a_damaged_block_costs_only_its_own_bytes(archive: Path, number: int) -> None:
    entries, blocks, _ = inside(archive)
    assert len(blocks) >= 4
    damage(archive, blocks[number].offset + 50)
    report, found = salvaged(archive)
    assert not report.complete
    assert report.missing_blocks == ((number, number),)
    hit = {e.path for e in entries.values() if any(x.content == number for x in e.extents)}
    assert {piece.path for piece in report.damaged} == hit
    for name, content in contents().items():
        if f"tree/{name}" not in hit:
            assert found[name] == content
        else:
            assert name not in found
    for piece in report.damaged:
        whole = contents()[piece.path.removeprefix("tree/")]
        expected = bytearray(whole)
        for offset, length in piece.lost:
            expected[offset : offset + length] = bytes(length)
        if piece.written is None:
            assert piece.lost_bytes == len(whole)
        else:
            assert piece.written.name.endswith(".partial")
            assert piece.written.read_bytes() == bytes(expected)


def test_some_file_is_half_saved(archive: Path) -> None:
    """Otherwise the comparison above could pass without a partial file."""
    entries, blocks, _ = inside(archive)
    halves = entries["tree/deep/two-kinds.bin"].extents
    assert len({extent.content for extent in halves}) == 2
    damage(archive, blocks[halves[-1].content].offset + 50)
    report, found = salvaged(archive)
    assert (
        found["deep/two-kinds.bin.partial"][: halves[0].length]
        == contents()["deep/two-kinds.bin"][: halves[0].length]
    )
    assert 0 < report.lost_bytes < sum(map(len, contents().values()))


def test_without_the_index_blocks_are_numbered_files(archive: Path) -> None:
    _, blocks, index_offset = inside(archive)
    damage(archive, index_offset + 40)
    damage(archive, blocks[1].offset + 50)
    folder = archive.with_name("saved")
    report = salvage(archive, folder, ModelLoader(), Job())
    assert not report.names_known
    assert report.missing_blocks == ((1, 1),)
    assert sorted(p.name for p in folder.iterdir()) == [f"block-{n:06}" for n in range(len(blocks)) if n != 1]
    assert [p.stat().st_size for p in sorted(folder.iterdir())] == [
        info.original_size for info in blocks if info.number != 1
    ]
    saved = b"".join(p.read_bytes() for p in folder.iterdir())
    assert contents()["noise.bin"] in saved


def test_lost_end_still_gives_the_first_blocks(archive: Path) -> None:
    _, blocks, _ = inside(archive)
    archive.write_bytes(archive.read_bytes()[: blocks[2].offset + 20])
    report = salvage(archive, archive.with_name("saved"), ModelLoader(), Job())
    assert (len(report.files), report.names_known) == (2, False)


def test_a_lost_beginning_is_told(archive: Path) -> None:
    damage(archive, 0)
    with pytest.raises(CorruptArchive):
        salvage(archive, archive.with_name("saved"), ModelLoader(), Job())
    assert not archive.with_name("saved").exists()


def test_a_missing_model_is_told_before_anything_is_written(archive: Path) -> None:
    Store().remove(TINY)
    with pytest.raises(ModelMissing):
        salvage(archive, archive.with_name("saved"), ModelLoader(), Job())
    assert not archive.with_name("saved").exists()


def test_existing_files_are_kept(archive: Path) -> None:
    salvage(archive, archive.with_name("saved"), ModelLoader(), Job())
    with pytest.raises(OutputExists):
        salvage(archive, archive.with_name("saved"), ModelLoader(), Job())


@pytest.mark.parametrize("there", ["tree/a.txt", "tree/deep/two-kinds.bin.partial", "tree/link"])
def test_all_targets_are_looked_at_before_the_first_write(archive: Path, there: str) -> None:
    entries, blocks, _ = inside(archive)
    damage(archive, blocks[entries["tree/deep/two-kinds.bin"].extents[0].content].offset + 50)
    place = archive.with_name("saved") / there
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mine")
    expected = sorted(archive.with_name("saved").rglob("*"))
    with pytest.raises(OutputExists):
        salvage(archive, archive.with_name("saved"), ModelLoader(), Job())
    assert sorted(archive.with_name("saved").rglob("*")) == expected
    assert place.read_bytes() == b"mine"


def test_all_numbered_targets_are_looked_at_before_the_first_write(archive: Path) -> None:
    damage(archive, inside(archive)[2] + 40)
    last = archive.with_name("saved") / "block-000001"
    last.parent.mkdir()
    last.write_bytes(b"mine")
    with pytest.raises(OutputExists):
        salvage(archive, archive.with_name("saved"), ModelLoader(), Job())
    assert list(last.parent.iterdir()) == [last]


@pytest.mark.parametrize("fault", ["block", "index"])
def test_command(archive: Path, fault: str) -> None:
    _, blocks, index_offset = inside(archive)
    damage(archive, {"block": blocks[0].offset + 50, "index": index_offset + 40}[fault])
    done = nacomp("decompress", archive, "--salvage")
    assert done.code == 3
    assert "Traceback" not in done.err
    expected = {
        "block": ("files are whole", " lost"),
        "index": ("numbered files", "names of its files are lost"),
    }
    assert all(sentence in done.err for sentence in expected[fault])
    assert "\\n" not in done.err
    done = nacomp("decompress", archive, "--salvage", "--json", "-o", archive.with_name("again"))
    result = next(line for line in map(json.loads, done.out.splitlines()) if line["event"] == "result")
    assert (result["complete"], result["names_known"]) == (False, fault == "block")
    assert all(Path(row["written"]).is_file() for row in result["files"] if row["written"])


def test_another_archive_behind_it_is_told(archive: Path, tmp_path: Path) -> None:
    """All was said to be whole, though half of the file had not been looked into. Cut off, it is not read with the first."""
    (tmp_path / "b").write_bytes(b"of another archive\n" * 999)  # more than the compact form holds
    assert nacomp("compress", tmp_path / "b", "-o", tmp_path / "b.nac", "--level", "fast").code == 0
    archive.write_bytes(archive.read_bytes() + (tmp_path / "b.nac").read_bytes()[:-20])
    report, found = salvaged(archive)
    assert {name: found[name] for name in contents()} == contents()
    assert (report.complete, report.damaged, report.foreign_blocks) == (False, [], 1)
    done = nacomp("decompress", archive, "--salvage", "-o", tmp_path / "again")
    assert done.code == 3
    assert "1 blocks of another archive" in done.err
    assert "another archive stands behind it" in nacomp("test", archive).err


def test_command_on_a_sound_archive(archive: Path) -> None:
    assert nacomp("decompress", archive, "--salvage", "-o", archive.with_name("out")).code == 0
    assert nacomp("decompress", archive, "--salvage", "-c").code == 2
