"""The cores and their bindings compile for macOS, on both of its processors, by zig's clang and the headers that it brings.

Nothing here can run them; they are a proof for the compiler alone. Minutes long: `make portability-all`.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.portability.toolchain import SHIPPED, compile_modules, lacking

pytestmark = pytest.mark.slow

MACH_O = bytes.fromhex("CFFAEDFE")
PROCESSORS = {"aarch64": 0x0100000C, "x86_64": 0x01000007}
"""As the header of an object file numbers them."""
KERNELS = {
    "aarch64": {"kernel_neon", "kernel_neondot", "kernel_scalar"},
    "x86_64": {"kernel_avx2", "kernel_avx512vnni", "kernel_scalar"},
}


@pytest.mark.parametrize("processor", PROCESSORS)
def test_modules_compile(
    processor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if find_spec("ziglang") is None:
        lacking("ziglang")
    cache = tmp_path_factory.getbasetemp() / "zig"
    for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
        monkeypatch.setenv(name, str(cache))
    compiler = (sys.executable, "-m", "ziglang", "c++", "-target", f"{processor}-macos")
    objects = compile_modules(tmp_path / "build", compiler, (*SHIPPED, "-fno-trapping-math"))
    assert len(objects) > 20
    for path in objects:
        head = path.read_bytes()[:8]
        assert head == MACH_O + PROCESSORS[processor].to_bytes(4, "little"), path.name
    sizes = {
        path.stem.removeprefix("exact-"): path.stat().st_size
        for path in objects
        if "exact-kernel_" in path.name
    }
    for kernel, size in sizes.items():  # those of the other processor compile to nothing
        assert (size > 4000) == (kernel in KERNELS[processor]), kernel
