"""Makes the committed archives: `python -m tests.formats.make_archives`, only when the format changes on purpose.

`formats/golden/` holds archives that every later version must decode, `formats/hostile/` archives it must refuse. Their
`expected.json` says what comes out. The tests read these files and never make them anew: they stand for archives that
people already have.
"""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from unittest import mock

from nacomp.formats.checksums import SEAL, checksum, content_checksum
from nacomp.formats.entry import Entry, EntryKind, Extent
from nacomp.formats.errors import NacompError
from nacomp.formats.header import MAGIC, SEALED_FLAG, VERSION
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.packing import pack
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.protection.recovery_layout import RecoveryShape, encode_trailer
from nacomp.formats.protection.seal import CHUNK, FIELDS, Cost
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter
from tests.formats.forging import (
    ABC,
    FILE,
    STORED_TABLE,
    XYZ,
    assembled,
    forged_block,
    forged_header,
    forged_index,
    numbers,
    one_block,
    raw_entry,
    two_blocks,
)
from tests.formats.samples import (
    LZMA,
    MTIME,
    SMALL_FILES,
    SMALL_OTHERS,
    STORED,
    ZSTD,
    build,
    file_entry,
    read_files,
    sealed,
)

FORMATS = Path(__file__).parents[2] / "formats"
TEXT = b"Sizes in bytes, times in nanoseconds, names in whatever the file system gave.\n" * 20


def noise(size: int) -> bytes:
    """Bytes that no codec shrinks, the same on every run."""
    return b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(size // 32 + 1))[:size]


def shared() -> bytes:
    """Two files that are equal share their extents; a third is made of both blocks, backwards."""
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [STORED])
    for content in (b"first", b"second"):
        writer.add_block(0, content, len(content), content_checksum(content))
    both = (Extent(1, 0, 6), Extent(0, 0, 5))
    writer.finish(
        [
            file_entry("copy", b"first", both[1:]),
            file_entry("original", b"first", both[1:]),
            file_entry("parts", b"secondfirstcon", (*both, Extent(1, 2, 3))),
        ]
    )
    return stream.getvalue()


def with_recovery() -> bytes:
    """An archive and 10% of recovery data."""
    stream = io.BytesIO(build({"text.txt": TEXT}, methods=(LZMA,), block_size=1000))
    add_recovery(stream, 10)
    return stream.getvalue()


def with_seal() -> bytes:
    """A sealed archive of two chunks with recovery data; the salt is fixed, so that it is the same on every run."""
    archive = build({"text.txt": TEXT, "noise.bin": noise(CHUNK)}, methods=(STORED,), block_size=5000)
    with mock.patch("nacomp.formats.protection.seal.os.urandom", noise):
        stream = io.BytesIO(sealed(archive, PASSWORDS["sealed"], Cost(log_n=10)))
    add_recovery(stream, 5)
    return stream.getvalue()


def forged_seal(log_n: int = 10, p: int = 1, flags: int = SEALED_FLAG, reserved: int = 0) -> bytes:
    """A seal, its checksum made to fit."""
    fields = FIELDS.pack(MAGIC, VERSION, flags, log_n, 8, p, reserved, bytes(32), bytes(16))
    return fields + checksum(SEAL, fields)


PASSWORDS = {"sealed": "Zoe\u0308's \u9375"}
"""Not in NFC, as a decoder has to bring it there (SPEC.md, section 13)."""

GOLDEN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: build({}),
    "empty-file": lambda: build({"empty": b""}, methods=(STORED,)),
    "one-byte": lambda: build({"one": b"\0"}, methods=(STORED,)),
    "stored": lambda: build({"every-byte.bin": bytes(range(256))}, methods=(STORED,), block_size=100),
    "lzma": lambda: build({"text.txt": TEXT}, methods=(LZMA,), block_size=1000),
    "zstd": lambda: build({"text.txt": TEXT}, methods=(ZSTD,), block_size=1000),
    "tree": lambda: build(SMALL_FILES, SMALL_OTHERS),
    "shared-extents": shared,
    "header-copy": lambda: two_blocks(ABC, XYZ, copy=True),
    "recovery": with_recovery,
    "sealed": with_seal,
    "unused-bits": lambda: assembled(numbers(1) + raw_entry(b"folder"), head=forged_header(flags=0xFF00)),
    "odd-times": lambda: build(
        {},
        [
            Entry(f"{mtime}", EntryKind.FOLDER, mode, mtime)
            for mode, mtime in ((0, -(1 << 63)), (0o7777, (1 << 63) - 1), (0o1, -1), (0o755, MTIME))
        ],
        methods=(),
    ),
}


def with_index(section: bytes) -> bytes:
    """An archive without blocks, around an index section."""
    head = forged_header()
    return head + section + FOOTER.pack(len(head), FOOTER_MAGIC)


