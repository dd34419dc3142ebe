"""The readable twin of the native core, and the judge: the same functions, the same bytes (formats/JPEG.md).

About 1 KB of the scans a second, both ways: for tests, and for archives where the core is missing.
"""

from nacomp.models.jpeg.file import Picture, Segments, Unsuited
from nacomp.models.jpeg.model import decode_coefficients, encode_coefficients
from nacomp.models.jpeg.scans import read_scan, write_scan

Buffer = bytes | bytearray | memoryview

_BLOCKS_PER_BYTE, _COEFFICIENTS_PER_BYTE = 8, 4
"""A block takes a bit of its component's first scan at least, and a coefficient two of its scan: what bounds the work."""
_MOST_BYTES = 1 << 28


def take_apart(data: Buffer) -> tuple[int, bytes, bytes] | None:
    """(padding, rest, words), or None."""
    data = bytes(data)
    try:
        picture, rest, padding = _read(data)
        # Where the scans are not written again as they were there is nothing to code.
        if _write(picture, rest, padding, len(data)) != data:
            return None
        return padding, rest, encode_coefficients(picture)
    except Unsuited:
        return None


def put_together(padding: int, rest: Buffer, words: Buffer, size: int) -> bytes:
    """The file. Raises ValueError for parts that `take_apart` does not give for a file of this size."""
    rest, words = bytes(rest), bytes(words)
    if padding not in (0, 1):
        raise ValueError("the padding is 0 or 1")
    if len(words) % 4:
        raise ValueError("words that are not whole")
    if size > _MOST_BYTES:
        raise ValueError("more bytes than a file of this kind has")
    picture = _described(rest, size)
    picture.allocate()
    decode_coefficients(picture, words, size * _COEFFICIENTS_PER_BYTE + picture.blocks)
    return _write(picture, rest, padding, size)


def _read(data: bytes) -> tuple[Picture, bytes, int]:
    """The picture with its coefficients, the rest, and the padding."""
    if len(data) > _MOST_BYTES:
        raise Unsuited("more bytes than a file of this kind has")
    segments, padding = Segments(data, len(data) * _BLOCKS_PER_BYTE), None
    rest, begin = bytearray(), 0
    for scan in segments.scans():
        if not begin:
            segments.picture.allocate()
        rest += data[begin : segments.at]
        begin, padding = read_scan(segments.picture, scan, data, segments.at, padding)
        segments.at = begin
    return segments.picture, bytes(rest + data[begin:]), 1 if padding is None else padding


def _described(rest: bytes, size: int) -> Picture:
    """The picture that the segments describe."""
    segments = Segments(rest, size * _BLOCKS_PER_BYTE)
    for _ in segments.scans():
        pass
    return segments.picture


def _write(picture: Picture, rest: bytes, padding: int, size: int) -> bytes:
    """The rest with the picture's scans in it."""
    segments, file, begin = Segments(rest, size * _BLOCKS_PER_BYTE), bytearray(), 0
    for scan in segments.scans():
        file += rest[begin : segments.at]
        begin = segments.at
        write_scan(picture, scan, padding, file, size)
    file += rest[begin:]
    if len(file) != size:
        raise Unsuited("another size than stated")
    return bytes(file)
