"""The native cores, both optional: without a compiler the package installs and runs on its numpy reference.

Everything else about the package stands in pyproject.toml. The flags are part of the numerics
(formats/NUMERICS.md): no fused multiply-add, no reassociation, no libm in anything that reaches a probability.
Wider instruction sets are chosen per file and at run time (models/native/target.h), so one build runs on every CPU of its
family.

NACOMP_REQUIRE_NATIVE=1 makes a core that does not compile an error; NACOMP_PURE=1 leaves the cores out, for a wheel
that fits every platform; NACOMP_SANITIZE=1 builds them for `make sanitize`, with GCC.
"""

import os
import sys
from pathlib import Path

from pybind11.setup_helpers import ParallelCompile, Pybind11Extension
from setuptools import setup

EXACT_FLAGS = (
    ["/fp:strict", "/O2"]
    if sys.platform == "win32"
    else ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
)
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


def core(name: str, folder: str) -> Pybind11Extension:
    """An extension module built from every C++ file of one folder and of the ground floor that both cores share."""
    sources = [str(path) for part in (folder, SHARED) for path in sorted(Path(part).glob("*.cpp"))]
    headers = [str(path) for part in (folder, SHARED) for path in sorted(Path(part).glob("*.h"))]
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
    core("nacomp.models.exact._kernels", "models/exact/native"),
    core("nacomp.models.predictors._ensemble", "models/predictors/native"),
]
# One compiler per processor: a fresh build takes half the time on two.
ParallelCompile("NACOMP_BUILD_JOBS").install()
setup(ext_modules=[] if "NACOMP_PURE" in os.environ else CORES)
