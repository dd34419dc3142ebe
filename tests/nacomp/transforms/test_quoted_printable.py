"""Bodies in quoted-printable are found, become what they spell, and come back."""

import binascii
import contextlib
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.quoted_printable import close_view, find_runs, open_view

TEXT = (
    "Dès Noël, où un zéphyr haï me vêt de glaçons würmiens, je dîne d’exquis rôtis de bœuf au kir à l’aÿ d’âge mûr.\n"
    "1 + 1 = 2, et un espace à la fin \n\n"
) * 4


def gateway(data: bytes) -> bytes:
    """As encoders for EBCDIC write it: some punctuation is escaped too."""
    return quopri.encodestring(data).replace(b"!", b"=21").replace(b"@", b"=40")


SPELLINGS = {
    "python": quopri.encodestring(TEXT.encode()),
    "binascii": binascii.b2a_qp(TEXT.encode()),
    "crlf": quopri.encodestring(TEXT.encode()).replace(b"\n", b"\r\n"),
    "latin-1": quopri.encodestring(TEXT.replace("’", "'").replace("œ", "oe").encode("latin-1")),
    "lower-case digits": b"Caf=c3=a9 et th=c3=a9, un peu de lait.\n" * 9,
    "for gateways": gateway(b"Me! You! me@example.org = \xc3\xa9\n" * 12),
    "broken after words": b"Caf=C3=A9 et th=C3=A9, un peu de lait, =\nun peu de sucre=\n, c'est =C3=A9gal.\n"
    * 4,
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_text_comes_back(name: str) -> None:
    data = SPELLINGS[name]
    view = open_view(data)
    assert view is not None
    assert view.parts[0] == quopri.decodestring(data)
    assert len(view.parameters) < 36
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_what_most_encoders_do_needs_one_part() -> None:
    view = open_view(SPELLINGS["python"])
    assert view is not None
    assert (view.parameters, len(view.parts)) == (b"\x00\x4c", 1)


def test_an_escape_against_the_rule_is_an_exception() -> None:
    data = SPELLINGS["python"].replace(b"dans", b"d=61ns", 1).replace(b"haaa", b"h=61", 1)
    data = data[:200] + data[200:].replace(b"un ", b"=75n ", 1)
    view = open_view(data)
    assert view is not None
    assert view.parts[0].decode() == TEXT
    assert view.parameters[0] & 8
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_bodies_are_found_by_their_headers() -> None:
    body = SPELLINGS["crlf"].rstrip()
    mail = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain\r\n\r\n"
        + body
        + b"\r\n--xx\r\n"
        b"content-transfer-encoding: QUOTED-PRINTABLE\r\n\r\n" + body + b"\r\n--xx--\r\n"
    )
    assert [mail[start:end] for start, end in find_runs(mail)] == [body, body]
    assert find_runs(body) == []


@pytest.mark.parametrize(
    "data",
    [b"", TEXT.encode(), b"a = b + c;\n" * 50, SPELLINGS["python"] + b"=3d=3D"],
    ids=["empty", "plain", "program", "mixed"],
)
def test_nothing_to_open(data: bytes) -> None:
    assert open_view(data) is None


@given(
    st.lists(
        st.sampled_from(
            [b"=\n", b"=\r\n", b"\n", b"\r\n", b"\r", b"=C3=A9", b"a", b" ", b"\t", b"=20", b"=41", b"~" * 40]
        ),
        max_size=120,
    )
)
def test_any_text_comes_back_or_is_refused(pieces: list[bytes]) -> None:
    data = b"".join(pieces) + b"=C3=A9" * 4 + b"x" * 128
    view = open_view(data)
    assert view is None or close_view(view.parameters, view.parts, len(data)) == data


@given(st.binary(max_size=6), st.lists(st.binary(max_size=60), max_size=3))
def test_hostile_views_are_refused(parameters: bytes, parts: list[bytes]) -> None:
    with contextlib.suppress(CorruptArchive):
        assert len(close_view(parameters, parts, 100)) <= 100


@given(
    st.integers(0, 15),
    st.integers(0, 80),
    st.binary(max_size=60),
    st.lists(st.binary(max_size=8), max_size=2),
)
def test_hostile_parts_are_refused(flags: int, longest: int, data: bytes, parts: list[bytes]) -> None:
    with contextlib.suppress(CorruptArchive):
        assert len(close_view(bytes([flags, longest]), (data, *parts), 100)) <= 100


@pytest.mark.parametrize(
    ("parameters", "parts", "reason"),
    [
        (b"\x00", (b"a",), "parameters"),
        (b"\x10\x00", (b"a",), "parameters"),
        (b"\x00\x00=", (b"a",), "escaped characters"),
        (b"\x00\x00ba", (b"a",), "escaped characters"),
        (b"\x04\x00", (b"a",), "1 parts, expected 2"),
        (b"\x04\x00", (b"a", b"\x02"), "a place 2 beyond 1"),
        (b"\x08\x00", (b"", b"\x00"), "a place 0 beyond -1"),
        (b"\x00\x4c", (b"\xff" * 40,), "expected at most 100"),
    ],
)
def test_nonsense_is_refused(parameters: bytes, parts: tuple[bytes, ...], reason: str) -> None:
    with pytest.raises(CorruptArchive, match=reason):
        close_view(parameters, parts, 100)
