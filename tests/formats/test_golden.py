"""The committed archives: golden ones decode as they always did, hostile ones are refused as they always were."""

import json
from pathlib import Path
from typing import Any

import pytest

from nacomp.formats.errors import NacompError
from tests.formats.make_archives import GOLDEN, HOSTILE, describe
from tests.formats.samples import read_files

FORMATS = Path(__file__).parents[2] / "formats"
EXPECTED: dict[str, dict[str, Any]] = {
    folder: json.loads((FORMATS / folder / "expected.json").read_text("utf-8"))
    for folder in ("golden", "hostile")
}


@pytest.mark.parametrize("folder", EXPECTED)
def test_every_archive_is_expected(folder: str) -> None:
    assert {path.stem for path in (FORMATS / folder).glob("*.nac")} == EXPECTED[folder].keys()


def test_every_archive_can_be_made() -> None:
    assert EXPECTED["golden"].keys() >= GOLDEN.keys()
    assert EXPECTED["hostile"].keys() >= HOSTILE.keys()


@pytest.mark.parametrize("name", EXPECTED["golden"])
def test_golden_archive_decodes(name: str) -> None:
    archive = (FORMATS / "golden" / f"{name}.nac").read_bytes()
    expected = EXPECTED["golden"][name]
    password = expected.get("password")
    assert describe(archive, password) == expected
    if not {"neural", "mixed"} & set(expected["methods"]):  # the pipeline's tests decode those
        files = [entry["path"] for entry in expected["entries"] if entry["kind"] == "file"]
        assert list(read_files(archive, password=password)) == files


@pytest.mark.parametrize("name", EXPECTED["hostile"])
def test_hostile_archive_is_refused(name: str) -> None:
    archive = (FORMATS / "hostile" / f"{name}.nac").read_bytes()
    with pytest.raises(NacompError) as caught:
        read_files(archive)
    assert {"error": caught.type.__name__, "message": str(caught.value)} == EXPECTED["hostile"][name]
    assert caught.value.exit_code == 3


def test_hostile_archives_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (FORMATS / "hostile").glob("*.nac")}
    assert max(sizes.values()) < 2_000, sizes
