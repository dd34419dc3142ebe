"""What the tests of forged archives share: an archive that is right, and what a refusal is."""

from pathlib import Path

import pytest

from nacomp.formats.errors import NacompError
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from tests.formats.samples import SMALL_FILES, SMALL_OTHERS, build, read_files

SMALL = build(SMALL_FILES, SMALL_OTHERS)
EVERYTHING = (Path(__file__).parents[3] / "formats" / "golden" / "everything.nac").read_bytes()
"""The golden archive that has one of each entry, with holes of 2^50 bytes."""
FAR = (1 << 63) - 1
"""The largest number a column may hold."""


def refuse(archive: bytes, error: type[NacompError], message: str, limits: Limits = DEFAULT_LIMITS) -> None:
    with pytest.raises(error, match=message) as caught:
        read_files(archive, limits)
    assert caught.type is error
    assert caught.value.exit_code == 3
