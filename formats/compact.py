"""The compact form: one short content with a few bytes around its payload (SPEC.md, section 14).

An archive of a sentence in the long form is two thirds bookkeeping: header, block header, index and a SHA-256. Here one
number names the method, and two checksums hold for every byte. What lost: a checksum of the content alone (listing would
trust a name that nothing holds, and damage would show only after a model had been loaded), CRC-32 (one more algorithm, and
no shorter), four bytes for the content too (what was decoded would be vouched for by 4 bytes in all).
"""

import struct
from typing import BinaryIO

from nacomp.formats.block import Block, BlockInfo, check_block_sizes
from nacomp.formats.checksums import CHECKSUM_SIZE, COMPACT, checksum, content_checksum
from nacomp.formats.columns import unzigzag, zigzag
from nacomp.formats.entry import MAX_MODE, MAX_TIME, MIN_TIME, Entry, EntryKind
from nacomp.formats.entry_table import SECOND
from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.extent import Extent
from nacomp.formats.file_access import read_at
from nacomp.formats.header import VERSION, Header
from nacomp.formats.index import Index
from nacomp.formats.limits import DEFAULT_LIMITS, MAX_PAYLOAD_EXCESS, Limits, check_limit
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.paths import MAX_PATH, check_path, decode_path, encode_path
from nacomp.formats.presets import PRESETS, STORED, preset_of
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor, encode_varint

MAGIC = b"\x89nac"
MAX_CONTENT = 1 << 14
"""Bytes: 170 bytes less are a hundredth of a larger file's archive at most."""
CHECKED_SIZE = 4
FIELDS = struct.Struct("<4sHB")
SMALLEST = FIELDS.size + 2 + CHECKSUM_SIZE + CHECKED_SIZE
LARGEST = SMALLEST + 2 + 2 + MAX_PATH + 2 + 9 + 5 + MAX_CONTENT + MAX_PAYLOAD_EXCESS
FROM_FIELD, HAS_MODE, HAS_SECONDS, HAS_NANOSECONDS = 2, 4, 8, 16
PATHS = ("data", "stdin")
"""The paths that `flags` stands for: what `nacomp.compress` and a pipe call their content."""
USUAL_MODE = 0o644
_NEURAL_HEADER = struct.Struct("<IHH")
WORD = 4


@dataclass(frozen=True)
class Compact:
    """One content: its file's entry, the method its payload is read with, the block it makes up unless it is empty."""

    entry: Entry
    method: Method
    block: Block | None

    @property
    def header(self) -> Header:
        """What a header would say."""
        return Header(VERSION, (self.method,), 0)

    @property
    def index(self) -> Index:
        """What an index would say."""
        return Index((self.block.info,) if self.block else (), (), (self.entry,), b"")


def is_compact(file: BinaryIO) -> bool:
    """Whether a seekable file begins as a compact archive does."""
    return read_at(file, 0, len(MAGIC)) == MAGIC


def compact_size(start: bytes) -> int | None:
    """Bytes of the compact archive that begins like this; None if none does."""
    if not start.startswith(MAGIC) or len(start) < FIELDS.size:
        return None
    return int(FIELDS.unpack_from(start)[1])


def encode_compact(entry: Entry, method: Method, payload: bytes, content: bytes) -> bytes | None:
    """A compact archive of this file, whose block's payload and content checksum are given; None if it does not fit.

    Raises UnsafePath.
    """
    preset = preset_of(method)
    short = None if preset is None else _shortened(method, payload)
    more = entry.holes or entry.owner or entry.attributes
    if (
        preset is None
        or short is None
        or more
        or entry.kind is not EntryKind.FILE
        or entry.size > MAX_CONTENT
    ):
        return None
    rest = _encode_entry(entry) + content + short
    body = FIELDS.pack(MAGIC, FIELDS.size + len(rest) + CHECKED_SIZE, preset) + rest
    archive = body + _checksum(body)
    made = decode_compact(archive, DEFAULT_LIMITS)
    # The coder may end in words of zeros alone, which are not made again: they are told apart from none by no byte.
    same = (made.block.payload if made.block else b"") == payload
    return archive if same else None


