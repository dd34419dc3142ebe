"""The native cores, both optional: without a compiler the package installs and runs on its numpy reference.

Everything else about the package stands in pyproject.toml. The flags are part of the numerics
(formats/NUMERICS.md): no fused multiply-add, no reassociation, no libm in anything that reaches a probability.
Wider instruction sets are chosen per function and at run time, so one build runs on every CPU of its family.
"""

import os
import sys
from pathlib import Path

from pybind11.setup_helpers import Pybind11Extension
from setuptools import setup

EXACT_FLAGS = (
    ["/fp:strict", "/O2"]
    if sys.platform == "win32"
    else ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
)


def core(name: str, folder: str) -> Pybind11Extension:
    """An extension module built from every C++ file of one folder."""
    sources = sorted(map(str, Path(folder).glob("*.cpp")))
    depends = sorted(map(str, Path(folder).glob("*.h")))
    extension = Pybind11Extension(name, sources, depends=depends, cxx_std=17, extra_compile_args=EXACT_FLAGS)
    extension.optional = "NACOMP_REQUIRE_NATIVE" not in os.environ
    return extension


CORES = [
    core("nacomp.models.exact._kernels", "models/exact/native"),
    core("nacomp.models.predictors._ensemble", "models/predictors/native"),
]
setup(ext_modules=[c for c in CORES if c.sources])
