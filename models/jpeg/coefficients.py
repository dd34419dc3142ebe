"""JPEG pictures as the bytes outside their scans, and their coefficients coded by what lies around each of them.

    take_apart: file -> padding, rest, words          put_together: padding, rest, words, size -> file

The method is that of packJPG (M. Stirner, G. Seelmann, 2006) and Lepton (D. R. Horn and others, NSDI 2017) under mixed
contexts; every operation, what was tried beside it, and sizes stand in `formats/JPEG.md`. The native core takes 0.6 MB a
second; its readable twin (`reference`) gives the same bytes at 1 KB of the scans a second, both ways.
"""

try:
    from nacomp.models.jpeg import _jpeg as _core

    _NATIVE = True
except ImportError:  # installed without a compiler
    # Only then, as it brings seven modules.
    from nacomp.models.jpeg import reference as _core  # type: ignore[no-redef]

    _NATIVE = False

Buffer = bytes | bytearray | memoryview


def take_apart(data: Buffer) -> tuple[int, bytes, bytes] | None:
    """A file in parts.

    Args:
        data: contiguous bytes of the whole file; what follows the end of the picture stays as it is.

    Returns:
        The padding (0 or 1, the bit that fills the last byte of a scan), the rest (the file without the bits of its scans)
        and the words of the range coder (4 bytes each, little-endian). None where it is no JPEG file, one of another kind
        (arithmetic codes, lossless, 12 bits), or would not come back exactly, which was tried.
    """
    return _core.take_apart(data)


def put_together(padding: int, rest: Buffer, words: Buffer, size: int) -> bytes:
    """The file of so many bytes that `take_apart` gave these parts of.

    Work and memory are bounded by `size`: 8 blocks and 4 coefficients for a byte, 2^21 blocks at most, which take 300 MB.

    Raises:
        ValueError: parts that `take_apart` gives for no file of this size.
    """
    return _core.put_together(padding, rest, words, size)


def available() -> bool:
    """Whether there is a native core; without it only small files are worth their time."""
    return _NATIVE
