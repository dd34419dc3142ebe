"""One hash of all frequencies: this processor, 64-bit ARM and a processor from 2008.

What the tests of `models.predictors` prove for the extension module of this machine is proved here for the core alone.
"""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.reference import NumpyEnsemble
from nacomp.models.tokens.vocabulary import Vocabulary
from tests.portability.ensemble_file import Step, write_ensemble_file
from tests.portability.toolchain import PREDICTORS, SHIPPED, Program, build, need

HASH = "d1512782a9f8dc13419c79e2882395de5ff2bb4fa59dbe4beca8fc7f5ddcce98"
"""SHA-256 of all frequencies as first computed; a change is a new id of the ensemble."""
STREAMS = 3
PARAMETERS = EnsembleParameters(table_bits=8, match_minimum=3)
VOCABULARY = Vocabulary(
    tuple(b"" if i % 7 == 3 else b"%d\n" % i if i % 5 else b" %d" % i for i in range(300)), 0, 0
)
UNABLE = 3
"""The driver's exit status for a kernel that cannot run."""


def steps() -> list[Step]:
    """60 steps of text that repeats itself, with logits from flat to sharp; the last streams end early."""
    bits = np.random.PCG64(11)
    coded = [i for i, piece in enumerate(VOCABULARY.pieces) if piece]
    coded += range(VOCABULARY.first_escape, VOCABULARY.first_escape + 256, 50)
    found: list[Step] = []
    for step in range(60):
        live = np.arange(STREAMS - step // 25, dtype=np.int32)
        picks = bits.random_raw(len(live)) % np.uint64(len(coded))
        symbols = np.array(
            [coded[int(pick) if step % 4 == 0 else (step % 16) * 9] for pick in picks], np.int32
        )
        raw = bits.random_raw(len(live) * VOCABULARY.size).astype("<u8") >> np.uint64(40)
        logits = (raw.astype(np.float32) - np.float32(2**23)) / np.float32(2 ** (22 - step % 8))
        found.append((live, symbols, logits.reshape(len(live), -1)))
    return found


def sha256(frequencies: bytes) -> str:
    return hashlib.sha256(frequencies).hexdigest()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("block") / "block"
    return write_ensemble_file(path, VOCABULARY, PARAMETERS, STREAMS, steps())


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return build(tmp_path_factory.mktemp("x86") / "build", "g++", [*SHIPPED, "-static"], PREDICTORS)


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Program:
    need("qemu-aarch64")
    folder = tmp_path_factory.mktemp("arm") / "build"
    return build(folder, "aarch64-linux-gnu-g++", [*SHIPPED, "-static"], PREDICTORS).under("qemu-aarch64")


def test_reference_gives_the_committed_hash() -> None:
    ensemble = NumpyEnsemble(VOCABULARY, PARAMETERS, STREAMS)
    found, skipped = [], 0
    for live, symbols, logits in steps():
        wants = ensemble.wants_model(live)
        skipped += int((~wants).sum())
        found.append(ensemble.predict(live, logits[wants], wants).tobytes())
        found.append(ensemble.choose_pages(symbols >> 8).tobytes())
        ensemble.update(symbols)
    assert skipped  # rows of both kinds
    assert sha256(b"".join(found)) == HASH


@pytest.mark.parametrize("kernel", ["neon", "scalar"])
def test_arm_gives_the_committed_hash(arm: Program, file: Path, kernel: str) -> None:
    assert sha256(arm.output(file, kernel)) == HASH


def test_processor_of_2008_falls_back_to_plain_code(shipped: Program, file: Path) -> None:
    need("qemu-x86_64")
    program = shipped.under("qemu-x86_64", "-cpu", "Nehalem")
    assert program.run(file, "avx2", 1).returncode == UNABLE
    assert sha256(program.output(file, "")) == HASH


@pytest.mark.parametrize("kernel", ["avx512", "avx2", "scalar"])
def test_float_rules_of_the_caller_do_not_reach_the_core(shipped: Program, file: Path, kernel: str) -> None:
    if shipped.run(file, kernel, 1).returncode == UNABLE:
        pytest.skip(f"this processor has no {kernel}")
    assert sha256(shipped.output(file, kernel, 1, "rules")) == HASH


def test_float_rules_of_the_caller_do_not_reach_the_core_on_arm(arm: Program, file: Path) -> None:
    assert sha256(arm.output(file, "neon", 1, "rules")) == HASH
