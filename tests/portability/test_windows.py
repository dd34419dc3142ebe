"""One hash on Windows too: the cores, compiled for it by mingw-w64 and run by Wine.

What is shipped for Windows is compiled by MSVC on a Windows machine. This proves that the sources give the same bits behind
another system's calls, memory and threads. Minutes long with its compiling: `make portability-all`.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nac_decoder.block import Models
from nac_decoder.several import Several
from nacomp.models.exact.random_weights import Rows, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.smoothing import smooth
from nacomp.models.exact.weights import load_weights
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.token_table import read_vocabulary
from nacomp.models.tokens.tokenizer import open_tokenizer
from tests.portability import test_engine, test_ensemble, test_mixing
from tests.portability.engine_file import write_engine_file
from tests.portability.ensemble_file import write_ensemble_file
from tests.portability.toolchain import EXACT, MIXING, PREDICTORS, SHIPPED, Program, build, need

pytestmark = pytest.mark.slow

COMPILER = "x86_64-w64-mingw32-g++-posix"
"""The one with the standard library's threads."""
FLAGS = (*SHIPPED, "-static", "-Wa,-muse-unaligned-vector-move")
"""GCC takes the stack to be aligned to 32 bytes, and on Windows it is to 16: the assembler writes moves that do not care."""
WINE = shutil.which("wine64") or shutil.which("wine") or "/usr/lib/wine/wine64"
"""Debian's package wine64 puts nothing on the path."""
ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "formats"
EMBEDDED = ROOT / "models" / "library" / "embedded.gguf"
UNABLE = 3
"""The driver's exit status for a kernel that cannot run."""


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """What runs a program of Windows, on a Windows of its own, which ends with the tests.

    A shell that waits keeps it up. Without one it goes down seconds after each program, and the next one starts it again:
    services and all, which write where that program does. Of 40 such starts one had a service that crashed, and said so.
    """
    need(WINE)
    prefix = tmp_path_factory.mktemp("windows")
    settings = {"WINEPREFIX": str(prefix), "WINEDEBUG": "-all"}
    environment = os.environ | settings
    subprocess.run([WINE, "wineboot", "--init"], env=environment, check=True, capture_output=True)
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        [WINE, "cmd"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=nowhere
    ) as shell:
        assert shell.stdout is not None
        assert shell.stdout.readline()  # it is there, and Windows with it
        yield ("env", *(f"{name}={value}" for name, value in settings.items()), WINE)
        shell.communicate()
    server = shutil.which("wineserver") or str(Path(WINE).with_name("wineserver"))
    subprocess.run([server, "--kill"], env=environment, check=False, capture_output=True)


def built(folder: Path, wine: tuple[str, ...], core: Path) -> Program:
    return build(folder / "build", COMPILER, FLAGS, core).under(*wine)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, wine: tuple[str, ...]) -> Program:
    return built(tmp_path_factory.mktemp("engine"), wine, EXACT)


@pytest.fixture(scope="module")
def mixing(tmp_path_factory: pytest.TempPathFactory, wine: tuple[str, ...]) -> Program:
    return built(tmp_path_factory.mktemp("mixing"), wine, MIXING)


@pytest.mark.parametrize("name", test_engine.FORMS)
@pytest.mark.parametrize("kernel", test_engine.X86_KERNELS)
def test_windows_gives_the_logits_of_the_committed_hash(
    engine: Program, tmp_path: Path, kernel: str, name: str
) -> None:
    weights = random_weights(test_engine.FORMS[name])
    calls = test_engine.calls_of(name)
    file = write_engine_file(tmp_path / "model", weights, test_engine.STREAMS, test_engine.CONTEXT, calls)
    if engine.run(file, kernel, 1).returncode == UNABLE:
        pytest.skip(f"this processor has no {kernel}")
    for threads in (1, 3):
        assert hashlib.sha256(engine.output(file, kernel, threads)).hexdigest() == test_engine.HASHES[name]


def test_float_rules_of_the_caller_do_not_reach_the_core(engine: Program, tmp_path: Path) -> None:
    weights = random_weights(test_engine.FORMS["subnormal"])
    calls = test_engine.calls_of("subnormal")
    file = write_engine_file(tmp_path / "model", weights, test_engine.STREAMS, test_engine.CONTEXT, calls)
    logits = engine.output(file, "", 3, "rules")
    assert hashlib.sha256(logits).hexdigest() == test_engine.HASHES["subnormal"]


def test_windows_gives_the_frequencies_of_the_committed_hash(tmp_path: Path, wine: tuple[str, ...]) -> None:
    ensemble = built(tmp_path, wine, PREDICTORS)
    file = write_ensemble_file(
        tmp_path / "block",
        test_ensemble.VOCABULARY,
        test_ensemble.PARAMETERS,
        test_ensemble.STREAMS,
        test_ensemble.steps(),
    )
    ran = 0
    for kernel in ("avx512", "avx2", "scalar"):
        if ensemble.run(file, kernel, 1).returncode != UNABLE:
            assert hashlib.sha256(ensemble.output(file, kernel)).hexdigest() == test_ensemble.HASH
            ran += 1
    assert ran


def test_windows_writes_the_words_of_the_reference(mixing: Program, tmp_path: Path) -> None:
    file = tmp_path / "blocks"
    file.write_bytes(test_mixing.driver_file())
    assert mixing.output(file, "") == test_mixing.words_of_the_reference()


def test_windows_gives_the_logits_of_a_golden_archive(engine: Program, tmp_path: Path) -> None:
    """The built-in model on a golden archive's text, against the readable reference on this system."""
    golden = Several(
        (FORMATS / "golden" / "neural-embedded.nac").read_bytes(), Models([EMBEDDED.read_bytes()]).decode
    )
    text = golden.content(golden.entries[0])
    with open_gguf(EMBEDDED) as file:
        vocabulary = read_vocabulary(file.metadata)
        weights = smooth(load_weights(file), file, vocabulary)
        tokens = open_tokenizer(file.metadata, vocabulary).encode(text)
    rows = [Rows(np.zeros(len(tokens), np.int32), tokens, np.ones(len(tokens), np.bool_))]
    context = ContextWindow(window=512, sinks=4)
    expected = ReferenceSession(ReferenceModel(weights), 1, context).feed(
        rows[0].streams, tokens, rows[0].want
    )
    model = write_engine_file(tmp_path / "model", weights, 1, context, rows)
    assert engine.output(model, "", 2) == expected.tobytes()
