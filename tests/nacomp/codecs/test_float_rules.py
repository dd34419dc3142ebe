"""Another library in the process may have changed rounding or switched subnormals off: archives stay what they are."""

import ctypes
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import OtherFloatRules
from nacomp.models import float_rules as module
from nacomp.models.float_rules import float_fault, float_rules
from nacomp.models.library.store import Store
from nacomp.models.predictors import _ensemble
from nacomp.operations.surprise_map import surprise_map
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import prose

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sets the rules through glibc")
UPWARD = {"x86_64": 0x800, "aarch64": 0x400000}

PROGRAM = """
import ctypes, hashlib, io, json, sys
import nacomp
rules, engine = sys.argv[1:3]
libm = ctypes.CDLL("libm.so.6")
if rules in ("late", "flush"):
    import nacomp.api
if rules == "flush":
    state = ctypes.create_string_buffer(32)
    libm.fegetenv(state)
    at = slice(28, 32)
    state[at] = (int.from_bytes(state[at], "little") | 0x8040).to_bytes(4, "little")
    libm.fesetenv(state)
elif rules != "usual":
    libm.fesetround(int(sys.argv[3]))
before = libm.fegetround()
text = sys.stdin.buffer.read()
out = io.BytesIO()
if rules == "import":
    out.write(nacomp.compress(text, model="tiny", threads=2))
else:
    from nacomp.codecs.model_loader import ModelLoader
    from nacomp.operations.compress import CompressOptions, compress
    from nacomp.runtime.progress import Job
    from nacomp.archive.sources import Source
    from nacomp.formats.entry import EntryKind
    loader = ModelLoader(kernel=engine, threads=2)
    source = Source("data", EntryKind.FILE, len(text), 0o644, 0, data=text)
    compress([source], out, loader, CompressOptions(model="tiny"), Job())
assert nacomp.decompress(out.getvalue(), threads=2) == text
assert libm.fegetround() == before
tiny = sys.float_info.min
print(json.dumps([hashlib.sha256(out.getvalue()).hexdigest(), tiny / 2 == 0]))
"""


def archive_hash(rules: str, engine: str) -> tuple[str, bool]:
    """The archive that a process under these rules makes of a text, and whether it still drops subnormals behind it."""
    import platform

    rounding = str(UPWARD[platform.machine()])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, rules, engine, rounding],
        input=prose(6000),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    found, flushed = json.loads(done.stdout)
    return found, flushed


@pytest.mark.parametrize("engine", ["auto", "numpy"])
@pytest.mark.parametrize("rules", ["late", "flush"])
def test_archives_do_not_depend_on_the_callers_rules(tiny_model: Path, rules: str, engine: str) -> None:
    """Rounding upwards, an archive was written that verified there and decoded nowhere."""
    Store().add(tiny_model)
    usual, _ = archive_hash("usual", engine)
    assert archive_hash(rules, engine) == (usual, rules == "flush")


def test_the_library_loads_under_the_usual_rules(tiny_model: Path) -> None:
    """Constants become floats while a module is loaded."""
    Store().add(tiny_model)
    assert archive_hash("import", "auto") == archive_hash("usual", "auto")


def test_modules_loaded_one_by_one_under_other_rules_are_refused(tiny_model: Path) -> None:
    Store().add(tiny_model)
    with pytest.raises(AssertionError, match="since before nacomp was loaded"):
        archive_hash("early", "numpy")


@pytest.fixture
def upward() -> Iterator[None]:
    """This thread rounds upwards."""
    import platform

    libm = ctypes.CDLL("libm.so.6")
    before = libm.fegetround()
    libm.fesetround(UPWARD[platform.machine()])
    try:
        yield
    finally:
        libm.fesetround(before)


def test_rules_hold_inside_and_are_put_back(upward: None) -> None:  # noqa: ARG001
    assert float_fault() == "rounds otherwise than to the nearest"
    with float_rules():
        assert float_fault() == ""
    assert float_fault() == "rounds otherwise than to the nearest"


def test_no_door_is_behind_another(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading, planning, encoding, decoding and the surprise map enter the rules by themselves, once each."""
    Store().add(tiny_model)
    begin, end = _ensemble.begin_float_rules, _ensemble.end_float_rules
    inside, doors = threading.local(), []

    def entering() -> int:
        inside.deep = getattr(inside, "deep", 0) + 1
        doors.append(inside.deep)
        return begin()

    def leaving(saved: int) -> None:
        inside.deep -= 1
        end(saved)

    monkeypatch.setattr(module, "begin_float_rules", entering)
    monkeypatch.setattr(module, "end_float_rules", leaving)
    level, text = LEVELS["fast"], prose(300)
    codec = ModelLoader(threads=1).for_level(level, "tiny")
    payload = codec.encode(codec.plan(text, level), len(text), Job()).payload
    assert doors == [1] * 3
    assert codec.decode(payload, len(text), Job()) == text
    assert doors == [1] * 4
    assert list(surprise_map(codec, text, level, Job()))
    assert doors == [1] * 6


def test_without_the_core_other_rules_are_refused(upward: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(module, "begin_float_rules", lambda: 0)
    monkeypatch.setattr(module, "end_float_rules", lambda saved: None)  # noqa: ARG005
    with pytest.raises(OtherFloatRules, match="rounds otherwise"), float_rules():
        pass
