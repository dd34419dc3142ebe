"""Compressors side by side: what they give back is compared, and figures add up."""

from pathlib import Path

import pytest

from nacomp.errors import UsageError
from nacomp.operations.benchmark import (
    Contestant,
    Result,
    classical_contestants,
    compare,
    files_below,
    summary,
)
from tests.nacomp.workbench import prose


def test_classical_codecs_give_the_bytes_back(tmp_path: Path) -> None:
    path = tmp_path / "noise-and-text"
    path.write_bytes(bytes(range(256)) * 20 + prose(5000))
    results = list(compare([path], classical_contestants()))
    assert all(r.packed < r.size == 10_120 for r in results)


def test_a_program_that_loses_a_byte_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(prose(2000))
    copy = ("sh", "-c", "cat", "<{in}", ">{out}")
    lossy = ("sh", "-c", "tail -c +2", "<{in}", ">{out}")
    good, bad = Contestant("cat", copy, copy), Contestant("tail", copy, lossy)
    assert [r.packed for r in compare([path], [good])] == [2000]
    with pytest.raises(UsageError, match=r"tail did not give .*a\.txt back"):
        list(compare([path], [bad]))
    with pytest.raises(UsageError, match="failed with exit code 3"):
        list(compare([path], [Contestant("no", ("sh", "-c", "exit 3"), copy)]))
    with pytest.raises(UsageError, match="does not start"):
        list(compare([path], [Contestant("no", ("no-such-program",), copy)]))


def test_sums() -> None:
    rows = [Result(f, "c", 1000, 250, 1.0, 0.5, m, 7, True) for f, m in (("a", 10.0), ("b", 20.0))]
    (total,) = summary(rows)
    assert (total.size, total.packed, total.memory, total.weights) == (2000, 500, 20.0, 7)
    assert (total.bits_per_byte, total.ratio, total.compress_speed, total.decompress_speed) == (2, 4, 1, 2)


def test_only_files_with_content_take_part(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "text").write_bytes(b"text")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "link").symlink_to("below/text")
    assert files_below(tmp_path) == [tmp_path / "below" / "text"]
    with pytest.raises(UsageError, match="no file with content"):
        files_below(tmp_path / "empty")
