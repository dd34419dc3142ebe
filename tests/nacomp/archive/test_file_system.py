"""An archive as a file system: every operation called as FUSE calls it, without a kernel."""

import errno
import gzip
import os
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from nacomp.archive import units
from nacomp.archive.archive_reader import Archive
from nacomp.archive.file_system import ArchiveFileSystem
from nacomp.archive.sources import Source
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import Entry, EntryKind, Hole, Owner
from nacomp.formats.extent import Extent
from nacomp.formats.protection.seal import Seal
from nacomp.formats.reader import ArchiveReader
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import CancelToken, Job
from tests.nacomp.workbench import decoded_blocks, prose

NOISE = random.Random(21).randbytes(90_000)
TEXT = prose(300)
ZIPPED = gzip.compress(b"".join(bytes([i, i * i & 0xFF, 0, 3]) * 3 for i in range(256)) * 4, 6, mtime=0)
TIME = 981_173_106_123_456_789
CONTENTS = {
    "top/a.txt": TEXT,
    "top/empty": b"",
    "top/noise": NOISE,
    "top/other noise": NOISE[::-1],
    "top/deep/er/note": b"a note of one line\n",
    "top/deep/er/note 2": b"and another of these\n",
    "top/zipped.gz": ZIPPED,
    "odd\udcff": b"a name that is not UTF-8",
}


def sources() -> list[Source]:
    """Files, two names of one, a link, a folder with an entry and others without, a file with holes, all properties."""
    files = [
        Source(name, EntryKind.FILE, len(data), 0o640, TIME, data=data) for name, data in CONTENTS.items()
    ]
    mine = Owner(12345, 54321)
    properties = Source(
        "top/mine",
        EntryKind.FILE,
        3,
        0o400,
        TIME,
        data=b"abc",
        owner=mine,
        attributes=((b"user.mood", b"fine"),),
    )
    holes = (Hole(0, 1 << 40), Hole((1 << 40) + 5, 7))
    sparse = Source("top/sparse", EntryKind.FILE, 10, 0o600, -1, data=b"0123456789", holes=holes)
    return [
        *files,
        properties,
        sparse,
        Source("top", EntryKind.FOLDER, 0, 0o750, TIME),
        Source("top/link", EntryKind.SYMLINK, 0, 0o777, TIME, link_target="deep/er"),
        Source("top/z again", EntryKind.HARD_LINK, 0, 0o640, TIME, link_target="top/a.txt"),
    ]


Mounting = Callable[..., AbstractContextManager[ArchiveFileSystem]]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "a.nac"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "SMALL_BYTES", 3000)  # so that the large ones have blocks of their own
        compress(sources(), path, ModelLoader(), CompressOptions("fast"), Job())
    return path


@pytest.fixture
def complaints() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def mounting(packed: Path, complaints: list[tuple[str, str]]) -> Mounting:
    """Opens an archive as a file system."""

    @contextmanager
    def opened(
        path: Path = packed, cache: int = 1 << 20, job: Job | None = None, password: str | None = None
    ) -> Iterator[ArchiveFileSystem]:
        with path.open("rb") as file, Archive(file, ModelLoader().for_method, password=password) as archive:
            told = lambda path, reason: complaints.append((path, reason))  # noqa: E731
            system = ArchiveFileSystem(archive, job or Job(), told, 77, cache)
            yield system
            system.close()

    return opened


@pytest.fixture
def system(mounting: Mounting) -> Iterator[ArchiveFileSystem]:
    with mounting() as system:
        yield system


def fails(number: int) -> AbstractContextManager[object]:
    """That a system call fails with this number."""
    return pytest.raises(OSError, match=rf"\[Errno {number}\]")


def names(system: ArchiveFileSystem, path: str) -> list[str]:
    return [name for name, _, _ in system.readdir(path)][2:]


def test_folders_have_their_names_those_without_an_entry_too(system: ArchiveFileSystem) -> None:
    assert names(system, "/") == ["odd\udcff", "top"]
    assert names(system, "/top/deep") == ["er"]
    assert names(system, "/top/deep/er") == ["note", "note 2"]
    assert names(system, "/top") == [
        "a.txt", "deep", "empty", "link", "mine", "noise", "other noise", "sparse", "z again", "zipped.gz",
    ]  # fmt: skip


def test_a_folder_tells_kinds_and_inodes_of_what_is_in_it(system: ArchiveFileSystem) -> None:
    for name, told, offset in system.readdir("/top"):
        if name not in (".", ".."):
            real = system.getattr(f"/top/{name}")
            assert (told["st_ino"], told["st_mode"], offset) == (
                real["st_ino"],
                stat.S_IFMT(real["st_mode"]),
                0,
            )


