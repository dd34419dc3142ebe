"""`nacomp engines`: what this machine can run models with."""

from typing import Any

import click

from nacomp.cli.columns import print_columns
from nacomp.cli.console import print_document
from nacomp.cli.options import common_options
from nacomp.cli.session import begin_run
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import NacompError
from nacomp.models.errors import ExtraMissing
from nacomp.runtime.documents import (
    DeviceRow,
    EngineList,
    ExactEngine,
    ExactEngineRefused,
    LlamaEngine,
    LlamaEngineMissing,
    OpenClMissing,
    OpenClRow,
)
from nacomp.runtime.words import size_text


@click.command("engines")
@common_options
def command_engines(as_json: bool, **common: Any) -> None:
    """List the engines of this installation, their builds, and the devices they can use."""
    with begin_run(as_json=as_json, **common) as run:
        found = EngineList(_exact(run.loader()), _devices(run.loader()), _llama())
    if as_json:
        print_document(found)
    else:
        _print(found)


def _print(found: EngineList) -> None:
    click.echo(f"exact  kernels: {', '.join(found.exact.kernels)}; in use: {found.exact.kernel}")
    _print_devices(found.devices)
    llama = found.llama
    if isinstance(llama, LlamaEngineMissing):
        click.echo(f"llama  {llama.reason}")
        return
    offload = "yes" if llama.gpu_offload else "no"
    click.echo(f"llama  llama-cpp-python {llama.package}, llama.cpp {llama.build}, GPU offload: {offload}")
    click.echo(f"       {llama.system}")
    headings = ("device", "kind", "description", "free", "memory")
    print_columns(headings, list(map(_cells, llama.devices)), right=frozenset({3, 4}))


def _print_devices(devices: tuple[OpenClRow, ...] | OpenClMissing) -> None:
    if isinstance(devices, OpenClMissing):
        click.echo(f"       {devices.reason}")
        return
    headings = ("device", "kind", "name", "memory", "135M tok/s", "here", "small tok/s", "here", "")
    print_columns(headings, list(map(_device_cells, devices)), right=frozenset(range(3, 8)))


def _device_cells(device: OpenClRow) -> tuple[str, ...]:
    measured = (device.speed, device.processor_speed, device.small_speed, device.small_processor_speed)
    speeds = [f"{speed:,.0f}" if speed else "-" for speed in measured]
    remark = device.problem or ("in use" if device.used else "right, not in use")
    return str(device.number), device.kind, device.name, size_text(device.memory), *speeds, remark


def _devices(engines: ModelLoader) -> tuple[OpenClRow, ...] | OpenClMissing:
    """Measures what is not known yet, a few seconds a device."""
    try:
        found = engines.devices()
        used = engines.chosen_devices()
    except NacompError as problem:  # OpenCL is not installed, or a device was demanded that cannot be used
        return OpenClMissing(str(problem))
    return tuple(
        OpenClRow(
            number=device.number,
            name=device.name,
            kind=device.kind,
            driver=device.driver,
            memory=device.memory,
            speed=verdict.large.device,
            processor_speed=verdict.large.processor,
            small_speed=verdict.small.device,
            small_processor_speed=verdict.small.processor,
            used=device.number in used,
            problem=verdict.problem,
        )
        for device, verdict in found
    )


def _exact(engines: ModelLoader) -> ExactEngine | ExactEngineRefused:
    kernels = tuple(engines.kernels())
    try:
        return ExactEngine(kernels, engines.kernel_name())
    except NacompError as problem:  # a kernel was demanded that does not run here
        return ExactEngineRefused(kernels, str(problem))


def _llama() -> LlamaEngine | LlamaEngineMissing:
    from nacomp.models.llama.devices import devices
    from nacomp.models.llama.fingerprint import build_facts
    from nacomp.models.llama.library import library

    try:
        offload = bool(library().llama_supports_gpu_offload())
    except ExtraMissing as missing:
        return LlamaEngineMissing(str(missing))
    package, build, system = (str(build_facts()[name]) for name in ("package", "build", "system"))
    rows = [DeviceRow(d.name, d.description, d.kind, d.memory_total, d.memory_free) for d in devices()]
    return LlamaEngine(package, build, system, offload, tuple(rows))


def _cells(device: DeviceRow) -> tuple[str, ...]:
    free, total = size_text(device.memory_free), size_text(device.memory_total)
    return device.name, device.kind, device.description, free, total
