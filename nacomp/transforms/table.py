"""The views of content that archives may use: from a row of the methods table to the code that closes it.

A view's id is its method's one parameter: another way to write the same kind gets another id, and archives that name
an id this version does not know are refused by name.
"""

from collections.abc import Callable, Iterable, Sequence

from nacomp.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.methods import Method, MethodKind
from nacomp.transforms import (
    base64,
    charset,
    deflate_view,
    hexadecimal,
    jpeg,
    jxl,
    png_rows,
    quoted_printable,
    utf,
)

Close = Callable[[bytes, Sequence[bytes], int], bytes]
"""Parameters, parts and the most bytes that may come out, to the content. Raises CorruptArchive."""

_CODE: dict[MethodKind, tuple[str, Close]] = {
    MethodKind.DEFLATE: (deflate_view.KIND, deflate_view.close_view),
    MethodKind.UTF: (utf.KIND, utf.close_view),
    MethodKind.CHARSET: (charset.KIND, charset.close_view),
    MethodKind.BASE64: (base64.KIND, base64.close_view),
    MethodKind.HEXADECIMAL: (hexadecimal.KIND, hexadecimal.close_view),
    MethodKind.QUOTED_PRINTABLE: (quoted_printable.KIND, quoted_printable.close_view),
    MethodKind.JPEG: (jpeg.KIND, jpeg.close_view),
    MethodKind.PNG_ROWS: (png_rows.KIND, png_rows.close_view),
}
VIEW_METHODS = tuple(Method(kind, {"id": name}) for kind, (name, _) in _CODE.items())
"""The rows of the methods table for all views that this version writes."""


def view_method(kind: MethodKind) -> Method:
    """The row for the view of this kind."""
    return next(row for row in VIEW_METHODS if row.kind is kind)


def check_views(rows: Iterable[Method]) -> None:
    """Tell before anything is written what these views need and is not here.

    Raises UnsupportedArchive for an id that is not known, ExtraMissing for a library that is not installed.
    """
    for row in rows:
        if row not in VIEW_METHODS:
            raise UnsupportedArchive(needed=f"the view {row.kind} {row.parameters.get('id')!r}")
        if row.kind in (MethodKind.JPEG, MethodKind.PNG_ROWS):
            jxl.needed()


def close_view(row: Method, parameters: bytes, parts: Sequence[bytes], size: int) -> bytes:
    """The content, of exactly `size` bytes, that this view was opened on.

    Raises CorruptArchive where the parts are not what the view makes, UnsupportedArchive for an id that is not known.
    """
    check_views([row])
    content = _CODE[row.kind][1](parameters, parts, size)
    if len(content) != size:
        raise CorruptArchive(reason=f"expected {size:,} bytes of the view {row.kind}, found {len(content):,}")
    return content
