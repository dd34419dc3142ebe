"""Makes the committed archives: `python -m tests.formats.make_archives`, only when the format changes on purpose.

`formats/golden/` holds archives that every later version must decode, `formats/hostile/` archives it must refuse. Their
`expected.json` says what comes out. The tests read these files and never make them anew: they stand for archives that
people already have.
"""

import hashlib
import io
import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeAlias
from unittest import mock

import zstandard

from nacomp.formats.checksums import COMPACT, SEAL, checksum, content_checksum
from nacomp.formats.compact import CHECKED_SIZE, encode_compact
from nacomp.formats.compact import FIELDS as COMPACT_FIELDS
from nacomp.formats.compact import MAGIC as COMPACT_MAGIC
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, EMPTY_SHA256, Entry, EntryKind, Hole, Owner
from nacomp.formats.errors import NacompError
from nacomp.formats.extent import Extent
from nacomp.formats.header import MAGIC, SEALED_FLAG, VERSION
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.packing import pack
from nacomp.formats.presets import PRESETS
from nacomp.formats.presets import STORED as STORED_PRESET
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.protection.recovery_layout import RecoveryShape, encode_trailer
from nacomp.formats.protection.seal import CHUNK, FIELDS, Cost
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter
from tests.formats.forging import (
    A_FILE,
    ABC,
    EMPTY_BODY,
    STORED_TABLE,
    XYZ,
    RawDerived,
    RawEntry,
    around,
    assembled,
    forged_block,
    forged_header,
    forged_index,
    numbers,
    one_block,
    raw_file,
    raw_link,
    two_blocks,
    with_attributes,
    with_holes,
    with_owners,
    with_views,
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
    joined,
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


def grouped() -> bytes:
    """Small files that share two hashes, in turns, between files that have their own; one of them is in two blocks."""
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [STORED])
    blocks = (b"one two three ", b"four five")
    for content in blocks:
        writer.add_block(0, content, len(content), content_checksum(content))
    rows: dict[str, tuple[list[Extent], int]] = {
        "a/1": ([Extent(0, 0, 4)], 0),
        "a/2": ([Extent(0, 4, 4)], 1),
        "a/3": ([Extent(0, 8, 6)], ALONE),
        "a/4": ([Extent(0, 8, 6), Extent(1, 0, 5)], 0),
        "a/5": ([], ALONE),
        "a/6": ([Extent(1, 5, 4)], 1),
        "b": ([Extent(1, 5, 4)], ALONE),
    }
    contents = {path: joined(blocks, extents) for path, (extents, _) in rows.items()}
    shared_by = {
        group: b"".join(contents[path] for path in rows if rows[path][1] == group) for group in (0, 1)
    }
    writer.finish(
        replace(
            file_entry(path, contents[path], extents),
            group=group,
            sha256=hashlib.sha256(shared_by.get(group, contents[path])).digest(),
        )
        for path, (extents, group) in rows.items()
    )
    return stream.getvalue()


def viewed() -> bytes:
    """A text in a block; in UTF-16 with a stray byte; that in base64 in lines; and in digits, beside the text itself."""
    text, stray, mail = "A tree, and ünï – 名.\n".encode(), b"\x02\x01\xff", b"Content:\r\n\r\n"
    kinds = ((MethodKind.UTF, "utf-1"), (MethodKind.BASE64, "base64-1"), (MethodKind.HEXADECIMAL, "hex-1"))
    methods = [STORED, *(Method(kind, {"id": name}) for kind, name in kinds)]
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, methods)
    blocks = (text, mail + stray)
    for content in blocks:
        writer.add_block(0, content, len(content), content_checksum(content))
    wide = text.decode()[:2].encode("utf-16-le") + b"\xff" + text.decode()[2:].encode("utf-16-le")
    lines = b64encode(wide).rstrip(b"=")
    lines = b"\r\n".join(lines[at : at + 30] for at in range(0, len(lines), 30))
    derived = [
        Derived(1, len(wide), b"\0", ((Extent(0, 0, len(text)),), (Extent(1, len(mail), len(stray)),))),
        Derived(2, len(lines), b"\0\x1e\r\n", ((Extent(2, 0, len(wide)),),)),
        Derived(3, 2 * len(text), b"\1\0", ((Extent(0, 0, len(text)),),)),
    ]
    files = {
        "digits": (text.hex().upper().encode(), [Extent(4, 0, 2 * len(text))]),
        "mail": (mail + lines, [Extent(1, 0, len(mail)), Extent(3, 0, len(lines))]),
        "part": (wide[3:9], [Extent(2, 3, 6)]),
        "text": (text, [Extent(0, 0, len(text))]),
    }
    writer.finish((file_entry(path, *of) for path, of in files.items()), derived)
    return stream.getvalue()


