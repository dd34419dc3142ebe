"""The spec's tables, limits, dictionary and magic bytes are those of the code."""

import dataclasses
import re
import struct
from pathlib import Path

import pytest

from nacomp.formats import block, entry, header, index, paths
from nacomp.formats.checksums import CHECKSUM_SIZE
from nacomp.formats.limits import MAX_METHODS_TABLE, MAX_PAYLOAD_EXCESS, Limits
from nacomp.formats.methods import MethodKind
from nacomp.formats.protection import recovery_layout, seal

SPEC = (Path(__file__).parents[2] / "formats" / "SPEC.md").read_text("utf-8")
TYPES = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i64": "q"}


def rows(section: str) -> list[list[str]]:
    """The body rows of the tables between a heading and the next heading."""
    body = SPEC.split(f"\n{section}\n", 1)[1].split("\n##", 1)[0].split("\n###", 1)[0]
    lines = [line for line in body.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def layout(section: str) -> str:
    """The `struct` format a section's fixed fields amount to."""
    fields = [row for row in rows(section) if row[1].isdigit()]
    return "<" + "".join(TYPES.get(kind, f"{size}s") for _, size, kind, *_ in fields)


@pytest.mark.parametrize(
    ("section", "fields", "checksum"),
    [
        ("## 4. Header", header.FIELDS, CHECKSUM_SIZE),
        ("## 5. Block", block.FIELDS, CHECKSUM_SIZE),
        ("## 6. Index", index.FIELDS, CHECKSUM_SIZE),
        ("## 7. Footer", index.FOOTER, 0),
        ("## 13. Sealed archives", seal.FIELDS, CHECKSUM_SIZE),
        ("### 10.1 Record", recovery_layout.RECORD_FIELDS, CHECKSUM_SIZE),
    ],
)
def test_structures_have_the_fields_of_the_spec(section: str, fields: struct.Struct, checksum: int) -> None:
    assert layout(section) == fields.format + (f"{checksum}s" if checksum else "")


def test_trailer_has_the_fields_of_the_spec() -> None:
    expected = recovery_layout.SHAPE.format + f"{CHECKSUM_SIZE}s{len(recovery_layout.TRAILER_MAGIC)}s"
    assert layout("### 10.2 Trailer") == expected
    assert struct.calcsize(expected) == recovery_layout.TRAILER_SIZE


def test_entry_has_the_fixed_sizes_of_the_spec() -> None:
    sizes = {row[0]: row[1] for row in rows("### 6.1 Entry")}
    assert (int(sizes["kind"]), int(sizes["mtime_ns"]), int(sizes["sha256"])) == (
        1,
        entry.MTIME.size,
        entry.SHA256_SIZE,
    )


@pytest.mark.parametrize(
    ("section", "field", "actual"),
    [
        ("## 4. Header", "magic", header.MAGIC),
        ("## 5. Block", "marker", block.MARKER),
        ("## 6. Index", "marker", index.MARKER),
        ("## 7. Footer", "magic", index.FOOTER_MAGIC),
        ("### 10.1 Record", "marker", recovery_layout.MARKER),
        ("### 10.2 Trailer", "magic", recovery_layout.TRAILER_MAGIC),
    ],
)
def test_markers_are_those_of_the_spec(section: str, field: str, actual: bytes) -> None:
    value = next(row[3] for row in rows(section) if row[0] == field)
    assert bytes.fromhex(value.strip("`")) == actual


def test_version_is_that_of_the_spec() -> None:
    assert int(next(row[3] for row in rows("## 4. Header") if row[0] == "version")) == header.VERSION
    assert f"Container version {header.VERSION}," in SPEC


def test_limits_are_those_of_the_spec() -> None:
    stated = {row[0]: None if row[1] == "none" else int(row[1]) for row in rows("## 11. Limits")[1:]}
    assert stated == dataclasses.asdict(Limits())


def test_kinds_are_those_of_the_spec() -> None:
    stated = [row[0].strip("`") for row in rows("### 4.1 Methods table")[1:]]
    assert sorted(stated) == sorted(MethodKind)


def test_fixed_bounds_are_in_the_spec() -> None:
    for bound in (MAX_METHODS_TABLE, MAX_PAYLOAD_EXCESS, paths.MAX_PATH, paths.MAX_COMPONENT):
        assert re.search(rf"\b{bound:,}\b", SPEC)


def test_preset_dictionary_is_that_of_the_spec() -> None:
    section = SPEC.split("\n## 12. Preset dictionary\n")[1]
    assert section.split("```\n")[1].rstrip("\n").encode() == header.PRESET_DICTIONARY
