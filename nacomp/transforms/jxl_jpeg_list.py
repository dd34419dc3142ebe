"""What a JPEG will hold that JPEG XL rebuilds: the list at the start of its `jbrd` box (ISO 18181-2, 8.2).

Only the decoder asks, to refuse a small archive that would become gigabytes: the segments of a JPEG are stated
here with their sizes, before anything is unpacked. What is wrong in other ways is libjxl's to refuse.
"""

from nacomp.formats.errors import CorruptArchive

MOST_SCANS = 64
"""Of one JPEG; progressive ones have 10 to 20."""
_END, _SCAN, _BETWEEN, _COMMENT = 0xD9, 0xDA, 0xFF, 0xFE


def check_jpeg_list(picture: bytes, limit: int) -> None:
    """Raise CorruptArchive if the list is missing or states more than a JPEG of `limit` bytes can hold."""
    box = _box(picture, b"jbrd")
    if box is None:
        raise CorruptArchive(reason="a JPEG XL picture that is no JPEG")
    try:
        size, scans = _stated(_Bits(box))
    except IndexError:
        raise CorruptArchive(reason="a JPEG XL picture whose list of segments ends early") from None
    if size > limit + 65536 or scans > MOST_SCANS:
        raise CorruptArchive(reason=f"a JPEG of {limit:,} bytes with {size:,} of segments and {scans} scans")


def _stated(bits: "_Bits") -> tuple[int, int]:
    """The least size of all segments that have one, and the number of scans."""
    bits.read(1)
    markers: list[int] = []
    while not markers or markers[-1] != _END:
        markers.append(0xC0 + bits.read(6))
    size = 2 * len(markers)
    for marker in markers:
        if marker & 0xF0 == 0xE0:
            _application_kind(bits)
            size += bits.read(16)
    for marker in markers:
        if marker == _COMMENT:
            size += bits.read(16)
    # Bytes between segments have up to 65,536 each, said later in the list: real files have one such place at most.
    size += 65536 * max(0, markers.count(_BETWEEN) - 1)
    return size, markers.count(_SCAN)


def _application_kind(bits: "_Bits") -> None:
    """Pass over U32(0, 1, 2 + u(1), 4 + u(2))."""
    selector = bits.read(2)
    bits.read(max(0, selector - 1))


def _box(picture: bytes, name: bytes) -> bytes | None:
    """The content of the first box of this name in an ISO base media file, or None."""
    at = 0
    while at + 8 <= len(picture):
        size = int.from_bytes(picture[at : at + 4], "big")
        head = 8
        if size == 1:
            size, head = int.from_bytes(picture[at + 8 : at + 16], "big"), 16
        end = at + size if size else len(picture)
        if end < at + head:
            return None
        if picture[at + 4 : at + 8] == name:
            return picture[at + head : end]
        at = end
    return None


class _Bits:
    """Bits of bytes, the lowest first. Reading past the end raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, count: int) -> int:
        value = 0
        for place in range(count):
            value |= (self._data[self._at >> 3] >> (self._at & 7) & 1) << place
            self._at += 1
        return value