def everything() -> bytes:
    """Hard links, holes in all places, owners of names and numbers, attributes that files share and that are empty."""
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [STORED])
    writer.add_block(0, b"data", 4, content_checksum(b"data"))
    root, other = Owner(0, 0, "root", "root"), Owner(1234, 4_294_967_294, "zoë")
    label = (b"security.selinux", b"label\0")
    access = bytes.fromhex("0200000001000600ffffffff02000400d204000004000400ffffffff")
    data = file_entry("folder/file", b"data", [Extent(0, 0, 4)])
    holes = (Hole(0, 5), Hole(7, 1 << 40), Hole((1 << 40) + 9, 1))
    empty = replace(data, path="hole", sha256=EMPTY_SHA256, extents=(), owner=other)
    writer.finish(
        [
            Entry("a-folder", EntryKind.FOLDER, 0o755, MTIME, owner=root, attributes=(label,)),
            replace(data, attributes=(label, (b"user.empty", b""), (b"user.note", b"\xff")), owner=other),
            Entry("folder/name", EntryKind.HARD_LINK, 0o644, MTIME, link_target="folder/file"),
            replace(empty, size=1 << 50, holes=(Hole(0, 1 << 50),), attributes=(label,)),
            Entry("hole-2", EntryKind.HARD_LINK, 0o644, MTIME, link_target="hole"),
            replace(data, path="holes", size=4 + 5 + (1 << 40) + 1, holes=holes),
            Entry("link", EntryKind.SYMLINK, 0o777, MTIME, link_target="hole", owner=root),
            replace(data, path="zoned", attributes=((b"system.posix_acl_access", access),)),
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


def forged_seal(
    log_n: int = 10, p: int = 1, flags: int = SEALED_FLAG, reserved: int = 0, version: int = VERSION
) -> bytes:
    """A seal, its checksum made to fit."""
    fields = FIELDS.pack(MAGIC, version, flags, log_n, 8, p, reserved, bytes(32), bytes(16))
    return fields + checksum(SEAL, fields)


Files: TypeAlias = dict[str, tuple[bytes, tuple[Extent, ...]]]
"""Paths, their contents and where those lie."""


def update(
    archive: bytes,
    files: Files,
    blocks: Sequence[bytes] = (),
    removed: Sequence[str] = (),
    derived: Sequence[Derived] = (),
    methods: Sequence[Method] = (STORED,),
) -> bytes:
    """An update for an archive: stored blocks, files of these and earlier contents, and what it takes away."""
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        _, before = reader.before_an_update()
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, methods, before=before)
    for content in blocks:
        writer.add_block(0, content, len(content), content_checksum(content))
    writer.finish([file_entry(path, *of) for path, of in files.items()], derived, removed)
    return stream.getvalue()


def updated() -> bytes:
    """Three small files share a hash; then one is another, one is gone and one has moved; then a view on an old block."""
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, [STORED])
    writer.add_block(0, b"one two six", 11, content_checksum(b"one two six"))
    digest = hashlib.sha256(b"one two six").digest()
    places = {"d/1": (0, 4), "d/2": (4, 4), "d/3": (8, 3)}
    writer.finish(
        Entry(path, EntryKind.FILE, 0o644, MTIME, size, digest, extents=(Extent(0, at, size),), group=0)
        for path, (at, size) in places.items()
    )
    archive = stream.getvalue()
    first: Files = {"d/1": (b"other", (Extent(1, 0, 5),)), "e": (b"six", (Extent(0, 8, 3),))}
    archive += update(archive, first, [b"other"], ["d/3", "nothing"])
    hexadecimal = Derived(1, 6, b"\0\0", ((Extent(0, 8, 3),),))
    second: Files = {"f": (b"736978two ", (Extent(2, 0, 6), Extent(0, 4, 4)))}
    methods = [STORED, Method(MethodKind.HEXADECIMAL, {"id": "hex-1"})]
    return archive + update(archive, second, derived=[hexadecimal], methods=methods)