def decode_compact(data: bytes, limits: Limits, *, damaged: bool = False) -> Compact:
    """Parse a whole compact archive. With `damaged`, the checksum of its bytes is not asked: the content's is left.

    Raises:
        CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    if len(data) < SMALLEST:
        raise CorruptArchive(reason=f"expected at least {SMALLEST} bytes, found {len(data)}")
    check_limit(len(data), LARGEST, "bytes in the compact form")
    body = data[:-CHECKED_SIZE]
    magic, size, preset = FIELDS.unpack_from(body)
    if magic != MAGIC or (size != len(data) and not damaged):
        raise CorruptArchive(reason=f"expected {size:,} bytes in the compact form, found {len(data):,}")
    if not damaged and _checksum(body) != data[-CHECKED_SIZE:]:
        raise CorruptArchive(reason="its checksum does not match")
    if preset >= len(PRESETS):
        raise UnsupportedArchive(needed=f"the preset {preset}")
    cursor = Cursor(body[FIELDS.size :])
    entry = _decode_entry(cursor)
    content, short = cursor.bytes(CHECKSUM_SIZE), cursor.bytes(cursor.remaining)
    block = _decode_block(entry, preset, short, content, limits)
    if _encode_entry(entry) + content + short != body[FIELDS.size :]:
        raise CorruptArchive(reason="a compact archive's fields are not in their shortest form")
    if limits.max_total_size is not None:
        check_limit(entry.size, limits.max_total_size, "bytes in all files")
    return Compact(entry, PRESETS[preset], block)


def _decode_block(entry: Entry, preset: int, short: bytes, content: bytes, limits: Limits) -> Block | None:
    if not entry.size:
        if short or preset != STORED or content != content_checksum(b""):
            raise CorruptArchive(reason="an empty file has a payload, a method or another checksum")
        return None
    payload = _restored(PRESETS[preset], short)
    info = BlockInfo(0, 0, entry.size, len(payload), 0)
    check_block_sizes(info, PRESETS[preset : preset + 1], limits)
    return Block(info, payload, content)


def _encode_entry(entry: Entry) -> bytes:
    """Flags, sizes, and of path, mode and time what is not as usual. Raises UnsafePath."""
    seconds, rest = divmod(entry.mtime_ns, SECOND)
    flags, path = PATHS.index(entry.path) if entry.path in PATHS else FROM_FIELD, b""
    if flags == FROM_FIELD:
        raw = encode_path(entry.path)
        check_path(raw)
        path = encode_varint(len(raw)) + raw
    flags |= (entry.mode != USUAL_MODE) * HAS_MODE
    flags |= (seconds != 0) * HAS_SECONDS | (rest != 0) * HAS_NANOSECONDS
    rows = (
        (HAS_MODE, entry.mode),
        (HAS_SECONDS, zigzag(seconds)),
        (HAS_NANOSECONDS, rest),
    )
    numbers = b"".join(encode_varint(value) for bit, value in rows if flags & bit)
    return bytes([flags]) + encode_varint(entry.size) + path + numbers


def _decode_entry(cursor: Cursor) -> Entry:
    """Undo `_encode_entry`. Raises CorruptArchive, UnsafePath, UnsupportedArchive."""
    flags = cursor.bytes(1)[0]
    source = flags & 3
    if flags >= 2 * HAS_NANOSECONDS or source > FROM_FIELD:
        raise UnsupportedArchive(needed=f"the compact flags {flags:#04x}")
    size = cursor.varint()
    if size > MAX_CONTENT:
        raise CorruptArchive(
            reason=f"expected at most {MAX_CONTENT:,} bytes in the compact form, found {size:,}"
        )
    path = PATHS[source] if source < FROM_FIELD else _decode_path(cursor)
    mode = cursor.varint() if flags & HAS_MODE else USUAL_MODE
    seconds = unzigzag(cursor.varint()) if flags & HAS_SECONDS else 0
    rest = cursor.varint() if flags & HAS_NANOSECONDS else 0
    mtime = seconds * SECOND + rest
    if mode > MAX_MODE or rest >= SECOND or not MIN_TIME <= mtime <= MAX_TIME:
        raise CorruptArchive(reason="a mode or a time is none that a file has")
    extents = (Extent(0, 0, size),) if size else ()
    return Entry(path, EntryKind.FILE, mode, mtime, size, extents=extents)


def _decode_path(cursor: Cursor) -> str:
    size = cursor.varint()
    if not 1 <= size <= MAX_PATH:
        raise CorruptArchive(reason=f"expected a path of 1 to {MAX_PATH:,} bytes, found {size:,}")
    raw = cursor.bytes(size)
    check_path(raw)
    return decode_path(raw)


def _shortened(method: Method, payload: bytes) -> bytes | None:
    """A payload as it stands in the compact form; None if it has a header that this form cannot say."""
    if method.kind is not MethodKind.NEURAL:
        return payload
    symbols, streams, reserved = _NEURAL_HEADER.unpack_from(payload)
    if streams != 1 or reserved:
        return None
    return encode_varint(symbols) + payload[_NEURAL_HEADER.size :].rstrip(b"\0")


def _restored(method: Method, short: bytes) -> bytes:
    """Undo `_shortened`. Raises CorruptArchive."""
    if method.kind is not MethodKind.NEURAL:
        return short
    cursor = Cursor(short)
    symbols = cursor.varint()
    words = cursor.bytes(cursor.remaining)
    if symbols > MAX_CONTENT or words.endswith(b"\0"):
        raise CorruptArchive(reason="a compact neural payload is not in its shortest form")
    return _NEURAL_HEADER.pack(symbols, 1, 0) + words + bytes(-len(words) % WORD)


def _checksum(body: bytes) -> bytes:
    return checksum(COMPACT, body)[:CHECKED_SIZE]
