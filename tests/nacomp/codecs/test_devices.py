"""Archives do not depend on where rows are computed: a device writes the processor's bytes, and each reads the other's."""

import io
import itertools
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nacomp.archive.archive_reader import Archive
from nacomp.archive.sources import Source
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import MIXING_CODER, PAGES_CODER, NeuralCodec
from nacomp.errors import UsageError
from nacomp.formats.entry import EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.models.errors import DeviceUnavailable
from nacomp.models.exact.opencl.choice import known_devices
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job
from tests.models.exact.opencl_devices import home_with_verdicts, need_devices
from tests.nacomp.workbench import nacomp, prose, refused

need_devices()

from nacomp.models.exact.opencl.session import MAX_ROWS, DeviceSession  # noqa: E402 - after the skip

TEXT = prose(400) + b"\x00\x01\x02" + prose(100)


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was found of the devices, for several homes."""
    return home_with_verdicts(tmp_path_factory.mktemp("tested")) / "cache"


@pytest.fixture
def home(tested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home where the devices have been tested already."""
    shutil.copytree(tested, tmp_path / "home" / "cache")
    monkeypatch.setenv("NACOMP_HOME", str(tmp_path / "home"))


@pytest.mark.usefixtures("home")
def test_an_archive_is_the_same_wherever_it_is_made_and_read(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_bytes(TEXT)
    for name, device in (("here", "cpu"), ("there", "1,2")):
        done = nacomp("compress", text, "-o", tmp_path / f"{name}.nac", "--device", device)
        assert done.code == 0, done.err
    assert (tmp_path / "there.nac").read_bytes() == (tmp_path / "here.nac").read_bytes()
    for options in (["--device", "cpu"], ["--kernel", "numpy"], ["--device", "2"]):
        done = nacomp("decompress", tmp_path / "there.nac", "-f", "-o", tmp_path / "out", *options)
        assert done.code == 0, done.err
        assert (tmp_path / "out").read_bytes() == TEXT


@pytest.mark.usefixtures("home")
def test_engines_lists_what_was_found_of_each_device() -> None:
    document = json.loads(nacomp("engines", "--json", "--device", "2").out)
    rows = document["devices"]
    assert [row["number"] for row in rows] == [device.number for device in known_devices()]
    assert [row["number"] for row in rows if row["used"]] == [2]
    assert all(row["problem"] is None and row["speed"] > 0 and row["memory"] > 0 for row in rows[:2])
    shown = nacomp("engines").out.decode()
    assert known_devices()[0].name in shown
    assert "99" in json.loads(nacomp("engines", "--json", "--device", "99").out)["devices"]["reason"]


@pytest.mark.usefixtures("home")
def test_what_is_demanded_and_not_there_is_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_bytes(TEXT)
    said = refused(4, "compress", text, "--device", "99")
    assert "99" in said
    assert known_devices()[0].name in said
    assert "vulkan" in refused(2, "compress", text, "--device", "vulkan")
    assert "numpy" in refused(2, "compress", text, "--device", "1", "--kernel", "numpy")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("after", [0, 2])
def test_a_job_goes_on_where_its_device_is_lost(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver refuses a kernel in the middle of a block, and only the warning tells of it."""
    calls = itertools.count()
    feed = DeviceSession.feed

    def feed_until_lost(self: DeviceSession, *rows: Any) -> Any:
        if next(calls) == after:
            self._together._chain.make_longer(MAX_ROWS)  # else it is laid out anew for more rows
            steps = self._together._chain._steps
            steps[3] = replace(steps[3], local=(1 << 24,))
        return feed(self, *rows)

    archive = packed(ModelLoader(device="cpu"))
    monkeypatch.setattr(DeviceSession, "feed", feed_until_lost)
    told: list[str] = []
    loader = ModelLoader(device="1", warn=lambda sentence, _: told.append(sentence))
    assert unpacked(loader, archive) == TEXT
    assert packed(loader) == archive
    assert len(told) == 1
    assert "device 1 " in told[0]
    assert next(calls) == after + 1  # what came later did not ask the device again


@pytest.mark.usefixtures("home")
def test_blocks_side_by_side_on_two_devices_are_the_processor_s() -> None:
    """Whoever shares a launch with whom, which differs from run to run."""
    level, blocks = LEVELS["fast"], [prose(40 + 15 * n)[10 * n :] for n in range(5)]
    here, there = (ModelLoader(device=device).for_level(level, None) for device in ("cpu", "1,2"))

    def coded(codec: NeuralCodec, n: int) -> bytes:
        plan = replace(codec.plan(blocks[n], replace(level, symbols_per_stream=20)), as_bits=n % 2 == 1)
        return codec.encode(plan, len(blocks[n]), Job()).payload

    def read(n: int) -> bytes:
        coder = MIXING_CODER if n % 2 else PAGES_CODER
        codec = NeuralCodec(there.engine, replace(there.settings, coder=coder))
        return codec.decode(expected[n], len(blocks[n]), Job())

    expected = [coded(here, n) for n in range(len(blocks))]
    with ThreadPoolExecutor(len(blocks)) as pool:
        assert list(pool.map(partial(coded, there), range(len(blocks)))) == expected
        assert list(pool.map(read, range(len(blocks)))) == blocks


def packed(loader: ModelLoader) -> bytes:
    out = io.BytesIO()
    source = Source("text", EntryKind.FILE, len(TEXT), 0o644, 0, data=TEXT)
    compress([source], out, loader, CompressOptions("fast", None), Job())
    return out.getvalue()


def unpacked(loader: ModelLoader, archive: bytes) -> bytes:
    with Archive(io.BytesIO(archive), loader.for_method, DEFAULT_LIMITS, None, 1) as opened:
        return opened.read(opened.entries[0], Job())


@pytest.mark.usefixtures("home")
def test_a_device_by_its_name_and_those_that_are_alike() -> None:
    name = known_devices()[0].name
    alike = [device.number for device in known_devices() if device.name == name]
    assert ModelLoader(device=f"name:{name}").chosen_devices() == alike
    with pytest.raises(DeviceUnavailable, match=r"Voodoo.*1 \("):
        ModelLoader(device="name:Voodoo 2").chosen_devices()


@pytest.mark.parametrize("device", ["", "1,", "-1", "gpu,1", "²", "name:", "Voodoo"])
def test_what_is_no_device(device: str) -> None:
    with pytest.raises(UsageError, match="device"):
        ModelLoader(device=device)
