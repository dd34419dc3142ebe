"""Texts in old encodings become UTF-8 and the same bytes again."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import charset
from nacomp.transforms.charset_tables import CHARSETS

SENTENCES = {
    "windows-1252": "Zwölf Boxkämpfer jagen Eva quer über den großen Sylter Deich – für „Öl“ und Ärger in Übersee.\n",
    "iso-8859-15": "Dès Noël, où un zéphyr haï me vêt de glaçons würmiens, je dîne de bœuf et de rôtis à 5 €, cœur ému.\r\n",
    "windows-1250": "Příliš žluťoučký kůň úpěl ďábelské ódy; nechť již hříšné saxofony ďáblů rozezvučí síň tóny.\n",
    "iso-8859-2": "Pchnąć w tę łódź jeża lub ośm skrzyń fig; żółw źle śpiewał, gdy ćma łaskotała mróz w październiku.\n",
    "windows-1251": "Съешь же ещё этих мягких французских булок, да выпей чаю: широкая электрификация южных губерний.\n",
    "koi8-r": "В чащах юга жил бы цитрус? Да, но фальшивый экземпляр! Однажды в студёную зимнюю пору я вышел.\n",
    "ibm866": "Любя, съешь щипцы, - вздохнёт мэр, - кайф жгуч. Эти тексты писали на старых машинах до сетей.\n",
    "iso-8859-5": "Все люди рождаются свободными и равными в своём достоинстве и правах и наделены разумом.\n",
    "iso-8859-7": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα του ανθρώπου.\n",
    "windows-1254": "Pijamalı hasta yağız şoföre çabucak güvendi; bütün insanlar hür, haysiyet ve haklar bakımından eşit.\n",
    "windows-1255": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם, כולם חוננו בתבונה ובמצפון לנהוג באחווה.\n",
    "windows-1256": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا وعليهم أن يعاملوا بعضهم.\n",
    "shift_jis": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。ﾊﾝｶｸも少し。\n",
    "euc-jp": "人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。テストです。\n",
    "gb18030": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。这是测试。\n",
    "big5": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。這是測試。\n",
    "euc-kr": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 서로 형제애의 정신으로 행동한다.\n",
}
"""A sentence or two of a language that the encoding was made for."""


def written(name: str, repeats: int = 3) -> bytes:
    """The sentence in its encoding, written by the view itself."""
    text = SENTENCES[name] * repeats
    return charset.close_view(bytes([CHARSETS.index(name)]), (text.encode(),), 1 << 20)


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_of_each_encoding_is_found_and_comes_back(name: str) -> None:
    data = written(name)
    view = charset.open_view(data)
    assert view is not None
    assert view.parts == ((SENTENCES[name] * 3).encode(),)
    assert charset.close_view(view.parameters, view.parts, len(data)) == data


@pytest.mark.parametrize("name", ["windows-1251", "koi8-r", "euc-kr", "gb18030"])
def test_what_python_writes_is_found(name: str) -> None:
    codec = {"euc-kr": "cp949"}.get(name, name.replace("windows-", "cp"))
    view = charset.open_view((SENTENCES[name] * 3).encode(codec))
    assert view is not None
    assert view.parts[0].decode() == SENTENCES[name] * 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"short",
        b"plain ASCII text, over and over.\n" * 9,
        ("grüne Äpfel " * 20).encode(),
        bytes(range(256)) * 4,
    ],
    ids=["empty", "short", "ascii", "utf-8", "binary"],
)
def test_nothing_to_open(data: bytes) -> None:
    assert charset.open_view(data) is None


def test_broken_bytes_stand_beside_the_text() -> None:
    data = written("euc-kr", 30)
    broken = data[:500] + b"\xff" + data[500:900] + b"\xfe\x20" + data[900:] + b"\xb0"
    view = charset.open_view(broken)
    assert view is not None
    assert len(view.parts) == 2
    assert len(view.parts[1]) < 20
    assert charset.close_view(view.parameters, view.parts, len(broken)) == broken


def test_a_text_of_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written("shift_jis", 100)
    monkeypatch.setattr(charset, "_CHUNK", 1000)
    view = charset.open_view(data)
    assert view is not None
    assert view.parts == ((SENTENCES["shift_jis"] * 100).encode(),)


@given(st.sampled_from(CHARSETS), st.binary(max_size=300))
def test_any_bytes_in_any_encoding_come_back_or_are_refused(name: str, data: bytes) -> None:
    view = charset.open_as(data, name)
    if view is not None:
        assert charset.close_view(view.parameters, view.parts, len(data)) == data


@given(st.sampled_from(["gb18030", "euc-jp", "shift_jis", "big5"]), st.data())
def test_broken_pairs_come_back(name: str, data: st.DataObject) -> None:
    """Leads, digits, trails and ends in any order: the cases where units begin in the wrong place."""
    raw = bytes(
        data.draw(st.lists(st.sampled_from(b"\x81\x30\x8f\x8e\xa1\xfe\x40\x0a\x80\xff"), max_size=40))
    )
    view = charset.open_as(raw, name)
    assert view is None or charset.close_view(view.parameters, view.parts, len(raw)) == raw


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_gb18030_writes_every_text_that_python_writes_so(text: str) -> None:
    """All of Unicode, but for what the two versions of the standard assign otherwise."""
    known = "".join(letter for letter in text if letter not in "\ue5e5ḿ\ue7c7" and ord(letter) != 0x80)
    parameters = bytes([CHARSETS.index("gb18030")])
    assert charset.close_view(parameters, (known.encode(),), 1 << 16) == known.encode("gb18030")


@given(st.binary(max_size=3), st.lists(st.binary(max_size=60), max_size=3))
def test_hostile_views_are_refused(parameters: bytes, parts: list[bytes]) -> None:
    with contextlib.suppress(CorruptArchive):
        assert len(charset.close_view(parameters, parts, 100)) <= 100


@pytest.mark.parametrize(
    ("parameters", "parts", "reason"),
    [
        (b"", (b"a",), "parameters"),
        (bytes([len(CHARSETS)]), (b"a",), "parameters"),
        (b"\x00", (), "0 parts"),
        (b"\x00", (b"\xff",), "no UTF-8 at byte 0"),
        (b"\x00", ("€".encode(),), "cannot write"),
        (b"\x00", ("😀".encode(),), "cannot write"),
        (b"\x1e", ("\U000f0000".encode(),), "cannot write"),
        (b"\x00", (b"a" * 101,), "more than 100 bytes"),
        (b"\x00", (b"abc", b"\x04\x01\xff"), "behind its end"),
        (b"\x00", (b"abc", b"\x01\x05\xff"), "ends early"),
    ],
)
def test_nonsense_is_refused(parameters: bytes, parts: tuple[bytes, ...], reason: str) -> None:
    with pytest.raises(CorruptArchive, match=reason):
        charset.close_view(parameters, parts, 100)
