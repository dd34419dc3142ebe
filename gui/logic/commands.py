"""Jobs as worker command lines. The worker is the nacomp command line itself, so there is one code path."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nacomp.gui.logic.devices import AUTOMATIC, device_arguments
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.names import Target
from nacomp.gui.logic.settings import Engine

PASSWORD_VARIABLE = "NACOMP_PASSWORD"
"""The environment variable a worker takes a password from. Arguments can be read by every user of the machine."""

WORTH_KEEPING_BYTES = 2 << 20
"""A block holds 1 MiB. Of less there is no finished block that would take long to make again."""


def worker_program() -> list[str]:
    """How the command line is called from here: by this interpreter, or in a built app the program beside this one."""
    if getattr(sys, "frozen", False):
        program = Path(sys.executable)
        return [str(program.with_name("nacomp" + program.suffix))]
    return [sys.executable, "-m", "nacomp"]


@dataclass(frozen=True)
class WorkerOptions:
    """Settings that shape every job's command line.

    Attributes:
        device: where the exact engine computes, as the settings keep it.
        trash: move the inputs to the trash, after the archive has been decoded and compared.
        skip_unreadable: leave out what cannot be read, and tell.
        verify: decode an archive and compare before it is put in place.
        resume: keep finished blocks beside the output, and go on from those of an earlier attempt.
        exclude: patterns of what is left out below folders.
        recovery: how much damage of the archive its recovery data can repair, in percent.
    """

    threads: int = 0
    engine: Engine = Engine.EXACT
    device: str = AUTOMATIC
    trash: bool = False
    recovery: int = 0
    skip_unreadable: bool = False
    verify: bool = False
    resume: bool = False
    exclude: tuple[str, ...] = ()


def may_resume(job: Job, engine: Engine) -> bool:
    """Whether a job's finished blocks are worth keeping, and may be: they lie in the clear, and only the exact engine makes
    the same ones again."""
    worth = (job.size or 0) >= WORTH_KEEPING_BYTES
    return worth and job.kind is Kind.COMPRESS and job.password is None and engine is Engine.EXACT


def _paths(paths: Sequence[Path]) -> list[str]:
    """Paths as arguments. Absolute, so that a name that begins with a dash is no option."""
    return [str(path.absolute()) for path in paths]


def _shared(options: WorkerOptions) -> list[str]:
    threads = ["-T", str(options.threads)] if options.threads else []
    return threads + device_arguments(options.device)


def job_arguments(job: Job, target: Target | None, options: WorkerOptions) -> list[str]:
    """The arguments that run a job. `target` is its settled output, None for a test."""
    inputs = _paths(job.inputs)
    if job.kind is Kind.TEST or target is None:
        return ["test", *inputs, *_shared(options), "--json", "--control"]
    output = ["-o", str(target.path.absolute())]
    if target.overwrite:
        output.append("-f")
    if job.kind is Kind.REPAIR:
        return ["repair", *inputs, *output, "--json", "--control"]
    if job.kind is Kind.SALVAGE:
        return ["decompress", "--salvage", *inputs, *output, *_shared(options), "--json", "--control"]
    if job.kind is Kind.EXTRACT:
        select = [f"--select={path}" for path in job.select]
        return ["decompress", *inputs, *output, *_shared(options), "--json", "--control", *select]
    how = _compression(job, options)
    return ["compress", *inputs, *output, *how, *_shared(options), "--json", "--control"]


def _compression(job: Job, options: WorkerOptions) -> list[str]:
    """How to compress, as switches."""
    how = ["--level", job.level]
    if job.model:
        how += ["--model", job.model]
    if options.engine is not Engine.EXACT:
        how += ["--engine", options.engine]
    switches = {
        "--skip-unreadable": options.skip_unreadable,
        "--verify": options.verify,
        "--resume": options.resume,
        "--rm": options.trash,
        "--password": bool(job.password),
    }
    how += [switch for switch, on in switches.items() if on]
    how += [f"--exclude={pattern}" for pattern in options.exclude]
    if options.recovery:
        how += ["--recovery", f"{options.recovery}%"]
    return how


def estimate_arguments(job: Job, level: Level, device: str = AUTOMATIC) -> list[str]:
    """Ask what a compression job would take at some level, on the device that it will run on."""
    model = ["--model", job.model] if job.model and level == job.level else []
    return ["estimate", *_paths(job.inputs), "--level", level, *model, *device_arguments(device), "--json"]


def list_arguments(archive: Path) -> list[str]:
    """Ask for an archive's entries."""
    return ["list", str(archive.absolute()), "--json"]
