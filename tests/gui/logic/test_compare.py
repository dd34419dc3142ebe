"""A job next to the classical codecs."""

import lzma
from pathlib import Path

from nacomp.gui.logic.compare import classical_sizes


def test_comparison_equals_the_real_codecs(tmp_path: Path) -> None:
    text = b"to be or not to be, that is the question. " * 500
    file = tmp_path / "a.txt"
    file.write_bytes(text)
    bars = classical_sizes([file])
    assert bars is not None
    sizes = {bar.label: bar.size for bar in bars}
    assert sizes["xz -9e"] == len(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    assert list(sizes) == ["zip -9", "zstd -19", "xz -9e"]
    assert all(size < len(text) / 20 for size in sizes.values())


def test_comparison_stops_when_it_is_no_longer_wanted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert classical_sizes([tmp_path / "a"], wanted=lambda: False) is None
    assert classical_sizes([tmp_path / "gone"]) == classical_sizes([])
