"""`nacomp test`: every byte is tried, nothing is written."""

import json
from pathlib import Path

from tests.nacomp.workbench import nacomp, refused


def test_an_archive_that_is_right(archive: Path) -> None:
    result = json.loads(nacomp("test", archive, "--json").out.splitlines()[-1])
    assert (result["event"], result["entries"], result["size"]) == ("result", 1, 3000)
    assert "all 3 kB come back as they were" in nacomp("test", archive).err
    assert sorted(path.name for path in archive.parent.iterdir()) == ["text.nac", "text.txt"]


def test_an_archive_that_is_not(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-9])
    refused(3, "test", archive)
