"""Sources that cannot be read: told and left out where the caller wants to hear of them, else they end the job."""

import io
import os
from pathlib import Path

import pytest

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.mounts import is_made_up
from nacomp.archive.sources import Source
from nacomp.archive.unit_size import UNIT_BYTES
from nacomp.archive.units import SMALL_BYTES
from nacomp.archive.walk import Taken, walk
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileChanged, FileProblem, Remedy
from nacomp.runtime.progress import Job
from nacomp.runtime.results import LeftOut


def written(sources: list[Source]) -> tuple[dict[str, bytes], list[LeftOut], int]:
    """What an archive of them holds, what was left out, and the bytes that were expected in the end."""
    out, told = io.BytesIO(), list[LeftOut]()
    done = write_archive(out, sources, BlockEncoder(None, Job()), Job(), None, told.append)
    assert [source.name for source in done.sources] == [s.name for s in sources if s in done.sources]
    with Archive(out, ModelLoader().for_method) as archive:
        archive.check(Job())
        return {e.path: archive.read(e, Job()) for e in archive.files}, told, done.original_size


def change(path: Path, how: str) -> None:
    """What may happen to a file between the walk and the end of its reading."""
    size = path.stat().st_size
    if how == "vanished":
        path.unlink()
    elif how == "touched":
        os.utime(path, ns=(1, 1))
    else:
        os.truncate(path, {"longer": size + 5, "shorter": size - 5, "much longer": 2 * UNIT_BYTES}[how])


@pytest.mark.parametrize(
    ("size", "how"),
    [
        *((900, how) for how in ("vanished", "touched", "longer", "shorter", "much longer")),
        *((SMALL_BYTES, how) for how in ("vanished", "shorter")),
        (UNIT_BYTES + 900, "shorter"),
    ],
)
def test_what_changes_gets_no_entry(tmp_path: Path, size: int, how: str) -> None:
    """Of a file in several units, the first are written before it shows."""
    for name in ("a", "z"):
        (tmp_path / name).write_bytes(b"good" * 100)
    (tmp_path / "m").write_bytes(b"")
    os.truncate(tmp_path / "m", size)
    sources = walk([tmp_path / name for name in ("a", "m", "z")])
    change(tmp_path / "m", how)
    held, told, total = written(sources)
    assert held == {"a": b"good" * 100, "z": b"good" * 100}
    assert [what.path for what in told] == [str(tmp_path / "m")]
    assert ("no such file" in told[0].reason) is (how == "vanished")
    assert total == 800


def test_without_a_listener_it_ends_the_job(tmp_path: Path) -> None:
    for name in ("a", "m"):
        (tmp_path / name).write_bytes(b"x")
    sources = walk([tmp_path / "a", tmp_path / "m"])
    os.utime(tmp_path / "m", ns=(1, 1))
    encoder = BlockEncoder(None, Job())
    with pytest.raises(FileChanged) as stopped:
        write_archive(io.BytesIO(), sources, encoder, Job())
    assert stopped.value.remedy is Remedy.LEAVE_OUT_UNREADABLE
    with pytest.raises(FileChanged) as alone:
        write_archive(io.BytesIO(), sources[1:], encoder, Job())
    assert alone.value.remedy is None
    with pytest.raises(FileProblem, match="changed"):
        written(sources[1:])


def test_a_small_file_that_changed_is_not_coded_at_all(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"secret" * 100)
    (source,) = walk([tmp_path / "m"])
    os.utime(tmp_path / "m", ns=(1, 1))
    pieces = source.chunks(UNIT_BYTES)
    with pytest.raises(FileChanged):
        next(pieces)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_walk_tells_of_what_is_below_its_inputs(tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    os.mkfifo(tmp_path / "d" / "e" / "pipe")
    told: list[LeftOut] = []
    sources = walk([tmp_path / "d"], left_out=told.append)
    assert [source.name for source in sources] == ["d", "d/e"]
    assert told == [LeftOut(str(tmp_path / "d" / "e" / "pipe"), "is neither a file, a folder nor a link")]
    with pytest.raises(FileProblem) as stopped:
        walk([tmp_path / "d"])
    assert stopped.value.remedy is Remedy.LEAVE_OUT_UNREADABLE


# File systems that are mounted below an input.


def elsewhere() -> Path:
    """A folder on another file system than /dev's, that lies below /dev."""
    for name in ("shm", "mqueue", "pts"):
        path = Path("/dev") / name
        if path.is_dir() and path.stat().st_dev != Path("/dev").stat().st_dev:
            return path
    pytest.skip("nothing is mounted below /dev here")


def test_one_file_system_takes_mounted_folders_empty() -> None:
    place = elsewhere()
    told: list[LeftOut] = []
    sources = walk([Path("/dev")], taken=Taken(one_file_system=True), left_out=told.append)
    names = [source.name for source in sources]
    assert f"dev/{place.name}" in names
    assert not [name for name in names if name.startswith(f"dev/{place.name}/")]
    assert str(place) not in [what.path for what in told]


def test_what_the_system_makes_up_is_known(tmp_path: Path) -> None:
    if not Path("/proc/self/mountinfo").exists():
        pytest.skip("no such file systems on this system")
    assert is_made_up(Path("/proc").stat().st_dev)
    assert not is_made_up(tmp_path.stat().st_dev)
    assert not is_made_up(Path("/").stat().st_dev)


def test_what_the_system_makes_up_is_not_entered_from_above() -> None:
    """/sys holds several such file systems, each mounted in the one above it."""
    borders = [p for p in Path("/sys/fs").glob("*") if p.stat().st_dev != Path("/sys/fs").stat().st_dev]
    if not borders or not is_made_up(borders[0].stat().st_dev):
        pytest.skip("nothing of the kind is mounted there")
    told: list[LeftOut] = []
    names = [source.name for source in walk([Path("/sys/fs")], left_out=told.append)]
    assert f"fs/{borders[0].name}" in names
    assert not [name for name in names if name.startswith(f"fs/{borders[0].name}/")]
    assert str(borders[0]) in [what.path for what in told]
