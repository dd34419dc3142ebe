"""JPEG XL, for the views of pictures: the one file that knows the binding.

pylibjxl wraps libjxl 0.11. JPEG XL's bitstream is a standard (ISO 18181), so any version, and any other binding, gives
the same samples. libjxl is fuzzed by OSS-Fuzz; what it may be asked for is bounded here, from the picture's header, before
it takes memory.
"""

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from nacomp.errors import ExtraMissing
from nacomp.formats.errors import CorruptArchive

Pixels = NDArray[np.uint8]

MOST_PIXELS = 1 << 26
"""Of a picture that is looked into. libjxl takes 13 bytes of memory for each pixel (9 million of them)."""
EFFORT = 7
"""libjxl's default. For logo.png 5, 7 and 9 give 112,144, 107,445 and 102,815 bytes in 0.2, 0.3 and 1.4 s."""


def available() -> bool:
    """Whether libjxl's binding is installed: the encoder does without where it is not."""
    return _load() is not None


def from_pixels(pixels: Pixels) -> bytes | None:
    """(height, width, 1, 3 or 4) samples as lossless JPEG XL, or None without the binding."""
    library = _load()
    if library is None:
        return None
    try:
        return bytes(library.encode(np.ascontiguousarray(pixels), effort=EFFORT, lossless=True))
    except (RuntimeError, ValueError):
        return None


def to_pixels(picture: bytes, shape: tuple[int, int, int]) -> Pixels:
    """The (height, width, channels) samples of `from_pixels`.

    Raises CorruptArchive for what is none, or of another shape, ExtraMissing where the binding is not installed.
    """
    library = needed()
    width, height, channels = _header(library, picture)
    if (height, width, channels) != shape or width * height > MOST_PIXELS:
        raise CorruptArchive(reason=f"a picture of {(height, width, channels)}, expected {shape}")
    try:
        pixels: Pixels = np.asarray(library.decode(picture))
    except (RuntimeError, ValueError, MemoryError) as error:
        raise CorruptArchive(reason=f"a JPEG XL picture does not decode ({error})") from None
    if pixels.dtype != np.uint8 or pixels.size != height * width * channels:
        raise CorruptArchive(reason=f"a picture of {pixels.dtype} {pixels.shape}, expected uint8 {shape}")
    return pixels.reshape(shape)


def _header(library: ModuleType, picture: bytes) -> tuple[int, int, int]:
    """Width, height and channels, of a picture of 8 bits a sample that does not move."""
    try:
        header = library.probe(picture)
    except (RuntimeError, ValueError) as error:
        raise CorruptArchive(reason=f"no JPEG XL picture ({error})") from None
    if header["have_animation"] or header["bits_per_sample"] != 8 or header["exponent_bits_per_sample"]:
        raise CorruptArchive(reason="a JPEG XL picture that moves or has not 8 bits a sample")
    return int(header["width"]), int(header["height"]), int(header["channels"])


def needed() -> ModuleType:
    """The binding. Raises ExtraMissing where it is not installed."""
    library = _load()
    if library is None:
        raise ExtraMissing(feature="This archive holds pictures as JPEG XL, which", extra="png")
    return library


def _load() -> ModuleType | None:
    try:
        import pylibjxl
    except ImportError:
        return None
    library: ModuleType = pylibjxl
    return library
