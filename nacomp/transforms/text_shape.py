"""A quick look at some bytes: binary, UTF-8, or perhaps a text in another encoding. Only the encoder asks.

A sample decides for binary data, whatever its size; only ASCII is read to its end, which Python does at 10 GB/s.
"""

import numpy as np
from numpy.typing import NDArray

WINDOW = 4096
"""Bytes of a window of the sample; 4 of them."""
MOST_CONTROLS = 0.005
"""Share of control characters, from which it is binary: noise has 10%, programs more, a manual page 0.2%."""

_TEXT_CONTROLS = b"\t\n\r\f\x1a\x1b"
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in _TEXT_CONTROLS)


def windows(data: bytes, size: int = WINDOW) -> list[bytes]:
    """Up to four pieces of `data`, from its start to its end, each at a multiple of four bytes."""
    if len(data) <= 4 * size:
        return [data]
    step = (len(data) - size) // 3 & ~3
    return [data[at : at + size] for at in range(0, 3 * step + 1, step)]


def is_binary(sample: bytes) -> bool:
    """Whether a sample has control characters that no text in bytes has."""
    return len(sample) - len(sample.translate(None, _CONTROLS)) > MOST_CONTROLS * len(sample)


def is_utf8(pieces: list[bytes]) -> bool:
    """Whether most of what is not ASCII in the pieces is UTF-8, cut characters at their edges set aside."""
    broken = good = 0
    for piece in pieces:
        text = piece.decode("utf-8", "replace")
        errors = text.count("\ufffd")
        broken += errors
        good += len(piece) - len(piece.translate(None, _HIGH)) - errors
    return good > 3 * (broken - 2 * len(pieces))


def high_bytes(data: bytes) -> bytes | None:
    """A sample of up to 32 KiB around bytes that are not ASCII, or None if there are none."""
    try:
        data.decode("ascii")
    except UnicodeDecodeError as error:
        first = error.start
    else:
        return None
    pieces = [data[max(0, first - 64) : first + WINDOW], *windows(data[first:])]
    return b" ".join(pieces)


def histogram(sample: bytes) -> NDArray[np.int64]:
    """(256,) how often each byte stands in the sample."""
    return np.bincount(np.frombuffer(sample, np.uint8), minlength=256)


_HIGH = bytes(range(128, 256))
