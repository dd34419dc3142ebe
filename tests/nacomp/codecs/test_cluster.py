"""Blocks on a Dask cluster: a real scheduler and workers that are unlike each other, one of which dies at work.

Everything is on 127.0.0.1. One worker has the best kernel of this machine; others come and go with the tests.
"""

import io
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.sources import Source
from nacomp.codecs import cluster as cluster_module
from nacomp.codecs.cluster import TOPIC, Cluster, own_versions
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import ClusterProblem, Interrupted, ModelMissing, Remedy, WorkerRefused
from nacomp.formats.methods import Method, MethodKind
from nacomp.models.exact.engine import available_kernels
from nacomp.models.library.store import Store
from nacomp.operations.compress import sources_of
from nacomp.runtime.progress import CancelToken, Job
from tests.nacomp.workbench import DATA, ROOT, TINY, nacomp, prose

pytestmark = pytest.mark.long_file

distributed = pytest.importorskip("distributed", reason="needs the extra `dask`")

LEVEL = replace(LEVELS["fast"], block_bytes=12_000)
"""Small blocks, so that one archive has several."""
PATIENCE = 60
"""Seconds until something that must happen counts as not happening."""


@dataclass
class Machines:
    """A running scheduler with one worker, and a look at it from outside."""

    address: str
    folder: Path
    client: Any

    @contextmanager
    def worker(self, name: str, *, model: bool = True, **environment: str) -> Iterator["Worker"]:
        """One more worker with one thread and a store of its own, until the block ends."""
        home = self.folder / name
        if model:
            Store(home / "models").add(DATA / "tiny.gguf")
        given = {**os.environ, "NACOMP_HOME": str(home), **environment}
        arguments = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--name",
            name,
            "--host",
            "127.0.0.1",
        )
        with running("dask_worker", self.address, *arguments, environment=given) as process:
            until(lambda: name in self.names(), f"the start of worker {name}")
            yield Worker(self.names()[name], process)
        until(lambda: name not in self.names(), f"the end of worker {name}")

    def names(self) -> dict[str, str]:
        """Workers and their addresses."""
        return {w["name"]: a for a, w in self.client.scheduler_info(n_workers=-1)["workers"].items()}


