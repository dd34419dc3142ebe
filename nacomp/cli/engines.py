"""`nacomp engines`: what this machine can run models with."""

import json
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console as RichConsole
from rich.table import Table

from nacomp.cli.console import human_size
from nacomp.cli.options import common_options
from nacomp.cli.session import begin_run
from nacomp.codecs.model_loader import Engines
from nacomp.errors import NacompError
from nacomp.models.errors import ExtraMissing


@click.command("engines")
@common_options
def command_engines(as_json: bool, **common: Any) -> None:
    """List the engines of this installation, their builds, and the devices they can use."""
    with begin_run(as_json=as_json, **common) as run:
        exact, llama = _exact(run.engines()), _llama()
        if as_json:
            click.echo(json.dumps({"exact": exact, "llama": llama}))
            return
        console = RichConsole(highlight=False, markup=False, soft_wrap=True)
        console.print(f"exact  kernels: {', '.join(exact['kernels'])}; in use: {exact['kernel']}")
        if not llama["installed"]:
            console.print(f"llama  {llama['reason']}")
            return
        offload = "yes" if llama["gpu_offload"] else "no"
        console.print(
            f"llama  llama-cpp-python {llama['package']}, llama.cpp {llama['build']}, GPU offload: {offload}"
        )
        console.print(f"       {llama['system']}")
        console.print(_device_table(llama["devices"]))


def _exact(engines: Engines) -> dict[str, Any]:
    kernels = engines.kernels()
    try:
        return {"kernels": kernels, "kernel": engines.kernel_name()}
    except NacompError as problem:  # a kernel was demanded that does not run here
        return {"kernels": kernels, "kernel": None, "reason": str(problem)}


def _llama() -> dict[str, Any]:
    from nacomp.models.llama.devices import devices
    from nacomp.models.llama.fingerprint import build_facts
    from nacomp.models.llama.library import library

    try:
        offload = bool(library().llama_supports_gpu_offload())
    except ExtraMissing as missing:
        return {"installed": False, "reason": str(missing)}
    found = [{k: v for k, v in asdict(device).items() if k != "handle"} for device in devices()]
    return {"installed": True, **build_facts(), "gpu_offload": offload, "devices": found}


def _device_table(found: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("device", "kind", "description", "free", "memory"):
        table.add_column(
            heading, justify="right" if heading in ("free", "memory") else "left", overflow="fold"
        )
    for device in found:
        free, total = human_size(device["memory_free"]), human_size(device["memory_total"])
        table.add_row(device["name"], device["kind"], device["description"], free, total)
    return table
