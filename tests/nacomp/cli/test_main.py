"""The command line as scripts and people meet it: help, wrong usage, and what comes before any command."""

from pathlib import Path

from tests.nacomp.workbench import TINY, nacomp, refused


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


def test_unknown_kernel(text: Path) -> None:
    assert "abacus" in refused(4, "compress", text, "-c", "--model", TINY, "--kernel", "abacus")


def test_not_an_archive(text: Path, tmp_path: Path) -> None:
    refused(3, "decompress", text, "-o", tmp_path / "back")
    refused(3, "list", text)
    refused(3, "test", "-", stdin=b"")
    assert not (tmp_path / "back").exists()
