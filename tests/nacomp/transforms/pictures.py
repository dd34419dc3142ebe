"""Small pictures for the tests of JPEG and PNG: made here, the same each time."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def scene(height: int, width: int, channels: int = 3) -> Pixels:
    """(height, width, channels): smooth shades with edges and a little noise, as photos have."""
    y, x = np.mgrid[:height, :width]
    shades = [
        (x * (c + 2) + y * 3) // (c + 1) % 256 + ((x // 16 + y // 16) % 2) * 20 for c in range(channels)
    ]
    noise = np.random.default_rng(7).integers(0, 6, (height, width, channels))
    return ((np.stack(shades, -1) + noise) % 256).astype(np.uint8)


def jpeg(mode: str = "RGB", size: tuple[int, int] = (161, 99), **options: object) -> bytes:
    """A JPEG file as Pillow writes it; `size` is width and height."""
    out = io.BytesIO()
    picture = Image.fromarray(scene(size[1], size[0]).squeeze()).convert(mode)
    picture.save(out, "JPEG", **{"quality": 85, **options})
    return out.getvalue()


def png_rows(picture: Image.Image, **options: object) -> tuple[bytes, int, int, int, int]:
    """What the IDAT chunks of a PNG file inflate to, and width, height, bit depth and colour type."""
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    data, at, packed = out.getvalue(), 8, b""
    header = struct.unpack(">IIBB", data[16:26])
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += size + 12
    return zlib.decompress(packed), *header
