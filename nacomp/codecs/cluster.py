"""Text blocks coded by the workers of a Dask cluster that is already there.

    block -> plan (here) -> a worker: its own model, the method's parameters -> payload -> container (here)

What travels is the block's plan (symbols, streams, skips) and the parameters that the archive will store. So a worker
needs no tokeniser, no level and no classical codec, and whatever could make its payload another one (model, numerics,
predictors, coder) is a thing an archive names and `ModelLoader.for_method` refuses. Sending bytes and a level lost: then the
payload would hang on the worker's tokeniser too, and the classical trials on its liblzma.

The model is not sent: it is found by its SHA-256 in the worker's own store, as for decoding. Hundreds of megabytes to each
worker through a scheduler that others use too would be one more thing to go wrong in every job, for what is done once by
`nacomp models pull`.

Dask schedules, repeats what died with its worker, and tells who is there; nothing here is a protocol of our own.
"""

import asyncio
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from functools import cache
from types import TracebackType
from typing import Any

import numpy as np

from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import MIXING_CODER, NeuralCodec
from nacomp.codecs.packed import Packed
from nacomp.errors import (
    ClusterProblem,
    ExtraMissing,
    Interrupted,
    NacompError,
    UsageError,
    WorkerRefused,
)
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass
from nacomp.models.block_predictor import BlockPlan
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.protocol import Engine
from nacomp.models.streams import Streams
from nacomp.runtime.progress import Job
from nacomp.version import VERSION

CONNECT_SECONDS = 10
REPORT_SECONDS = 1.0
POLL_SECONDS = 0.2
RETRIES = 2
"""Times that a block is coded again after an error (a worker short of memory); a worker's death does not count here."""
MAX_WORKERS = 256
"""Blocks under way at the most: each has a thread that waits for it here."""
TOPIC = "nacomp"
"""Dask's events of this name tell how far each block is."""
KERNEL_VARIABLE, THREADS_VARIABLE = "NACOMP_KERNEL", "NACOMP_THREADS"
"""Environment of a worker: a kernel of the exact engine as a demand, and threads for a block."""


@dataclass(frozen=True)
class BlockTask:
    """A text block on its way to a worker.

    Attributes:
        name: its key in the cluster.
        symbols: little-endian int32.
        asked: a bit a symbol, whether the language model is asked for it.
        streams: how many the block is cut into.
        size: bytes of source that the symbols stand for.
        parameters: of the neural method, as in an archive.
        versions: of what made them, for the worker to compare with its own.
    """

    name: str
    symbols: bytes
    asked: bytes
    streams: int
    size: int
    parameters: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, plan: BlockPlan, size: int, method: Method) -> "BlockTask":
        """The task of coding a planned block of `size` bytes."""
        symbols, asked = plan.symbols.astype("<i4").tobytes(), np.packbits(plan.asked).tobytes()
        return cls(name, symbols, asked, plan.streams.streams, size, dict(method.parameters), own_versions())

    def plan(self, ensemble: EnsembleParameters, *, as_bits: bool) -> BlockPlan:
        """The plan again, for predictors of these parameters."""
        symbols = np.frombuffer(self.symbols, "<i4").astype(np.int32)
        asked = np.unpackbits(np.frombuffer(self.asked, np.uint8), count=len(symbols)).astype(np.bool_)
        return BlockPlan(symbols, Streams(len(symbols), self.streams), ensemble, asked, as_bits)


def own_versions() -> dict[str, str]:
    """What has to be the same everywhere. Before release 1.0 bits may change without a new id, hence nacomp itself."""
    return {"nacomp": VERSION}


# On a worker.


@cache
def _engines(threads: int) -> ModelLoader:
    """One for the process: a model is loaded for its first block and kept."""
    return ModelLoader(kernel=os.environ.get(KERNEL_VARIABLE, "auto"), threads=threads)


