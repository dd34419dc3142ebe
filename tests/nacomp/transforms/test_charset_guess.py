"""Which encoding is guessed; where two read a text alike, either is right."""

import pytest

from nacomp.transforms.charset_guess import guess

ENGLISH = "The quick brown fox jumps over the lazy dog, which does not mind at all. " * 8


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (ENGLISH + "“Quoted”, isn’t it – yes…", "cp1252", "windows-1252"),
        ("Dès Noël, où un zéphyr haï me vêt. " * 6, "latin-1", "windows-1252"),
        ("ПРИКАЗ № 5. СЪЕШЬ ЕЩЁ ЭТИХ МЯГКИХ БУЛОК. " * 6, "cp1251", "windows-1251"),
        ("Årets næste møde på øen får både ål og røde æbler. " * 4, "latin-1", "windows-1252"),
    ],
)
def test_guess(text: str, codec: str, expected: str) -> None:
    assert guess(text.encode(codec)) == expected


def test_an_old_macintosh_shows_by_its_line_ends() -> None:
    text = "Dès Noël, où un zéphyr haï me vêt.\r" * 6
    assert guess(text.encode("mac_roman")) == "macintosh"


def test_a_rare_accent_deep_in_a_long_text_is_enough() -> None:
    assert (
        guess((ENGLISH * 400 + "naïve café résumé über " + ENGLISH * 400).encode("latin-1")) == "windows-1252"
    )


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)) * 8,
        bytes((7 * i * i + i // 3) % 128 + 128 for i in range(4000)),
        ENGLISH.encode(),
        ("Straße " * 50).encode() + b"\xff",
    ],
    ids=["all high bytes", "noise of high bytes", "ascii", "utf-8 with one broken byte"],
)
def test_no_text_in_an_old_encoding(data: bytes) -> None:
    assert guess(data) is None
