"""A job that is stopped anywhere goes on from its finished blocks and writes the same bytes as one that was not."""

import random
import sys
from pathlib import Path

import pytest

from nacomp.archive import units
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.kept_blocks import keeping, kept_path, settings_key
from nacomp.archive.sources import Source
from nacomp.codecs.classical import METHODS
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.packed import Packed
from nacomp.errors import FileProblem, Interrupted, OutputExists, Remedy
from nacomp.formats.methods import Method, MethodKind
from nacomp.models.library.store import Store
from nacomp.operations.compress import CompressOptions, compress, sources_of
from nacomp.runtime.progress import CancelToken, Job
from tests.nacomp.workbench import DATA, TINY, nacomp, prose

OPTIONS = CompressOptions(model=TINY, resume=True)


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory) -> ModelLoader:
    """A loader with the tiny model, loaded once. One thread, so that blocks are finished in their order."""
    store = Store(tmp_path_factory.mktemp("models"))
    store.add(DATA / "tiny.gguf")
    return ModelLoader(store=store, threads=1)


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """Six files that make seven blocks: noise, one of noise and text, and a text. Only the text is small enough to pool."""
    monkeypatch.setattr(units, "SMALL_BYTES", 1000)
    folder = tmp_path / "inputs"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.bin").write_bytes(random.Random(number).randbytes(2000))
    (folder / "4.bin").write_bytes(random.Random(9).randbytes(3000) + prose(700))
    (folder / "5.txt").write_bytes(prose(900))
    return sources_of([folder])


class Counting(Job):
    """A job that is cancelled as soon as a number of source bytes is done."""

    def __init__(self, stop_at: int | None = None) -> None:
        super().__init__(0, None, CancelToken())
        self.stop_at = stop_at
        self.seen = 0.0

    def step(self, done_bytes: float = 0.0) -> None:
        super().step(done_bytes)
        self.seen += done_bytes
        if self.stop_at is not None and self.seen >= self.stop_at:
            self.cancel.cancel()


FAST = LEVELS["fast"]
ONE, TWO = Packed(METHODS[1], b"payload of one"), Packed(METHODS[2], b"")


def whole(sources: list[Source], folder: Path, loader: ModelLoader) -> bytes:
    target = folder / "whole.nac"
    compress(sources, target, loader, CompressOptions(model=TINY), Job())
    return target.read_bytes()


@pytest.mark.parametrize("stop_at", [1, 2500, 4100, 9500, 11500])
def test_same_bytes_wherever_it_stopped(
    stop_at: int, sources: list[Source], tmp_path: Path, loader: ModelLoader
) -> None:
    target = tmp_path / "out.nac"
    with pytest.raises(Interrupted) as stopped:
        compress(sources, target, loader, OPTIONS, Counting(stop_at))
    assert not target.exists()
    kept = kept_path(target)
    assert kept.exists() == (stopped.value.remedy is Remedy.GO_ON)
    before = kept.stat().st_size if kept.exists() else 0
    compress(sources, target, loader, OPTIONS, Job())
    assert target.read_bytes() == whole(sources, tmp_path, loader)
    assert not kept.exists()
    assert stop_at < 2500 or before > 2000
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_finished_blocks_are_not_coded_again(
    sources: list[Source], tmp_path: Path, loader: ModelLoader
) -> None:
    """A kept block that a coder would never make turns up in the archive, so it was taken as it is."""
    target, text = tmp_path / "out.nac", prose(900)
    level = LEVELS[OPTIONS.level]
    methods = BlockEncoder(loader.for_texts(level, TINY), Job()).methods
    with pytest.raises(Interrupted), keeping(target, methods, level) as kept:
        kept.keep("text", text, Packed(methods[0], text))
        raise Interrupted
    compress(sources, target, loader, OPTIONS, Job())
    assert text in target.read_bytes()
    assert text not in whole(sources, tmp_path, loader)


@pytest.mark.parametrize("fault", ["cut", "flipped", "longer", "rubbish"])
def test_a_damaged_rest_is_never_used(
    fault: str, sources: list[Source], tmp_path: Path, loader: ModelLoader
) -> None:
    target = tmp_path / "out.nac"
    with pytest.raises(Interrupted):
        compress(sources, target, loader, OPTIONS, Counting(9500))
    kept = kept_path(target)
    data = kept.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    changed = {"cut": data[:-7], "flipped": flipped, "longer": data + b"NKB1", "rubbish": b"\0" * 5000}[fault]
    kept.write_bytes(changed)
    compress(sources, target, loader, OPTIONS, Job())
    assert target.read_bytes() == whole(sources, tmp_path, loader)


