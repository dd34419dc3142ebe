"""The OpenCL devices that tests run on: pocl's, which the `test` extra brings."""

import os
from functools import cache
from pathlib import Path

import pytest

from nacomp.models.errors import ExtraMissing
from nacomp.models.exact.opencl.choice import known_devices
from nacomp.models.exact.opencl.devices import OpenClDevice
from nacomp.models.exact.opencl.verdicts import verdict_on


@cache
def missing() -> str:
    """Why there are no devices here; empty if there are."""
    try:
        return "" if known_devices() else "OpenCL finds no device: pocl-binary-distribution is not installed"
    except ExtraMissing:
        return "pyopencl is not installed"


def need_devices() -> None:
    """Skip where there are none, but fail in CI: there the proof must be made."""
    if missing() and os.environ.get("CI"):
        pytest.fail(missing())
    if missing():
        pytest.skip(missing(), allow_module_level=True)


def device(number: int = 1) -> OpenClDevice:
    """One of them."""
    return known_devices()[number - 1]


def home_with_verdicts(home: Path) -> Path:
    """This folder as a home where the devices have been tested already, for several tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NACOMP_HOME", str(home))
        for known in known_devices():
            verdict_on(known)
    return home
