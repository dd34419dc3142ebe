"""What became of an archive that does not open is told by its beginning and its end."""

import io
import re
from pathlib import Path

import pytest

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.protection.seal import Seal, SealingStream
from nacomp.formats.reader import ArchiveReader
from tests.formats.samples import SMALL_FILES, SMALL_OTHERS, STORED, build

SMALL = build(SMALL_FILES, SMALL_OTHERS)


def protected() -> bytes:
    file = io.BytesIO(SMALL)
    add_recovery(file, 20)
    return file.getvalue()


def sealed() -> bytes:
    out = io.BytesIO()
    stream = SealingStream(out, Seal("a password"))
    stream.write(SMALL)
    stream.finish()
    return out.getvalue()


PROTECTED, SEALED = protected(), sealed()
UPDATED = (Path(__file__).parents[2] / "formats" / "golden" / "updated.nac").read_bytes()
PAGE = b"<!DOCTYPE html>\n<html><body>Not found</body></html>" * 20
AS_TEXT = "changed on its way as if it were text"
CASES = {
    "empty": (b"", "the file is empty"),
    "its first bytes alone": (SMALL[:5], "its end is missing"),
    "its header alone": (SMALL[:40], "its end is missing"),
    "cut": (SMALL[:-1], "its end is missing"),
    "cut in half": (SMALL[: len(SMALL) // 2], "its end is missing"),
    "ends in zeros": (SMALL[:100] + bytes(5000), "its end is zeros"),
    "zeros": (bytes(5000), "its beginning is zeros"),
    "a line end behind it": (SMALL + b"\n", "1 bytes were added behind it"),
    "half of another behind it": (
        SMALL + SMALL[:300],
        f"another archive stands behind it, from byte {len(SMALL):,} on",
    ),
    "nearly all of another behind it": (
        SMALL + SMALL[:-1],
        f"another archive stands behind it, from byte {len(SMALL):,} on",
    ),
    "a script in front of it": (b"#!/bin/sh\n" + SMALL, "10 bytes stand in front of it"),
    "bytes lost within": (SMALL[:200] + SMALL[210:], "10 bytes of it are missing"),
    "bytes added within": (SMALL[:200] + b"0123456789" + SMALL[200:], "10 bytes were added within it"),
    "a page": (PAGE, "it is a web page"),
    "a page after a mark": (b"\xef\xbb\xbf\r\n<html>", "it is a web page"),
    "line ends to Unix's": (SMALL.replace(b"\r\n", b"\n"), AS_TEXT),
    "line ends to Windows'": (SMALL.replace(b"\n", b"\r\n"), AS_TEXT),
    "seven bits": (bytes(byte & 0x7F for byte in SMALL), AS_TEXT),
    "letters of Latin-1": (SMALL.decode("latin-1").encode(), AS_TEXT),
    "replaced letters": (SMALL.decode("utf-8", "replace").encode(), AS_TEXT),
    "gzip": (b"\x1f\x8b\x08" + bytes(50), "it is a gzip file"),
    "zip": (b"PK\x03\x04" + bytes(50), "it is a zip archive"),
    "something else": (b"just some text", "expected"),
    "recovery data cut": (PROTECTED[:-1], "the end of its recovery data is missing"),
    "recovery data and more": (PROTECTED + b"\n", "1 bytes were added behind it"),
    "an update, and more": (UPDATED + b"junk", "4 bytes were added behind it"),
    "sealed, cut": (SEALED[:-1], "its end is missing"),
    "sealed, and more": (SEALED + b"junk", "4 bytes were added behind it"),
}


@pytest.mark.parametrize(("data", "reason"), CASES.values(), ids=list(CASES))
def test_what_became_of_it(data: bytes, reason: str) -> None:
    with pytest.raises(CorruptArchive, match=re.escape(reason)):
        ArchiveReader.open(io.BytesIO(data), password="a password")


def test_an_archive_within_does_not_mislead() -> None:
    outer = build({"inner.nac": SMALL}, block_size=10_000, methods=(STORED,))
    with ArchiveReader.open(io.BytesIO(outer)) as reader:
        end = reader.blocks[0].end
    for cut in (end, end - 5, len(outer) - 1):
        with pytest.raises(CorruptArchive, match="its end is missing"):
            ArchiveReader.open(io.BytesIO(outer[:cut]))


def test_damage_in_its_place_keeps_its_own_reason() -> None:
    damaged = bytearray(SMALL)
    damaged[-30] ^= 1
    with pytest.raises(CorruptArchive, match="index's checksum"):
        ArchiveReader.open(io.BytesIO(bytes(damaged)))
