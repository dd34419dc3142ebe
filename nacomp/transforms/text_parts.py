"""What the views of text encodings share: a text as UTF-8, the strays beside it, and the way back."""

from collections.abc import Callable, Sequence

from nacomp.transforms import stray
from nacomp.transforms.stray import Stray
from nacomp.transforms.view import View, corrupt

PIECE = 1 << 20
"""Characters that are encoded at a time; bounds the temporary arrays."""
MIN_TEXT = 64
"""Bytes; the view's own cost is about 30 bytes of index, more than a shorter text can give back."""

Encode = Callable[[str], bytes | None]


def text_view(parameters: bytes, text: str, strays: Sequence[Stray]) -> View:
    """The view of `text` with `strays`: one part, or two if there are strays."""
    beside = (stray.pack(strays),) if strays else ()
    return View(parameters, (text.encode(), *beside))


def written(kind: str, parts: Sequence[bytes], encode: Encode, limit: int) -> bytes:
    """The bytes of a text's parts in its encoding.

    Raises CorruptArchive if the text is no UTF-8, has characters that the encoding cannot write, or becomes
    longer than `limit` bytes.
    """
    if not 1 <= len(parts) <= 2:
        raise corrupt(kind, f"{len(parts)} parts, expected 1 or 2")
    try:
        text = parts[0].decode()
    except UnicodeDecodeError as error:
        raise corrupt(kind, f"its text is no UTF-8 at byte {error.start:,}") from None
    strays = stray.unpack(parts[1]) if len(parts) == 2 else ()
    out: list[bytes] = []
    left = limit
    for piece in stray.weave(text, strays, PIECE):
        raw = encode(piece) if isinstance(piece, str) else piece
        if raw is None:
            raise corrupt(kind, "its text has a character that the encoding cannot write")
        left -= len(raw)
        if left < 0:
            raise corrupt(kind, f"more than {limit:,} bytes")
        out.append(raw)
    return b"".join(out)
