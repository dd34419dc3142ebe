"""Devices against this processor and llama.cpp on the same GPU: speeds, and the same logits and archives; in one run.

    make bench-gpu [OPTIONS="--model SmolLM2-135M.Q8_0.gguf --device gpu --levels fast,balanced --text FILE --seconds 8"]

For each level three machines: the processor, the device, and llama.cpp's build as it is installed, each in a process of its
own (`gpu_machine.py`), so that a part that is missing or dies costs its row and leaves a sentence. Nothing is fetched:
`--model` gives the file for balanced; without it that level takes what is installed, or a model of SmolLM2-135M's shape with
random weights, which measures speed and nothing else. The text is this repository's own.

Columns: tokens per second of the model alone, as a decoder asks (a step of the level's streams) with one block and with as
many as the machine codes side by side, and as an encoder asks; then kilobytes per second end to end, of as much text as fits
the time. In brackets per second of processor time, all threads added, which other work on the machine changes less.
Without a GPU the device is pocl's, if that is installed; it says that all of it works, and nothing about a GPU's speed.
Ends with exit code 1 if a hash of logits or an archive differs between processor and device.

Without a network, wheels that were fetched elsewhere will do (`pip download '.[gpu]' setuptools pybind11 -d wheels`):

    PIP_NO_INDEX=1 PIP_FIND_LINKS=$PWD/wheels make bench-gpu

No figure of a GPU is known yet. pocl 3.0 as the device, two cores with AVX-512-VNNI under five times their load, per second
of processor time, hashes the same throughout. At fast 1,025 tokens decoding, 1,045 of two blocks together and 1,071 encoding
where the native kernels had 37,131, 27,548 and 31,491; 1.65 KB compressed and 0.41 decompressed where it was 16.7 and 12.3.
At balanced, SmolLM2-135M (Q4_1), 49, 56 and 50 tokens where it was 1,148, 1,130 and 1,280; 0.12 KB and 0.03 where it was 2.8
and 0.45. llama.cpp's build had no GPU: 2,709, 2,357 and 6,083 tokens at fast, 115, 112 and 129 at balanced.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from nacomp.codecs.levels import EMBEDDED, LEVELS, choose_model
from nacomp.errors import NacompError
from nacomp.models.errors import ExtraMissing
from nacomp.models.exact.opencl.devices import OpenClDevice
from nacomp.models.library.store import Store
from tests.benchmarks.gpu_machine import LLAMA, PROCESSOR, Found, Task, found_from

ROOT = Path(__file__).parents[2]
HEADINGS = (
    "level",
    "machine",
    "decoding tok/s",
    "of all blocks",
    "encoding tok/s",
    "compress KB/s",
    "decompress KB/s",
)
PATIENCE = 150.0
"""Seconds of one row, over which it is given up: a table of six is to end in ten minutes or so."""
VENDORS = Path("/etc/OpenCL/vendors")
NVIDIA = ("/usr/local/nvidia/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/aarch64-linux-gnu")


def main() -> int:
    """Print the table; the exit code."""
    chosen = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _show_driver(folder)
        device = chosen.device or _best_device()
        text = folder / "text"
        text.write_bytes(chosen.text.read_bytes() if chosen.text else _own_text())
        print(f"{os.cpu_count()} processors, {text.stat().st_size:,} bytes of text\n")
        store = Store(folder / "models")
        rows: list[tuple[str, str, Found | str]] = []
        for level in chosen.levels.split(","):
            model, is_random = _model_for(level, store, chosen.model, folder)
            for machine in (PROCESSOR, *([device] if device else []), LLAMA):
                task = Task(level, model, machine, str(store.folder), str(text), chosen.seconds, is_random)
                rows.append((level, machine, _measured(task, chosen.patience)))
                print(f"  {level}, {machine}: done", file=sys.stderr, flush=True)
    return _report(rows, device)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a GGUF file for level balanced")
    parser.add_argument("--device", help="as --device of the commands; by itself all GPUs, else device 1")
    parser.add_argument("--levels", default="fast,balanced")
    parser.add_argument("--text", type=Path, help="a file; by itself this repository's pages and sources")
    parser.add_argument("--seconds", type=float, default=8.0, help="about what one cell takes at most")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, help="seconds after which a row is given up"
    )
    return parser.parse_args()


def _show_driver(folder: Path) -> None:
    """In containers NVIDIA's OpenCL is often there and not in the list that the loader reads."""
    if "OCL_ICD_VENDORS" in os.environ or any(VENDORS.glob("*.icd")):
        return
    libraries = [path for place in NVIDIA for path in Path(place).glob("libnvidia-opencl.so.1")]
    if libraries:
        vendors = folder / "vendors"
        vendors.mkdir()
        (vendors / "nvidia.icd").write_text(f"{libraries[0]}\n")
        os.environ["OCL_ICD_VENDORS"] = str(vendors)
        print(f"{VENDORS} lists no driver, so {libraries[0]} is named to the loader.")


