"""Compressors side by side: what they give back is compared, and figures add up."""

from pathlib import Path

import pytest

from nacomp.errors import UsageError
from nacomp.operations.benchmark import (
    Contestant,
    Result,
    classical_contestants,
    compare,
    summary,
)
from tests.nacomp.workbench import prose


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two texts, one in a folder below; an empty file and a link, which are left out."""
    found = tmp_path / "corpus"
    (found / "below").mkdir(parents=True)
    (found / "a.txt").write_bytes(prose(2000))
    (found / "below" / "b.txt").write_bytes(prose(1000, seed=2))
    (found / "empty").write_bytes(b"")
    (found / "link").symlink_to("a.txt")
    return found


def test_classical_codecs_give_the_bytes_back(tmp_path: Path) -> None:
    path = tmp_path / "noise-and-text"
    path.write_bytes(bytes(range(256)) * 20 + prose(5000))
    results = list(compare([path], classical_contestants()))
    assert all(r.packed < r.size == 10_120 for r in results)


def test_a_program_that_loses_a_byte_is_told(folder: Path) -> None:
    copy = ("sh", "-c", "cat", "<{in}", ">{out}")
    lossy = ("sh", "-c", "tail -c +2", "<{in}", ">{out}")
    good, bad = Contestant("cat", copy, copy), Contestant("tail", copy, lossy)
    assert [r.packed for r in compare([folder / "a.txt"], [good])] == [2000]
    with pytest.raises(UsageError, match=r"tail did not give .*a\.txt back"):
        list(compare([folder / "a.txt"], [bad]))
    with pytest.raises(UsageError, match="failed with exit code 3"):
        list(compare([folder / "a.txt"], [Contestant("no", ("sh", "-c", "exit 3"), copy)]))
    with pytest.raises(UsageError, match="does not start"):
        list(compare([folder / "a.txt"], [Contestant("no", ("no-such-program",), copy)]))


def test_sums() -> None:
    rows = [Result(f, "c", 1000, 250, 1.0, 0.5, m, 7, True) for f, m in (("a", 10.0), ("b", 20.0))]
    (total,) = summary(rows)
    assert (total.size, total.packed, total.memory, total.weights) == (2000, 500, 20.0, 7)
    assert (total.bits_per_byte, total.ratio, total.compress_speed, total.decompress_speed) == (2, 4, 1, 2)
