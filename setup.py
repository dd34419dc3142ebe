"""The native cores, all optional: without a compiler the package installs and runs on its readable references.

Everything else about the package stands in pyproject.toml. The flags are part of the numerics
(formats/NUMERICS.md): no fused multiply-add, no reassociation, no libm in anything that reaches a probability.
Wider instruction sets are chosen per file and at run time (models/native/target.h), so one build runs on every CPU of its
family.

NACOMP_REQUIRE_NATIVE=1 makes a core that does not compile an error; NACOMP_PURE=1 leaves the cores out, for a wheel
that fits every platform; NACOMP_SANITIZE=1 builds them for `make sanitize`, with GCC.
"""

import os
import sys
import sysconfig
import zlib
from pathlib import Path

import pybind11
from pybind11.setup_helpers import ParallelCompile, Pybind11Extension
from setuptools import setup

EXACT_FLAGS = (
    ["/fp:strict", "/O2"]
    if sys.platform == "win32"
    else ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-g0"]
)
# -g0: what a debugger reads names the folders of whoever builds, and the linker's build id would be made from that.
# The C++ runtime goes into the modules, as a system's own may be older than the compiler's; libgcc_s stays outside, as
# its static form asks for glibc 2.35. The linker hides the runtime's names and drops what is not called: without that
# the modules ask for glibc 2.36, with it for 2.34, and they are a third smaller.
LINK_FLAGS = (
    ["-static-libstdc++", "-Wl,--exclude-libs,ALL", "-Wl,--gc-sections"] if sys.platform == "linux" else []
)
if "NACOMP_SANITIZE" in os.environ:
    # The assertions of the C++ library check the indices of vectors, which AddressSanitizer sees only at their ends.
    EXACT_FLAGS = [*EXACT_FLAGS, "-O1", "-g", "-fno-omit-frame-pointer", "-D_GLIBCXX_ASSERTIONS"]
    EXACT_FLAGS += ["-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
    LINK_FLAGS = ["-fsanitize=address,undefined,float-cast-overflow"]


SHARED = "models/native"
"""The ground floor of the cores; the C++ files in it are for those that predict."""


def core(name: str, folder: str, *below: str) -> Pybind11Extension:
    """An extension module built from one folder's C++ files and those of the folders below it but their bindings."""
    files = [path for part in (folder, *below) for path in sorted(Path(part).iterdir())]
    own = Path(folder) / "binding.cpp"
    sources = [
        str(path) for path in files if path.suffix == ".cpp" and (path.name != own.name or path == own)
    ]
    headers = [
        str(path)
        for part in dict.fromkeys((folder, *below, SHARED))
        for path in sorted(Path(part).glob("*.h"))
    ]
    extension = Pybind11Extension(
        name,
        sources,
        depends=["setup.py", *headers],
        include_dirs=["models"],  # for "native/..."
        cxx_std=17,
        extra_compile_args=EXACT_FLAGS,
        extra_link_args=LINK_FLAGS,
    )
    extension.optional = "NACOMP_REQUIRE_NATIVE" not in os.environ
    return extension


CORES = [
    core("nacomp.models.exact._kernels", "models/exact/native", SHARED),
    core("nacomp.models.predictors._ensemble", "models/predictors/native", "models/mixing/native", SHARED),
    core("nacomp.models.mixing._mixing", "models/mixing/native", SHARED),
    core("nacomp.models.jpeg._jpeg", "models/jpeg/native", "models/mixing/native", SHARED),
    core("nacomp.transforms._deflate", "nacomp/transforms/native"),
    core("nacomp.codecs._ppmd", "nacomp/codecs/native"),
]
HEADERS = [path for core in CORES for path in core.depends]
_compiled: set[str] = set()


def _outdated(obj: str, src: str) -> bool:
    """Whether to compile: once in a run, as cores share folders, and only what is older than its source or any header."""
    if obj in _compiled:
        return False
    _compiled.add(obj)
    made = Path(obj)
    return not made.exists() or any(
        Path(path).stat().st_mtime >= made.stat().st_mtime for path in (src, *HEADERS)
    )


def _objects() -> str:
    """Where compiled files stay: the development install leaves them to the wheel, which only links."""
    changes = [
        os.environ.get(name, "") for name in ("CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "ARCHFLAGS")
    ]
    made_by = [sysconfig.get_platform(), sys.implementation.cache_tag, pybind11.__version__]
    flags = " ".join([*made_by, *EXACT_FLAGS, *changes])
    return f"build/objects/{zlib.crc32(flags.encode()):08x}"


# One compiler per processor: a fresh build takes half the time on two.
ParallelCompile("NACOMP_BUILD_JOBS", needs_recompile=_outdated).install()
setup(
    ext_modules=[] if "NACOMP_PURE" in os.environ else CORES,
    options={"build_ext": {"build_temp": _objects()}},
)
