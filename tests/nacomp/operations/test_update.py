"""Updates write what is new behind what is there; whatever ends them, the archive is the old one or the new one."""

import io
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import nacomp as library
from nacomp.archive.archive_reader import Archive
from nacomp.archive.hard_links import linked
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileChanged, FileProblem, Interrupted
from nacomp.formats.protection.seal import Cost, Seal
from nacomp.formats.writer import ArchiveWriter
from nacomp.operations import update as updating
from nacomp.operations.compress import CompressOptions, compress, sources_of
from nacomp.operations.diff import DiffOptions, diff
from nacomp.operations.repack import repack
from nacomp.operations.update import Updated, UpdateOptions, update
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import decoded_blocks, nacomp, refused

LOADER = ModelLoader(threads=1)
FAST = CompressOptions("fast")
NOISE = random.Random(5).randbytes(40_000)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A large file, small ones that share a hash, a link, folders."""
    top = tmp_path / "tree"
    (top / "notes").mkdir(parents=True)
    (top / "noise").write_bytes(NOISE)
    for number in range(4):
        (top / "notes" / f"{number}.txt").write_bytes(b"note %d\n" % number * 3)
    (top / "link").symlink_to("noise")
    return top


@pytest.fixture
def archive(tree: Path) -> Path:
    """Its archive."""
    path = tree.with_name("tree.nac")
    compress(sources_of([tree]), path, LOADER, FAST, Job())
    return path


def brought_up(path: Path, tree: Path, password: str | None = None, **options: bool) -> Updated:
    sources = sources_of([tree])
    there = {source.name for source in sources}
    return update(path, sources, LOADER, UpdateOptions(FAST, **options), Job(), password, there)


def differences(path: Path, tree: Path, password: str | None = None) -> list[tuple[str, str]]:
    """All of them, modes and times too, once every file has been decoded and checked."""
    with path.open("rb") as file, Archive(file, LOADER.for_method, password=password) as opened:
        opened.check(Job())
        found = diff(opened, linked(sources_of([tree])), DiffOptions(modes=True, times=True), Job())
    return [(str(one.kind), one.path) for one in found]


def change(tree: Path) -> None:
    """A little of everything."""
    (tree / "notes" / "1.txt").write_bytes(b"another note\n")
    (tree / "notes" / "2.txt").unlink()
    (tree / "noise").rename(tree / "moved")
    (tree / "new.bin").write_bytes(NOISE[::-1][:5000])
    (tree / "link").unlink()
    (tree / "link").mkdir()
    (tree / "link" / "inside").write_bytes(b"a folder in a link's place")
    (tree / "notes" / "3.txt").chmod(0o600)


def test_nothing_to_do_writes_nothing(tree: Path, archive: Path) -> None:
    before = archive.read_bytes()
    done = brought_up(archive, tree, checksum=True)
    assert done.written is None
    assert done.changes.unchanged == 8
    assert archive.read_bytes() == before
    assert differences(archive, tree) == []


@pytest.mark.parametrize("checksum", [False, True])
def test_archive_is_what_is_on_the_disk(tree: Path, archive: Path, checksum: bool) -> None:
    before = archive.read_bytes()
    change(tree)
    assert {kind for kind, _ in differences(archive, tree)} == {"added", "changed", "removed", "mode", "time"}
    done = brought_up(archive, tree, delete=True, checksum=checksum)
    assert done.changes.removed == ["tree/noise", "tree/notes/2.txt"]
    assert sorted(done.changes.added) == ["tree/link/inside", "tree/moved", "tree/new.bin"]
    assert differences(archive, tree) == []
    assert archive.read_bytes().startswith(before)
    # What has moved is not stored again.
    assert archive.stat().st_size - len(before) < 6500


def test_without_delete_what_is_gone_stays(tree: Path, archive: Path) -> None:
    (tree / "notes" / "2.txt").unlink()
    brought_up(archive, tree)
    assert differences(archive, tree) == [("removed", "tree/notes/2.txt")]


def test_only_what_is_named_is_touched(tree: Path, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"beside it")
    done = brought_up(archive, tmp_path / "other", delete=True)
    assert (done.changes.added, done.changes.removed) == (["other"], [])
    assert differences(archive, tree) == []
    assert differences(archive, tmp_path / "other") == []


def test_same_time_and_size_is_taken_for_the_same_unless_bytes_are_compared(
    tree: Path, archive: Path
) -> None:
    found = (tree / "noise").stat()
    (tree / "noise").write_bytes(NOISE[::-1])
    os.utime(tree / "noise", ns=(found.st_atime_ns, found.st_mtime_ns))
    assert brought_up(archive, tree).written is None
    assert brought_up(archive, tree, checksum=True).changes.changed == ["tree/noise"]
    assert differences(archive, tree) == []


def test_nothing_is_coded_again(tree: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(tree / "noise", ns=(1, 1))
    numbers = decoded_blocks(monkeypatch)
    done = brought_up(archive, tree)
    assert done.changes.changed == ["tree/noise"]
    assert numbers == []
    assert done.written is not None
    assert done.written.compressed_size < 400


def test_many_updates_and_a_repack(tree: Path, archive: Path) -> None:
    for number in range(5):
        (tree / "notes" / "0.txt").write_bytes(b"state %d\n" % number)
        (tree / "more.bin").write_bytes(random.Random(6).randbytes(3000))
        brought_up(archive, tree)
        assert differences(archive, tree) == []
    with archive.open("rb") as file, Archive(file, LOADER.for_method) as opened:
        assert len(opened.reader.members) == 6
        assert opened.dead_bytes() > 4 * 3000
    done = repack(archive, LOADER, Job())
    assert done.before - done.after > 4 * 3000
    with archive.open("rb") as file, Archive(file, LOADER.for_method) as opened:
        assert len(opened.reader.members) == 1
        assert opened.dead_bytes() == 0
    assert differences(archive, tree) == []


def test_repack_of_archives_of_both_forms(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(name.encode() * 20)
        compress(sources_of([tmp_path / name]), tmp_path / f"{name}.nac", LOADER, FAST, Job())
    both = tmp_path / "both.nac"
    both.write_bytes((tmp_path / "a.nac").read_bytes() + (tmp_path / "b.nac").read_bytes())
    repack(both, LOADER, Job())
    assert [differences(both, tmp_path / name) for name in "ab"] == [[], []]


def test_update_of_joined_archives(tree: Path, archive: Path, tmp_path: Path) -> None:
    """The second knows nothing of the first one's contents, so what is only there is coded again."""
    (tmp_path / "other").write_bytes(random.Random(7).randbytes(20_000))
    second = tmp_path / "second.nac"
    compress(sources_of([tmp_path / "other"]), second, LOADER, FAST, Job())
    archive.write_bytes(archive.read_bytes() + second.read_bytes())
    change(tree)
    (tmp_path / "other").rename(tree / "other")
    done = brought_up(archive, tree, delete=True)
    assert [entry.path for entry in done.changes.known] == ["tree/other"]
    assert differences(archive, tree) == []