def _codec(worker: Any, parameters: Mapping[str, Any], versions: Mapping[str, str]) -> NeuralCodec:
    """This worker's codec for a method. Raises WorkerRefused, which names the worker and what is wrong with it."""
    slots = max(1, worker.state.nthreads)
    threads = int(os.environ.get(THREADS_VARIABLE, "0")) or max(1, (os.cpu_count() or 1) // slots)
    for name, mine in own_versions().items():
        if versions.get(name) != mine:
            reason = f"it has {name} {mine}, and the machine that asked has {versions.get(name)}"
            raise WorkerRefused(worker=worker.address, reason=reason)
    try:
        return _engines(threads).for_method(Method(MethodKind.NEURAL, parameters))
    except NacompError as error:
        raise WorkerRefused(worker=worker.address, reason=str(error)) from error


async def check_worker(
    parameters: Mapping[str, Any], versions: Mapping[str, str], dask_worker: Any
) -> str | None:
    """What speaks against this worker, or None. Loads the model, off the worker's event loop."""
    try:
        await asyncio.to_thread(_codec, dask_worker, parameters, versions)
    except WorkerRefused as refused:
        return str(refused.fields["reason"])
    return None


class _WorkerJob(Job):
    """Tells the cluster how far a block is, and stops when nobody wants it any more."""

    def __init__(self, worker: Any, name: str, kernel: str) -> None:
        super().__init__()
        self._worker, self._name, self._kernel = worker, name, kernel
        self._sum = self._next = 0.0

    def step(self, done_bytes: float = 0.0) -> None:
        """See `Job.step`."""
        self._sum += done_bytes
        now = time.monotonic()
        if now >= self._next:
            self._next = now + REPORT_SECONDS
            task = self._worker.state.tasks.get(self._name)
            if task is None or task.state != "executing":
                raise Interrupted
            message = {"block": self._name, "done": self._sum, "worker": self._worker.address}
            self._worker.log_event(TOPIC, {**message, "kernel": self._kernel})


def code_block(task: BlockTask) -> bytes:
    """The payload of a block; runs on a worker. Raises WorkerRefused, NotEnoughMemory, Interrupted."""
    from distributed import get_worker

    worker = get_worker()
    codec = _codec(worker, task.parameters, task.versions)
    job = _WorkerJob(worker, task.name, codec.engine.kernel)
    plan = task.plan(codec.settings.ensemble, as_bits=codec.settings.coder == MIXING_CODER)
    return codec.encode(plan, task.size, job).payload


# On the machine that asks.


class Cluster:
    """A connection to a Dask scheduler. Threads share it."""

    def __init__(self, address: str) -> None:
        """Connect. Raises ExtraMissing, ClusterProblem: nobody answers, or there are no workers."""
        try:
            from distributed import Client
        except ImportError:
            raise ExtraMissing(feature="A Dask cluster", extra="dask") from None
        self._address = address
        self._lock = threading.Lock()
        self._checked: list[Mapping[str, Any]] = []
        self._done: dict[str, float] = {}
        self._number = 0
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="nacomp")
        except (OSError, ValueError, TypeError) as problem:
            raise ClusterProblem(address=address, reason=f"it does not answer ({problem})") from problem
        try:
            self.workers: int = min(MAX_WORKERS, sum(self._client.nthreads().values()))
            if not self.workers:
                raise ClusterProblem(address=address, reason="it has no workers")
            self._client.subscribe_topic(TOPIC, self._heard)
        except BaseException:
            self.close()
            raise

    def codec(self, local: NeuralCodec) -> "ClusterCodec":
        """What codes like `local`, on the cluster. Raises UsageError, WorkerRefused."""
        if not local.engine.reproducible:
            raise UsageError(
                reason="a cluster needs the exact engine: floats of the llama engine differ between machines"
            )
        with self._lock:
            parameters = local.methods[0].parameters
            if parameters not in self._checked:
                self._check(parameters)
                self._checked.append(parameters)
        return ClusterCodec(local, self)

    def _check(self, parameters: Mapping[str, Any]) -> None:
        """Ask all workers before the first block. Those that come later answer with their first block."""
        try:
            answers = self._client.run(check_worker, parameters, own_versions(), on_error="return")
        except Exception as problem:
            raise ClusterProblem(address=self._address, reason=str(problem)) from problem
        for worker, answer in answers.items():
            if isinstance(answer, Exception):
                raise WorkerRefused(worker=worker, reason=f"nacomp does not run there ({answer})")
            if answer is not None:
                raise WorkerRefused(worker=worker, reason=answer)

    def encode(self, plan: BlockPlan, size: int, method: Method, job: Job) -> bytes:
        """The payload of a planned block of `size` bytes, from whichever worker Dask gives it to.

        Waits for it, and stops it when `job` is cancelled. Raises WorkerRefused, ClusterProblem, Interrupted.
        """
        with self._lock:
            self._number += 1
            name = f"{TOPIC}-{self._client.id}-{self._number}"
        task = BlockTask.of(name, plan, size, method)
        self._done[name] = 0.0
        future = self._client.submit(code_block, task, key=name, pure=False, retries=RETRIES)
        try:
            return self._result(future, task, job)
        except BaseException:
            with suppress(Exception):
                future.cancel()
            raise
        finally:
            del self._done[name]
            future.release()

    def _result(self, future: Any, task: BlockTask, job: Job) -> bytes:
        ready = threading.Event()
        future.add_done_callback(lambda _: ready.set())
        told = 0.0
        while not ready.wait(POLL_SECONDS):
            # It goes back when the block starts again on another worker.
            now = min(self._done[task.name], task.size)
            job.step(now - told)
            told = now
        try:
            payload: bytes = future.result()
        except NacompError:
            raise
        except Exception as problem:
            reason = f"a block was given up ({type(problem).__name__}: {problem})"
            raise ClusterProblem(address=self._address, reason=reason) from problem
        job.step(task.size - told)
        return payload

    def _heard(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """A worker's report. On the client's event loop, which a paused job must not hold up: it only takes note."""
        name = str(event[1].get("block"))
        if name in self._done:
            self._done[name] = float(event[1]["done"])

    def close(self) -> None:
        """Leave the cluster; what this client asked for is cancelled there."""
        self._client.close()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ClusterCodec(NeuralCodec):
    """Codes text blocks on a cluster; plans them, and knows the method's parameters, here."""

    def __init__(self, local: NeuralCodec, cluster: Cluster) -> None:
        super().__init__(local.engine, local.settings)
        self._cluster = cluster

    @property
    def engines(self) -> list[Engine]:
        """None: see `NeuralCodec.engines`."""
        return []

    def encode(self, plan: BlockPlan, size: int, job: Job) -> Packed:
        """See `NeuralCodec.encode`."""
        method = self.method_of(plan)
        return Packed(method, self._cluster.encode(plan, size, method, job))

    def parallel_blocks(self, threads: int) -> int:  # noqa: ARG002 - those of this machine wait
        """See `NeuralCodec.parallel_blocks`."""
        return self._cluster.workers
