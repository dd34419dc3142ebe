"""Proves a built application: both programs work from where they lie, without this source tree and without network.

python packaging/smoke.py FOLDER [--window-only | --no-window]      FOLDER holds nacomp and nacomp-gui; `make smoke`

What it does, each step with its time: version, compress README.md, decompress, compare, info and engines, models, the
missing llama extra as a sentence, pip inside; the window opens and closes; a job given to `nacomp-gui --compress` runs
in a worker and a second start hands its file over to the first. Exits with 1 and the reason at the first failure.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = float(os.environ.get("SMOKE_PATIENCE", "120"))
"""Seconds for each step; more where the processor is emulated."""
NOWHERE = "http://127.0.0.1:9"
MOST = int(os.environ.get("SMOKE_BYTES", "1000000"))
"""Of README.md; fewer where the processor is emulated, where all of it took a quarter of an hour."""
SUFFIX = ".exe" if sys.platform == "win32" else ""


class Failed(Exception):
    """A step did not do what it should."""


class App:
    """The two programs, called as a desktop would: a bare environment, a home of their own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder.absolute(), home
        keep = ("SYSTEMROOT", "TEMP", "TMPDIR", "DISPLAY", "XDG_RUNTIME_DIR", "APPIMAGE_EXTRACT_AND_RUN")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ}
        self.environment |= {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "USERPROFILE": str(home),
            "NACOMP_HOME": str(home / "nacomp"),
        }
        self.environment |= {"LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
        self.environment |= dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOWHERE)

    def start(self, program: str, *arguments: str | Path) -> "subprocess.Popen[str]":
        """Start a program."""
        command = [str(self.folder / (program + SUFFIX)), *map(str, arguments)]
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, program: str, *arguments: str | Path, code: int = 0) -> str:
        """Run a program to its end; gives both outputs. Raises Failed for another exit code."""
        process = self.start(program, *arguments)
        out, err = process.communicate(timeout=PATIENCE)
        if process.returncode != code:
            called = " ".join([program, *map(str, arguments)])
            raise Failed(f"{called}: exit code {process.returncode}, expected {code}\n{out}{err}")
        return out + err


def check(holds: bool, otherwise: str) -> None:
    """Raises Failed."""
    if not holds:
        raise Failed(otherwise)


def wait_for(happened: Callable[[], bool], what: str) -> None:
    """Wait until it has happened. Raises Failed after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not happened():
        check(time.monotonic() < end, f"{what} did not happen within {PATIENCE:.0f} s")
        time.sleep(0.05)


def version(app: App) -> str:
    """Both starts of the command line answer."""
    shown = app.run("nacomp", "--version").strip()
    check(shown.startswith("nacomp, version "), shown)
    check("compress" in app.run("nacomp", "--help"), "the help lacks commands")
    return shown


def round_trip(app: App) -> str:
    """Compress, decompress, compare, test."""
    source, archive, back = (app.home / name for name in ("README.md", "README.md.nac", "back.md"))
    source.write_bytes((ROOT / "README.md").read_bytes()[:MOST])
    app.run("nacomp", "compress", source, "--level", "fast")
    app.run("nacomp", "test", archive)
    app.run("nacomp", "decompress", archive, "-o", back)
    check(back.read_bytes() == source.read_bytes(), "README.md came back changed")
    shown = json.loads(app.run("nacomp", "info", archive, "--json"))
    check(shown["model_id"] == "embedded", f"the model is {shown['model_id']}")
    check(shown["native_kernel"] != "numpy", "the native cores are missing")
    return f"{source.stat().st_size} -> {archive.stat().st_size} bytes, kernel {shown['native_kernel']}"


def models(app: App) -> str:
    """Catalogue and embedded model are inside; pip is, for packages with models."""
    listed = json.loads(app.run("nacomp", "models", "list", "--json"))["models"]
    installed = [model["id"] for model in listed if model["installed"]]
    check(installed == ["embedded"], f"installed models: {installed}")
    pip = app.run("nacomp", "-m", "pip", "--version")
    check(pip.startswith("pip "), pip)
    return f"{len(listed)} models known, pip {pip.split()[1]}"


def llama(app: App) -> str:
    """The engine that is left out is named with its extra."""
    said = app.run("nacomp", "compress", app.home / "README.md", "-c", "-f", "--engine", "llama", code=4)
    check("nacomp[llama]" in said, said)
    return "is left out, and said to be"


def window(app: App) -> str:
    """The window opens and closes."""
    return app.run("nacomp-gui", "--show-and-close").strip()


def _arrived(archive: Path, application: "subprocess.Popen[str]") -> bool:
    return archive.exists() or application.poll() is not None


def jobs(app: App) -> str:
    """A job of the window runs in a worker, and a second start hands over to the first."""
    first, second = app.home / "first.txt", app.home / "second.txt"
    for path in (first, second):
        path.write_bytes((ROOT / "README.md").read_bytes()[:800])
    application = app.start("nacomp-gui", "--compress", first)
    try:
        for path in (first, second):
            archive = path.with_name(path.name + ".nac")
            if path == second:
                app.run("nacomp-gui", "--compress", path)
            wait_for(partial(_arrived, archive, application), archive.name)
            if not archive.exists():
                said = "".join(application.communicate(timeout=PATIENCE))
                raise Failed(f"the application ended: {application.returncode}\n{said}")
            app.run("nacomp", "test", archive)
    finally:
        application.terminate()
        application.communicate(timeout=PATIENCE)
    return "two jobs done, the second handed over"


COMMAND_LINE = (version, round_trip, models, llama)
WINDOW = (window, jobs)


def main() -> int:
    """Every step, with its time."""
    folder = Path(sys.argv[1])
    chosen = {"--no-window": COMMAND_LINE, "--window-only": WINDOW}.get(sys.argv[-1], COMMAND_LINE + WINDOW)
    with tempfile.TemporaryDirectory(prefix="nacomp-smoke-") as home:
        app = App(folder, Path(home))
        for step in chosen:
            began = time.monotonic()
            try:
                found = step(app)
            except (Failed, OSError, subprocess.TimeoutExpired) as problem:
                print(f"FAILED {step.__name__}: {problem}", file=sys.stderr)
                return 1
            print(f"{step.__name__:12} {time.monotonic() - began:6.2f} s  {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
