"""The context mixer's words: this processor, 64-bit ARM and a processor from 2008 against the readable reference."""

from pathlib import Path

import numpy as np
import pytest

from nacomp.models.mixing import reference
from nacomp.models.mixing.settings import MixingSettings, Profile
from tests.portability.toolchain import MIXING, SHIPPED, Program, build, need

UNABLE = 3
"""The driver's exit status for a kernel that cannot run."""
TEXT = b"".join(b"%d,item %d,%d.5\n<b>x</b>\n" % (i, i % 7, i * i) for i in range(12))
BLOCKS = [
    MixingSettings(Profile.TEXT, len(TEXT), delimiter=ord(",")),
    MixingSettings(Profile.BINARY, len(TEXT), 11),
    MixingSettings(Profile.SAMPLES, len(TEXT), 4),
    MixingSettings(Profile.SAMPLES, len(TEXT), 3, sample=3),
    MixingSettings(Profile.IMAGE, len(TEXT), 24, 3),
    MixingSettings(Profile.CODE, len(TEXT), 4),
    MixingSettings(Profile.BITMAP, len(TEXT), 5),
    MixingSettings(Profile.WORDS, len(TEXT)),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blocks") / "blocks"
    path.write_bytes(driver_file())
    return path


def driver_file() -> bytes:
    """What mixing_driver.cpp reads."""
    return b"".join(np.array(one.arguments, np.int32).tobytes() + TEXT for one in BLOCKS)


def words_of_the_reference() -> bytes:
    """What it has to write."""
    found = b""
    for settings in BLOCKS:
        encoder = reference.Encoder(*settings.arguments)
        encoder.encode(TEXT)
        found += encoder.finish()
    return found


@pytest.fixture(scope="module")
def words() -> bytes:
    return words_of_the_reference()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return build(tmp_path_factory.mktemp("x86") / "build", "g++", [*SHIPPED, "-static"], MIXING)


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Program:
    need("qemu-aarch64")
    folder = tmp_path_factory.mktemp("arm") / "build"
    return build(folder, "aarch64-linux-gnu-g++", [*SHIPPED, "-static"], MIXING).under("qemu-aarch64")


def test_arm_writes_the_words_of_the_reference(arm: Program, file: Path, words: bytes) -> None:
    assert arm.output(file, "scalar") == words
    assert arm.run(file, "avx2", 1).returncode == UNABLE


def test_processor_of_2008_falls_back_to_plain_code(shipped: Program, file: Path, words: bytes) -> None:
    need("qemu-x86_64")
    program = shipped.under("qemu-x86_64", "-cpu", "Nehalem")
    assert program.run(file, "avx2", 1).returncode == UNABLE
    assert program.output(file, "") == words


@pytest.mark.parametrize("kernel", ["avx512", "avx2", "scalar"])
def test_every_kernel_writes_the_words_of_the_reference(
    shipped: Program, file: Path, words: bytes, kernel: str
) -> None:
    if shipped.run(file, kernel, 1).returncode == UNABLE:
        pytest.skip(f"this processor has no {kernel}")
    assert shipped.output(file, kernel) == words
