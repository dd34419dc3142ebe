"""Forged headers and methods tables that must be refused, each test named for the attack."""

import io
import json
from hashlib import sha256

import pytest

from nacomp.formats import header
from nacomp.formats.errors import CorruptArchive, LimitExceeded, UnsupportedArchive
from nacomp.formats.packing import pack
from nacomp.formats.reader import ArchiveReader
from tests.formats.forging import (
    EMPTY_BODY,
    STORED_TABLE,
    RawDerived,
    RawEntry,
    around,
    assembled,
    forged_header,
    one_block,
    raw_file,
    with_views,
)
from tests.formats.hostile.refusal import SMALL, refuse
from tests.formats.samples import read_files


def test_the_forger_can_write_what_is_accepted() -> None:
    assert read_files(assembled()) == {}
    assert read_files(assembled(RawEntry(b"a"))) == {}
    assert assembled() == around(EMPTY_BODY)
    abc = sha256(b"abc").digest()
    assert read_files(one_block(raw_file(b"a", (0, 0, 3)), hashes=[abc])) == {"a": b"abc"}
    with ArchiveReader.open(io.BytesIO(with_views([RawDerived()], raw_file(b"a", (1, 0, 3))))) as reader:
        assert reader.index.derived[0].size == 3
        assert reader.entries[0].extents[0].content == 1


def test_another_file_type_refused() -> None:
    refuse(b"\xfd7zXZ\x00" * 30, CorruptArchive, "it is an xz file")


def test_text_mode_transfer_detected() -> None:
    refuse(SMALL.replace(b"\r\n", b"\n", 1), CorruptArchive, "as if it were text")


def test_empty_file_refused() -> None:
    refuse(b"", CorruptArchive, "the file is empty")


@pytest.mark.parametrize("version", [0, 1, 3, 0xFFFF])
def test_other_versions_refused_by_name(version: int) -> None:
    refuse(
        assembled(head=forged_header(version=version)), UnsupportedArchive, f"container version {version},"
    )


@pytest.mark.parametrize("bit", range(1, 7))
def test_reserved_header_bits_refused(bit: int) -> None:
    refuse(assembled(head=forged_header(flags=1 << bit)), UnsupportedArchive, "header flags")


def test_sealed_bit_without_a_seal_refused() -> None:
    refuse(assembled(head=forged_header(flags=1 << 7)), CorruptArchive, "seal")


@pytest.mark.parametrize("bit", range(8, 16))
def test_unused_header_bits_ignored(bit: int) -> None:
    assert read_files(assembled(head=forged_header(flags=1 << bit))) == {}


def test_methods_table_larger_than_stated_refused() -> None:
    refuse(assembled(head=forged_header(size=10)), CorruptArchive, "unpacks to another size")


def test_methods_table_smaller_than_stated_refused() -> None:
    refuse(assembled(head=forged_header(size=60_000)), CorruptArchive, "unpacks to another size")


def test_huge_methods_table_refused_before_unpacking() -> None:
    refuse(assembled(head=forged_header(size=1 << 31)), LimitExceeded, "methods table")


def test_methods_table_with_bytes_behind_its_end_refused() -> None:
    packed = pack(STORED_TABLE, header.PRESET_DICTIONARY) + b"more"
    refuse(assembled(head=forged_header(packed=packed)), CorruptArchive, "behind its end")


def test_methods_table_that_is_not_deflate_refused() -> None:
    refuse(assembled(head=forged_header(packed=b"\xff" * 20)), CorruptArchive, "does not unpack")


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"{}",
        b"[1]",
        b'[{"kind":"stored"}]',
        b'[{"kind":1,"parameters":{}}]',
        b'[{"kind":"stored","parameters":[]}]',
        b'[{"kind":"stored","parameters":{},"x":1}]',
        b'[{"parameters":{},"kind":"stored"}]',
        b'[ {"kind":"stored","parameters":{}}]',
        b'[{"kind":"stored","kind":"stored","parameters":{}}]',
        b'[{"kind":"stored","parameters":{"a":1.0}}]',
        b'[{"kind":"stored","parameters":{"a":1e2}}]',
        b'[{"kind":"stored","parameters":{"a":NaN}}]',
        b'[{"kind":"stored","parameters":{"a":null}}]',
        b'[{"kind":"stored","parameters":{"a":-0}}]',
        b'[{"kind":"stored","parameters":{"a":9223372036854775808}}]',
        b'[{"kind":"stored","parameters":{"a":' + b"9" * 6000 + b"}}]",
        b'[{"kind":"stored","parameters":{"A":1}}]',
        b'[{"kind":"stored","parameters":{"a":"\\u0041"}}]',
        b'[{"kind":"stored","parameters":{"a":"\\ud800"}}]',
        b'[{"kind":"stored","parameters":{"a":"\xff"}}]',
        b'[{"kind":"stored","parameters":{"a":' + b"[" * 7 + b"]" * 7 + b"}}]",
        b"[" * 60_000,
        b'"\\' * 30_000,
        b"[" * 30_000 + b"]" * 30_000,
    ],
    ids=range(25),
)
def test_methods_table_that_is_not_canonical_refused(table: bytes) -> None:
    refuse(
        assembled(head=forged_header(table)), CorruptArchive, "JSON|expected the methods|expected a method"
    )


def test_unknown_method_refused_by_name() -> None:
    table = STORED_TABLE.replace(b"stored", b"cosmic")
    refuse(assembled(head=forged_header(table)), UnsupportedArchive, "the method 'cosmic'")


def test_too_many_methods_refused() -> None:
    table = json.dumps([json.loads(STORED_TABLE)[0]] * 257, separators=(",", ":")).encode()
    refuse(assembled(head=forged_header(table)), LimitExceeded, "257 where the limit is 256")
