"""Small JPEG files of every kind that is taken apart, and the segments of one, to be changed."""

import io
import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from tests.nacomp.transforms.pictures import Pixels, jpeg, scene

APP1, APP2, COM = 0xE1, 0xE2, 0xFE
BASIS = np.array(
    [
        [math.sqrt(2 if k else 1) / math.sqrt(8) * math.cos((2 * x + 1) * k * math.pi / 16) for k in range(8)]
        for x in range(8)
    ]
)
"""(sample, frequency) of the transform of ITU-T T.81."""


def written(pixels: Pixels, **options: object) -> bytes:
    """(height, width, channels or none) as Pillow writes it."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **{"quality": 85, **options})
    return out.getvalue()


def noise(height: int, width: int, seed: int = 3) -> Pixels:
    """(height, width, 3): what no one foresees."""
    drawn: Pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return drawn


def smooth(height: int, width: int) -> Pixels:
    """(height, width): shades without noise."""
    y, x = np.mgrid[:height, :width]
    shades: Pixels = ((x * 2 + y * 3) % 256).astype(np.uint8)
    return shades


@dataclass
class Segments:
    """A file up to its first scan, and all behind that segment."""

    segments: list[tuple[int, bytes]] = field(default_factory=list)
    """(marker, body)"""
    scans: bytes = b""

    @classmethod
    def of(cls, file: bytes) -> "Segments":
        """Those of a file."""
        found, at = cls(), 2
        while not found.segments or found.segments[-1][0] != 0xDA:
            end = at + 2 + int.from_bytes(file[at + 2 : at + 4], "big")
            found.segments.append((file[at + 1], file[at + 4 : end]))
            at = end
        found.scans = file[at:]
        return found

    def file(self) -> bytes:
        """And back."""
        parts = (
            bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body
            for marker, body in self.segments
        )
        return b"\xff\xd8" + b"".join(parts) + self.scans

    def body(self, marker: int) -> bytes:
        """Of the first segment of a kind."""
        return next(body for found, body in self.segments if found == marker)

    def replace(self, marker: int, body: bytes, other: int | None = None) -> "Segments":
        """With another body, and another marker, in place of the first segment of a kind."""
        place = next(i for i, (found, _) in enumerate(self.segments) if found == marker)
        changed = [*self.segments[:place], (other or marker, body), *self.segments[place + 1 :]]
        return Segments(changed, self.scans)

    def first(self, marker: int, body: bytes) -> "Segments":
        """With one more segment in front."""
        return Segments([(marker, body), *self.segments], self.scans)

    def without(self, marker: int) -> "Segments":
        """Without those of a kind."""
        return Segments([one for one in self.segments if one[0] != marker], self.scans)


PLAIN = jpeg("L", (20, 12))
COLOUR = jpeg("RGB", (20, 12))
PROGRESSIVE = jpeg("RGB", (20, 12), progressive=True)
SMALL = {
    "grey": PLAIN,
    "grey, progressive": jpeg("L", (41, 27), progressive=True),
    "a pixel": jpeg("L", (1, 1)),
    "a pixel in colour": jpeg("RGB", (1, 1), progressive=True),
    "4:2:0": jpeg("RGB", (35, 21)),
    "4:2:2": jpeg("RGB", (35, 21), subsampling=1),
    "4:4:4": jpeg("RGB", (35, 21), subsampling=0),
    "progressive": jpeg("RGB", (35, 21), progressive=True),
    "restarts": jpeg("RGB", (20, 35), restart_marker_rows=1),
    "restarts, progressive": jpeg("RGB", (20, 35), restart_marker_rows=1, progressive=True),
    "restarts at each unit": jpeg("L", (35, 35), restart_marker_blocks=1),
    "optimised": jpeg("RGB", (35, 21), optimize=True),
    "quality 20": jpeg("RGB", (50, 30), quality=20),
    "quality 98": jpeg("L", (24, 17), quality=98, progressive=True),
    "four inks": jpeg("CMYK", (20, 12)),
    "noise": written(noise(12, 16)),
    "noise, progressive": written(noise(16, 9), quality=95, progressive=True),
    "smooth": written(smooth(32, 40)),
    "one row": jpeg("RGB", (70, 1)),
    "one column": jpeg("L", (1, 70), progressive=True),
    "bytes behind the end": PLAIN + b"behind" + bytes(300),
    "two pictures": PLAIN + COLOUR,
    "with other segments": Segments.of(COLOUR)
    .first(COM, b"a comment")
    .first(APP2, b"ICC_PROFILE\0\1\1" + bytes(200))
    .first(APP1, b"Exif\0\0" + PLAIN)
    .file(),
    "many FF before a marker": b"\xff\xd8\xff\xff\xff" + PLAIN[2:],
}


def drawn_picture(rng: np.random.Generator) -> bytes:
    """A few blocks of any kind."""
    width, height = (int(side) for side in rng.integers(1, 34, 2))
    options: dict[str, object] = {
        "quality": int(rng.integers(1, 101)),
        "progressive": bool(rng.integers(2)),
        "optimize": bool(rng.integers(2)),
        "restart_marker_blocks": int(rng.integers(4)),
    }
    mode = ("L", "RGB", "CMYK")[int(rng.integers(3))]
    if mode == "RGB":
        options["subsampling"] = int(rng.integers(3))
    pixels = noise(height, width, int(rng.integers(1 << 30))) if rng.integers(2) else scene(height, width)
    out = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(out, "JPEG", **options)
    return out.getvalue() + rng.bytes(int(rng.integers(2)) * 9)


def corrected(blocks: int, seed: int = 1) -> bytes:
    """A progressive picture, square, of blocks with up to six coefficients of 2 or 3: a bit each to correct in the end.

    So few, so that runs of ends stop at either side of what libjpeg holds back.
    """
    rng = np.random.default_rng(seed)
    values = np.zeros((blocks * blocks, 64))
    for block in values:
        block[rng.choice(np.arange(1, 64), rng.integers(7), replace=False)] = 16 * rng.choice((-3, -2, 2, 3))
    frequencies = values.reshape(blocks, blocks, 8, 8)
    samples = np.einsum("xu,ijuv,yv->ixjy", BASIS, frequencies, BASIS).reshape(8 * blocks, 8 * blocks)
    pixels: Pixels = (samples + 128.5).clip(0, 255).astype(np.uint8)
    return written(pixels, qtables=[[16] * 64], progressive=True)
