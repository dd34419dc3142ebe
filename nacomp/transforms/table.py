"""The views of content that archives may use: from a row of the methods table to the code that closes it.

A view's id is its method's one parameter: another way to write the same kind gets another id, and archives that name
an id this version does not know are refused by name.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

from nacomp.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.methods import Method, MethodKind

_MODULES = {
    MethodKind.DEFLATE: "deflate_view",
    MethodKind.UTF: "utf",
    MethodKind.CHARSET: "charset",
    MethodKind.BASE64: "base64",
    MethodKind.HEXADECIMAL: "hexadecimal",
    MethodKind.QUOTED_PRINTABLE: "quoted_printable",
    MethodKind.JPEG: "jpeg",
    MethodKind.PNG_ROWS: "png_rows",
}
"""By name, as most archives have no views: with all of them, `list` took 6% longer."""


class _View(Protocol):
    """What each of these modules has."""

    KIND: str

    def close_view(self, parameters: bytes, parts: Sequence[bytes], size: int) -> bytes:
        """The content, of at most `size` bytes. Raises CorruptArchive."""
        ...


def _module(kind: MethodKind) -> _View:
    module: _View = import_module(f"nacomp.transforms.{_MODULES[kind]}")
    return module


@cache
def view_method(kind: MethodKind) -> Method:
    """The row of the methods table for the view of this kind."""
    return Method(kind, {"id": _module(kind).KIND})


def view_methods() -> tuple[Method, ...]:
    """The rows for all views that this version writes."""
    return tuple(map(view_method, _MODULES))


def check_views(rows: Iterable[Method]) -> None:
    """Raises UnsupportedArchive for an id that is not known, before anything is written."""
    for row in rows:
        if row.kind not in _MODULES or row != view_method(row.kind):
            raise UnsupportedArchive(needed=f"the view {row.kind} {row.parameters.get('id')!r}")


def close_view(row: Method, parameters: bytes, parts: Sequence[bytes], size: int) -> bytes:
    """The content, of exactly `size` bytes, that this view was opened on.

    Raises CorruptArchive where the parts are not what the view makes, UnsupportedArchive for an id that is not known.
    """
    check_views([row])
    content = _module(row.kind).close_view(parameters, parts, size)
    if len(content) != size:
        raise CorruptArchive(reason=f"expected {size:,} bytes of the view {row.kind}, found {len(content):,}")
    return content
