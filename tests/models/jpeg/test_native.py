"""The native core alone, on what would take its twin too long, and each of the mixer's kernels."""

import numpy as np
import pytest

from tests.models.jpeg.samples import SMALL, corrected, noise, smooth, written
from tests.nacomp.transforms.pictures import jpeg, scene

_jpeg = pytest.importorskip("nacomp.models.jpeg._jpeg")
_mixing = pytest.importorskip("nacomp.models.mixing._mixing")

MOST_RUN = 0x7FFF
LARGE = {
    "4:2:0": jpeg(size=(512, 384)),
    "progressive": jpeg(size=(512, 384), progressive=True),
    "progressive, with restarts": jpeg(size=(512, 384), progressive=True, restart_marker_rows=3),
    "two thousand blocks": jpeg("L", (400, 320), quality=95),
    "more correction bits than are held back": corrected(70),
    "noise": written(noise(200, 200), quality=97, progressive=True),
    "four inks": jpeg("CMYK", (200, 200), quality=92),
    "quality 100": written(scene(256, 256), quality=100, subsampling=0),
}


@pytest.mark.parametrize("name", LARGE)
def test_comes_back_smaller(name: str) -> None:
    file = LARGE[name]
    parts = _jpeg.take_apart(file)
    assert parts is not None
    padding, rest, words = parts
    assert _jpeg.put_together(padding, rest, words, len(file)) == file
    assert len(words) < len(file) - len(rest)  # even of noise


def test_runs_of_ends_as_long_as_they_can_be() -> None:
    """More blocks without coefficients than one run holds."""
    file = written(np.full((8 * 182, 8 * 182), 90, np.uint8), progressive=True)
    assert MOST_RUN < 182 * 182
    parts = _jpeg.take_apart(file)
    assert parts is not None
    assert _jpeg.put_together(*parts, len(file)) == file


def test_empty_blocks_cost_little() -> None:
    """The counters learn: a flat picture takes less than a bit for ten blocks."""
    parts = _jpeg.take_apart(written(np.full((800, 800), 90, np.uint8)))
    assert parts is not None
    assert 8 * len(parts[2]) < 100 * 100 / 10


@pytest.mark.parametrize("kernel", _mixing.available_kernels())
@pytest.mark.parametrize("name", ["4:2:0", "noise", "grey, progressive"])
def test_every_kernel_writes_the_same_words(name: str, kernel: str) -> None:
    file = SMALL[name]
    parts = _jpeg.take_apart(file, kernel=kernel)
    assert parts == _jpeg.take_apart(file)
    assert _jpeg.put_together(*parts, len(file), kernel=kernel) == file


def test_every_kernel_writes_the_same_words_of_a_large_picture() -> None:
    file = LARGE["two thousand blocks"]
    found = {_jpeg.take_apart(file, kernel=kernel) for kernel in _mixing.available_kernels()}
    assert found == {_jpeg.take_apart(file)}


def test_a_kernel_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such kernel"):
        _jpeg.take_apart(SMALL["grey"], kernel="sse")
    with pytest.raises(ValueError, match="no such kernel"):
        _jpeg.put_together(1, b"", b"", 0, kernel="sse")


def test_smooth_pictures_are_foreseen() -> None:
    """What an edge and a DC coefficient should be for shades to go on: half of what the scans take, and less."""
    file = written(smooth(256, 256), quality=90)
    parts = _jpeg.take_apart(file)
    assert parts is not None
    assert len(parts[2]) < (len(file) - len(parts[1])) / 2
