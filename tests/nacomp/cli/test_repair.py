"""Recovery data as users meet it: asked for when compressing, named when damage shows, used by `repair`."""

import json
import random
from pathlib import Path

import pytest

from nacomp.models.library.store import Store
from tests.nacomp.workbench import TINY, nacomp, prose


@pytest.fixture
def source(tmp_path: Path, tiny_model: Path) -> Path:
    """A folder of noise and text, so that the archive has many sectors."""
    Store().add(tiny_model)
    folder = tmp_path / "things"
    folder.mkdir()
    (folder / "noise").write_bytes(random.Random(3).randbytes(20_000))
    (folder / "text").write_bytes(prose(1500))
    return folder


def compress(source: Path, name: str, *options: str) -> Path:
    archive = source.with_name(name)
    done = nacomp("compress", source, "-o", archive, "--model", TINY, *options)
    assert done.code == 0, done.err
    return archive


def scratch(archive: Path, at: float, size: int) -> None:
    """Overwrite a run of bytes, `at` of the way into the file."""
    data = bytearray(archive.read_bytes())
    start = int(len(data) * at)
    data[start : start + size] = bytes(size)
    archive.write_bytes(data)


def test_protect_damage_hint_repair(source: Path) -> None:
    plain, archive = (
        compress(source, "plain.nac"),
        compress(source, "safe.nac", "--recovery", "5%", "--verify"),
    )
    whole = archive.read_bytes()
    assert whole.startswith(plain.read_bytes())
    scratch(archive, 0.3, len(plain.read_bytes()) // 25)
    for command in (("test", archive), ("decompress", archive, "-o", source.with_name("back"))):
        done = nacomp(*command)
        assert done.code == 3
        assert f"nacomp repair {archive}" in done.err
    repaired = source.with_name("safe.repaired.nac")
    done = nacomp("repair", archive, "--json")
    assert done.code == 0, done.out
    result = json.loads(done.out.splitlines()[-1])
    assert (result["output"], result["damaged_sectors"] > 0, result["repaired_bytes"] > 0) == (
        str(repaired),
        True,
        True,
    )
    assert repaired.read_bytes() == whole
    assert nacomp("test", repaired).code == 0


def test_repair_in_place_and_beyond(source: Path) -> None:
    archive = compress(source, "safe.nac", "--recovery", "5")
    whole = archive.read_bytes()
    scratch(archive, 0.5, 500)
    assert nacomp("repair", archive, "-o", archive).code == 5
    assert nacomp("repair", archive, "-o", archive, "-f").code == 0
    assert archive.read_bytes() == whole
    scratch(archive, 0.2, 4_000)
    damaged = archive.read_bytes()
    done = nacomp("repair", archive, "-o", archive, "-f")
    assert (done.code, "beyond" in done.err, "Traceback" in done.err) == (3, True, False)
    assert archive.read_bytes() == damaged
    assert [p.name for p in source.parent.iterdir() if "part" in p.name] == []


def test_repair_of_streams(source: Path) -> None:
    archive = compress(source, "r.nac", "--recovery", "5")
    whole = archive.read_bytes()
    scratch(archive, 0.3, 300)
    damaged = archive.read_bytes()
    for line in (["repair", archive, "-o", "-"], ["repair", "-"], ["repair", "-", "-o", "/dev/stdout"]):
        done = nacomp(*line, "--json", stdin=damaged)
        assert (done.code, done.out == whole) == (0, True), done.err
        assert json.loads(done.err.splitlines()[-1])["output"] == "-"
    assert nacomp("repair", "-", "-o", source.with_name("copy.nac"), stdin=damaged).code == 0
    assert source.with_name("copy.nac").read_bytes() == whole
    done = nacomp("repair", "-", stdin=damaged[:500])
    assert (done.code, done.out) == (3, b"")
    assert not Path("-").exists()


def test_without_recovery_data(source: Path) -> None:
    archive = compress(source, "plain.nac")
    scratch(archive, 0.5, 10)
    done = nacomp("test", archive)
    assert (done.code, "nacomp repair" in done.err, "decompress --salvage" in done.err) == (3, False, True)
    done = nacomp("repair", archive)
    assert (done.code, "no usable recovery data" in done.err) == (3, True)
    assert not source.with_name("plain.repaired.nac").exists()


@pytest.mark.parametrize("percent", ["much", "-1", "101", "nan"])
def test_senseless_percentages(source: Path, percent: str) -> None:
    assert nacomp("compress", source, f"--recovery={percent}").code == 2


def test_not_to_a_pipe(source: Path) -> None:
    done = nacomp("compress", source / "text", "-c", "--recovery", "5%", "--model", TINY)
    assert (done.code, done.out) == (2, b"")
