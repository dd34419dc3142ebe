"""The second decoder gives back the golden archives' bytes, refuses the hostile ones, and owes nothing to nacomp."""

import ast
import hashlib
import json
import os
import random
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyppmd
import pytest
import zstandard

from nac_decoder import mixing, ppmd, zstd
from nac_decoder.archive import Archive
from nac_decoder.block import Models
from nac_decoder.deflate import Stream
from nac_decoder.errors import Refused
from nac_decoder.model_file import FORMATS as TENSOR_FORMATS
from nac_decoder.pages import quoted
from nac_decoder.range_decoder import RangeDecoder
from nac_decoder.seal import is_sealed
from nac_decoder.several import Several
from nac_decoder.tree import write_tree
from nac_decoder.views import close_view
from nacomp.codecs import mixed
from nacomp.models.mixing.settings import MixingSettings, Profile
from tests.formats.forging import RawDerived, one_block, raw_file, with_holes, with_views

pytestmark = pytest.mark.long_file

ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "formats"
DECODER = ROOT / "packaging" / "decoder"
SOURCES = sorted(DECODER.rglob("*.py"))
LIBRARIES = {"numpy"}
EXPECTED = json.loads((FORMATS / "golden" / "expected.json").read_text("utf-8"))
HOSTILE = json.loads((FORMATS / "hostile" / "expected.json").read_text("utf-8"))
KINDS = ("file", "folder", "symlink", "hard_link")
LONG = {"neural-text", "neural-streams"}
"""6,692 and 18,590 symbols: 14 and 40 seconds."""


@pytest.fixture(scope="module")
def models() -> Models:
    data = ROOT / "tests" / "data"
    embedded = ROOT / "models" / "library" / "embedded.gguf"
    return Models(path.read_bytes() for path in (data / "tiny.gguf", data / "tiny-gemma3.gguf", embedded))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_source_imports_nothing_of_ours(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] in {"nac_decoder"} | LIBRARIES | sys.stdlib_module_names, name