HOSTILE: dict[str, bytes] = {
    "another-version": assembled(head=forged_header(version=2)),
    "another-method": assembled(head=forged_header(STORED_TABLE.replace(b"stored", b"cosmic"))),
    "reserved-header-bit": assembled(head=forged_header(flags=1)),
    "reserved-block-bit": two_blocks(forged_block(b"abc", b"abc", flags=1), XYZ),
    "reserved-index-bit": with_index(forged_index(b"\0\0", flags=2)),
    "deep-parameters": assembled(head=forged_header(b"[" * 60_000)),
    "index-bomb": with_index(forged_index(b"", size=1000, packed=pack(bytes(1 << 20)))),
    "index-of-a-terabyte": with_index(forged_index(b"\0\0", size=1 << 40)),
    "block-of-a-terabyte": assembled(blocks=numbers(1, 0, 1 << 40, 1 << 40), between=ABC),
    "neural-block-of-hours": assembled(
        blocks=numbers(1, 0, 64 << 20, 3),
        between=ABC,
        head=forged_header(STORED_TABLE.replace(b"stored", b"neural")),
    ),
    "entries-without-end": assembled(numbers((1 << 63) - 1)),
    "blocks-without-end": assembled(b"", numbers((1 << 63) - 1)),
    "extents-without-end": one_block(raw_entry(b"a", 0, rest=FILE + numbers((1 << 63) - 1))),
    "extent-behind-its-block": one_block(raw_entry(b"a", 0, rest=FILE + numbers(1, 0, 1, 3))),
    "swapped-blocks": two_blocks(XYZ, ABC),
    "repeated-block": two_blocks(ABC, ABC),
    "swapped-checksums": two_blocks(ABC[:40] + XYZ[40:48] + ABC[48:], XYZ),
    "wrong-content": two_blocks(forged_block(b"abc", b"abd"), XYZ),
    "hidden-bytes": assembled(between=b"hidden"),
    "trailing-bytes": assembled() + b"\n",
    "recovery-of-a-petabyte": assembled() + encode_trailer(RecoveryShape(1 << 50, 64, 100, 10)),
    "cut-off": assembled()[:-1],
    "seal-of-terabytes": forged_seal(log_n=40) * 2,
    "seal-of-hours": forged_seal(log_n=17, p=255) * 2,
    "seal-without-cost": forged_seal(log_n=0) * 2,
    "reserved-seal-bit": forged_seal(flags=SEALED_FLAG | 1) * 2,
    "reserved-seal-byte": forged_seal(reserved=1) * 2,
    "seal-cut-off": forged_seal() + b"sealed",
    "absolute-path": assembled(numbers(1) + raw_entry(b"/etc/passwd")),
    "climbing-path": assembled(numbers(1) + raw_entry(b"a/../../up")),
    "drive-letter": assembled(numbers(1) + raw_entry(b"C:/windows")),
    "backslash": assembled(numbers(1) + raw_entry(b"..\\up")),
    "nul-in-path": assembled(numbers(1) + raw_entry(b"a.txt\0.exe")),
    "entry-twice": assembled(numbers(2) + raw_entry(b"a") * 2),
    "escaping-link": assembled(numbers(1) + raw_entry(b"a", 2, rest=numbers(6) + b"../etc")),
    "absolute-link": assembled(numbers(1) + raw_entry(b"a", 2, rest=numbers(4) + b"/etc")),
    "entry-below-a-link": assembled(
        numbers(2) + raw_entry(b"a", 2, rest=numbers(1) + b".") + raw_entry(b"a/b")
    ),
}


def describe(archive: bytes, password: str | None = None) -> dict[str, object]:
    """What a decoder gets from an archive, as JSON."""
    with ArchiveReader.open(io.BytesIO(archive), password=password) as reader:
        entries = []
        for entry in reader.entries:
            fields = asdict(entry) | {"kind": entry.kind.name.lower(), "sha256": entry.sha256.hex()}
            del fields["extents"]
            entries.append(fields)
        methods = [str(method.kind) for method in reader.methods]
        found = {"methods": methods, "blocks": len(reader.blocks), "entries": entries}
        return found if password is None else found | {"password": password}


def refusal(archive: bytes, password: str | None = None) -> dict[str, str]:
    """The error an archive is refused with."""
    try:
        read_files(archive, password=password)
    except NacompError as error:
        return {"error": type(error).__name__, "message": str(error)}
    raise AssertionError("a hostile archive was accepted")


def make_all() -> None:
    """Write both collections."""
    golden = {name: make() for name, make in GOLDEN.items()}
    for folder, archives, judge in (("golden", golden, describe), ("hostile", HOSTILE, refusal)):
        target = FORMATS / folder
        target.mkdir(exist_ok=True)
        for name, archive in archives.items():
            (target / f"{name}.nac").write_bytes(archive)
        table = target / "expected.json"
        # Archives with neural blocks come from the pipeline and stay as they are.
        expected = json.loads(table.read_text("utf-8")) if table.exists() else {}
        expected |= {name: judge(archive, PASSWORDS.get(name)) for name, archive in archives.items()}
        table.write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    make_all()
