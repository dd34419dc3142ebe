"""`repair` and salvage hear a request to stop: they ask for it for every few MiB they read, and leave nothing."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import Interrupted
from nacomp.formats.protection.recovery import add_recovery, repair
from nacomp.formats.scan import IntactParts
from nacomp.operations.repair import repair_archive
from nacomp.operations.salvage import salvage
from nacomp.runtime.progress import CancelToken, Job
from tests.formats.make_archives import noise
from tests.formats.samples import STORED, build

MEGA = 1 << 20
PLAIN = build({"noise": noise(MEGA)}, methods=(STORED,), block_size=MEGA)


def damaged() -> bytes:
    """An archive with recovery data and a scratch."""
    file = io.BytesIO(PLAIN)
    add_recovery(file, 10)
    data = bytearray(file.getvalue())
    data[5000:60_000] = bytes(55_000)
    return bytes(data)


class Watched(io.BytesIO):
    """Counts the bytes that are read and written between two checks."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(data)
        self.most = self.since = 0

    def check(self) -> None:
        self.since = 0

    def note(self, size: int) -> None:
        self.since += size
        self.most = max(self.most, self.since)

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.note(len(data))
        return data


def test_a_repair_asks_all_the_while() -> None:
    file = Watched(damaged())
    target = Watched()

    def check() -> None:
        file.check()
        target.check()

    repair(file, target, check)
    assert target.getvalue()[: len(PLAIN)] == PLAIN
    assert file.most <= 2 * MEGA + 4096
    assert target.most <= 2 * MEGA


def test_a_scan_asks_all_the_while() -> None:
    file = Watched(damaged() + noise(MEGA) * 8)
    IntactParts(file, check=file.check)
    assert file.most <= 2 * MEGA + 4096


def stops_anywhere(work: Callable[[Callable[[], None]], object]) -> int:
    """Stop the work at each of its checks in turn; gives how many there are."""
    count = 0

    def counting() -> None:
        nonlocal count
        count += 1

    work(counting)
    for number in sorted({1, 2, count // 4, count // 2, count * 3 // 4, count - 1, count}):
        left = number

        def stopping() -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Interrupted

        with pytest.raises(Interrupted):
            work(stopping)
    return count


def test_stopped_at_any_check() -> None:
    data = damaged()
    assert stops_anywhere(lambda check: repair(io.BytesIO(data), io.BytesIO(), check)) > 20
    assert stops_anywhere(lambda check: IntactParts(io.BytesIO(data), check=check)) > 2


@pytest.mark.parametrize("work", ["repair", "salvage"])
def test_a_stopped_job_leaves_nothing(tmp_path: Path, work: str) -> None:
    (tmp_path / "a.nac").write_bytes(damaged())
    cancel = CancelToken()
    cancel.cancel()
    job = Job(cancel=cancel)
    with pytest.raises(Interrupted):
        if work == "repair":
            repair_archive(tmp_path / "a.nac", tmp_path / "b.nac", job)
        else:
            salvage(tmp_path / "a.nac", tmp_path / "out", ModelLoader(), job)
    assert [p.name for p in tmp_path.iterdir()] == ["a.nac"]
