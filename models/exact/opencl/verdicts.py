"""What was found of a device: whether its bits are right, and how fast it is. Found once per device and driver, then kept.

The file lies in the system's folder for what can be made anew: where it is damaged, or cannot be written, devices are
measured again. Speed is measured step by step, as a decoder asks, with the shapes of SmolLM2-135M and of the embedded model:
where a device wins by far with the one, starting its kernels may take longer than a processor needs for the other. Where the
processors would code blocks side by side, the device has the steps of as many blocks to launch together.
"""

import hashlib
import json
import os
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nacomp.formats.records import dataclass
from nacomp.models.exact.native_session import NUMPY, NativeModel, NativeSession, available_kernels
from nacomp.models.exact.opencl.absence import cache_folder, keep
from nacomp.models.exact.opencl.devices import OpenClDevice
from nacomp.models.exact.random_weights import Form, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Weights
from nacomp.models.protocol import ContextWindow, Session

if TYPE_CHECKING:
    from nacomp.models.exact.opencl.program import DeviceProgram

FILE_NAME = "devices.json"
TEST_VERSION = 2
"""Another one, and all devices are tested again."""
SPEED_WINDOW = 256
SPEED_SECONDS = 0.1

_LOCK = threading.Lock()


@dataclass(frozen=True)
class _Trial:
    """What is measured: a shape, how many of it make the whole model, streams, and whether blocks go side by side here."""

    form: Form
    share: int
    streams: int
    side_by_side: bool


LARGE = _Trial(
    Form(width=576, kv_heads=3, share=3, head_size=64, hidden=1536, layers=2, vocabulary=3200), 15, 32, False
)
"""A fifteenth of SmolLM2-135M: layers and vocabulary in the same proportion."""
SMALL = _Trial(
    Form(width=256, kv_heads=2, share=2, head_size=64, hidden=640, layers=4, vocabulary=4096), 1, 8, True
)
"""The embedded model."""


@dataclass(frozen=True)
class Speeds:
    """Tokens per second on a device, and on this processor beside it."""

    device: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What was found of one device.

    Attributes:
        problem: why it must not be used; None if its bits are the reference's.
        large, small: speeds with a model of 135 million weights, and with the embedded one; 0 where a problem was found.
        passing: the problem may be gone next time, so it is not kept.
    """

    problem: str | None
    large: Speeds = Speeds()
    small: Speeds = Speeds()
    passing: bool = False

    def is_faster(self, small: bool) -> bool:
        """Whether it is right, and faster than the processor, with a small model or a large one."""
        speeds = self.small if small else self.large
        return self.problem is None and speeds.device > speeds.processor


def verdict_on(device: OpenClDevice) -> Verdict:
    """What is known of this device, or what is found now (a few seconds). Raises pyopencl's errors."""
    told = device.problem()
    if told is not None:
        return Verdict(told)
    with _LOCK:
        key = _key(device)
        known = _read().get(key)
        if known is None:
            known = _examine(device)
            _write(_read() | {key: known})
        return known


def _key(device: OpenClDevice) -> str:
    from nacomp.models.exact.opencl.program import source

    kernels = hashlib.sha256(source().encode()).hexdigest()
    processor = (available_kernels()[0], os.cpu_count())
    parts = (TEST_VERSION, device.name, device.platform, device.driver, kernels, processor)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _examine(device: OpenClDevice) -> Verdict:
    from nacomp.models.exact.opencl.programs import program_of
    from nacomp.models.exact.opencl.self_test import self_test

    program = program_of(device)
    problem = self_test(program)
    if problem is not None:
        return Verdict(problem)
    return Verdict(None, _speeds(program, LARGE), _speeds(program, SMALL))


def _speeds(program: "DeviceProgram", trial: _Trial) -> Speeds:
    from nacomp.models.exact.opencl.model import DeviceModel
    from nacomp.models.exact.opencl.session import MAX_ROWS, DeviceSession

    weights = random_weights(trial.form)
    blocks = os.cpu_count() or 1 if trial.side_by_side else 1
    streams = min(trial.streams * blocks, MAX_ROWS)
    there = DeviceSession(DeviceModel(weights, program), streams, ContextWindow(SPEED_WINDOW, 4))
    return Speeds(_speed(there, trial), _speed_here(weights, trial))


def _speed_here(weights: Weights, trial: _Trial) -> float:
    """The same on this processor, as this installation does it best."""
    kernel, processors = available_kernels()[0], os.cpu_count() or 1
    context = ContextWindow(SPEED_WINDOW, 4)
    if kernel == NUMPY:
        return _speed(ReferenceSession(ReferenceModel(weights), trial.streams, context), trial)
    threads = 1 if trial.side_by_side else processors
    model = NativeModel(weights, kernel, threads)
    return _speed(NativeSession(model, trial.streams, context), trial) * (processors // threads)


def _speed(session: Session, trial: _Trial) -> float:
    """Tokens per second of such a session, of its fastest step of all its streams."""
    streams = np.arange(session.streams, dtype=np.int32)
    tokens, want = streams + 7, np.ones(session.streams, np.bool_)
    session.feed(streams, tokens, want)  # drivers finish compiling
    best, end = float("inf"), time.perf_counter() + SPEED_SECONDS
    while best == float("inf") or time.perf_counter() < end:
        start = time.perf_counter()
        session.feed(streams, tokens, want)
        best = min(best, time.perf_counter() - start)
    return session.streams / (max(best, 1e-9) * trial.share)


def cache_file() -> Path | None:
    """Where verdicts are kept; None for a user without a home."""
    folder = cache_folder()
    return folder / FILE_NAME if folder is not None else None


def _read() -> dict[str, Verdict]:
    """The verdicts that are kept; whatever is not one is left out."""
    file = cache_file()
    try:
        kept = json.loads(file.read_text(encoding="utf-8")) if file is not None else {}
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {key: verdict for key, value in kept.items() if (verdict := _verdict(value)) is not None}


def _verdict(value: object) -> Verdict | None:
    if not isinstance(value, dict) or value.keys() != {"problem", "large", "small"}:
        return None
    problem, speeds = value["problem"], [_kept_speeds(value[name]) for name in ("large", "small")]
    large, small = speeds
    if not (problem is None or isinstance(problem, str)) or large is None or small is None:
        return None
    return Verdict(problem, large, small)


def _fields(verdict: Verdict) -> dict[str, object]:
    fields = asdict(verdict)
    del fields["passing"]
    return fields


def _kept_speeds(value: object) -> Speeds | None:
    if not isinstance(value, dict) or value.keys() != {"device", "processor"}:
        return None
    known = all(isinstance(speed, float) and 0 <= speed < float("inf") for speed in value.values())
    return Speeds(**value) if known else None


def _write(verdicts: dict[str, Verdict]) -> None:
    """Keep them."""
    found = {key: _fields(verdict) for key, verdict in verdicts.items()}
    keep(cache_file(), json.dumps(found, indent=1))
