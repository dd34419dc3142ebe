"""The readable twin's scans alone, on pictures that its model would take too long for: what was read is written again."""

import numpy as np
import pytest

from nacomp.models.jpeg.file import Segments, Unsuited
from nacomp.models.jpeg.scans import read_scan, write_scan
from tests.models.jpeg.samples import PLAIN, corrected, noise, written
from tests.nacomp.transforms.pictures import jpeg

MOST_RUN = 0x7FFF
FLAT = written(np.full((8 * 182, 8 * 182), 90, np.uint8), progressive=True)
PICTURES = {
    "4:2:0": jpeg(size=(161, 99)),
    "restarts in the middle of runs": jpeg(size=(161, 99), progressive=True, restart_marker_blocks=3),
    "more blocks than one run of ends holds": FLAT,
    "more correction bits than are held back": corrected(70),
    "noise": written(noise(120, 120), quality=97, progressive=True),
    "few correction bits": jpeg("L", (161, 99), quality=60, progressive=True),
}


def test_the_flat_picture_has_more_blocks_than_a_run() -> None:
    assert MOST_RUN < 182 * 182 < 2 * MOST_RUN


@pytest.mark.parametrize("name", PICTURES)
def test_scans_come_back(name: str) -> None:
    file = PICTURES[name]
    segments = Segments(file, 8 * len(file))
    padding, scans = None, 0
    for scan in segments.scans():
        if not scans:
            segments.picture.allocate()
        end, padding = read_scan(segments.picture, scan, file, segments.at, padding)
        out = bytearray()
        write_scan(segments.picture, scan, 1, out, end - segments.at)
        assert out == file[segments.at : end]
        segments.at, scans = end, scans + 1
    assert scans == file.count(b"\xff\xda")
    assert padding in (None, 1)


def test_refused_more_bytes_than_the_scan_had() -> None:
    segments = Segments(PLAIN, 8 * len(PLAIN))
    scan = next(segments.scans())
    segments.picture.allocate()
    end, _ = read_scan(segments.picture, scan, PLAIN, segments.at, None)
    with pytest.raises(Unsuited, match="more bytes"):
        write_scan(segments.picture, scan, 1, bytearray(), end - segments.at - 1)