def test_modes_sizes_and_times_are_the_archives(system: ArchiveFileSystem) -> None:
    found = system.getattr("/top/noise")
    assert (found["st_mode"], found["st_size"], found["st_mtime"]) == (stat.S_IFREG | 0o640, 90_000, TIME)
    assert found["st_blocks"] == 176
    assert system.getattr("/top")["st_mode"] == stat.S_IFDIR | 0o750
    assert system.getattr("/top/link")["st_size"] == len("deep/er")


def test_a_folder_without_an_entry_has_the_time_of_the_mount(system: ArchiveFileSystem) -> None:
    found = system.getattr("/top/deep")
    assert (found["st_mode"], found["st_mtime"], found["st_nlink"]) == (stat.S_IFDIR | 0o755, 77, 2)


def test_names_of_one_file_are_one_file(system: ArchiveFileSystem) -> None:
    assert system.getattr("/top/a.txt") == system.getattr("/top/z again")
    assert system.getattr("/top/a.txt")["st_nlink"] == 2
    assert system.read("/top/z again", 5000, 0) == TEXT
    inodes = [system.getattr(f"/top/{name}")["st_ino"] for name in names(system, "/top")]
    assert len(set(inodes)) == len(inodes) - 1


def test_root_sees_owners_and_others_their_own(
    system: ArchiveFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_is_root", True)
    found = system.getattr("/top/mine")
    assert (found["st_uid"], found["st_gid"]) == (12345, 54321)
    monkeypatch.setattr(system, "_is_root", False)
    assert system.getattr("/top/mine")["st_uid"] == os.getuid()


def test_links_and_attributes(system: ArchiveFileSystem) -> None:
    assert system.readlink("/top/link") == "deep/er"
    assert system.listxattr("/top/mine") == ["user.mood"]
    assert system.getxattr("/top/mine", "user.mood") == b"fine"
    assert system.listxattr("/top/deep") == []
    with fails(errno.ENODATA):
        system.getxattr("/top/mine", "user.other")


@pytest.mark.parametrize(
    ("operation", "number"),
    [
        (lambda s: s.getattr("/nothing"), errno.ENOENT),
        (lambda s: list(s.readdir("/top/noise")), errno.ENOTDIR),
        (lambda s: s.readlink("/top/noise"), errno.EINVAL),
        (lambda s: s.open("/top", os.O_RDONLY), errno.EISDIR),
        (lambda s: s.open("/top/link", os.O_RDONLY), errno.EINVAL),
        (lambda s: s.open("/top/noise", os.O_WRONLY), errno.EROFS),
        (lambda s: s.open("/top/noise", os.O_RDWR), errno.EROFS),
        (lambda s: s.read("/top", 1, 0), errno.EISDIR),
        (lambda s: s.read("/nothing", 1, 0), errno.ENOENT),
    ],
)
def test_what_cannot_be(
    operation: Callable[[ArchiveFileSystem], object], number: int, system: ArchiveFileSystem
) -> None:
    with fails(number):
        operation(system)


@pytest.mark.parametrize("name", CONTENTS)
def test_every_part_of_a_file_can_be_read(name: str, system: ArchiveFileSystem) -> None:
    content = CONTENTS[name]
    assert system.open("/" + name, os.O_RDONLY) == 0
    assert system.read("/" + name, len(content) + 10, 0) == content
    numbers = random.Random(name.encode("utf-8", "surrogateescape"))
    for _ in range(20):
        offset, size = numbers.randrange(len(content) + 2), numbers.randrange(9000)
        assert system.read("/" + name, size, offset) == content[offset : offset + size]


def test_holes_are_zeros_and_cost_nothing(system: ArchiveFileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = decoded_blocks(monkeypatch)
    found = system.getattr("/top/sparse")
    assert (found["st_size"], found["st_blocks"]) == ((1 << 40) + 17, 1)
    assert system.read("/top/sparse", 4096, 1 << 39) == bytes(4096)
    assert decoded == []
    assert system.read("/top/sparse", 50, (1 << 40) - 3) == b"\0\0\0" + b"01234" + bytes(7) + b"56789"


def test_holes_at_the_end() -> None:
    from nacomp.archive.file_system import _Map

    entry = Entry("x", EntryKind.FILE, 0, 0, 14, extents=(Extent(3, 8, 4),), holes=(Hole(2, 5), Hole(9, 5)))
    assert list(_Map.of(entry).pieces(0, 99)) == [Extent(3, 8, 2), 5, Extent(3, 10, 2), 5]
    assert list(_Map.of(entry).pieces(1, 2)) == [Extent(3, 9, 1), 1]
    only = Entry("x", EntryKind.FILE, 0, 0, 5, holes=(Hole(0, 5),))
    assert list(_Map.of(only).pieces(3, 9)) == [2]


def test_nothing_but_what_is_read_is_decoded(mounting: Mounting, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = decoded_blocks(monkeypatch)
    with mounting() as system:
        for name in names(system, "/top"):
            system.getattr(f"/top/{name}")
        assert decoded == []
        system.read("/top/noise", 10, 50_000)
        system.read("/top/noise", 10, 10)
        assert len(decoded) == 1
        system.read("/top/other noise", 10, 0)
        assert len(decoded) == 2


def test_what_is_kept_has_a_bound(mounting: Mounting, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = decoded_blocks(monkeypatch)
    with mounting(cache=100_000) as system:
        for _ in range(2):
            for name in ("noise", "other noise"):
                assert system.read(f"/top/{name}", 5, 0) == CONTENTS[f"top/{name}"][:5]
    assert len(decoded) == 4  # of two blocks of 90,000 bytes one is kept


def damaged(packed: Path, name: str, folder: Path) -> Path:
    """The archive with a byte changed in the block that a file begins in."""
    data = bytearray(packed.read_bytes())
    with packed.open("rb") as file, ArchiveReader.open(file) as reader:
        entry = next(entry for entry in reader.entries if entry.path == name)
        info = reader.blocks[entry.extents[0].content]
        data[info.offset + info.end >> 1] ^= 1
    path = folder / "damaged.nac"
    path.write_bytes(data)
    return path


def test_damage_is_an_error_of_what_depends_on_it(
    packed: Path, tmp_path: Path, mounting: Mounting, complaints: list[tuple[str, str]]
) -> None:
    with mounting(damaged(packed, "top/noise", tmp_path)) as system:
        for _ in range(2):
            with fails(errno.EIO):
                system.read("/top/noise", 10, 0)
        assert [path for path, _ in complaints] == ["top/noise"]
        for name in sorted(set(CONTENTS) - {"top/noise"}):
            assert system.read("/" + name, 100_000, 0) == CONTENTS[name]


def test_what_a_view_makes_is_compared_with_its_hash(
    mounting: Mounting, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounting() as system:
        assert any(
            extent.content in system._archive.reader.derived_table
            for extent in system._archive.file("top/zipped.gz").extents
        )
        monkeypatch.setattr("nacomp.archive.content_decoder.close_view", lambda *a: bytes(a[3]))
        with fails(errno.EIO):
            system.read("/top/zipped.gz", 10, 0)


def test_a_job_that_is_stopped_stops_a_read(mounting: Mounting, complaints: list[tuple[str, str]]) -> None:
    cancel = CancelToken()
    with mounting(job=Job(cancel=cancel)) as system:
        cancel.cancel()
        with fails(errno.EINTR):
            system.read("/top/a.txt", 10, 0)
    assert complaints == []


def test_a_sealed_archive(tmp_path: Path, mounting: Mounting) -> None:
    path = tmp_path / "sealed.nac"
    compress(sources(), path, ModelLoader(), CompressOptions("fast", seal=Seal("secret")), Job())
    with mounting(path, password="secret") as system:
        assert system.read("/top/a.txt", 9, 3) == TEXT[3:12]


def test_joined_archives(packed: Path, tmp_path: Path, mounting: Mounting) -> None:
    newer = [Source("top/a.txt", EntryKind.FILE, 5, 0o600, 0, data=b"newer")]
    compress(newer, tmp_path / "b.nac", ModelLoader(), CompressOptions("fast"), Job())
    (tmp_path / "joined.nac").write_bytes(packed.read_bytes() + (tmp_path / "b.nac").read_bytes())
    with mounting(tmp_path / "joined.nac") as system:
        assert system.read("/top/a.txt", 99, 0) == b"newer"
        assert system.read("/top/z again", 9999, 0) == TEXT
        assert system.read("/top/noise", 100, 80_000) == NOISE[80_000:80_100]


def test_one_file_and_nothing_else(tmp_path: Path, mounting: Mounting) -> None:
    compress(
        [Source("x", EntryKind.FILE, 1, 0o644, 0, data=b"x")],
        tmp_path / "x.nac",
        ModelLoader(),
        CompressOptions("fast"),
        Job(),
    )
    with mounting(tmp_path / "x.nac") as system:
        assert names(system, "/") == ["x"]
        assert system.read("/x", 10, 0) == b"x"
        assert system.read("/x", 10, 1) == b""


def test_the_file_system_tells_its_size(system: ArchiveFileSystem) -> None:
    told = system.statfs("/")
    assert told["f_blocks"] * told["f_bsize"] > 1 << 40
    assert told["f_files"] == 16
    assert told["f_namemax"] == 255
