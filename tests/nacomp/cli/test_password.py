"""Passwords through the command line and the library."""

from pathlib import Path

import pytest

import nacomp as library
from nacomp.errors import PasswordNeeded, UsageError, WrongPassword
from tests.nacomp.workbench import nacomp, prose


@pytest.fixture
def word(tmp_path: Path) -> Path:
    path = tmp_path / "word"
    path.write_bytes("Schlüssel 1\r\nnot this\n".encode())
    return path


def test_library_round_trip() -> None:
    data = bytes(range(256)) * 4
    sealed = library.compress(data, password="one", level="fast")
    assert library.decompress(sealed, password="one") == data
    with pytest.raises(WrongPassword):
        library.decompress(sealed, password="two")
    with pytest.raises(PasswordNeeded):
        library.decompress(sealed)
    with pytest.raises(UsageError):
        library.compress(data, password="", level="fast")


def test_every_command_with_and_without_the_password(tmp_path: Path, word: Path) -> None:
    text = prose(2000)
    source, archive = tmp_path / "private.txt", tmp_path / "a.nac"
    source.write_bytes(text)
    made = nacomp(
        "compress",
        source,
        "-o",
        archive,
        "--level",
        "fast",
        "--password-file",
        word,
        "--verify",
        "--recovery",
        "5",
    )
    assert made.code == 0, made.err
    assert b"private" not in archive.read_bytes()
    out = tmp_path / "out.txt"
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("list", archive),
        ("test", archive),
        ("cat", archive),
        ("decompress", archive, "-o", out),
    )
    for command in commands:
        refused = nacomp(*command)
        assert refused.code == 4
        assert "--password-file" in refused.err
        assert not out.exists()
    shown = nacomp("info", archive)
    assert shown.code == 0
    assert b"sealed" in shown.out
    assert b"model" not in shown.out
    assert nacomp("cat", archive, "--password-file", word).out == text
    assert b"private.txt" in nacomp("list", archive, "--password-file", word).out
    assert nacomp("decompress", archive, "-o", out, "--password-file", word).code == 0
    assert out.read_bytes() == text


def test_a_damaged_sealed_archive_is_repaired_and_salvaged(tmp_path: Path, word: Path) -> None:
    source, archive, mended = tmp_path / "a.txt", tmp_path / "a.nac", tmp_path / "mended.nac"
    source.write_bytes(prose(2000))
    how = ("--level", "fast", "--password-file", word, "--recovery", "10")
    assert nacomp("compress", source, "-o", archive, *how).code == 0
    data = bytearray(archive.read_bytes())
    data[100] ^= 1
    archive.write_bytes(bytes(data))
    assert nacomp("test", archive, "--password-file", word).code == 3
    assert nacomp("repair", archive, "-o", mended).code == 0
    assert nacomp("test", mended, "--password-file", word).code == 0
    back = tmp_path / "back"
    done = nacomp("decompress", "--salvage", mended, "-o", back, "--password-file", word)
    assert done.code == 0
    assert (back / "a.txt").read_bytes() == source.read_bytes()


def test_a_password_seals_only_where_an_option_says_so(
    tmp_path: Path, word: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, archive = tmp_path / "a.txt", tmp_path / "a.nac"
    source.write_bytes(b"text " * 50)
    resumed = nacomp("compress", source, "--level", "fast", "--password-file", word, "--resume")
    assert resumed.code == 2
    assert "in the clear" in resumed.err
    monkeypatch.setenv("NACOMP_PASSWORD", "from the environment")
    assert nacomp("compress", source, "-o", archive, "--level", "fast", "--password").code == 0
    assert nacomp("test", archive).code == 0
    monkeypatch.delenv("NACOMP_PASSWORD")
    assert nacomp("test", archive).code == 4
    # What a person sealed, a batch does not replace by something that anybody can read.
    archive.rename(tmp_path / "a.txt.nac")
    assert nacomp("batch", source, "--level", "fast").code == 1
    assert nacomp("test", tmp_path / "a.txt.nac").code == 4
    archive = tmp_path / "a.txt.nac"
    monkeypatch.setenv("NACOMP_PASSWORD", "for what is read, and seals nothing")
    open_archive = tmp_path / "open.nac"
    assert nacomp("compress", source, "-o", open_archive, "--level", "fast").code == 0
    monkeypatch.delenv("NACOMP_PASSWORD")
    assert nacomp("test", open_archive).code == 0
    wrong = nacomp("test", archive, "--password-file", word)
    assert wrong.code == 4
    assert "password" in wrong.err
