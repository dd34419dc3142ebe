"""Canonical JSON: one spelling per value, so that equal parameters are equal bytes (SPEC.md, section 4.1).

Stricter than RFC 8785 in what it holds (no floats, no null, plain member names), which lets Python's own
`json` do the work. CBOR and msgpack have canonical forms too; people can read this one.
"""

import json
import re
from collections.abc import Mapping, Sequence

from nacomp.formats.errors import CorruptArchive

JSON = str | int | bool | Sequence["JSON"] | Mapping[str, "JSON"]

MAX_DEPTH = 8
_NAME = re.compile(r"[a-z0-9_.\-]+")


def encode(value: JSON) -> bytes:
    """The canonical spelling.

    Raises:
        ValueError: a value, name, integer or depth that canonical JSON does not have.
    """
    _check(value, 1)
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def decode(data: bytes) -> JSON:
    """Read one canonical value; the caller has bounded its size.

    Raises:
        CorruptArchive: anything else than canonical JSON.
    """
    try:
        _check_nesting(data)
        value: JSON = json.loads(data.decode("utf-8"))
        spelled = encode(value)
    except ValueError as error:
        raise CorruptArchive(reason=f"expected canonical JSON ({error})") from error
    if spelled != data:
        raise CorruptArchive(reason="expected JSON in its canonical spelling, found another spelling")
    return value


def _check_nesting(data: bytes) -> None:
    """Bound the depth before the parser, which recurses, sees the text."""
    depth, in_string, escaped = 0, False, False
    for byte in data:
        if in_string:
            in_string = escaped or byte != ord('"')
            escaped = byte == ord("\\") and not escaped
        elif byte == ord('"'):
            in_string = True
        else:
            depth += (byte in b"[{") - (byte in b"]}")
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH}")


def _check(value: object, depth: int) -> None:
    if isinstance(value, (Mapping, list, tuple)):
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        if isinstance(value, Mapping):
            for name in value:
                if not isinstance(name, str) or not _NAME.fullmatch(name):
                    raise ValueError(f"the member name {name!r} is not of a-z 0-9 _ - .")
        for part in value.values() if isinstance(value, Mapping) else value:
            _check(part, depth + 1)
    elif isinstance(value, int):
        if abs(value) >= 1 << 63:
            raise ValueError(f"the integer {value} is out of range")
    elif not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} is not allowed")


def _plain(value: JSON) -> object:
    """Mappings and tuples as the dicts and lists that `json` knows."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
