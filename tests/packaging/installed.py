"""A bare virtual environment with one of our wheels in it, run as on a machine that has nothing else."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"


def make(target: str) -> None:
    """Run a target of the Makefile; it does nothing where the result is up to date."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", target], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def built_wheel(*, pure: bool) -> Path:
    """The wheel that `make` builds."""
    if shutil.which("make") is None:
        pytest.skip("needs make")
    make("pure-wheel" if pure else "wheel")
    (wheel,) = [w for w in (ROOT / "dist").glob("nacomp-*.whl") if w.name.endswith("-none-any.whl") == pure]
    return wheel


def without_network() -> list[str]:
    """The command that cuts a program off from every network, or nothing where that is not allowed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    for command in ([unshare, "--net"], [unshare, "--map-root-user", "--net"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return []


class Bare:
    """A virtual environment in `folder` that holds nothing but a wheel and what it depends on.

    With `from_index` the dependencies come from the package index. Otherwise they are this environment's own: the path
    to them is added, which brings in the libraries but not this source tree (an editable install hangs on a file that
    only the environment's own start reads).
    """

    def __init__(self, folder: Path, wheel: Path, *, from_index: bool = False) -> None:
        self._folder = folder
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        self.scripts = folder / "environment" / scripts
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "environment"], check=True)
        self._pip("--no-index", "--no-deps", str(wheel))
        if from_index:
            self._pip(str(wheel))
            return
        (purelib,) = (folder / "environment").glob("**/site-packages")
        (purelib / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")

    def _pip(self, *arguments: str) -> None:
        command = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.scripts / "python"),
            "install",
            "--quiet",
        ]
        command += ["--disable-pip-version-check", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def environment(self) -> Mapping[str, str]:
        """No compiler on the path, no network, a home of its own."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
        home = {"HOME": str(self._folder), "NACOMP_HOME": str(self._folder / "nacomp")}
        proxies = {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "all_proxy": NOWHERE}
        return {**kept, **home, **proxies, "PATH": str(self.scripts), "LANG": "C.UTF-8"}

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run a program of the environment, from outside the source tree; gives its standard output."""
        done = subprocess.run(
            [*without_network(), self.scripts / program, *arguments],
            env=self.environment(),
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
