"""One hash of all logits: this processor, 64-bit ARM, a processor from 2008, and under sanitizers.

What the tests of `models.exact` prove for the extension module of this machine is proved here for the core alone,
compiled by other compilers for other processors and run by qemu where this machine cannot run it.
"""

import hashlib
import subprocess
from pathlib import Path

import pytest

from nacomp.models.exact.random_weights import Form, Rows, random_rows, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.protocol import ContextWindow
from tests.portability.engine_file import write_engine_file
from tests.portability.toolchain import SHIPPED, Program, build, build_pool_stress, need

pytestmark = pytest.mark.long_file

STREAMS = 3
CONTEXT = ContextWindow(window=40, sinks=3)
CALLS = [1, 2, 7, 64, 1, 3, 64, 33]
FORMS = {
    "grouped": Form(),
    "three-heads": Form(width=48, share=3, head_size=64, hidden=80, vocabulary=97, sharpness=6.0, seed=2),
    "untied": Form(width=80, kv_heads=1, share=5, head_size=32, layers=1, tied=False, rotary=16, seed=3),
    "subnormal": Form(tied=False, magnitude=1e-36, layers=1, seed=4),
    "gemma3": Form(
        width=48,
        kv_heads=1,
        share=4,
        head_size=256,
        hidden=80,
        layers=3,
        planes=True,
        head_norms=True,
        post_norms=True,
        gelu=True,
        embedding_scale=6.928203105926514,
        local=2,
        span=13,
        seed=5,
    ),
    "biases": Form(biases=True, head_size=32, share=3, seed=6),
    "unturned": Form(planes=True, local=2, score_scale=0.25, embedding_scale=1.5, layers=3, seed=7),
}
HASHES = {
    "grouped": "de3257750b773b9e34f579877820dd8e28f92d082e38a61f5d780abc58bade17",
    "three-heads": "a17ce762685109048c7b015419a226de540fe7ff83cb6c3cc5e5dc8b657933c0",
    "untied": "f55ca07d60585bd9f2f2d8a41bbb94e66a2aeed7c20c24c7402ac5b1d748ec54",
    "subnormal": "8d8e38b92293323b546d229c8e628f52a2247c3609df6c0f255b4df5c456f903",
    "gemma3": "28164e3f92893544b497261b5d816ff4bf986fc57576366ec6b7016de0463ad6",
    "biases": "5ce96ffea46d40c5f6ac9479c582cacb1733b5657ddf2cc92f26f070bb9195ac",
    "unturned": "c837c56792af75d35a87caa43471940cb3dec47f75c42452802ff52fbee43625",
}
"""SHA-256 of all logits as first computed; a change is a new numerics id."""

X86_KERNELS = ("avx512vnni", "avx2", "scalar")
LINUX_KERNELS = ("amx", *X86_KERNELS)
ARM_KERNELS = ("neondot", "neon", "scalar")
UNABLE = 3
"""The driver's exit status for a kernel that cannot run."""


def sha256(logits: bytes) -> str:
    return hashlib.sha256(logits).hexdigest()


def calls_of(name: str) -> list[Rows]:
    return random_rows(FORMS[name], STREAMS, CALLS, seed=9)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        name: write_engine_file(folder / name, random_weights(form), STREAMS, CONTEXT, calls_of(name))
        for name, form in FORMS.items()
    }


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return build(tmp_path_factory.mktemp("x86") / "build", "g++", [*SHIPPED, "-static"])


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Program:
    need("qemu-aarch64")
    folder = tmp_path_factory.mktemp("arm") / "build"
    return build(folder, "aarch64-linux-gnu-g++", [*SHIPPED, "-static"])


@pytest.mark.parametrize("name", FORMS)
def test_reference_gives_the_committed_hash(name: str) -> None:
    session = ReferenceSession(ReferenceModel(random_weights(FORMS[name])), STREAMS, CONTEXT)
    logits = [session.feed(rows.streams, rows.tokens, rows.want).copy() for rows in calls_of(name)]
    assert sha256(b"".join(part.tobytes() for part in logits)) == HASHES[name]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("kernel", ARM_KERNELS)
def test_arm_gives_the_committed_hash(arm: Program, files: dict[str, Path], kernel: str, name: str) -> None:
    program = arm.under("qemu-aarch64", "-cpu", "max")
    assert sha256(program.output(files[name], kernel)) == HASHES[name]


def test_arm_without_dot_product_falls_back(arm: Program, files: dict[str, Path]) -> None:
    program = arm.under("qemu-aarch64", "-cpu", "cortex-a53")
    assert program.run(files["grouped"], "neondot", 1).returncode == UNABLE
    assert sha256(program.output(files["grouped"], "", 2)) == HASHES["grouped"]


@pytest.mark.parametrize("name", FORMS)
def test_processor_of_2008_falls_back_to_plain_code(
    shipped: Program, files: dict[str, Path], name: str
) -> None:
    need("qemu-x86_64")
    program = shipped.under("qemu-x86_64", "-cpu", "Nehalem")
    assert program.run(files[name], "avx2", 1).returncode == UNABLE
    assert sha256(program.output(files[name], "")) == HASHES[name]


@pytest.mark.parametrize("kernel", LINUX_KERNELS)
def test_float_rules_of_the_caller_do_not_reach_the_core(
    shipped: Program, files: dict[str, Path], kernel: str
) -> None:
    if shipped.run(files["subnormal"], kernel, 1).returncode == UNABLE:
        pytest.skip(f"this processor has no {kernel}")
    assert sha256(shipped.output(files["subnormal"], kernel, 3, "rules")) == HASHES["subnormal"]


def test_float_rules_of_the_caller_do_not_reach_the_core_on_arm(arm: Program, files: dict[str, Path]) -> None:
    program = arm.under("qemu-aarch64")
    assert sha256(program.output(files["subnormal"], "neon", 1, "rules")) == HASHES["subnormal"]


def test_every_task_of_the_pool_runs_once_when_threads_outnumber_cores(tmp_path: Path) -> None:
    """A pool that lets late threads into the next step fails within 100,000 steps, on most runs."""
    program = build_pool_stress(tmp_path / "stress", SHIPPED)
    done = subprocess.run([program, "8", "400000"], capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (0, "")


def test_pools_that_several_callers_borrow_run_every_task_once(tmp_path: Path) -> None:
    program = build_pool_stress(tmp_path / "stress", [*SHIPPED, "-O1", "-g1", "-fsanitize=thread"])
    done = subprocess.run(
        [program, "3", "2000", "3"], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow  # 70 s of two builds; `make sanitize` runs it
@pytest.mark.parametrize("sanitizers", ["address,undefined", "thread"])
def test_sanitizers_find_nothing(tmp_path: Path, files: dict[str, Path], sanitizers: str) -> None:
    flags = [*SHIPPED, "-O1", "-g1", f"-fsanitize={sanitizers}", "-fno-sanitize-recover=all"]
    program = build(tmp_path / "build", "g++", flags)
    for kernel in LINUX_KERNELS:
        for name, file in files.items():
            if program.run(file, kernel, 1).returncode != UNABLE:
                assert sha256(program.output(file, kernel, 3)) == HASHES[name]
