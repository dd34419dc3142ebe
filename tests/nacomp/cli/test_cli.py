"""The command line as scripts and people meet it: exit codes, messages, JSON lines, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nacomp.models.library.store import Store
from tests.nacomp.workbench import TINY, nacomp, prose


@pytest.fixture
def text(tmp_path: Path, tiny_model: Path) -> Path:
    """A small text, with the tiny model installed."""
    Store().add(tiny_model)
    path = tmp_path / "text.txt"
    path.write_bytes(prose(3000))
    return path


@pytest.fixture
def archive(text: Path) -> Path:
    """An archive of it."""
    path = text.with_suffix(".nac")
    assert nacomp("compress", text, "-o", path, "--model", TINY).code == 0
    return path


def refused(code: int, *arguments: str | Path, stdin: bytes = b"") -> str:
    """Run a command that must fail with this exit code and one sentence; gives the sentence."""
    done = nacomp(*arguments, stdin=stdin)
    assert done.code == code, (done.code, done.err)
    assert "Traceback" not in done.err
    assert done.err.strip().count("\n") <= 1
    return done.err


def test_version_and_help() -> None:
    assert nacomp("--version").out.startswith(b"nacomp, version ")
    shown = nacomp("--help").out.decode()
    for command in ("compress", "decompress", "list", "test", "info", "cat", "models", "estimate", "map"):
        assert command in shown


def test_missing_input(tmp_path: Path) -> None:
    assert "no such file" in refused(5, "compress", tmp_path / "nothing")
    assert "no such file" in refused(5, "decompress", tmp_path / "nothing.nac")


def test_unknown_option_and_level(text: Path) -> None:
    assert nacomp("compress", text, "--level", "huge").code == 2
    assert nacomp("compress").code == 2
    assert nacomp("squash", text).code == 2


def test_missing_model_names_the_command(text: Path) -> None:
    message = refused(
        4, "compress", text, "-o", text.with_suffix(".x"), "--model", "smollm2-135m-instruct-q4_1"
    )
    assert "nacomp models pull smollm2-135m-instruct-q4_1" in message
    assert not text.with_suffix(".x").exists()


def test_archive_of_a_model_that_is_gone(archive: Path, tmp_path: Path) -> None:
    Store().remove(TINY)
    assert TINY in refused(4, "decompress", archive, "-o", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_unknown_kernel(text: Path) -> None:
    assert "abacus" in refused(4, "compress", text, "-c", "--model", TINY, "--kernel", "abacus")


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


def test_not_an_archive(text: Path, tmp_path: Path) -> None:
    refused(3, "decompress", text, "-o", tmp_path / "back")
    refused(3, "list", text)
    refused(3, "test", "-", stdin=b"")
    assert not (tmp_path / "back").exists()


def test_existing_output_is_kept_unless_forced(text: Path, archive: Path) -> None:
    before = archive.read_bytes()
    archive.write_bytes(b"precious")
    assert "-f" in refused(5, "compress", text, "-o", archive, "--model", TINY)
    assert archive.read_bytes() == b"precious"
    assert nacomp("compress", text, "-o", archive, "--model", TINY, "-f").code == 0
    assert archive.read_bytes() == before


def test_damage_leaves_no_output(archive: Path, tmp_path: Path) -> None:
    damaged = bytearray(archive.read_bytes())
    damaged[len(damaged) // 2] ^= 4
    archive.write_bytes(damaged)
    refused(3, "decompress", archive, "-o", tmp_path / "out")
    refused(3, "test", archive)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["text.nac", "text.txt"]


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


def test_max_output(archive: Path, tmp_path: Path) -> None:
    assert "limit" in refused(3, "decompress", archive, "-o", tmp_path / "back", "--max-output", "100")


def test_select_an_entry_that_is_not_there(archive: Path) -> None:
    assert "no entry nothing" in refused(1, "cat", archive, "nothing")


def test_json_lines(text: Path, tmp_path: Path) -> None:
    done = nacomp("compress", text, "-o", tmp_path / "a.nac", "--model", TINY, "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert lines[0]["event"] == "start"
    assert {"event", "phase", "done_bytes", "total_bytes", "seconds_left"} <= set(lines[1])
    last = lines[-1]
    assert (last["event"], last["original_size"]) == ("result", 3000)
    assert last["compressed_size"] == (tmp_path / "a.nac").stat().st_size
    assert done.err == ""


def test_json_error() -> None:
    done = nacomp("list", "no-such.nac", "--json")
    line = json.loads(done.out)
    assert (done.code, line["event"], line["kind"], line["code"]) == (5, "error", "FileProblem", 5)


def test_info_for_scripts(archive: Path) -> None:
    document = json.loads(nacomp("info", archive, "--json").out)
    wanted = {
        "format_version", "engine", "numerics", "model_id", "model_sha256", "entries", "original_size",
        "compressed_size", "bits_per_byte", "blocks", "streams", "native_kernel",
    }  # fmt: skip
    assert wanted <= set(document)
    assert (document["engine"], document["model_id"], document["original_size"]) == ("exact", TINY, 3000)
    assert document["compressed_size"] == archive.stat().st_size
    assert document["entries"][0]["path"] == "text.txt"
    assert [e["size"] for e in json.loads(nacomp("list", archive, "--json").out)["entries"]] == [3000]


def test_models_for_scripts(text: Path) -> None:
    models = {m["id"]: m for m in json.loads(nacomp("models", "list", "--json").out)["models"]}
    assert models[TINY]["installed"]
    assert models["embedded"]["installed"]
    assert not models["smollm2-135m-instruct-q4_1"]["installed"]
    assert Path(nacomp("models", "path", TINY).out.decode().strip()).is_file()
    assert text.exists()


def test_map_accounts_for_the_archive(text: Path, archive: Path, tmp_path: Path) -> None:
    """The bits of the map are the bits of the payload, and its texts are the file."""
    page = tmp_path / "map.html"
    done = nacomp("map", text, "--model", TINY, "--json", "--html", page)
    tokens = json.loads(done.out.splitlines()[-1])["tokens"]
    assert "".join(t["text"] for t in tokens).encode() == text.read_bytes()
    bits = sum(t["bits"] for t in tokens)
    assert abs(bits / 8 - archive.stat().st_size) < 450
    assert page.read_text(encoding="utf-8").count("<span") == len(tokens)


def test_estimate(text: Path) -> None:
    document = json.loads(nacomp("estimate", text, "--model", TINY, "--json").out.splitlines()[-1])
    assert document["total_bytes"] == 3000
    assert 200 < document["estimated_size"] < 3000
    assert document["seconds"] > 0


def start(*arguments: str | Path) -> "subprocess.Popen[bytes]":
    """A command that runs while the test goes on."""
    command = [sys.executable, "-m", "nacomp", *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(process: "subprocess.Popen[bytes]", word: bytes) -> None:
    """Read JSON lines until one has this word."""
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(f"{word!r} never came")


def long_text(folder: Path) -> Path:
    """Text that takes the tiny model many seconds."""
    path = folder / "long.txt"
    path.write_bytes(prose(900_000))
    return path


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing(number: signal.Signals, text: Path, tmp_path: Path) -> None:
    source = long_text(text.parent)
    with start("compress", source, "-o", tmp_path / "long.nac", "--model", TINY, "--json") as process:
        wait_for(process, b'"compressing"')
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["kind"] == "Interrupted"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["long.txt", "text.txt"]


def test_control_lines(text: Path, tmp_path: Path) -> None:
    source = long_text(text.parent)
    with start(
        "compress", source, "-o", tmp_path / "l.nac", "--model", TINY, "--json", "--control"
    ) as process:
        assert process.stdin is not None
        wait_for(process, b'"compressing"')
        for word in (b"pause", b"resume", b"cancel"):
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            time.sleep(0.05)
        out, _ = process.communicate(timeout=60)
    events = [json.loads(line) for line in out.splitlines()]
    assert [e["event"] for e in events if e["event"] in ("paused", "resumed", "error")] == [
        "paused",
        "resumed",
        "error",
    ]
    assert process.returncode == 130
    assert not (tmp_path / "l.nac").exists()
