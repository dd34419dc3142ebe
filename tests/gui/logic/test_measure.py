"""Sizes of files and folders."""

from pathlib import Path

from nacomp.gui.logic.measure import Measure, measure


def test_measure_counts_a_tree_and_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/a").write_bytes(b"12345")
    (tmp_path / "d/e/b").write_bytes(b"123")
    (tmp_path / "outside").write_bytes(b"x" * 1000)
    (tmp_path / "d/link").symlink_to(tmp_path)
    found = measure([tmp_path / "d"])
    assert found == Measure(8, 2)
    assert measure([tmp_path / "gone"]) == Measure(0, 0)