def _best_device() -> str:
    """What is measured beside the processor; empty if there is nothing. Says what there is."""
    try:
        from nacomp.models.exact.opencl.choice import known_devices

        found = known_devices()
    except ExtraMissing as missing:
        print(f"No device: {missing}")
        return ""
    if not found:
        print("No device: OpenCL finds none.")
    for device in found:
        print(
            f"Device {device.shown}: {device.kind}, {device.memory / 1e9:.1f} GB, {device.platform}, {device.driver}"
        )
    return _chosen(found)


def _chosen(found: Sequence[OpenClDevice]) -> str:
    if any(not device.is_processor for device in found):
        return "gpu"
    if found:
        print("There is no GPU: what follows for device 1 is OpenCL on this processor.")
        return "1"
    return ""


def _own_text() -> bytes:
    """Pages first, then sources: several blocks of text, no two alike."""
    folders = ("formats", "nacomp", "models", "gui", "packaging", "tests")
    files = [*ROOT.glob("*.md"), *(p for folder in folders for p in (ROOT / folder).rglob("*.md"))]
    files += [p for folder in folders for p in (ROOT / folder).rglob("*.py")]
    real = dict.fromkeys(path.resolve() for path in files)  # nacomp/ has links to its sisters
    return b"\n".join(path.read_bytes() for path in real)


def _model_for(level: str, store: Store, given: Path | None, folder: Path) -> tuple[str, bool]:
    """A model's id, and whether its weights are random. The user's own models are not touched."""
    own = Store()
    if level == "balanced" and given is not None:
        return store.add(given, link=True).id, False
    model = choose_model(LEVELS[level], own.is_installed)
    if model != EMBEDDED:
        return store.add(own.find(model).path, link=True).id, False
    if level != "balanced":
        return EMBEDDED, False
    try:
        from tests.benchmarks.random_model import smollm2_shape

        print("No --model and none installed: balanced has SmolLM2-135M's shape with random weights.")
        return store.add(smollm2_shape(folder / "smollm2-shape.gguf"), link=True).id, True
    except (ImportError, NacompError, OSError) as problem:
        print(f"Balanced has the embedded model, as none of SmolLM2's shape can be made: {problem}")
        return EMBEDDED, False


def _measured(task: Task, patience: float) -> Found | str:
    """A row, or why there is none."""
    command = [sys.executable, "-m", "tests.benchmarks.gpu_machine", json.dumps(asdict(task))]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return f"not done within {patience:.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        return f"ended with {done.returncode}: {last[:300]}"
    return found_from(done.stdout.splitlines()[-1])


def _report(rows: Sequence[tuple[str, str, Found | str]], device: str) -> int:
    print(f"\n| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for level, machine, row in rows:
        if isinstance(row, Found):
            print(f"| {level} | {machine}: {row.runs_on} | {' | '.join(row.cells())} |")
    print()
    for level, machine, row in rows:
        if isinstance(row, str):
            print(f"{level} on {machine}: {row}")
        elif row.note:
            print(f"{level} on {machine}: {row.note}")
    right = True
    for level in dict.fromkeys(level for level, _, _ in rows):
        found = {machine: row for name, machine, row in rows if name == level and isinstance(row, Found)}
        if {PROCESSOR, device} <= found.keys():
            right &= _compared(level, found[PROCESSOR], found[device])
            _beside(level, found, device)
    return 0 if right else 1


def _compared(level: str, here: Found, there: Found) -> bool:
    """Whether processor and device gave the same."""
    for name, a, b in (("logits", here.logits, there.logits), ("archive", here.archive, there.archive)):
        same = "the same on both" if a == b else f"NOT THE SAME, the device has {b}"
        print(f"{level}: {name} {a}: {same}")
    return (here.logits, here.archive) == (there.logits, there.archive)


def _beside(level: str, found: dict[str, Found], device: str) -> None:
    """The device's speeds as multiples of the others'."""
    for other in (PROCESSOR, LLAMA):
        if other in found:
            pairs = zip(found[device].rates(), found[other].rates(), strict=True)
            times = ", ".join(f"{a.clock / b.clock:.2f}" for a, b in pairs)
            print(f"{level}: the device does {times} times what {other} does, column by column")


if __name__ == "__main__":
    sys.exit(main())
