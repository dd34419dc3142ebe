"""What a block says of itself: everything that the predictor's shape depends on (formats/MIXING.md, section 1)."""

from dataclasses import dataclass
from enum import IntEnum

PREDICTOR_ID = "mixing-3"
MAX_SIZE = (1 << 31) - 1
MAX_WIDTH, MAX_FRAME, MAX_PIXEL = 65535, 16, 4


class Profile(IntEnum):
    """Which contexts predict a block."""

    TEXT = 0
    BINARY = 1
    SAMPLES = 2
    IMAGE = 3
    CODE = 4
    BITMAP = 5


@dataclass(frozen=True)
class MixingSettings:
    """A profile and what it needs to know.

    Attributes:
        size: bytes of the block; it decides the tables' sizes.
        width: binary and code: bytes of a record or row, 0 for none; samples: of a frame; image and bitmap: of a row.
        pixel: image: bytes of a pixel.
        delimiter: text: the byte between the fields of a line.

    Raises:
        ValueError: a value that the profile cannot have.
    """

    profile: Profile
    size: int
    width: int = 0
    pixel: int = 1
    delimiter: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        least = {Profile.SAMPLES: 2, Profile.IMAGE: self.pixel, Profile.BITMAP: 1}.get(self.profile, 0)
        most = {Profile.TEXT: 0, Profile.SAMPLES: MAX_FRAME}.get(self.profile, MAX_WIDTH)
        odd = self.profile is Profile.SAMPLES and self.width % 2
        if not least <= self.width <= most or odd:
            raise ValueError(f"a {self.profile.name.lower()} block cannot have the width {self.width}")
        if not 1 <= self.pixel <= (MAX_PIXEL if self.profile is Profile.IMAGE else 1):
            raise ValueError(f"a {self.profile.name.lower()} block cannot have {self.pixel} bytes a pixel")
        if not 0 <= self.delimiter <= (255 if self.profile is Profile.TEXT else 0):
            raise ValueError(
                f"a {self.profile.name.lower()} block cannot have the delimiter {self.delimiter}"
            )
        if not 0 <= self.size <= MAX_SIZE:
            raise ValueError(f"{self.size} bytes is not between 0 and {MAX_SIZE}")

    @property
    def arguments(self) -> tuple[int, int, int, int, int]:
        """What the native core and the reference take, in their order."""
        return int(self.profile), self.size, self.width, self.pixel, self.delimiter