def test_changed_inputs_and_settings_are_coded_anew(
    sources: list[Source], tmp_path: Path, loader: ModelLoader
) -> None:
    target = tmp_path / "out.nac"
    with pytest.raises(Interrupted):
        compress(sources, target, loader, OPTIONS, Counting(9500))
    (tmp_path / "inputs" / "1.bin").write_bytes(random.Random(77).randbytes(2000))
    changed = sources_of([tmp_path / "inputs"])
    options = CompressOptions(model=TINY, resume=True, level="fast")
    compress(changed, target, loader, options, Job())
    plain = tmp_path / "plain.nac"
    compress(changed, plain, loader, CompressOptions(model=TINY, level="fast"), Job())
    assert target.read_bytes() == plain.read_bytes()


def test_settings_tell_apart() -> None:
    methods = (Method(MethodKind.STORED), Method(MethodKind.NEURAL, {"model": {"sha256": "ab"}}))
    other = (methods[0], Method(MethodKind.NEURAL, {"model": {"sha256": "cd"}}))
    keys = [settings_key(m, LEVELS[level]) for m in (methods, other) for level in ("fast", "max")]
    assert len(set(keys)) == 4
    assert settings_key(methods, LEVELS["fast"]) == keys[0]


def test_records(tmp_path: Path) -> None:
    """Cut off at every byte, what is whole is found and what is not is gone."""
    target = tmp_path / "t"
    with pytest.raises(Interrupted), keeping(target, METHODS, FAST) as kept:
        kept.keep("text", b"one", ONE)
        kept.keep("text", b"two", TWO)
        assert kept.find("binary", b"one") is None
        raise Interrupted
    data = kept_path(target).read_bytes()
    first = 64 + len(ONE.payload)
    for size in range(len(data) + 1):
        kept_path(target).write_bytes(data[:size])
        with keeping(target, METHODS, FAST) as kept:
            assert kept.find("text", b"one") == (ONE if size >= first else None)
            assert kept.find("text", b"two") == (TWO if size == len(data) else None)
        assert not kept_path(target).exists()


def test_other_settings_find_nothing(tmp_path: Path) -> None:
    with pytest.raises(Interrupted), keeping(tmp_path / "t", METHODS, FAST) as kept:
        kept.keep("text", b"one", ONE)
        raise Interrupted
    with keeping(tmp_path / "t", METHODS, LEVELS["max"]) as kept:
        assert (len(kept), kept.find("text", b"one")) == (1, None)


def test_two_jobs_for_one_target(tmp_path: Path) -> None:
    with (
        keeping(tmp_path / "t", METHODS, FAST),
        pytest.raises(FileProblem, match="another job"),
        keeping(tmp_path / "t", METHODS, FAST),
    ):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    kept_path(tmp_path / "t").symlink_to(victim)
    with pytest.raises(FileProblem), keeping(tmp_path / "t", METHODS, FAST):
        pass
    assert victim.read_bytes() == b"precious"


@pytest.mark.skipif(sys.platform == "win32", reason="owners are told apart otherwise there")
def test_a_planted_second_name_of_a_file_is_not_written(tmp_path: Path) -> None:
    """A hard link at the predictable name had the file it names cut off and written over."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    kept_path(tmp_path / "t").hardlink_to(victim)
    with pytest.raises(FileProblem, match="second name"), keeping(tmp_path / "t", METHODS, FAST):
        pass
    assert victim.read_bytes() == b"precious"


def test_long_names(tmp_path: Path) -> None:
    names = [kept_path(tmp_path / ("n" * 250 + end)).name for end in "ab"]
    assert len(set(names)) == 2
    assert max(map(len, names)) < 80


def test_an_existing_output_is_told_before_work_starts(
    sources: list[Source], tmp_path: Path, loader: ModelLoader
) -> None:
    target = tmp_path / "out.nac"
    target.write_bytes(b"precious")
    job = Counting()
    with pytest.raises(OutputExists):
        compress(sources, target, loader, OPTIONS, job)
    assert (job.seen, target.read_bytes()) == (0, b"precious")


def test_command(tmp_path: Path, tiny_model: Path) -> None:
    Store().add(tiny_model)
    (tmp_path / "a").write_bytes(prose(500))
    assert nacomp("compress", "a", "--resume", "--model", TINY, cwd=tmp_path).code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "a.nac"]
    assert nacomp("compress", "a", "-c", "--resume", "--model", TINY, cwd=tmp_path).code == 2
