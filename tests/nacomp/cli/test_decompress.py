"""`nacomp decompress`: what it refuses leaves no output."""

from pathlib import Path

from nacomp.models.library.store import Store
from tests.nacomp.workbench import TINY, refused


def test_archive_of_a_model_that_is_gone(archive: Path, tmp_path: Path) -> None:
    Store().remove(TINY)
    assert TINY in refused(4, "decompress", archive, "-o", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_damage_leaves_no_output(archive: Path, tmp_path: Path) -> None:
    damaged = bytearray(archive.read_bytes())
    damaged[len(damaged) // 2] ^= 4
    archive.write_bytes(damaged)
    refused(3, "decompress", archive, "-o", tmp_path / "out")
    refused(3, "test", archive)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["text.nac", "text.txt"]


def test_max_output(archive: Path, tmp_path: Path) -> None:
    assert "limit" in refused(3, "decompress", archive, "-o", tmp_path / "back", "--max-output", "100")