def joined_archives() -> bytes:
    """Archives of either form one behind the other: a file takes a folder's place, and a folder a file's."""
    first = build({"a/x": b"old", "b": b"a file", "c": b"kept"}, methods=(STORED,))
    second = build({"a": b"now a file", "b/y": b"below"}, methods=(STORED,))
    return first + compact(b"short", path="s") + second


def compact(
    content: bytes,
    preset: int = STORED_PRESET,
    payload: bytes | None = None,
    path: str = "data",
    mode: int = 0o644,
    mtime_ns: int = 0,
) -> bytes:
    """A content in the compact form."""
    extents = (Extent(0, 0, len(content)),) if content else ()
    entry = Entry(path, EntryKind.FILE, mode, mtime_ns, len(content), extents=extents)
    payload = content if payload is None else payload
    archive = encode_compact(entry, PRESETS[preset], payload, content_checksum(content))
    assert archive is not None
    return archive


def forged_compact(
    preset: int = 0, fields: bytes = b"\0\3", payload: bytes = b"abc", rest: bytes = b""
) -> bytes:
    """`abc` in the compact form, with right checksums over whatever is asked for behind the preset."""
    body = fields + content_checksum(b"abc") + payload
    size = COMPACT_FIELDS.size + len(body) + CHECKED_SIZE
    body = COMPACT_FIELDS.pack(COMPACT_MAGIC, size, preset) + body
    return body + checksum(COMPACT, body)[:CHECKED_SIZE] + rest


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
    "groups": grouped,
    "header-copy": lambda: two_blocks(ABC, XYZ, copy=True),
    "recovery": with_recovery,
    "views": viewed,
    "everything": everything,
    "sealed": with_seal,
    "updated": updated,
    "unfinished-update": lambda: updated() + update(updated(), {}, [b"never finished"])[:-20],
    "joined": joined_archives,
    "compact-byte": lambda: compact(b"\0"),
    "compact-empty": lambda: compact(b"", path="stdin", mtime_ns=MTIME - MTIME % 10**9),
    "compact-named": lambda: compact(
        TEXT[:400], 1, zstandard.compress(TEXT[:400], 19), "\udcffünï.txt", 0o600, -MTIME
    ),
    "unused-bits": lambda: assembled(RawEntry(b"folder"), head=forged_header(flags=0xFF00)),
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


ENDLESS = (1 << 63) - 1

