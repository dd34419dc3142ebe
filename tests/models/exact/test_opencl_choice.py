"""Which devices are used, what is kept of them, and that a device may fail at any time without changing a bit."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nacomp.codecs.model_loader import ModelLoader
from nacomp.models.errors import DeviceUnavailable, ExtraMissing
from nacomp.models.exact.engine import ExactEngine, open_engine
from nacomp.models.exact.opencl import choice
from nacomp.models.exact.opencl.absence import nothing_faster
from nacomp.models.exact.opencl.choice import choose_devices, examined, known_devices
from nacomp.models.exact.opencl.devices import OpenClDevice, devices
from nacomp.models.exact.opencl.verdicts import Speeds, Verdict, cache_file, verdict_on
from nacomp.models.exact.random_weights import Form, Rows, random_rows
from nacomp.models.protocol import ContextWindow, Session
from tests.models.exact.opencl_devices import device, home_with_verdicts, need_devices
from tests.models.exact.test_native import CONTEXT, fed
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

need_devices()

from nacomp.models.exact.opencl.session import MAX_ROWS  # noqa: E402 - after the skip
from nacomp.models.exact.opencl.spread import SpreadModel  # noqa: E402

CALLS = random_rows(Form(vocabulary=300), 3, [1, 100, 7, 300, 64], seed=2)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the devices have been tested already."""
    return home_with_verdicts(tmp_path_factory.mktemp("tested"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("model") / "m.gguf")


def kept() -> Path:
    file = cache_file()
    assert file is not None
    return file


def test_a_verdict_is_kept_and_a_damaged_one_found_anew(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    found = verdict_on(device())
    assert found.problem is None
    assert min(found.large.device, found.large.processor, found.small.device, found.small.processor) > 0
    whole = kept().read_bytes()
    assert verdict_on(device()) == found
    assert kept().read_bytes() == whole
    key = next(iter(json.loads(whole)))
    for damaged in (
        b"",
        b"[1]",
        b"\xff",
        whole[: len(whole) // 2],
        json.dumps({key: {"problem": 7}}).encode(),
    ):
        kept().write_bytes(damaged)
        assert verdict_on(device()).problem is None
        assert json.loads(kept().read_bytes())[key]["problem"] is None
        kept().write_bytes(whole)


def test_a_device_that_failed_its_test_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    whole = kept().read_text()
    verdicts = json.loads(whole)
    for verdict in verdicts.values():
        verdict["problem"] = "a forward pass gives other results"
    kept().write_text(json.dumps(verdicts))
    with pytest.raises(DeviceUnavailable, match=r"1 .*forward pass"):
        choose_devices("1")
    kept().write_text(whole)
    assert [d.number for d in choose_devices("2,1,2")] == [2, 1]


def test_a_verdict_that_cannot_be_kept_is_a_verdict_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    monkeypatch.setenv("NACOMP_HOME", str(tmp_path / "home"))
    assert verdict_on(device()).problem is None


def test_by_itself_the_processor_s_own_opencl_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it taken for a GPU: the native kernels know this processor better."""
    monkeypatch.setenv("NACOMP_HOME", str(home))
    assert all(known.is_processor for known in choose_devices("1,2"))
    assert not any(known.is_processor for known in choose_devices("auto"))
    assert choose_devices("cpu") == ()


LOADED = """
import os, sys
from nacomp.models.exact.opencl import choice
from nacomp.models.exact.opencl.absence import nothing_faster
from nacomp.models.exact.opencl.choice import choose_devices
before = choose_devices("auto", small=True)
print(len(before), "pyopencl" in sys.modules)
"""


def looked(home: Path, **variables: str) -> bool:
    """Whether a new process that wishes for what is best loads OpenCL."""
    environment = {**os.environ, "NACOMP_HOME": str(home), **variables}
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found, loaded = done.stdout.split()
    assert found == "0"
    return loaded == "True"


@pytest.mark.skipif(any(not known.is_processor for known in known_devices()), reason="there is a GPU here")
def test_opencl_is_not_loaded_again_to_find_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a day is over, something shows that the answer may be another one, or the devices are listed."""
    assert looked(tmp_path)
    assert not looked(tmp_path)
    assert looked(tmp_path, OCL_ICD_VENDORS="/nowhere")
    assert looked(tmp_path)  # one answer is kept: the one for how things are
    assert not looked(tmp_path)
    monkeypatch.setenv("NACOMP_HOME", str(tmp_path))
    assert not nothing_faster(small=False)  # that was not asked
    (file,) = (tmp_path / "cache").glob("no-faster-device-*.json")
    whole = file.read_text()
    kept = json.loads(whole)
    for other in (b"", b"[]", b"\xff", json.dumps({**kept, "small": "x"}).encode()):
        file.write_bytes(other)
        assert not nothing_faster(small=True)
    for age, known in ((3600, True), (-3600, False), (25 * 3600, False)):
        file.write_text(json.dumps({**kept, "small": kept["small"] - age}))
        assert nothing_faster(small=True) is known
    file.write_text(whole)
    ModelLoader().devices()
    assert not file.exists()


@pytest.mark.parametrize("passing", [False, True])
def test_an_error_of_a_driver_is_no_answer_to_remember(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passing: bool
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(tmp_path))
    monkeypatch.setattr(choice, "known_devices", lambda: (replace(device(), kind="gpu"),))
    monkeypatch.setattr(choice, "examined", lambda _: Verdict("it is wrong", passing=passing))
    assert choose_devices("auto", small=False) == ()
    assert nothing_faster(small=False) is not passing
    monkeypatch.setattr(choice, "examined", lambda _: Verdict(None, Speeds(2.0, 1.0)))
    assert len(choose_devices("auto", small=False)) == passing


@pytest.mark.skipif(any(not known.is_processor for known in known_devices()), reason="there is a GPU here")
def test_a_gpu_is_demanded_where_there_is_none() -> None:
    with pytest.raises(DeviceUnavailable, match="finds no GPU"):
        choose_devices("gpu")


def test_without_the_bindings_there_is_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyopencl", None)
    with pytest.raises(ExtraMissing, match=r"nacomp\[gpu\]"):
        devices()


def test_a_number_that_no_device_has() -> None:
    with pytest.raises(DeviceUnavailable, match="99"):
        choose_devices("1,99")


def test_only_what_is_right_and_faster_with_such_a_model_is_used_by_itself() -> None:
    verdict = Verdict(None, Speeds(2.0, 1.0), Speeds(1.0, 2.0))
    assert verdict.is_faster(small=False)
    assert not verdict.is_faster(small=True)
    assert not replace(verdict, problem="it is wrong").is_faster(small=False)


class _Modest:
    """A device's own words, but for some of its promises."""

    def __init__(self, handle: object, **other: object) -> None:
        self._handle, self._other = handle, other

    def __getattr__(self, name: str) -> object:
        return self._other[name] if name in self._other else getattr(self._handle, name)


@pytest.mark.parametrize(
    ("promises", "said"),
    [
        ({"single_fp_config": 0xBF & ~0x80}, "correctly rounded division"),
        ({"single_fp_config": 0xBF & ~0x01}, "subnormal numbers"),
        ({"local_mem_size": 1024}, "too little memory"),
        ({"available": False}, "not available"),
    ],
)
def test_a_device_that_promises_less_is_refused_before_it_computes(
    promises: dict[str, object], said: str
) -> None:
    problem = examined(replace(device(), handle=_Modest(device().handle, **promises))).problem
    assert problem is not None
    assert said in problem


def engine_on(devices: str, path: Path, told: list[str]) -> tuple[ExactEngine, SpreadModel]:
    engine = open_engine(path, device=devices, warn=told.append)
    model = engine._model
    assert isinstance(model, SpreadModel)
    return engine, model


def lose(session: Session) -> None:
    """Ask too much of the device in the middle of a call: its driver refuses, as one does after a reset."""
    chain = session._session._together._chain  # type: ignore[attr-defined]
    chain.make_longer(MAX_ROWS)  # else it is laid out anew for more rows
    steps = chain._steps
    middle = len(steps) // 2
    steps[middle] = replace(steps[middle], local=(1 << 24,))


@pytest.mark.parametrize("after", range(len(CALLS)))
def test_a_device_that_is_lost_in_the_middle_changes_no_bit(
    after: int, model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    told: list[str] = []
    engine, _ = engine_on("1", model, told)
    session = engine.open_session(3, CONTEXT)

    class Failing:
        streams = 3
        calls = 0

        def feed(self, *rows: np.ndarray) -> np.ndarray:
            if self.calls == after:
                lose(session)
            self.calls += 1
            return session.feed(*rows)

    # 300 rows are more than the processor takes at a time.
    assert fed(Failing(), CALLS) == fed_by_numpy(model)
    assert len(told) == 1
    assert "device 1 " in told[0]
    assert fed(engine.open_session(3, CONTEXT), CALLS) == fed_by_numpy(
        model
    )  # what comes later is the processor's
    assert len(told) == 1


def fed_by_numpy(model: Path) -> str:
    session = open_engine(model, kernel="numpy").open_session(3, CONTEXT)
    pieces = [
        Rows(rows.streams[at : at + 50], rows.tokens[at : at + 50], rows.want[at : at + 50])
        for rows in CALLS
        for at in range(0, len(rows.tokens), 50)
    ]
    return fed(session, pieces)


def test_sessions_are_spread_and_one_lost_device_leaves_the_other(
    model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    told: list[str] = []
    engine, spread = engine_on("1,2", model, told)
    first, second = (engine.open_session(3, CONTEXT) for _ in range(2))
    assert devices_of(first, second) == {1, 2}
    lose(first)
    assert fed(first, CALLS) == fed(second, CALLS) == fed_by_numpy(model)
    assert len(told) == 1
    assert devices_of(*(engine.open_session(1, CONTEXT) for _ in range(2))) == devices_of(second)
    assert spread.devices == 2


def test_a_device_that_is_lost_sends_all_who_share_its_launch_to_the_processor(
    model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    told: list[str] = []
    engine, _ = engine_on("1", model, told)
    sessions = [engine.open_session(3, CONTEXT) for _ in range(3)]
    lose(sessions[0])
    together = sessions[0]._session._together  # type: ignore[attr-defined]
    with ThreadPoolExecutor(len(sessions)) as pool:
        with together._turn:
            found = [pool.submit(fed, session, CALLS) for session in sessions]
            while len(together._waiting) < len(sessions) and not any(one.done() for one in found):
                threading.Event().wait(0.001)
        assert {one.result() for one in found} == {fed_by_numpy(model)}
    assert len(told) == 1


def devices_of(*sessions: Session) -> set[int]:
    """Numbers of the devices that these live on."""
    found: list[OpenClDevice] = [s._copy.program.device for s in sessions]  # type: ignore[attr-defined]
    return {known.number for known in found}


NO_ROOM = """
import sys
from nacomp.models.exact.engine import open_engine
from nacomp.models.protocol import ContextWindow
from tests.models.exact.test_native import fed
from nacomp.models.exact.random_weights import Form, random_rows
told = []
engine = open_engine(sys.argv[1], device="1", warn=told.append)
session = engine.open_session(256, ContextWindow(4096, 4))
print(len(told), told[0], fed(session, random_rows(Form(vocabulary=300), 200, [200], seed=2)), sep="\\n")
"""


def test_a_device_without_room_leaves_the_work_to_the_processor(tmp_path: Path, home: Path) -> None:
    """A device of 1 GiB gives out a quarter at a time, and 302 MB are asked of it."""
    wide = write_tiny_gguf(tmp_path / "wide.gguf", TinyModel(layers=1, heads=2, kv_heads=2, head_size=128))
    environment = {**os.environ, "NACOMP_HOME": str(home), "POCL_MEMORY_LIMIT": "1"}
    command = [sys.executable, "-c", NO_ROOM, str(wide)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    count, sentence, found = done.stdout.splitlines()
    assert count == "1"
    assert "device 1 " in sentence
    small = open_engine(wide, kernel="numpy").open_session(256, ContextWindow(300, 4))
    assert found == fed(small, random_rows(Form(vocabulary=300), 200, [200], seed=2))


def test_blocks_side_by_side_are_as_many_as_there_are_threads_and_room(
    model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    engine, spread = engine_on("1,2", model, [])
    assert engine.parallel_blocks(3) == 3
    half = int(0.8 * device().memory) - spread._copies[0].bytes
    assert spread.room_for(half) == 2
    assert spread.room_for(1 << 60) == 1
    assert engine.session_bytes(32, 512) > 0  # pocl's memory is this machine's
    spread.shares_memory = False
    assert engine.session_bytes(32, 512) == 0
    assert engine.parallel_blocks(3) == 6  # half of them wait for the device
    assert spread.blocks(64, half) == 2


def test_a_device_that_is_full_keeps_what_it_has(
    model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more session than it has room for is the processor's, without a word: those that it has go on there."""
    monkeypatch.setenv("NACOMP_HOME", str(home))
    told: list[str] = []
    engine, spread = engine_on("1", model, told)
    first = engine.open_session(3, CONTEXT)
    big = ContextWindow(4096, 4)
    # 17 GB at a time are more than it gives out.
    too_many = device().handle.max_mem_alloc_size // (4096 * 2 * 8) + 1
    second = engine.open_session(too_many, big)
    assert second._session is None  # type: ignore[attr-defined]
    assert fed(first, CALLS) == fed_by_numpy(model)
    assert not told
    assert devices_of(engine.open_session(1, CONTEXT)) == {1}
    assert spread.devices == 1