@pytest.mark.parametrize(("password", "recovery"), [("a word", 0.0), (None, 10.0), ("a word", 10.0)])
def test_sealed_and_protected_archives_stay_so(
    tree: Path, monkeypatch: pytest.MonkeyPatch, password: str | None, recovery: float
) -> None:
    cheap = Cost(log_n=2, r=1)
    monkeypatch.setattr(updating, "Seal", lambda word: Seal(word, cheap))
    path = tree.with_name("tree.nac")
    seal = Seal(password, cheap) if password else None
    compress(sources_of([tree]), path, LOADER, CompressOptions("fast", seal=seal, recovery=recovery), Job())
    size = path.stat().st_size
    for _ in range(2):
        change_again = tree / "notes" / "0.txt"
        change_again.write_bytes(random.Random(8).randbytes(10))
        brought_up(path, tree, password)
    assert differences(path, tree, password) == []
    assert path.stat().st_size - size < 3000
    repack(path, LOADER, Job(), password)
    assert differences(path, tree, password) == []


def test_failure_takes_back_what_was_written(
    tree: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archive.read_bytes()
    change(tree)

    def fail(self: ArchiveWriter, *_: Any) -> int:
        self._stream.flush()
        raise Interrupted

    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(ArchiveWriter, "finish", fail)
        brought_up(archive, tree)
    assert archive.read_bytes() == before


def test_file_that_changes_meanwhile_leaves_the_old_archive(tree: Path, archive: Path) -> None:
    before = archive.read_bytes()
    (tree / "new").write_bytes(b"short")
    sources = sources_of([tree])
    (tree / "new").write_bytes(b"no longer short")
    with pytest.raises(FileChanged):
        update(archive, sources, LOADER, UpdateOptions(FAST), Job())
    assert archive.read_bytes() == before


def test_every_prefix_of_an_update_is_the_old_archive(tree: Path, archive: Path) -> None:
    old = archive.read_bytes()
    change(tree)
    brought_up(archive, tree)
    new = archive.read_bytes()
    for cut in [*range(len(old), len(old) + 60), *range(len(old) + 60, len(new), 97), len(new) - 1]:
        with Archive(io.BytesIO(new[:cut]), LOADER.for_method) as opened:
            assert (opened.reader.end, len(opened.entries)) == (len(old), 8)
    archive.write_bytes(new[:-5])
    brought_up(archive, tree)
    assert archive.read_bytes() == new


def test_footer_comes_when_all_else_is_on_the_disk(
    tree: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    sync = updating._sync

    def noting(file: BinaryIO) -> None:
        sync(file)
        sizes.append(os.fstat(file.fileno()).st_size)

    monkeypatch.setattr(updating, "_sync", noting)
    change(tree)
    brought_up(archive, tree)
    assert len(sizes) == 2
    assert sizes[1] - sizes[0] == 16


def test_two_updates_at_once_are_refused(tree: Path, archive: Path) -> None:
    with (
        updating.opened(archive, LOADER, None),
        pytest.raises(FileProblem, match="another job is writing this archive"),
    ):
        brought_up(archive, tree)


def test_archive_that_was_replaced_meanwhile_is_not_written(
    tree: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = archive.with_name("other")
    other.write_bytes(archive.read_bytes())

    def replacing(*_: object) -> None:
        other.replace(archive)

    monkeypatch.setattr(updating, "lock", replacing)
    with pytest.raises(FileProblem, match="was replaced"):
        brought_up(archive, tree)


def test_archive_in_one_of_its_inputs_is_refused(tree: Path, archive: Path) -> None:
    inside = tree / "tree.nac"
    archive.rename(inside)
    with pytest.raises(FileProblem, match="lies in"):
        brought_up(inside, tree)


def test_hard_links_stay_links_and_outlive_their_file(tree: Path, archive: Path) -> None:
    (tree / "zwin").hardlink_to(tree / "noise")
    done = brought_up(archive, tree)
    assert (done.changes.added, done.changes.changed) == (["tree/zwin"], ["tree", "tree/noise"])
    assert differences(archive, tree) == []
    (tree / "noise").unlink()
    (tree / "noise").write_bytes(b"another file")
    brought_up(archive, tree)
    assert differences(archive, tree) == []
    repack(archive, LOADER, Job())
    assert differences(archive, tree) == []


def test_files_with_holes_are_compared_by_their_data(tree: Path, archive: Path) -> None:
    with (tree / "disk").open("wb") as disk:
        disk.write(b"first sector")
        disk.truncate(1 << 40)
    (tree / "empty").touch()
    os.truncate(tree / "empty", 1 << 40)
    brought_up(archive, tree)
    assert differences(archive, tree) == []
    assert brought_up(archive, tree, checksum=True).written is None
    with (tree / "disk").open("r+b") as disk:
        disk.write(b"other")
    found = differences(archive, tree)
    assert ("changed", "tree/disk") in found
    assert ("changed", "tree/empty") not in found


def test_a_changed_file_costs_its_changes(tree: Path, archive: Path) -> None:
    noise = random.Random(3).randbytes(600_000)
    (tree / "large").write_bytes(noise)
    brought_up(archive, tree)
    for number, changed in enumerate(
        (noise[:250_000] + b"inserted" + noise[250_000:], noise[:9] + noise[500:])
    ):
        (tree / "large").write_bytes(changed)
        before = archive.stat().st_size
        done = brought_up(archive, tree)
        assert done.changes.changed == ["tree/large"], number
        assert archive.stat().st_size - before < 1_000
        assert differences(archive, tree) == []
    repack(archive, LOADER, Job())
    assert differences(archive, tree) == []


def test_an_old_version_that_is_damaged_is_no_help(tree: Path, archive: Path) -> None:
    noise = random.Random(3).randbytes(600_000)
    (tree / "large").write_bytes(noise)
    brought_up(archive, tree)
    data = archive.read_bytes()
    at = data.index(noise[1000:1100])
    archive.write_bytes(data[:at] + b"damaged" + data[at + 7 :])
    (tree / "large").write_bytes(noise + b"longer")
    brought_up(archive, tree)
    with archive.open("rb") as file, Archive(file, LOADER.for_method) as opened:
        assert opened.read(opened.file("tree/large")) == noise + b"longer"


def run(*arguments: str | Path) -> tuple[int, bytes]:
    done = nacomp(*arguments)
    return done.code, done.out


def test_commands(tree: Path, archive: Path) -> None:
    assert run("diff", archive, tree) == (0, b"")
    (tree / "new").write_bytes(b"new\n")
    assert run("diff", archive, tree) == (1, b"added    tree/new\n")
    lines: Sequence[bytes] = run("update", "--level", "fast", "--json", "--repack", archive, tree)[
        1
    ].splitlines()
    assert b'"added": ["tree/new"]' in b"".join(lines)
    assert b'"size_before"' in lines[-1]
    assert run("diff", "--mode", "--time", "--json", archive, tree) == (0, b'{"differences": []}\n')
    assert "--repack" in refused(2, "update", archive)
    assert "a file" in refused(2, "update", "-", tree)


def test_what_lies_beside_the_inputs_is_not_gone(tmp_path: Path) -> None:
    """Two inputs of one name get their paths as they are given, and all of the archive below `a` and `b` was taken out."""
    for name in ("a/x/kept", "a/x/gone", "a/beside", "b/x/kept"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    for line in (["compress", "a", "b", "-o", "z.nac"], ["update", "--delete", "z.nac", "a/x", "b/x"]):
        done = nacomp(*line, "-q", "--level", "fast", cwd=tmp_path)
        assert done.code == 0, done.err
        with library.open(tmp_path / "z.nac") as opened:
            paths = [entry.path for entry in opened.entries]
        (tmp_path / "a/x/gone").unlink(missing_ok=True)
    assert paths == ["a", "a/beside", "a/x", "a/x/kept", "b", "b/x", "b/x/kept"]


@pytest.mark.parametrize(
    ("how", "given"),
    [(["--full-paths"], "a/b/f"), (["-C", "a/b"], "f"), (["-C", "a", "--full-paths"], "b/f")],
)
def test_paths_as_they_are_given(how: list[str], given: str, tmp_path: Path) -> None:
    """An archive that was made so could not be brought up to date: what changed was added under another name."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    file = tmp_path / "a" / "b" / "f"
    file.write_bytes(b"old")
    for line in (["compress", given, "-o", "z.nac"], ["update", "z.nac", given]):
        done = nacomp(*line, *how, "-q", "--level", "fast", cwd=tmp_path)
        assert done.code == 0, done.err
        with library.open(tmp_path / "z.nac") as opened:
            assert [(e.path, opened.read(e.path)) for e in opened.entries] == [(given, file.read_bytes())]
        file.write_bytes(b"newest")


def test_what_is_named_by_its_last_part_beside_what_the_archive_has_is_told(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "f").write_bytes(b"old")
    assert nacomp("compress", "a", "-o", "z.nac", "-q", "--level", "fast", cwd=tmp_path).code == 0
    told = nacomp("update", "z.nac", "a/b", "--level", "fast", cwd=tmp_path).err
    assert "b is new beside a/b; --full-paths" in told
    assert "beside" not in nacomp("update", "z.nac", "a/b", "--full-paths", cwd=tmp_path).err
