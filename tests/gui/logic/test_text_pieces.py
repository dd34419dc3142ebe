"""Texts of any size and encoding, and what is none."""

from pathlib import Path

import pytest

from nacomp.gui.logic import text_pieces
from nacomp.gui.logic.text_pieces import NoText, Picture, open_text

GERMAN = "Über den Wolken muß die Freiheit wohl grenzenlos sein, sagt man; für Ängstliche später. " * 30
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. " * 30


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", GERMAN + "🙂"),
        ("utf-8-sig", GERMAN),
        ("utf-16", RUSSIAN),
        ("utf-16-le", GERMAN),
        ("utf-16-be", GERMAN),
        ("utf-32", GERMAN),
        ("cp1252", GERMAN),
        ("koi8-r", RUSSIAN),
    ],
)
def test_every_encoding_comes_as_its_text(tmp_path: Path, encoding: str, text: str) -> None:
    (tmp_path / "t").write_bytes(text.encode(encoding))
    pieces = open_text(tmp_path / "t")
    assert pieces.next() == text
    assert pieces.over


def test_pieces_are_the_whole_text_and_cut_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_pieces, "PIECE_BYTES", 1001)
    (tmp_path / "t").write_bytes(GERMAN.encode())
    pieces, found = open_text(tmp_path / "t"), []
    while not pieces.over:
        found.append(pieces.next())
    assert "".join(found) == GERMAN
    assert len(found) > 2
    assert all(piece.endswith(" ") for piece in found)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", NoText),
        (bytes(range(256)) * 9, NoText),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, Picture),
        (b"\xff\xd8\xff\xe0", Picture),
    ],
)
def test_what_is_no_text_is_told_apart(tmp_path: Path, data: bytes, kind: type[NoText]) -> None:
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(NoText) as told:
        open_text(tmp_path / "t")
    assert type(told.value) is kind