def decoded(
    program: Path, golden: str, target: Path, *options: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run the decoder as a program, where nothing of ours and no library but numpy can be imported."""
    absent = (
        "nacomp",
        "constriction",
        "tokenizers",
        "gguf",
        "zstandard",
        "pyppmd",
        "cryptography",
        "compression",
    )
    block = f"import runpy, sys; sys.modules.update(dict.fromkeys({absent!r})); sys.argv[1:2] = []"
    run = f"{block}; runpy.run_path({str(program)!r}, run_name='__main__')"
    archive = FORMATS / "golden" / f"{golden}.nac"
    command = [sys.executable, "-I", "-c", run, "decoder", archive, "-o", target, *options]
    environment = os.environ | {"NACOMP_PASSWORD": EXPECTED[golden].get("password", "")}
    return subprocess.run(
        command, check=False, cwd=target.parent, env=environment, capture_output=True, text=True
    )


def test_runs_where_only_numpy_can_be_imported(tmp_path: Path) -> None:
    model = ROOT / "tests" / "data" / "tiny.gguf"
    done = decoded(DECODER, "neural-small", tmp_path / "out", "-m", model)
    assert (done.returncode, done.stderr) == (0, "")
    (entry,) = EXPECTED["neural-small"]["entries"]
    assert hashlib.sha256((tmp_path / "out" / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


def test_one_file_holds_all_that_it_needs(tmp_path: Path) -> None:
    """It is run from a folder that has nothing else, and made again it is the same."""
    packed = [tmp_path / "a.pyz", tmp_path / "b.pyz"]
    for target in packed:
        subprocess.run([sys.executable, DECODER / "pack.py", target], check=True)
    assert packed[0].read_bytes() == packed[1].read_bytes()
    with zipfile.ZipFile(packed[0]) as inside:
        pages = {name.rpartition("/")[2] for name in inside.namelist() if "kept/formats/" in name}
    assert pages == {page.name for page in FORMATS.glob("*.md")}
    for golden in ("neural-embedded", "look-inside", "sealed"):
        done = decoded(packed[0], golden, tmp_path / golden)
        assert (done.returncode, done.stderr) == (0, "")
        for entry in EXPECTED[golden]["entries"]:
            content = (tmp_path / golden / entry["path"]).read_bytes()
            assert len(content) == entry["size"]
            if "group" not in entry:
                assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("golden", ["tree", "updated", "joined", "shared-extents"])
def test_writes_folders_links_modes_and_times(golden: str, tmp_path: Path) -> None:
    assert decoded(DECODER, golden, tmp_path / "out").returncode == 0
    for entry in EXPECTED[golden]["entries"]:
        path = tmp_path / "out" / entry["path"]
        if entry["kind"] == "symlink":
            assert str(path.readlink()) == entry["link_target"]
        elif entry["kind"] == "hard_link":
            file = tmp_path / "out" / entry["link_target"]
            assert path.samefile(file)
        else:
            assert (path.is_dir(), path.stat().st_mtime_ns) == (entry["kind"] == "folder", entry["mtime_ns"])
            assert path.stat().st_mode & 0o777 == entry["mode"] & 0o777
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")}
    above = {Path(entry["path"]).parent.as_posix() for entry in EXPECTED[golden]["entries"]} - {"."}
    assert names == {entry["path"] for entry in EXPECTED[golden]["entries"]} | above


def test_says_in_one_sentence_what_is_missing(tmp_path: Path) -> None:
    done = decoded(DECODER, "neural-small", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.startswith("decoder: model tiny is not at hand: its SHA-256 is ")
    assert done.stderr.count("\n") == 1
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    assert (
        decoded(DECODER, "tree", tmp_path / "full").stderr == f"decoder: {tmp_path / 'full'} is not empty\n"
    )


@pytest.mark.parametrize("number", TENSOR_FORMATS)
def test_tensors_are_widened_as_the_gguf_package_does(number: int) -> None:
    """The package is asked here, not in the decoder; whole blocks of random bytes, infinite scales too."""
    import gguf

    _, size, widen = TENSOR_FORMATS[number]
    raw = np.random.default_rng(number).integers(0, 256, (400, size), dtype=np.uint8)
    with np.errstate(all="ignore"):
        theirs = gguf.dequantize(raw.reshape(1, -1), gguf.GGMLQuantizationType(number))
        ours = widen(raw)
    assert ours.dtype == np.float32
    assert np.array_equal(ours.reshape(-1), theirs.reshape(-1), equal_nan=True)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in EXPECTED]
)
def test_golden_archive(name: str, models: Models) -> None:
    data = (FORMATS / "golden" / f"{name}.nac").read_bytes()
    archive = Several(data, models.decode, EXPECTED[name].get("password", ""))
    assert sum(len(member.blocks) for member in archive.members) == EXPECTED[name]["blocks"]
    assert len(archive.entries) == len(EXPECTED[name]["entries"])
    for entry, row in zip(archive.entries, EXPECTED[name]["entries"], strict=True):
        found = (KINDS[entry.kind], entry.path.decode(errors="surrogateescape"), entry.mode, entry.mtime_ns)
        assert found == (row["kind"], row["path"], row["mode"], row["mtime_ns"])
        assert entry.target.decode() == row["link_target"]
        holes = [(hole["offset"], hole["length"]) for hole in row.get("holes", ())]
        attributes = [[name.decode(), value.hex()] for name, value in entry.attributes]
        if entry.kind != 3:  # it has its file's
            assert (list(entry.holes), entry.owner) == (holes, owner_of(row.get("owner")))
            assert attributes == row.get("attributes", [])
        if entry.kind == 0:
            content = archive.data_of(entry)
            assert len(content) + sum(length for _, length in holes) == row["size"]
            # Else the hash is that of several files, or there is none in the compact form: the decoder compared.
            if "group" not in row and row["sha256"]:
                assert hashlib.sha256(content).hexdigest() == row["sha256"]


def owner_of(row: dict[str, Any] | None) -> tuple[int, int, bytes, bytes] | None:
    return None if row is None else (row["uid"], row["gid"], row["user"].encode(), row["group"].encode())


def test_a_password_is_asked_for_where_there_is_a_seal() -> None:
    """And not for an archive in the compact form, which has other bytes where the usual one has its flags."""
    asked = {name for name in EXPECTED if is_sealed((FORMATS / "golden" / f"{name}.nac").read_bytes())}
    assert asked == {name for name, row in EXPECTED.items() if "password" in row}


def test_holes_are_zeros() -> None:
    archive = Archive(with_holes(b"\2", b"\1\2", b"\3\2"), lambda *_: b"")
    archive.hashes = [hashlib.sha256(b"abc").digest()]
    assert archive.content(archive.entries[0]) == b"a\0\0\0bc\0\0"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused(name: str, models: Models) -> None:
    with pytest.raises(Refused):
        archive = Several((FORMATS / "hostile" / f"{name}.nac").read_bytes(), models.decode)
        for entry in archive.entries:
            archive.content(entry)
        for member in archive.members:
            for number in range(len(member.blocks)):
                member.bytes_of(member.first + number)


PIECES = {
    "nothing": b"",
    "one byte": b"a",
    "noise": random.Random(1).randbytes(900),
    "zeros": bytes(200_000),
    "text": (ROOT / "README.md").read_bytes(),
    "text twice": (ROOT / "LICENSE").read_bytes() * 2,
    "numbers": np.arange(3000, dtype="<u4").tobytes(),
    "code": (ROOT / "setup.py").read_bytes() + random.Random(2).randbytes(300),
}


@pytest.mark.parametrize("level", [-5, 1, 3, 9, 19, 22])
@pytest.mark.parametrize("name", PIECES)
def test_zstd_is_read_as_the_library_reads_it(name: str, level: int) -> None:
    compressor = zstandard.ZstdCompressor(
        level=level, write_checksum=level % 2 == 0, write_content_size=level > 3
    )
    frame = compressor.compress(PIECES[name])
    assert zstd.decompress(frame, len(PIECES[name])) == PIECES[name]
    if len(PIECES[name]) > 1:
        with pytest.raises(Refused):
            zstd.decompress(frame[:-5], len(PIECES[name]))


def test_damaged_zstd_frames_are_refused_or_of_the_right_size() -> None:
    rng, outcomes = random.Random(4), Counter[bool]()
    frame = zstandard.ZstdCompressor(level=19).compress(PIECES["code"])
    for _ in range(150):
        damaged = bytearray(frame)
        damaged[rng.randrange(4, len(damaged))] ^= 1 << rng.randrange(8)
        try:
            assert len(zstd.decompress(bytes(damaged), len(PIECES["code"]))) <= len(PIECES["code"])
            outcomes[True] += 1
        except Refused:
            outcomes[False] += 1
    assert min(outcomes.values()) > 10


@pytest.mark.parametrize("order", [2, 6, 16])
@pytest.mark.parametrize("name", sorted(set(PIECES) - {"nothing"}))
def test_ppmd_is_read_as_the_library_reads_it(name: str, order: int) -> None:
    content = PIECES[name][:8_000]
    encoder = pyppmd.Ppmd7Encoder(order, ppmd.LEAST_MEMORY)
    payload = encoder.encode(content) + encoder.flush(endmark=False)
    assert ppmd.decompress(order, ppmd.LEAST_MEMORY, payload, len(content)) == content
    for wrong in (payload[:-1], payload + b"\0"):
        with pytest.raises(Refused):
            ppmd.decompress(order, ppmd.LEAST_MEMORY, wrong, len(content))


def test_files_with_holes_are_written_around_them(tmp_path: Path) -> None:
    holed = Archive(with_holes(b"\2", b"\1\2", b"\3\2"), lambda *_: b"")
    holed.hashes = [hashlib.sha256(b"abc").digest()]
    several = Several.of([holed])
    write_tree(several, tmp_path)
    (entry,) = several.entries
    assert (tmp_path / entry.path.decode()).read_bytes() == b"a\0\0\0bc\0\0"


def turned(parts: list[bytes], parameters: bytes) -> bytes:
    """Stands for a view's way back: the parts backwards, between two copies of the parameters."""
    return parameters + b"".join(parts)[::-1] + parameters


def test_derived_contents_are_made_of_one_another() -> None:
    asked: list[tuple[dict[str, object], int]] = []

    def view(method: dict[str, object], parameters: bytes, parts: list[bytes], size: int) -> bytes:
        asked.append((method, size))
        return turned(parts, parameters)

    inner = RawDerived((((0, 0, 2),), ((0, 1, 2),)), size=6, parameters=b"+")
    outer = RawDerived((((1, 0, 6), (0, 2, 1)), ()), size=7)
    content = b"".join((b"c", turned([b"+cbba+", b"c"], b"")))
    data = with_views(
        [inner, outer], raw_file(b"a", (0, 2, 1), (2, 0, 7)), hashes=[hashlib.sha256(content).digest()]
    )
    archive = Archive(data, lambda *_: b"", view=view)
    assert archive.content(archive.entries[0]) == content == b"cc+abbc+"
    assert [size for _, size in asked] == [6, 7]
    assert asked[0][0] == {"kind": "deflate", "parameters": {"id": "deflate-1"}}
    with pytest.raises(Refused, match="deflate view is malformed"):
        Archive(data, lambda *_: b"").content(archive.entries[0])
    other = Archive(data, lambda *_: b"", view=lambda _method, _given, parts, _size: b"".join(parts))
    with pytest.raises(Refused, match="another size"):
        other.content(other.entries[0])


@pytest.mark.parametrize(
    ("kind", "parameters", "parts", "content"),
    [
        ("base64-1", b"\x10\0", [b"ab"], b"YWK"),
        ("base64-1", b"\x7d\x02\n", [b"\xfb\xff\xff\xfb"], b"-_\n__\n-_\n=="),
        ("hex-1", b"\0\0", [b"\x0a\xbc"], b"0abc"),
        ("utf-1", b"\1", ["aé".encode(), b"\1\2zz"], b"\0azz\0\xe9"),
        ("charset-1", b"\x13", ["a€é".encode()], b"a\x80\xe9"),
        ("charset-1", b"\x1b", ["ｱ名".encode(), b"\1\1\xff"], b"\xb1\xff\x96\xbc"),
        ("charset-1", b"\x1c", ["ｱ名丂".encode()], b"\x8e\xb1\xcc\xbe\x8f\xb0\xa1"),
        ("charset-1", b"\x1d", ["名é\U0001f600".encode()], b"\xc3\xfb\xa8\xa6\x94\x39\xfc\x36"),
        ("quoted-printable-1", b"\0\x08", [b"a=b\x01cdef \n"], b"a=3Db=\n=01cdef=\n=20\n"),
        ("quoted-printable-1", b"\x03\x4c!", [b"a!\nb \r\n"], b"a=21=0ab=20\r\n"),
        ("quoted-printable-1", b"\x0c\0", [b"abc", b"\1\0\2", b"\0\0"], b"=61=\n=\nbc=\n"),
    ],
)
def test_views_are_closed_as_ours_are(
    kind: str, parameters: bytes, parts: list[bytes], content: bytes
) -> None:
    """nacomp is asked here, not in the decoder."""
    from nacomp.formats.methods import Method, MethodKind
    from nacomp.transforms import table

    row = Method(MethodKind(kind.removesuffix("-1")), {"id": kind})
    assert table.close_view(row, parameters, parts, len(content)) == content
    given = {"kind": str(row.kind), "parameters": {"id": kind}}
    assert close_view(given, parameters, parts, len(content)) == content


def test_streams_are_closed_as_ours_are() -> None:
    """zlib's at every level, with every strategy, behind a dictionary, and such as no encoder writes."""
    from nacomp.transforms.deflate import open_stream
    from tests.nacomp.transforms.deflate_samples import RandomStream, text, zlib_stream

    words = text(2500)
    cases = [(zlib_stream(words, level), words, b"") for level in range(10)]
    cases += [(zlib_stream(words, strategy=strategy), words, b"") for strategy in range(1, 5)]
    cases.append((zlib_stream(words[900:], dictionary=words[:900]), words[900:], words[:900]))
    drawn = [RandomStream(seed, dictionary=b"abcabc" * (seed % 2 * 20)) for seed in range(12)]
    cases += [(one.write(), one.content, one.dictionary) for one in drawn]
    for stream, content, dictionary in cases:
        opened = open_stream(stream, 0, dictionary, limit=1 << 20)
        assert opened is not None
        assert Stream(dictionary, content, opened.corrections).made() == stream


def test_forged_corrections_end_as_ours_do() -> None:
    from nacomp.formats.errors import CorruptArchive
    from nacomp.transforms.deflate import open_stream, rebuild_piece
    from tests.nacomp.transforms.deflate_samples import text, zlib_stream

    rng, outcomes = random.Random(3), Counter[bool]()
    content = text(300)
    for number in range(120):
        opened = open_stream(zlib_stream(content, number % 10), 0, b"", limit=1 << 20)
        assert opened is not None
        forged = bytearray(opened.corrections + rng.randbytes(number % 3 * 10))
        forged[rng.randrange(len(forged))] ^= 1 << rng.randrange(8)
        made: list[bytes | None] = [None, None]
        with suppress(CorruptArchive):
            made[0] = rebuild_piece(content, bytes(forged)).data
        with suppress(Refused):
            made[1] = Stream(b"", content, bytes(forged)).made()
        assert made[0] == made[1]
        outcomes[made[0] is None] += 1
    assert min(outcomes[True], outcomes[False]) > 10


def test_pictures_of_a_library_are_refused() -> None:
    for kind in ("jpeg-2", "png-rows-1"):
        with pytest.raises(Refused, match=f"no view {kind}"):
            close_view({"kind": kind[:-2], "parameters": {"id": kind}}, b"", [b""], 1)


def test_a_group_of_other_bytes_is_refused() -> None:
    for digest in (b"abcabc", b"abc"):
        hashes = [hashlib.sha256(digest).digest()]
        data = one_block(raw_file(b"a", (0, 0, 3)), raw_file(b"b", (0, 0, 3), group=0), hashes=hashes)
        archive = Archive(data, lambda *_: b"")
        if digest == b"abcabc":
            assert [archive.content(entry) for entry in archive.entries] == [b"abc", b"abc"]
            continue
        for entry in archive.entries:
            with pytest.raises(Refused, match="file is damaged"):
                archive.content(entry)


@pytest.mark.parametrize("symbols", [0, 1, 2, 5, 2000])
def test_range_decoder_reads_what_the_library_writes(symbols: int) -> None:
    """Section 10 was written down from the library's behaviour; this is what holds it to the library."""
    constriction = pytest.importorskip("constriction")
    rng = np.random.default_rng(symbols)
    coder = constriction.stream.queue.RangeEncoder()
    rows, coded = [], []
    for _ in range(symbols):
        size = int(rng.integers(2, 257))
        whole = rng.multinomial(2**24 - size, rng.dirichlet(np.full(size, 0.05)))
        coded.append(int(rng.choice(size, p=(whole + 1) / 2**24)))
        rows.append(whole + 1)
        coder.encode(
            coded[-1], constriction.stream.model.Categorical(whole.astype(np.float64), perfect=False)
        )
    decoder = RangeDecoder(coder.get_compressed().astype("<u4").tobytes())
    assert [decoder.decode(row) for row in rows] == coded


def test_page_names_the_start_values() -> None:
    digest = hashlib.sha256((ROOT / "models" / "predictors" / "initial_weights.txt").read_bytes()).hexdigest()
    assert digest in (FORMATS / "PREDICTORS.md").read_text("utf-8")


def test_page_quotes_the_calibration_text() -> None:
    """The text a model is prepared with; nacomp is asked here, not in the decoder."""
    from nacomp.models.exact.smoothing import CALIBRATION_TEXT

    assert quoted("NUMERICS.md", "## 11. Calibration text") + b"\n" == CALIBRATION_TEXT


TABLE = b"id,name,price\n1,Apple,2.50\n2,Pear,3.10\n3,Plum,2.90\n<list><item id='4'/></list>\n{\"key\": [1, (2)]}\n"


@pytest.mark.skipif(not mixed.available(), reason="blocks are written by the native core")
@pytest.mark.parametrize(
    "settings",
    [
        MixingSettings(Profile.TEXT, len(TABLE), delimiter=ord(",")),
        MixingSettings(Profile.BINARY, len(TABLE), 13),
        MixingSettings(Profile.BINARY, len(TABLE)),
        MixingSettings(Profile.SAMPLES, len(TABLE), 4),
        MixingSettings(Profile.SAMPLES, len(TABLE), 6, sample=3, shift=2),
        MixingSettings(Profile.SAMPLES, len(TABLE), 4, sample=4, upper_first=True, shift=1),
        MixingSettings(Profile.IMAGE, len(TABLE), 12, 3),
        MixingSettings(Profile.CODE, len(TABLE), 4),
        MixingSettings(Profile.BITMAP, len(TABLE), 1),
        MixingSettings(Profile.BITMAP, len(TABLE), 7),
        MixingSettings(Profile.WORDS, len(TABLE)),
        MixingSettings(Profile.RECORDS, len(TABLE), 6, 2),
        MixingSettings(Profile.RECORDS, len(TABLE), 12, 4),
        MixingSettings(Profile.RECORDS, len(TABLE), 16, 8),
        MixingSettings(Profile.WORDS, len(TABLE), pixel=2),
    ],
)
def test_mixed_payloads(settings: MixingSettings) -> None:
    payload = mixed.encode(TABLE, settings, 500)
    assert payload is not None
    assert mixing.decode({"predictor": "mixing-6"}, payload, len(TABLE)) == TABLE


PATHS = (
    b'<path d="M705.5,-36c-.17.32-.34.48-.51.48l-2.43,1.66C702.3 37,-701 37.5,705.5,-36Z"/><path d=\'m-1-2.5.25 0H9h-.5'
    b"V12v-3t4,4T1 1q2-2,5.5,1S3,4 5,6s1,1,2,2A4.5,4.5,0,1,0,9,9a2,2,0,0,1,1.12345,99999999.99999999zM7 8L123456789012,0z'/>"
    b'{d:"c99999999.5,1,199999999,2,3,-L-0 000c-0,-0"}{id:"M1,1c2,2"}'
)
DRAWN = (
    'd="M10.25,7.5c-.5,12.75,1,1,2,2,3,3,4,4.Z" ..5 12345678901234567 aaaaaaaaaaaaaaaaaaÄÖ1A2\n'.encode() * 2
)
"""Numbers behind a letter, more than are counted, and runs of more bytes than are."""
BARRED = (
    b"".join(
        b"%08x  48 65 6c 6c 6f 7c  20 7c %02x 41 42 43  |Hello| |%cABC|\n" % (i, i, i) for i in range(65, 68)
    )
    + b"00000040  48 65                 |He|\n48 |\n4865  6c6c  He\n"
)
MEASURED = b"".join(
    b"%d,%.2f,%.1f,%s\n" % (998 + i * i % 7, -3.3 + i * 0.41, 20 - i * 1.7, odd)
    for i, odd in enumerate(
        (b"1", b"7.", b".5", b"--4", b"-12.5.1", b"1234567890123", b"", b"5", b"6", b"7.5") * 2
    )
)


@pytest.mark.skipif(not mixed.available(), reason="blocks are written by the native core")
def test_words_of_arm64() -> None:
    """Calls, pages behind the first 4 KB of them, and two bytes that are no word."""
    content = bytes(5000) + bytes.fromhex("fd7bbfa9050000940000009001f8ffb0f4ffff97") * 4 + b"xy"
    payload = mixed.encode(content, MixingSettings(Profile.WORDS, len(content), pixel=2), 5000)
    assert payload is not None
    assert mixing.decode({"predictor": "mixing-6"}, payload, len(content)) == content


@pytest.mark.skipif(not mixed.available(), reason="blocks are written by the native core")
@pytest.mark.parametrize(
    ("delimiter", "content"),
    [
        (
            b" ",
            b"".join(
                b"%08x: 4865 6c6c 6f2c 0a%02x  Hello,.%c\n" % (138 + 16 * i, 65 + i, 65 + i) for i in range(4)
            ),
        ),
        (
            b",",
            b"17,0009,fffffffffffffffe,9\n19,000b,ffffffffffffffff,12\n21,000d,0,x\n23,1,30,99\n20,ff,0,98\n\n17,5\n",
        ),
        (b" ", DRAWN),
        (b" ", BARRED),
        (b",", b"deu,1,Deutsch\nFRA,,Francais\na,A\nabcde,Ab\nen2,English\nnl,0,Nederlands\n,x\nnl"),
        (b",", MEASURED),
        (b",", PATHS),
    ],
)
def test_lines_that_say_what_comes(delimiter: bytes, content: bytes) -> None:
    payload = mixed.encode(content, MixingSettings(Profile.TEXT, len(content), delimiter=ord(delimiter)), 500)
    assert payload is not None
    assert mixing.decode({"predictor": "mixing-6"}, payload, len(content)) == content


INSTRUCTIONS = b"\x90" * 32 + bytes.fromhex(
    "554889e54883ec10e8fbffffff8b05112233004883c410c30f85f0ffffffc5f877c4e27918c0803d0100000005"
    "62f17c48280789041d0000000048b80102030405060708660f3a0fc108f6c201c7450034120000e9f6ffffffe8"
)


@pytest.mark.skipif(not mixed.available(), reason="blocks are written by the native core")
@pytest.mark.parametrize("end", range(60, len(INSTRUCTIONS) + 1, 4))
def test_machine_code_cut_anywhere(end: int) -> None:
    content = INSTRUCTIONS[:end]
    payload = mixed.encode(content, MixingSettings(Profile.CODE, end), 500)
    assert payload is not None
    assert mixing.decode({"predictor": "mixing-6"}, payload, end) == content


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\7\1\0\0",
        b"\6\3\0\0",
        b"\6\1\4\0",
        b"\5\1\0\0",
        b"\5\2\7\0",
        b"\4\2\0\0",
        b"\0,\5\0",
        b"\2\1\3\0",
        b"\2\x33\3\0",
        b"\2\5\5\0",
        b"\2\3\4\0",
        b"\3\x09\x40\0",
        b"\1\1\0\0xyz",
    ],
)
def test_hostile_mixed_payloads_are_refused(payload: bytes) -> None:
    with pytest.raises(Refused):
        mixing.decode({"predictor": "mixing-6"}, payload, 10)