HOSTILE: dict[str, bytes] = {
    "another-version": (FORMATS / "hostile" / "another-version.nac").read_bytes(),
    "later-version": assembled(head=forged_header(version=VERSION + 1)),
    "seal-of-another-version": forged_seal(version=1) * 2,
    "another-method": assembled(head=forged_header(STORED_TABLE.replace(b"stored", b"cosmic"))),
    "reserved-header-bit": assembled(head=forged_header(flags=2)),
    "reserved-block-bit": two_blocks(forged_block(b"abc", b"abc", flags=1), XYZ),
    "reserved-index-bit": with_index(forged_index(EMPTY_BODY, flags=2)),
    "deep-parameters": assembled(head=forged_header(b"[" * 60_000)),
    "index-bomb": with_index(forged_index(b"", size=1000, packed=pack(bytes(1 << 20)))),
    "index-of-a-terabyte": with_index(forged_index(EMPTY_BODY, size=1 << 40)),
    "block-of-a-terabyte": assembled(blocks=[(0, 1 << 40, 1 << 40)], between=ABC),
    "neural-block-of-hours": assembled(
        blocks=[(0, 64 << 20, 3)],
        between=ABC,
        head=forged_header(STORED_TABLE.replace(b"stored", b"neural")),
    ),
    "entries-without-end": assembled(entries_count=numbers(ENDLESS)),
    "blocks-without-end": assembled(blocks_count=numbers(ENDLESS)),
    "extents-without-end": one_block(raw_file(b"a", (0, 0, 3)), entries_extent_count=numbers(ENDLESS)),
    "extent-behind-its-block": one_block(raw_file(b"a", (0, 1, 3))),
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
    "update-of-nothing": update(build({}), {}),
    "update-of-another": build({}) + update(updated(), {"g": (b"six", (Extent(0, 8, 3),))}),
    "update-that-removes-twice": build({"a": b""}, methods=())
    + around(b"\2\0\0\1\1aa" + EMPTY_BODY, head=forged_header(flags=1)),
    "update-that-removes-what-is-above": build({"a": b""}, methods=())
    + around(b"\1\0\5../up" + EMPTY_BODY, head=forged_header(flags=1)),
    "joined-with-noise": joined_archives() + b"noise" + build({}),
    "compact-later-preset": forged_compact(preset=len(PRESETS)),
    "compact-reserved-flag": forged_compact(fields=b"\x20\3"),
    "compact-of-a-terabyte": forged_compact(fields=b"\0" + numbers(1 << 40)),
    "compact-usual-mode": forged_compact(fields=b"\4\3" + numbers(0o644)),
    "compact-usual-path": forged_compact(fields=b"\2\3" + numbers(4) + b"data"),
    "compact-climbing-path": forged_compact(fields=b"\2\3" + numbers(5) + b"../up"),
    "compact-other-content": forged_compact(payload=b"abd"),
    "compact-bytes-behind": forged_compact(rest=b"\n"),
    "compact-empty-with-payload": forged_compact(fields=b"\0\0"),
    "compact-neural-of-hours": forged_compact(preset=6, payload=numbers(1 << 40) + b"abcd"),
    "absolute-path": assembled(RawEntry(b"/etc/passwd")),
    "climbing-path": assembled(RawEntry(b"a/../../up")),
    "drive-letter": assembled(RawEntry(b"C:/windows")),
    "backslash": assembled(RawEntry(b"..\\up")),
    "nul-in-path": assembled(RawEntry(b"a.txt\0.exe")),
    "entry-twice": assembled(RawEntry(b"a"), RawEntry(b"a")),
    "escaping-link": assembled(raw_link(b"a", b"../etc")),
    "absolute-link": assembled(raw_link(b"a", b"/etc")),
    "entry-below-a-link": assembled(raw_link(b"a", b"."), RawEntry(b"a/b")),
    "derived-of-itself": with_views([RawDerived((((1, 0, 3),),))]),
    "derived-too-deep": with_views([RawDerived((((number, 0, 3),),)) for number in range(9)]),
    "derived-of-a-terabyte": with_views([RawDerived(size=1 << 40)]),
    "derived-of-too-much": with_views(
        [RawDerived(size=64 << 20), RawDerived((((1, 0, 64 << 20),), ((0, 0, 3),)))]
    ),
    "derived-by-a-codec": with_views([RawDerived(method=0)]),
    "derived-in-nine-parts": with_views([RawDerived((((0, 0, 3),),) * 9)]),
    "derived-with-long-parameters": with_views([RawDerived(parameters=bytes(4097))]),
    "derived-without-end": with_views((), derived_count=numbers(ENDLESS)),
    "block-by-a-view": with_views((), blocks=[(1, 3, 3)]),
    "group-that-jumps": one_block(raw_file(b"a", (0, 0, 3)), raw_file(b"b", (0, 0, 3), group=2)),
    "group-of-too-much": one_block(
        raw_file(b"a", *[(0, 0, 3)] * 11_000), raw_file(b"b", *[(0, 0, 3)] * 11_000, group=0)
    ),
    "hash-missing": one_block(raw_file(b"a", (0, 0, 3)), hashes=[]),
    "path-that-shares-less": assembled(
        RawEntry(b"aa"),
        RawEntry(b"ab"),
        entries_shared=bytes(2),
        entries_suffix_size=numbers(2, 2),
        entries_suffix=b"aaab",
    ),
    "path-that-shares-more": assembled(RawEntry(b"a"), RawEntry(b"b"), entries_shared=numbers(0, 2)),
    "hard-link-to-itself": assembled(RawEntry(b"a", kind=3)),
    "hard-links-in-a-circle": assembled(RawEntry(b"a", kind=3, file=1), RawEntry(b"b", kind=3)),
    "hard-link-to-a-later-entry": one_block(RawEntry(b"A", kind=3, file=1), A_FILE),
    "hard-link-to-a-folder": assembled(RawEntry(b"a"), RawEntry(b"b", kind=3)),
    "hard-link-to-a-link": assembled(raw_link(b"a", b"b"), RawEntry(b"b", kind=3)),
    "hard-link-to-a-hard-link": one_block(A_FILE, RawEntry(b"b", kind=3), RawEntry(b"c", kind=3, file=1)),
    "hard-link-out-of-the-archive": one_block(A_FILE, RawEntry(b"b", kind=3, file=ENDLESS)),
    "entry-below-a-hard-link": one_block(A_FILE, RawEntry(b"b", kind=3), RawEntry(b"b/c")),
    "hole-behind-the-end": with_holes(numbers(1), numbers(4), numbers(1)),
    "hole-of-no-bytes": with_holes(numbers(1), numbers(1), numbers(0)),
    "holes-that-touch": with_holes(numbers(2), numbers(1, 0), numbers(1, 1)),
    "holes-beyond-all-sizes": with_holes(numbers(2), numbers(0, 1), numbers(1 << 62, 1 << 62)),
    "holes-without-end": with_holes(numbers(ENDLESS)),
    "no-holes": with_holes(numbers(0)),
    "owner-twice": with_owners(numbers(1, 1, 1, 1, 0, 0, 0, 0), named=numbers(1, 2), count=2),
    "owner-that-nobody-is": with_owners(numbers(1, 1, 0, 0), named=numbers(0, 0)),
    "owner-out-of-turn": with_owners(numbers(1, 2, 1, 1, 0, 0, 0, 0), named=numbers(2, 1), count=2),
    "owner-of-no-number": with_owners(numbers((1 << 32) - 1, 0, 0, 0), named=numbers(1, 0)),
    "owner-of-a-path": with_owners(numbers(1, 1, 4, 0), b"../x", named=numbers(1, 0)),
    "owners-without-end": with_owners(named=b"", count=ENDLESS),
    "attribute-of-a-megabyte": with_attributes([(b"user.a", bytes(1 << 20))], named=numbers(1, 0)),
    "attributes-of-too-much": with_attributes(
        [(b"user.%03d" % n, b"") for n in range(300)], named=numbers(1, 0), values=numbers(*[1 << 16] * 300)
    ),
    "attribute-without-a-name": with_attributes([(b"", b"")], named=numbers(1, 0)),
    "attribute-with-nul": with_attributes([(b"user.a\0b", b"")], named=numbers(1, 0)),
    "attribute-twice": with_attributes([(b"user.a", b""), (b"user.a", b"")], named=numbers(1, 0)),
    "attributes-of-a-link": with_attributes(
        [(b"user.a", b"")], named=numbers(0, 1), last=raw_link(b"b", b"a")
    ),
    "attributes-of-nobody": with_attributes([(b"user.a", b"")], named=numbers(0, 0)),
    "set-of-too-many-attributes": with_attributes(
        [(b"user.a", b"")], named=numbers(1, 0), sizes=numbers(1025)
    ),
    "set-without-attributes": with_attributes([(b"user.a", b"")], named=numbers(1, 0), sizes=numbers(0)),
    "billion-nanoseconds": assembled(RawEntry(b"a"), entries_nanoseconds=numbers(10**9)),
}


def describe(archive: bytes, password: str | None = None) -> dict[str, object]:
    """What a decoder gets from an archive, as JSON."""
    with ArchiveReader.open(io.BytesIO(archive), password=password) as reader:
        entries = []
        for entry in reader.entries:
            fields = asdict(entry) | {"kind": entry.kind.name.lower(), "sha256": entry.sha256.hex()}
            del fields["extents"]
            if entry.group == ALONE:
                del fields["group"]
            fields["holes"] = list(fields["holes"])
            fields["attributes"] = [[name.decode(), value.hex()] for name, value in entry.attributes]
            for name in ("holes", "owner", "attributes"):
                if not fields[name]:
                    del fields[name]
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
