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
)
from nacomp.runtime.words import size_text


@click.command("engines")
@common_options
def command_engines(as_json: bool, **common: Any) -> None:
    """List the engines of this installation, their builds, and the devices they can use."""
    with begin_run(as_json=as_json, **common) as run:
        found = EngineList(_exact(run.loader()), _llama())
    if as_json:
        print_document(found)
    else:
        _print(found)


def _print(found: EngineList) -> None:
    click.echo(f"exact  kernels: {', '.join(found.exact.kernels)}; in use: {found.exact.kernel}")
    llama = found.llama
    if isinstance(llama, LlamaEngineMissing):
        click.echo(f"llama  {llama.reason}")
        return
    offload = "yes" if llama.gpu_offload else "no"
    click.echo(f"llama  llama-cpp-python {llama.package}, llama.cpp {llama.build}, GPU offload: {offload}")
    click.echo(f"       {llama.system}")
    headings = ("device", "kind", "description", "free", "memory")
    print_columns(headings, list(map(_cells, llama.devices)), right=frozenset({3, 4}))


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
