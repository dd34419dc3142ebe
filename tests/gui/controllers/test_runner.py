"""The queue on the real worker, without looking at the window."""

from pathlib import Path

import nacomp


def test_library_reads_what_the_application_wrote(archive: Path, tmp_path: Path) -> None:
    with nacomp.open(archive) as written:
        assert written.read("box/inner/letter.txt") == (tmp_path / "box/inner/letter.txt").read_bytes()
