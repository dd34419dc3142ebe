"""One row of `gpu.py`: a level on one machine, in a process of its own. Takes a task as JSON, prints what was found."""

import hashlib
import io
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from nacomp.archive.archive_reader import Archive
from nacomp.archive.sources import Source
from nacomp.codecs.levels import LEVELS, Level
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.formats.entry import EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.models.float_rules import float_rules
from nacomp.models.library.store import Store
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job

PROCESSOR, LLAMA = "cpu", "llama.cpp"
Bytes: TypeAlias = Callable[[bytes], bytes]
FIRST_BYTES = 2000
"""Of the archive that is compared, and with which the search for a size begins."""
GROWTH = 4
PATIENT = 8


@dataclass(frozen=True)
class Task:
    """What to measure.

    Attributes:
        model: an id in `models`, a folder of models.
        machine: `PROCESSOR`, `LLAMA`, or a device as --device of the commands takes it.
        seconds: about what one cell takes at most.
        is_random: the model knows nothing, so blocks go through its codec alone: `compress` would not ask it.
    """

    level: str
    model: str
    machine: str
    models: str
    text: str
    seconds: float
    is_random: bool


@dataclass(frozen=True)
class Rate:
    """An amount per second, and per second of processor time of all threads of this process."""

    clock: float
    processor: float

    def text(self, places: int) -> str:
        """As a cell of the table."""
        return f"{self.clock:,.{places}f} ({self.processor:,.{places}f})"


@dataclass(frozen=True)
class Found:
    """A row. Hashes are the first 16 digits of SHA-256."""

    runs_on: str
    decoding: Rate
    decoding_all: Rate
    encoding: Rate
    compressing: Rate
    decompressing: Rate
    logits: str
    archive: str
    note: str

    def rates(self) -> tuple[Rate, ...]:
        """In the table's order."""
        return self.decoding, self.decoding_all, self.encoding, self.compressing, self.decompressing

    def cells(self) -> list[str]:
        """As text."""
        return [rate.text(0 if at < 3 else 2) for at, rate in enumerate(self.rates())]


def found_from(text: str) -> Found:
    """What a child printed."""
    fields: dict[str, Any] = json.loads(text)
    rates = {name: Rate(**value) for name, value in fields.items() if isinstance(value, dict)}
    return Found(**(fields | rates))


def measure(task: Task) -> Found:
    """All cells of a row."""
    level = LEVELS[task.level]
    warnings: list[str] = []
    loader = _loader(task, lambda said, _: warnings.append(said))
    with float_rules():
        codec = loader.for_level(level, task.model)
        engine, context = codec.engine, codec.settings.context
        blocks = codec.parallel_blocks(loader.threads)
        decoding = _decoding(engine, level, context, 1, task.seconds)
        every = _decoding(engine, level, context, blocks, task.seconds)
        encoding = _model(engine, level, context, blocks, engine.max_rows, task.seconds)
        logits = _hash_of_logits(engine, level, context)
    text = Path(task.text).read_bytes()
    pack, unpack = _blocks_alone(codec, level, blocks) if task.is_random else _library(loader, task)
    archives, compressing = _grown(text, pack, task.seconds)
    size, whole = max(archives), archives[max(archives)]
    decompressing = _timed(size / 1000, lambda: _same(unpack(whole), text[:size]))
    note = f"{blocks} blocks side by side; end to end {size:,} bytes came to {len(whole):,}"
    if task.machine == LLAMA:
        note = f"{_devices_of_llama()}; {note}"
    return Found(
        engine.kernel,
        decoding,
        every,
        encoding,
        compressing,
        decompressing,
        logits,
        _hash(archives[min(archives)]),
        "; ".join([note, *dict.fromkeys(warnings)]),
    )


def _loader(task: Task, warn: Callable[[str, str | None], None]) -> ModelLoader:
    engine, device = ("llama", "cpu") if task.machine == LLAMA else ("exact", task.machine)
    return ModelLoader(engine=engine, device=device, warn=warn, store=Store(Path(task.models)))


def _devices_of_llama() -> str:
    from nacomp.models.llama.devices import devices

    gpus = [device.description for device in devices() if device.is_gpu]
    return f"its build sees {', '.join(gpus)}" if gpus else "its build has no GPU, so this is the processor"


def _timed(amount: float, work: Callable[[], object]) -> Rate:
    begin, spent = time.perf_counter(), time.process_time()
    work()
    return Rate(amount / (time.perf_counter() - begin), amount / max(time.process_time() - spent, 1e-9))


