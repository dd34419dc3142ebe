"""The archive's first bytes: magic, version and the methods table (SPEC.md, section 4)."""

import struct
from collections.abc import Sequence

from nacomp.formats.checksums import CHECKSUM_SIZE, HEADER, checksum
from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.limits import DEFAULT_LIMITS, MAX_METHODS_TABLE, Limits, check_limit
from nacomp.formats.methods import Method, decode_methods, encode_methods
from nacomp.formats.packing import pack, unpack
from nacomp.formats.records import dataclass

MAGIC = b"\x89NAC\r\n\x1a\n"
VERSION = 2
SEALED_FLAG = 0x0080
CONTINUING_FLAG = 0x0001
"""The archive is an update of what stands before it in its file (SPEC.md, section 15)."""
RESERVED_FLAGS = 0x00FE
PROLOGUE = struct.Struct("<8sHH")
FIELDS = struct.Struct("<8sHHII")
HEADER_SIZE = FIELDS.size + CHECKSUM_SIZE
MAX_HEADER_SIZE = HEADER_SIZE + MAX_METHODS_TABLE

# SPEC.md, section 12: the methods table of an ordinary archive, which then costs a few bytes.
PRESET_DICTIONARY = (
    b'[{"kind":"stored","parameters":{}},{"kind":"zstd","parameters":{}},{"kind":"ppmd","parameters":{"mem'
    b'ory":67108864,"order":6}},{"kind":"ppmd","parameters":{"memory":67108864,"order":12}},{"kind":"lzma"'
    b',"parameters":{"filters":[{"id":"lzma2"}]}},{"kind":"lzma","parameters":{"filters":[{"id":"x86"},{"i'
    b'd":"lzma2"}]}},{"kind":"lzma","parameters":{"filters":[{"dist":1,"id":"delta"},{"id":"lzma2"}]}},{"k'
    b'ind":"lzma","parameters":{"filters":[{"dist":2,"id":"delta"},{"id":"lzma2"}]}},{"kind":"lzma","param'
    b'eters":{"filters":[{"dist":3,"id":"delta"},{"id":"lzma2"}]}},{"kind":"lzma","parameters":{"filters":'
    b'[{"dist":4,"id":"delta"},{"id":"lzma2"}]}},{"kind":"neural","parameters":{"coder":"range24-pages-1",'
    b'"context":{"sinks":4,"window":1024},"engine":{"engine":"exact","numerics":"exact-1"},"ensemble":{"bi'
    b'as_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngr'
    b'am_orders":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"'
    b'table_bits":16},"model":{"id":"smollm2-135m-instruct-q4_1","sha256":"b179c9523d0e6a0f98a330c7562b682'
    b'750a6f8c8c15e5bc70ea373728110db53"}}},{"kind":"neural","parameters":{"coder":"range24-pages-1","cont'
    b'ext":{"sinks":4,"window":512},"engine":{"engine":"exact","numerics":"exact-1"},"ensemble":{"bias_rat'
    b'e":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_ord'
    b'ers":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_'
    b'bits":16},"model":{"id":"embedded","sha256":"324c0dee81be6020179509ef24183843311cdb4fc683f5dde532155'
    b'd8fc211ea"}}}]'
)


@dataclass(frozen=True)
class Header:
    """A parsed header and its size in the file, in bytes."""

    version: int
    methods: tuple[Method, ...]
    size: int
    continuing: bool = False


def encode_header(methods: Sequence[Method], *, continuing: bool = False) -> bytes:
    """The whole header. Raises ValueError or LimitExceeded for methods that cannot be written."""
    table = encode_methods(methods)
    decode_methods(table, DEFAULT_LIMITS)
    packed = pack(table, PRESET_DICTIONARY)
    check_limit(len(packed), MAX_METHODS_TABLE, "packed methods table")
    flags = CONTINUING_FLAG if continuing else 0
    fields = FIELDS.pack(MAGIC, VERSION, flags, len(packed), len(table))
    return fields + checksum(HEADER, fields, packed) + packed


def decode_header(data: bytes, limits: Limits) -> Header:
    """Parse a header at the start of `data`, which holds at least MAX_HEADER_SIZE bytes or all there is.

    Raises:
        CorruptArchive, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    if len(data) < HEADER_SIZE:
        raise CorruptArchive(reason=f"expected at least {HEADER_SIZE} bytes, found {len(data)}")
    magic, version, flags, packed_size, table_size = FIELDS.unpack_from(data)
    if magic != MAGIC:
        raise CorruptArchive(reason=f"expected it to start with {MAGIC.hex(' ')}, found {magic.hex(' ')}")
    if version != VERSION:
        raise UnsupportedArchive(needed=f"container version {version}")
    if flags & RESERVED_FLAGS:
        raise UnsupportedArchive(needed=f"the header flags {flags & RESERVED_FLAGS:#04x}")
    check_limit(packed_size, MAX_METHODS_TABLE, "packed methods table")
    check_limit(table_size, MAX_METHODS_TABLE, "methods table")
    size = HEADER_SIZE + packed_size
    if len(data) < size:
        raise CorruptArchive(reason=f"expected a header of {size:,} bytes, found {len(data):,}")
    packed = data[HEADER_SIZE:size]
    if checksum(HEADER, data[: FIELDS.size], packed) != data[FIELDS.size : HEADER_SIZE]:
        raise CorruptArchive(reason="the header's checksum does not match")
    table = unpack(packed, table_size, "methods table", PRESET_DICTIONARY)
    return Header(version, decode_methods(table, limits), size, bool(flags & CONTINUING_FLAG))