@dataclass
class Worker:
    """A running worker."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def running(module: str, *arguments: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask's, ended with the block."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(happens: Callable[[], bool], what: str) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, f"{what} did not happen within {PATIENCE} s"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler, and the worker that stays."""
    folder = tmp_path_factory.mktemp("cluster")
    note = folder / "scheduler.json"
    arguments = ("--scheduler-file", str(note), "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with running("dask_scheduler", *arguments, environment=dict(os.environ)), ExitStack() as stack:
        until(lambda: note.exists() and note.read_text() != "", "the scheduler's start")
        address = json.loads(note.read_text())["address"]
        client = stack.enter_context(distributed.Client(address, set_as_default=False))
        found = Machines(address, folder, client)
        stack.enter_context(found.worker("best"))
        yield found


@pytest.fixture
def sources(tmp_path: Path) -> list[Source]:
    """A text of five blocks and some noise."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    (folder / "text").write_bytes(prose(5 * LEVEL.block_bytes - 3000))
    (folder / "noise").write_bytes(random.Random(5).randbytes(20_000))
    return sources_of([folder])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The asking machine's models."""
    found = Store(tmp_path / "models")
    found.add(DATA / "tiny.gguf")
    return found


def archive(sources: list[Source], loader: ModelLoader, job: Job) -> bytes:
    """All sources in one archive."""
    out = io.BytesIO()
    write_archive(out, sources, BlockEncoder(loader.for_texts(LEVEL, TINY), job, loader.threads), job)
    return out.getvalue()


class Witness:
    """Hears who works on what, and kills a worker in the middle of a block."""

    def __init__(self, client: Any) -> None:
        self.seen: list[dict[str, Any]] = []
        self._client = client
        self._news = Event()
        client.subscribe_topic(TOPIC, self._heard)

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        self.seen.append(event[1])
        self._news.set()

    def workers_of(self, block: str) -> set[str]:
        """Addresses of all who began this block."""
        return {report["worker"] for report in self.seen if report["block"] == block}

    def kill_at_work(self, worker: Worker) -> list[str]:
        """Freeze it while it certainly holds a block it has begun, then kill it; gives the blocks it held."""
        while True:
            assert self._news.wait(PATIENCE), "the worker never got a block"
            self._news.clear()
            begun = {report["block"] for report in self.seen if report["worker"] == worker.address}
            worker.process.send_signal(signal.SIGSTOP)
            held = [str(key) for key in self._client.processing()[worker.address]]
            if begun & set(held):
                worker.process.kill()
                return held
            worker.process.send_signal(signal.SIGCONT)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
def test_unlike_workers_one_of_which_dies_at_work(
    machines: Machines, sources: list[Source], store: Store
) -> None:
    plain = archive(sources, ModelLoader(store=store), Job())
    done: list[int] = []
    job = Job(report=lambda state: done.append(state.done_bytes))
    witness = Witness(machines.client)
    with (
        machines.worker("plain", NACOMP_KERNEL="scalar") as doomed,
        Cluster(machines.address) as cluster,
        ThreadPoolExecutor(1) as pool,
    ):
        assert cluster.workers == 2
        held = pool.submit(witness.kill_at_work, doomed)
        spread = archive(sources, ModelLoader(store=store, elsewhere=cluster), job)
        assert doomed.process.wait(PATIENCE) == -signal.SIGKILL
    assert spread == plain
    best = machines.names()["best"]
    assert all(best in witness.workers_of(block) for block in held.result())
    assert any(doomed.address in witness.workers_of(block) for block in held.result())
    assert len({report["block"] for report in witness.seen}) == 5
    kernels = {report["worker"]: report["kernel"] for report in witness.seen}
    assert kernels == {doomed.address: "scalar", best: available_kernels()[0]}
    assert done[-1] <= sum(source.size for source in sources)


def test_batch_gives_the_same_archives(machines: Machines, tmp_path: Path) -> None:
    Store().add(DATA / "tiny.gguf")
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(5):
        (docs / f"{number}.txt").write_bytes(prose(3000 + number, seed=number))
    witness = Witness(machines.client)
    here, there = tmp_path / "here", tmp_path / "there"
    assert nacomp("batch", docs, "-o", here, "--model", TINY).code == 0
    done = nacomp("batch", docs, "-o", there, "--model", TINY, "--dask", machines.address, "-q")
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert len({report["block"] for report in witness.seen}) == 5
    archives = sorted(here.rglob("*.nac"))
    assert [(there / p.relative_to(here)).read_bytes() for p in archives] == [
        p.read_bytes() for p in archives
    ]
    assert len(archives) == 5


def test_cancelling_frees_the_workers(machines: Machines, sources: list[Source], store: Store) -> None:
    cancel = CancelToken()
    witness = Witness(machines.client)
    with Cluster(machines.address) as cluster, ThreadPoolExecutor(1) as pool:
        loader = ModelLoader(store=store, elsewhere=cluster)
        running_job = pool.submit(archive, sources, loader, Job(cancel=cancel))
        until(lambda: bool(witness.seen), "the first block's begin")
        cancel.cancel()
        with pytest.raises(Interrupted):
            running_job.result(PATIENCE)
        until(lambda: not any(machines.client.processing().values()), "the end of the blocks")
    busy = lambda dask_worker: dask_worker.state.executing_count  # noqa: E731 - sent to the worker as it is
    until(lambda: not any(machines.client.run(busy).values()), "the end of work on the workers")
    assert len({report["block"] for report in witness.seen}) < 5


def refusal(machines: Machines, store: Store, codec: NeuralCodec | None = None) -> WorkerRefused:
    """What asking this cluster is refused for."""
    with Cluster(machines.address) as cluster, pytest.raises(WorkerRefused) as refused:
        cluster.codec(codec or ModelLoader(store=store).for_level(LEVEL, TINY))
    return refused.value


def test_a_worker_without_the_model_is_named(machines: Machines, store: Store) -> None:
    with machines.worker("empty", model=False) as empty:
        said = str(refusal(machines, store))
        name = f"tiny with SHA-256 {store.find(TINY).sha256}"
    assert said.startswith(
        f"The worker {empty.address} cannot take part: The model {name} is not on this machine"
    )


def test_a_worker_without_the_demanded_kernel_is_named(machines: Machines, store: Store) -> None:
    with machines.worker("dreamer", NACOMP_KERNEL="abacus") as dreamer:
        said = str(refusal(machines, store))
    assert dreamer.address in said
    assert "The kernel abacus was asked for and cannot run here" in said


@pytest.mark.parametrize("library", sorted(own_versions()))
def test_a_worker_with_other_versions_is_named(
    library: str, machines: Machines, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = own_versions()
    monkeypatch.setattr(cluster_module, "own_versions", lambda: {**theirs, library: "77.0"})
    said = str(refusal(machines, store))
    assert machines.names()["best"] in said
    assert f"it has {library} {theirs[library]}, and the machine that asked has 77.0" in said


class Future(NeuralCodec):
    """The codec of a release to come."""

    changed: tuple[str, str]

    @property
    def methods(self) -> tuple[Method, ...]:
        part, name = self.changed
        found: Any = super().methods[0].parameters
        return (Method(MethodKind.NEURAL, {**found, part: {**found[part], name: "next-1"}}),)


@pytest.mark.parametrize(("part", "name"), [("engine", "numerics"), ("ensemble", "id"), ("model", "sha256")])
def test_a_worker_with_other_arithmetic_is_named(
    part: str, name: str, machines: Machines, store: Store
) -> None:
    own = ModelLoader(store=store).for_level(LEVEL, TINY)
    parameters: Any = own.methods[0].parameters
    assert name in parameters[part]
    codec = Future(own.engine, own.settings)
    codec.changed = (part, name)
    said = str(refusal(machines, store, codec))
    assert machines.names()["best"] in said
    assert "next-1" in said


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ClusterProblem, match=r"127\.0\.0\.1:9 .*does not answer"):
        Cluster("tcp://127.0.0.1:9")


def test_the_llama_engine_is_refused(tmp_path: Path) -> None:
    done = nacomp("batch", tmp_path, "--dask", "tcp://127.0.0.1:9", "--engine", "llama")
    assert (done.code, done.err.strip().count("\n")) == (2, 0)
    assert "--dask needs the exact engine" in done.err


@pytest.mark.parametrize(
    "error",
    [
        WorkerRefused(worker="w", reason="r"),
        ModelMissing(model="m", remedy=Remedy.PULL_MODEL),
        Interrupted("left"),
    ],
)
def test_errors_travel(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