def _best(amount: float, work: Callable[[], object], seconds: float) -> Rate:
    """Of the fastest repetition, and of the one that took the processor least. The first one warms up memory and caches, and
    is all there is where it took many times as long as the rest should."""
    begin = time.perf_counter()
    found = [_timed(amount, work)]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or (len(found) == 1 and end - begin < PATIENT * seconds):
        found.append(_timed(amount, work))
    return Rate(max(rate.clock for rate in found), max(rate.processor for rate in found))


def _decoding(engine: Engine, level: Level, context: ContextWindow, blocks: int, seconds: float) -> Rate:
    return _model(engine, level, context, blocks, level.max_streams, seconds)


def _model(
    engine: Engine, level: Level, context: ContextWindow, blocks: int, rows: int, seconds: float
) -> Rate:
    """Tokens per second of the model alone, with the logits of each: calls of so many rows by so many blocks."""
    streams = (np.arange(rows) % level.max_streams).astype(np.int32)
    tokens = (np.arange(rows) % engine.vocabulary.size).astype(np.int32)
    want = np.ones(rows, np.bool_)
    sessions = [engine.open_session(level.max_streams, context) for _ in range(blocks)]
    calls = max(1, 64 // rows)

    def call(number: int) -> None:
        for _ in range(calls):
            sessions[number].feed(streams, tokens, want)

    with ThreadPoolExecutor(blocks) as pool:
        return _best(calls * rows * blocks, lambda: list(pool.map(call, range(blocks))), seconds / 4)


def _hash_of_logits(engine: Engine, level: Level, context: ContextWindow) -> str:
    """Of calls of all sizes, past the window of one stream."""
    session = engine.open_session(level.max_streams, context)
    digest = hashlib.sha256()
    most = min(engine.max_rows, 64)
    for number in range(12):
        rows = 1 + number * 7 % most
        streams = (np.arange(rows) * number % level.max_streams).astype(np.int32)
        tokens = ((np.arange(rows) + 31 * number) * 101 % engine.vocabulary.size).astype(np.int32)
        digest.update(session.feed(streams, tokens, np.ones(rows, np.bool_)).tobytes())
    return digest.hexdigest()[:16]


def _library(loader: ModelLoader, task: Task) -> tuple[Bytes, Bytes]:
    """Archives, as the commands make and read them."""

    def pack(text: bytes) -> bytes:
        out = io.BytesIO()
        source = Source("text", EntryKind.FILE, len(text), 0o644, 0, data=text)
        compress([source], out, loader, CompressOptions(task.level, task.model), Job())
        return out.getvalue()

    def unpack(archive: bytes) -> bytes:
        with Archive(io.BytesIO(archive), loader.for_method, DEFAULT_LIMITS, None, loader.threads) as opened:
            return opened.read(opened.entries[0], Job())

    return pack, unpack


def _blocks_alone(codec: NeuralCodec, level: Level, blocks: int) -> tuple[Bytes, Bytes]:
    """Payloads of blocks one after the other, each with its size."""

    def encoded(block: bytes) -> bytes:
        payload = codec.encode(codec.plan(block, level), len(block), Job()).payload
        return len(block).to_bytes(4, "little") + len(payload).to_bytes(4, "little") + payload

    def decoded(part: bytes) -> bytes:
        return codec.decode(part[8:], int.from_bytes(part[:4], "little"), Job())

    def pack(text: bytes) -> bytes:
        parts = [text[at : at + level.block_bytes] for at in range(0, len(text), level.block_bytes)]
        with ThreadPoolExecutor(blocks) as pool:
            return b"".join(pool.map(encoded, parts))

    def unpack(archive: bytes) -> bytes:
        parts, at = [], 0
        while at < len(archive):
            end = at + 8 + int.from_bytes(archive[at + 4 : at + 8], "little")
            parts.append(archive[at:end])
            at = end
        with ThreadPoolExecutor(blocks) as pool:
            return b"".join(pool.map(decoded, parts))

    return pack, unpack


def _grown(text: bytes, pack: Bytes, seconds: float) -> tuple[dict[int, bytes], Rate]:
    """Archives of ever more text, by its size, until one takes about that long; and how fast that was."""
    size, made = min(FIRST_BYTES, len(text)), dict[int, bytes]()
    while True:

        def work(size: int = size) -> None:
            made[size] = pack(text[:size])

        rate = _timed(size / 1000, work)
        if size == len(text) or GROWTH * size / 1000 / rate.clock > seconds:
            return made, rate
        size = min(size * GROWTH, len(text))


def _same(found: bytes, expected: bytes) -> None:
    if found != expected:
        raise ValueError("the archive does not give the text back")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Task(**json.loads(sys.argv[1]))))))
