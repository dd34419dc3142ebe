"""The spec's tables, limits, dictionary and magic bytes are those of the code."""

import dataclasses
import re
import struct
from pathlib import Path

import pytest

from nacomp.archive.decoding_work import CACHED_GROUPS, MEMBER_BYTES
from nacomp.archive.file_table import SMALL_FILE
from nacomp.formats import block, header, index, paths, properties
from nacomp.formats.checksums import CHECKSUM_SIZE
from nacomp.formats.derived import MAX_PARAMETERS, MAX_PARTS
from nacomp.formats.entry_table import MAX_SHARED
from nacomp.formats.limits import MAX_METHODS_TABLE, MAX_PAYLOAD_EXCESS, Limits
from nacomp.formats.methods import VIEWS, MethodKind
from nacomp.formats.protection import recovery_layout, seal
from tests.formats.forging import columns_of

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


def test_columns_stand_in_the_order_of_the_spec() -> None:
    """Those of the bodies that other tests forge, and that the reader accepts."""
    sections = {
        "blocks": "6.1 Blocks",
        "derived": "6.2 Derived contents",
        "entries": "6.4 Entries",
        "extents": "6.3 Extents",
    }
    stated = [f"{name}_{row[0]}" for name, section in sections.items() for row in rows(f"### {section}")[1:]]
    assert [name for name in columns_of() if name != "properties"] == [*stated, "hashes"]


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
    stated = [row[0].strip("`") for row in rows("### 4.1 Methods table") if row[0] != "Kind"]
    codecs, views = stated[:6], stated[6:]
    assert set(views) == VIEWS
    assert sorted(stated) == sorted(MethodKind)
    assert all(not MethodKind(kind).is_view for kind in codecs)


def test_fixed_bounds_are_in_the_spec() -> None:
    bounds = (MAX_METHODS_TABLE, MAX_PAYLOAD_EXCESS, MAX_PARAMETERS, MAX_SHARED, SMALL_FILE)
    for bound in (*bounds, paths.MAX_PATH, paths.MAX_COMPONENT):
        assert re.search(rf"\b{bound:,}\b", SPEC)
    ranges = {row[0]: row[3] for row in rows("### 6.2 Derived contents")}
    assert ranges["part_count"] == f"1 to {MAX_PARTS}"
    assert ranges["parameters_size"] == f"0 to {MAX_PARAMETERS:,}"
    ranges = {row[0]: row[3] for row in rows("### 6.8 Attributes")}
    assert ranges["set_size"] == f"attributes in it, 1 to {properties.MAX_SET:,}"
    assert ranges["name_size"] == f"1 to {properties.MAX_ATTRIBUTE_NAME}"
    assert ranges["value_size"] == f"0 to {properties.MAX_ATTRIBUTE_VALUE:,}"
    assert f"at most {properties.MAX_ATTRIBUTES:,} bytes" in SPEC


def test_decoding_work_is_counted_as_the_spec_says() -> None:
    section = SPEC.split("\n## 11. Limits\n")[1].split("\n## 12.")[0]
    assert "each content once" in section
    assert "and the bytes of the files that are read" in section
    assert f"{CACHED_GROUPS} groups are kept" in section
    assert f"the bytes of its files and {MEMBER_BYTES} for each" in section


def test_preset_dictionary_is_that_of_the_spec() -> None:
    section = SPEC.split("\n## 12. Preset dictionary\n")[1]
    assert section.split("```\n")[1].rstrip("\n").encode() == header.PRESET_DICTIONARY
