"""JPEG.md: the view `jpeg-3`, to the file."""

from nac_decoder.errors import check
from nac_decoder.jpeg_coefficients import Coefficients, Plane
from nac_decoder.jpeg_scans import BitWriter, ScanWriter
from nac_decoder.jpeg_segments import read
from nac_decoder.numbers import Numbers


def close_jpeg(given: Numbers, parts: list[bytes], size: int) -> bytes:
    """Section 1."""
    padding = given.take(1)[0]
    check(len(parts) == 2 and padding <= 1, "JPEG view is malformed")
    rest, words = parts
    check(len(words) % 4 == 0 and len(rest) <= size, "JPEG view is malformed")
    picture = read(rest)
    blocks = sum(one.width * one.height for one in picture.components)
    check(blocks <= min(1 << 21, 8 * size), "JPEG has too many blocks")
    check(all(one.table in picture.steps for one in picture.components), "JPEG has no such steps")
    planes = [Plane(one, picture.steps[one.table]) for one in picture.components]
    Coefficients(words, planes, 4 * size + blocks).decode()
    made, at = b"", 0
    for scan in picture.scans:
        made, at = made + rest[at : scan.end], scan.end
        writer = BitWriter(padding, size - len(made))
        ScanWriter(picture, scan, planes, writer).write()
        made += writer.out
    return made + rest[at:]
