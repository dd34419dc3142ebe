"""What a block says of itself: everything that the predictor's shape depends on (formats/MIXING.md, section 1)."""

from enum import IntEnum

from nacomp.formats.records import dataclass

PREDICTOR_ID = "mixing-6"
MAX_SIZE = (1 << 31) - 1
NUMBER_SIZES = (2, 4, 8)
"""Of numbers in records, in bytes."""
MOST_PIXEL = 8
"""Bytes of a pixel: four components of 16 bits."""
AS_THEY_ARE, TURNED = 1, 2
"""Words of machine code: those whose upper byte comes first; those of ARM64."""
MAX_WIDTH, MAX_CHANNELS, MAX_SAMPLE = 65535, 8, 4


class Profile(IntEnum):
    """Which contexts predict a block."""

    TEXT = 0
    BINARY = 1
    SAMPLES = 2
    IMAGE = 3
    CODE = 4
    BITMAP = 5
    WORDS = 6
    RECORDS = 7


@dataclass(frozen=True)
class MixingSettings:
    """A profile and what it needs to know.

    Attributes:
        size: bytes of the block; it decides the tables' sizes.
        width: binary and code: bytes of a record or row, 0 for none; samples: of a frame; image and bitmap: of a row;
            records: of a record of whole numbers.
        pixel: image: bytes of a pixel; words: AS_THEY_ARE or TURNED; records: bytes of a number.
        delimiter: text: the byte between the fields of a line.
        sample: samples: bytes of a sample.
        upper_first: samples: whether their upper byte comes first in the block.
        shift: samples: bytes of the block before the first frame.

    Raises:
        ValueError: a value that the profile cannot have.
    """

    profile: Profile
    size: int
    width: int = 0
    pixel: int = 1
    delimiter: int = 0
    sample: int = 2
    upper_first: bool = False
    shift: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        of_pixels = (Profile.IMAGE, Profile.RECORDS)
        least = self.pixel if self.profile in of_pixels else int(self.profile is Profile.BITMAP)
        least = self.sample if self.profile is Profile.SAMPLES else least
        most = {Profile.TEXT: 0, Profile.WORDS: 0, Profile.SAMPLES: MAX_CHANNELS * self.sample}.get(
            self.profile, MAX_WIDTH
        )
        whole = {Profile.SAMPLES: self.sample, Profile.RECORDS: self.pixel}.get(self.profile, 1)
        odd = whole > 0 and self.width % whole > 0
        if not least <= self.width <= most or odd:
            raise ValueError(f"a {self.profile.name.lower()} block cannot have the width {self.width}")
        pixels = {
            Profile.IMAGE: range(1, MOST_PIXEL + 1),
            Profile.WORDS: (1, TURNED),
            Profile.RECORDS: NUMBER_SIZES,
        }
        if self.pixel not in pixels.get(self.profile, (1,)):
            raise ValueError(f"a {self.profile.name.lower()} block cannot have {self.pixel} bytes a pixel")
        if not 0 <= self.delimiter <= (255 if self.profile is Profile.TEXT else 0):
            raise ValueError(
                f"a {self.profile.name.lower()} block cannot have the delimiter {self.delimiter}"
            )
        known = 2 <= self.sample <= MAX_SAMPLE and 0 <= self.shift < self.sample
        if not known or (self.profile is not Profile.SAMPLES and self._sampled != (2, False, 0)):
            raise ValueError(f"a {self.profile.name.lower()} block cannot have samples {self._sampled}")
        if not 0 <= self.size <= MAX_SIZE:
            raise ValueError(f"{self.size} bytes is not between 0 and {MAX_SIZE}")

    @property
    def _sampled(self) -> tuple[int, bool, int]:
        return self.sample, self.upper_first, self.shift

    @property
    def arguments(self) -> tuple[int, int, int, int, int]:
        """What the native core and the reference take, in their order."""
        unit = self.sample if self.profile is Profile.SAMPLES else self.pixel
        return int(self.profile), self.size, self.width, unit, self.delimiter
