"""Thousands of damaged archives: what becomes of each. `python -m tests.benchmarks.damage_survey [--flips N] ...`

Prints a table of outcomes for single-bit flips, truncations, payloads and indexes changed behind right checksums, and
salvages. Only `refused` and `same` are allowed; leaves with 1 otherwise. Takes about a minute on one core.
"""

import argparse
import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import NacompError
from nacomp.operations.salvage import salvage
from nacomp.runtime.progress import Job
from tests.formats.samples import PASSWORD
from tests.nacomp.damage import (
    HANG_SECONDS,
    Sample,
    flipped,
    forged_blocks,
    forged_indexes,
    judge,
    samples,
    sealed_samples,
    tiny_engines,
)

ALLOWED = {"refused", "same"}


def main() -> int:
    """Run the survey."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, count in {
        "flips": 6000,
        "cuts": 1500,
        "payloads": 1000,
        "indexes": 1500,
        "salvages": 600,
    }.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        loader = tiny_engines(Path(scratch) / "models")
        plain = samples(loader)
        archives = plain + sealed_samples(plain)
        source = random.Random(asked.seed)
        sizes = ", ".join(f"{sample.name} {len(sample.data)}" for sample in archives)
        print(f"{len(archives)} archives (bytes): {sizes}\n")
        share = {name: -(-count // len(archives)) for name, count in vars(asked).items() if name != "seed"}
        runs = {
            "single-bit flips": _flips(archives, source, share["flips"], loader),
            "truncations": _cuts(archives, source, share["cuts"], loader),
            "forged payloads": _forged(plain, source, share["payloads"], loader),
            "forged indexes": _indexes(plain, source, share["indexes"], loader),
            "salvages": _salvages(archives, source, share["salvages"], loader, Path(scratch)),
        }
        verdicts = [_report(name, outcomes) for name, outcomes in runs.items()]
    good = all(verdicts)
    print(f"\n{time.monotonic() - began:.0f} s; {'all as promised' if good else 'NOT as promised'}")
    return 0 if good else 1


def _report(name: str, outcomes: Iterable[str]) -> bool:
    found = Counter(outcomes)
    print(
        f"{name:18} {found.total():6}  " + ", ".join(f"{word} {count}" for word, count in found.most_common())
    )
    return set(found) <= ALLOWED


def _flips(archives: list[Sample], source: random.Random, count: int, loader: ModelLoader) -> Iterator[str]:
    for sample in archives:
        for bit in source.sample(range(8 * len(sample.data)), min(count, 8 * len(sample.data))):
            yield judge(flipped(sample.data, bit), sample, loader)


def _cuts(archives: list[Sample], source: random.Random, count: int, loader: ModelLoader) -> Iterator[str]:
    for sample in archives:
        for _ in range(count):
            yield judge(sample.data[: source.randrange(len(sample.data))], sample, loader)


def _forged(archives: list[Sample], source: random.Random, count: int, loader: ModelLoader) -> Iterator[str]:
    for sample in archives:
        for data in forged_blocks(sample, source, count):
            yield judge(data, sample, loader)


def _indexes(archives: list[Sample], source: random.Random, count: int, loader: ModelLoader) -> Iterator[str]:
    for sample in archives:
        for data in forged_indexes(sample, source, count):
            yield judge(data, sample, loader, names=False)


def _salvages(
    archives: list[Sample], source: random.Random, count: int, loader: ModelLoader, scratch: Path
) -> Iterator[str]:
    for sample in archives:
        for number in range(count):
            folder = scratch / sample.name / str(number)
            data = flipped(sample.data, source.randrange(8 * len(sample.data)))
            yield _judge_salvage(data, sample, loader, folder)


def _judge_salvage(data: bytes, sample: Sample, loader: ModelLoader, folder: Path) -> str:
    """Whole files are right, partial ones are right outside the gaps that are reported."""
    began = time.monotonic()
    try:
        report = salvage(io.BytesIO(data), folder, loader, Job(), password=PASSWORD)
        for piece in report.files if report.names_known else ():
            expected = bytearray(sample.tree[piece.path][1])
            for offset, length in piece.lost:
                expected[offset : offset + length] = bytes(length)
            if piece.written is not None and piece.written.read_bytes() != expected:
                return "wrong"
        outcome = "same"
    except NacompError:
        outcome = "refused"
    except Exception as error:  # the point of the exercise
        outcome = f"traceback {type(error).__name__}: {error}"
    return "hang" if time.monotonic() - began > HANG_SECONDS else outcome


if __name__ == "__main__":
    sys.exit(main())
