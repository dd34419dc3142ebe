"""`nacomp compress`: exit codes, messages, JSON lines, and nothing lost or left behind."""

import json
import sys
from pathlib import Path

import pytest

from tests.nacomp.workbench import TINY, nacomp, refused


def test_missing_model_names_the_command(text: Path) -> None:
    message = refused(
        4, "compress", text, "-o", text.with_suffix(".x"), "--model", "smollm2-135m-instruct-q4_1"
    )
    assert "nacomp models pull smollm2-135m-instruct-q4_1" in message
    assert not text.with_suffix(".x").exists()


def test_predictors_for_measurements_are_recorded(text: Path, archive: Path, tmp_path: Path) -> None:
    """Whatever was switched off, the archive says so itself."""
    path = tmp_path / "alone.nac"
    settings = "ngram_orders=0,match_minimum=0,chain=0,skip=0"
    assert nacomp("compress", text, "-o", path, "--model", TINY, "--predictors", settings).code == 0
    assert nacomp("decompress", path, "-o", tmp_path / "back").code == 0
    assert (tmp_path / "back").read_bytes() == text.read_bytes()
    assert path.stat().st_size > archive.stat().st_size
    assert "there is no predictor setting" in refused(
        2, "compress", text, "--model", TINY, "--predictors", "luck=1"
    )
    assert "is 99" in refused(2, "compress", text, "--model", TINY, "--predictors", "chain=99")


def test_existing_output_is_kept_unless_forced(text: Path, archive: Path) -> None:
    before = archive.read_bytes()
    archive.write_bytes(b"precious")
    assert "-f" in refused(5, "compress", text, "-o", archive, "--model", TINY)
    assert archive.read_bytes() == b"precious"
    assert nacomp("compress", text, "-o", archive, "--model", TINY, "-f").code == 0
    assert archive.read_bytes() == before


def test_some_inputs_failing(text: Path, tmp_path: Path) -> None:
    done = nacomp("compress", tmp_path / "nothing", text, "--model", TINY)
    assert done.code == 1
    assert "nothing" in done.err
    assert "1 of 2" in done.err
    assert Path(f"{text}.nac").exists()


def test_remove_after_verification(text: Path) -> None:
    data = text.read_bytes()
    assert nacomp("compress", text, "--rm", "--no-trash", "--model", TINY).code == 0
    assert not text.exists()
    assert nacomp("decompress", f"{text}.nac").code == 0
    assert text.read_bytes() == data


def test_json_lines(text: Path, tmp_path: Path) -> None:
    done = nacomp("compress", text, "-o", tmp_path / "a.nac", "--model", TINY, "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert lines[0]["event"] == "start"
    assert {"event", "phase", "done_bytes", "total_bytes", "seconds_left"} <= set(lines[1])
    last = lines[-1]
    assert (last["event"], last["original_size"]) == ("result", 3000)
    assert last["compressed_size"] == (tmp_path / "a.nac").stat().st_size
    assert done.err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_an_archive_of_a_private_file_is_private(text: Path, tmp_path: Path) -> None:
    text.chmod(0o600)
    assert nacomp("compress", text, "-o", tmp_path / "private.nac", "--model", TINY, "--verify").code == 0
    assert (tmp_path / "private.nac").stat().st_mode & 0o777 == 0o600
