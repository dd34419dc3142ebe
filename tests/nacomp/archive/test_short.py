"""Short contents take the compact form where it is smaller, and come back with name, mode and time."""

import os
import random
from pathlib import Path

import pytest

import nacomp
from nacomp.archive import short
from nacomp.formats.compact import MAGIC, MAX_CONTENT
from tests.nacomp.workbench import ROOT, awkward_inputs, prose
from tests.nacomp.workbench import nacomp as run

PROSE = (ROOT / "tests" / "data" / "corpus" / "prose.txt").read_bytes()


@pytest.mark.parametrize(("size", "most"), [(0, 21), (1, 22), (300, 149), (1000, 249)])
def test_sizes_that_are_promised(size: int, most: int) -> None:
    archive = nacomp.compress(PROSE[:size])
    assert len(archive) <= most
    assert archive.startswith(MAGIC)
    assert nacomp.decompress(archive) == PROSE[:size]


@pytest.mark.parametrize("name", awkward_inputs())
def test_never_larger_than_stored(name: str) -> None:
    content = awkward_inputs()[name][:MAX_CONTENT]
    archive = nacomp.compress(content, level="fast")
    assert len(archive) <= len(content) + 25
    assert nacomp.decompress(archive) == content


def test_longer_contents_take_the_long_form() -> None:
    assert not nacomp.compress(random.Random(5).randbytes(MAX_CONTENT + 1)).startswith(MAGIC)


def test_view_that_saves_more_keeps_the_long_form() -> None:
    archive = nacomp.compress(PROSE[:6000].hex().encode(), level="fast")
    assert not archive.startswith(MAGIC)
    assert len(archive) < 2000


def test_path_that_only_the_long_form_shortens_keeps_it() -> None:
    """It packs names. So where a name is long both forms are made, and where it is not the long one cannot be smaller."""
    long, short_ = (nacomp.compress(b"hello", name="a" * size, level="fast") for size in (250, 80))
    assert not long.startswith(MAGIC)
    assert len(long) < 250
    assert short_.startswith(MAGIC)
    for archive in (long, short_):
        assert nacomp.decompress(archive) == b"hello"


def test_model_without_a_number_keeps_the_long_form(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nacomp.models.library.store import Store

    Store().add(tiny_model)
    text = prose(900)
    small = nacomp.compress(text, model="tiny", level="fast")
    assert nacomp.decompress(small) == text
    monkeypatch.setattr(short, "is_short", lambda _: False)
    assert len(small) <= len(nacomp.compress(text, model="tiny", level="fast"))


def test_sealed_and_small() -> None:
    archive = nacomp.compress(PROSE[:300], password="a word")
    assert len(archive) < 280
    assert nacomp.decompress(archive, password="a word") == PROSE[:300]


@pytest.mark.parametrize("options", [("--resume",), ("--recovery", "20", "--verify")])
def test_file_keeps_name_mode_and_time(tmp_path: Path, options: tuple[str, ...]) -> None:
    source, archive = tmp_path / "ünï note.txt", tmp_path / "a.nac"
    source.write_bytes(PROSE[:500])
    source.chmod(0o640)
    os.utime(source, ns=(1_600_000_000_123_456_789,) * 2)
    assert run("compress", "-q", *options, source, "-o", archive).code == 0
    assert archive.read_bytes().startswith(MAGIC)
    assert run("decompress", "-q", archive, "-o", f"{tmp_path}/out/").code == 0
    back = tmp_path / "out" / source.name
    assert back.read_bytes() == PROSE[:500]
    assert (back.stat().st_mode & 0o7777, back.stat().st_mtime_ns) == (0o640, 1_600_000_000_123_456_789)


def test_every_command_reads_it(tmp_path: Path) -> None:
    archive = tmp_path / "stdin.nac"
    done = run("compress", "-q", "-", stdin=PROSE[:200])
    archive.write_bytes(done.out)
    assert done.out.startswith(MAGIC)
    assert b"stdin" in run("list", archive).out
    assert b'"compact": true' in run("info", archive, "--json").out
    assert run("test", "-q", archive).code == 0
    assert run("cat", archive).out == PROSE[:200]
    assert run("decompress", "-q", archive, "-c").out == PROSE[:200]
    assert run("decompress", "-q", "--salvage", archive, "-o", tmp_path / "saved").code == 0
    assert (tmp_path / "saved" / "stdin").read_bytes() == PROSE[:200]


def test_damaged_name_does_not_cost_the_content(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(PROSE[:200])
    run("compress", "-q", tmp_path / "note.txt")
    archive = tmp_path / "note.txt.nac"
    archive.write_bytes(archive.read_bytes().replace(b"note.txt", b"nose.txt"))
    assert run("test", "-q", archive).code == 3
    assert run("decompress", "-q", "--salvage", archive, "-o", tmp_path / "saved").code == 3
    assert (tmp_path / "saved" / "block-000000").read_bytes() == PROSE[:200]


def test_repair(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(PROSE[:200])
    archive = tmp_path / "note.txt.nac"
    run("compress", "-q", "--recovery", "20", tmp_path / "note.txt")
    good = archive.read_bytes()
    archive.write_bytes(good[:30] + b"damaged!" + good[38:])
    assert run("repair", "-q", archive, "-o", tmp_path / "whole.nac").code == 0
    assert (tmp_path / "whole.nac").read_bytes() == good
