"""Golden archives of files that are looked into: written once, decoded ever since (golden_views.py says of what)."""

import base64
import gzip
import io
import json
import zipfile
import zlib
from base64 import encodebytes

import pytest
from PIL import Image

from nacomp.archive.archive_reader import Archive
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.reader import ArchiveReader
from nacomp.runtime.progress import Job
from tests.formats.make_archives import describe
from tests.nacomp.archive.golden_views import ARCHIVES, FRENCH, GOLDEN, LINES, MEASURED, MIXED, archive_of


def stored(name: str) -> bytes:
    return (GOLDEN / f"{name}.nac").read_bytes()


def contents(archive: bytes) -> dict[str, bytes]:
    with Archive(io.BytesIO(archive), ModelLoader(threads=1).for_method) as opened:
        return {entry.path: b"".join(pieces) for entry, pieces in opened.contents(opened.files, Job())}


def kinds(archive: bytes) -> set[str]:
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        return {str(reader.methods[one.method].kind) for one in reader.index.derived}


@pytest.mark.parametrize("name", ARCHIVES)
def test_golden_archive_is_expected(name: str) -> None:
    assert describe(stored(name)) == json.loads((GOLDEN / "expected.json").read_text("utf-8"))[name]
    assert len(stored(name)) < 6000


@pytest.mark.parametrize("name", ARCHIVES)
def test_encoder_still_writes_it(name: str) -> None:
    """From the files that the archive gives, as another zlib would make other ones."""
    assert archive_of(name, contents(stored(name))) == stored(name)


def test_files_that_were_looked_into_come_back() -> None:
    assert kinds(stored("look-inside")) == {
        "deflate",
        "charset",
        "base64",
        "hex",
        "quoted-printable",
        "jpeg",
        "png-rows",
    }
    files = contents(stored("look-inside"))
    assert files.keys() == ARCHIVES["look-inside"]().keys()
    assert gzip.decompress(files["a.gz"]) == LINES
    assert zlib.decompressobj().decompress(files["b.bin"][100:]) == LINES[::-1]
    with zipfile.ZipFile(io.BytesIO(files["c.zip"])) as opened:
        assert [opened.read(member) for member in opened.namelist()] == [LINES, LINES.upper()]
    assert Image.open(io.BytesIO(files["d.png"])).tobytes()[40:44] == bytes((0, 2, 4, 6))
    assert files["d.png"].count(b"IDAT") == 2
    assert files["e.txt"] == (FRENCH * 4).encode("cp1252")
    assert encodebytes(base64.b64decode(files["g.b64"])) == files["g.b64"]
    assert bytes.fromhex(files["h.hex"].decode()) == base64.b64decode(files["g.b64"])[::-1]
    assert zlib.decompressobj().decompress(files["i.raw"][40:]) == MIXED


def test_a_long_stream_in_pieces_comes_back() -> None:
    archive = stored("long-stream")
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        pieces = reader.index.derived
        assert len(reader.blocks) > 1  # so that a window lies in another block
    assert [one.parameters[0] & 3 for one in pieces] == [2, 3, 3, 1]  # each begins within a byte
    windows = [sum(extent.length for extent in one.parts[0]) for one in pieces[1:]]
    assert windows == sorted(windows)  # all that came before, and not the last piece alone
    assert windows[0] < windows[-1]
    (file,) = contents(archive).values()
    assert zlib.decompressobj(31).decompress(file[200:]) == MEASURED
