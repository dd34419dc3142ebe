"""`nacomp test`: every byte is tried, nothing is written."""

import json
from pathlib import Path

import pytest

from tests.nacomp.workbench import nacomp, refused


def test_an_archive_that_is_right(archive: Path) -> None:
    result = json.loads(nacomp("test", archive, "--json").out.splitlines()[-1])
    assert (result["event"], result["entries"], result["size"]) == ("result", 1, 3000)
    assert "all 3 kB come back as they were" in nacomp("test", archive).err
    assert sorted(path.name for path in archive.parent.iterdir()) == ["text.nac", "text.txt"]


def test_an_archive_that_is_not(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-9])
    refused(3, "test", archive)


@pytest.mark.parametrize("command", [["test"], ["list"], ["cat"], ["decompress", "-o", "out"], ["info"]])
def test_a_copy_without_the_end_of_an_update_is_no_whole_archive(command: list[str], tmp_path: Path) -> None:
    """It is like an update that was cut off: what was there before is read, and who takes it for all would lose the rest."""
    (tmp_path / "a").write_bytes(b"old")
    for words in (["compress", "a", "-o", "a.nac"], ["update", "a.nac", "a"]):
        assert nacomp(*words, "-q", "--level", "fast", cwd=tmp_path).code == 0
        (tmp_path / "a").write_bytes(b"newest")
    whole = (tmp_path / "a.nac").read_bytes()
    assert "cut off" not in nacomp(*command[:1], "a.nac", *command[1:], cwd=tmp_path).err
    (tmp_path / "a.nac").write_bytes(whole[:-5])
    done = nacomp(*command[:1], "a.nac", *command[1:], "-f" if "out" in command else "-v", cwd=tmp_path)
    assert (done.code, "an update that was cut off" in done.err) == (0, True), done.err
    told = nacomp("test", "a.nac", "--json", cwd=tmp_path).out.decode()
    assert '"event": "warning"' in told
