"""The methods table: which codecs an archive's blocks use, with every parameter (SPEC.md, section 4.1).

The container checks that parameters are canonical JSON and passes them on; the codecs know what they mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from nacomp.formats import canonical_json
from nacomp.formats.canonical_json import JSON
from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.limits import MAX_METHODS_TABLE, Limits, check_limit
from nacomp.formats.records import dataclass


class MethodKind(StrEnum):
    """The codecs a block's payload may be written with, and the views a derived content may be made by."""

    STORED = "stored"
    LZMA = "lzma"
    ZSTD = "zstd"
    PPMD = "ppmd"
    MIXED = "mixed"
    NEURAL = "neural"
    DEFLATE = "deflate"
    UTF = "utf"
    CHARSET = "charset"
    BASE64 = "base64"
    HEXADECIMAL = "hex"
    QUOTED_PRINTABLE = "quoted-printable"
    JPEG = "jpeg"
    PNG_ROWS = "png-rows"

    @property
    def is_view(self) -> bool:
        """Whether derived contents are made by it, not blocks."""
        return self in VIEWS


VIEWS = frozenset(
    {
        MethodKind.DEFLATE,
        MethodKind.UTF,
        MethodKind.CHARSET,
        MethodKind.BASE64,
        MethodKind.HEXADECIMAL,
        MethodKind.QUOTED_PRINTABLE,
        MethodKind.JPEG,
        MethodKind.PNG_ROWS,
    }
)


@dataclass(frozen=True)
class Method:
    """One row of the methods table; a block names it by its position."""

    kind: MethodKind
    parameters: Mapping[str, JSON] = field(default_factory=dict)

    def max_block_size(self, limits: Limits) -> int:
        """The largest content, in bytes, a block of this method may have."""
        return limits.max_neural_block_size if self.kind is MethodKind.NEURAL else limits.max_block_size


def encode_methods(methods: Sequence[Method]) -> bytes:
    """The unpacked methods table. Raises ValueError for parameters that canonical JSON does not have."""
    table = canonical_json.encode([{"kind": str(m.kind), "parameters": m.parameters} for m in methods])
    check_limit(len(table), MAX_METHODS_TABLE, "methods table")
    return table


def decode_methods(table: bytes, limits: Limits) -> tuple[Method, ...]:
    """Parse an unpacked methods table.

    Raises:
        CorruptArchive: not a canonical table.
        UnsupportedArchive: a kind of method this version does not know.
        LimitExceeded: too many methods.
    """
    rows = canonical_json.decode(table)
    if not isinstance(rows, list):
        raise CorruptArchive(reason="expected the methods table to be an array")
    check_limit(len(rows), limits.max_methods, "methods")
    return tuple(_decode_method(row) for row in rows)


def _decode_method(row: JSON) -> Method:
    if not isinstance(row, dict) or row.keys() != {"kind", "parameters"}:
        raise CorruptArchive(reason="expected a method to have exactly the members kind and parameters")
    kind, parameters = row["kind"], row["parameters"]
    if not isinstance(kind, str) or not isinstance(parameters, dict):
        raise CorruptArchive(reason="expected a method's kind to be a string and its parameters an object")
    if kind not in set(MethodKind):
        raise UnsupportedArchive(needed=f"the method {kind!r}")
    return Method(MethodKind(kind), parameters)
