"""One hash on musl too: the cores, compiled by zig's clang against musl; such programs need no other system to run.

musl is the C library of Alpine and of many containers. Its Python is on no index, so what is tried of it are the cores: the
same bits behind another library's calls, memory and threads. Minutes long: `make portability-all`.
"""

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from nacomp.models.exact.random_weights import random_weights
from tests.portability import test_engine, test_ensemble, test_mixing
from tests.portability.engine_file import write_engine_file
from tests.portability.ensemble_file import write_ensemble_file
from tests.portability.toolchain import EXACT, MIXING, PREDICTORS, SHIPPED, build, lacking

pytestmark = pytest.mark.slow

FLAGS = (*SHIPPED, "-fno-trapping-math")


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program that compiles for musl."""
    if find_spec("ziglang") is None:
        lacking("ziglang")
    folder = tmp_path_factory.mktemp("zig")
    program = folder / "zig-for-musl"
    cache = f"export ZIG_GLOBAL_CACHE_DIR={folder}/all ZIG_LOCAL_CACHE_DIR={folder}/own"
    call = f'exec {sys.executable} -m ziglang c++ -target x86_64-linux-musl "$@"'
    program.write_text(f"#!/bin/sh\n{cache}\n{call}\n", "utf-8")
    program.chmod(0o755)
    return str(program)


def test_musl_gives_the_logits_of_the_committed_hash(compiler: str, tmp_path: Path) -> None:
    engine = build(tmp_path / "build", compiler, FLAGS, EXACT)
    for name, form in test_engine.FORMS.items():
        weights, calls = random_weights(form), test_engine.calls_of(name)
        file = write_engine_file(tmp_path / name, weights, test_engine.STREAMS, test_engine.CONTEXT, calls)
        for threads in (1, 3):
            logits = engine.output(file, "", threads)
            assert hashlib.sha256(logits).hexdigest() == test_engine.HASHES[name], name


def test_musl_gives_the_frequencies_of_the_committed_hash(compiler: str, tmp_path: Path) -> None:
    ensemble = build(tmp_path / "build", compiler, FLAGS, PREDICTORS)
    given = (test_ensemble.VOCABULARY, test_ensemble.PARAMETERS, test_ensemble.STREAMS, test_ensemble.steps())
    file = write_ensemble_file(tmp_path / "block", *given)
    assert hashlib.sha256(ensemble.output(file, "scalar")).hexdigest() == test_ensemble.HASH


def test_musl_writes_the_words_of_the_reference(compiler: str, tmp_path: Path) -> None:
    mixing = build(tmp_path / "build", compiler, FLAGS, MIXING)
    file = tmp_path / "blocks"
    file.write_bytes(test_mixing.driver_file())
    assert mixing.output(file, "") == test_mixing.words_of_the_reference()
