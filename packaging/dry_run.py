"""Runs GitHub's workflows on this machine, as far as one Linux machine can: `make dry-run`.

python packaging/dry_run.py FOLDER [WORKFLOW.JOB ...]          FOLDER is new or empty; without names all jobs, in order

Each job has a clean clone of what is committed, a home of its own, a bare environment of this Python as the one that
`setup-python` gives, and runs each `run:` of it in order. Of a matrix it takes the first system that is a Linux. Of the
actions five are done by hand: checkout, setup-python, artifacts up and down, which must exist, and cibuildwheel, for this
Python and outside its containers. Any other step is named and passed over: other systems' commands, what signs and
publishes. Steps that install packages of the system do so: without being root they ask `sudo`.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
ORDER = ("ci.linux", "ci.others", "release.wheels", "release.check", "release.apps", "release.publish")
KEPT = re.compile(r"PIP_|SSL_|REQUESTS_|OPENBLAS|LANG$|\w*_proxy$", re.IGNORECASE)
"""Environment variables that say how this machine reaches its package indexes, and what its processor can."""
SUDO = '#!/bin/sh\nwhile case "$1" in -*) true ;; *) false ;; esac; do shift; done\nexec "$@"\n'
"""Where root runs without `sudo`."""
Step = dict[str, Any]


class Failed(Exception):
    """A step did not do what the workflow wants of it."""


class Job:
    """One job of a workflow, in folders of its own below `top`; artifacts lie in one folder for all."""

    def __init__(self, name: str, top: Path) -> None:
        workflow, _, job = name.partition(".")
        text = (ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text("utf-8")
        self.told: Step = yaml.safe_load(text)["jobs"][job]
        self.clone, self.home, self.tools = (top / name / part for part in ("work", "home", "python"))
        self.artifacts = top / "artifacts"
        self.matrix = _linux(self.told.get("strategy", {}).get("matrix", {}))
        for folder in (self.clone, self.home, self.artifacts):
            folder.mkdir(parents=True, exist_ok=True)

    def filled(self, text: str) -> str:
        """With the matrix's values in place of `${{ matrix.os }}` and the like."""
        return re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda found: self.matrix[found[1]], text)

    def environment(self, step: Step) -> dict[str, str]:
        """What a runner would give, and how to reach the package indexes from here."""
        kept = {name: value for name, value in os.environ.items() if KEPT.match(name)}
        kept.setdefault("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
        path = [str(self.tools / "bin"), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        told = {name: self.filled(str(value)) for name, value in step.get("env", {}).items()}
        own = {"HOME": str(self.home), "PATH": ":".join(path), "CI": "true", "GITHUB_REF_NAME": "v0"}
        return kept | own | told

    def take(self, step: Step) -> str:
        """One step; gives what was done with it. Raises Failed."""
        condition = step.get("if", "")
        if condition and not re.fullmatch(r"runner\.os (== 'Linux'|!= '(?!Linux)\w+')", condition):
            return f"passed over: {condition}"
        if "run" in step:
            return self._run(step)
        return self._act(step["uses"].split("@")[0], step.get("with", {}))

    def _act(self, action: str, given: dict[str, str]) -> str:
        """What an action does, by hand."""
        match action:
            case "actions/checkout":
                return self._checkout()
            case "actions/setup-python":
                return self._python()
            case "pypa/cibuildwheel":
                return self._wheel()
            case "actions/upload-artifact":
                return self._upload(self.filled(given["name"]), given["path"].split())
            case "actions/download-artifact":
                return self._download(self.clone / given["path"])
        return "passed over: not for this machine"

    def _checkout(self) -> str:
        subprocess.run(["git", "clone", "--quiet", ROOT, self.clone], check=True)
        return "done"

    def _python(self) -> str:
        venv.create(self.tools, with_pip=True)
        if shutil.which("sudo") is None and os.geteuid() == 0:
            (self.tools / "bin" / "sudo").write_text(SUDO, encoding="utf-8")
            (self.tools / "bin" / "sudo").chmod(0o755)
        return sys.version.split()[0]

    def _wheel(self) -> str:
        """A wheel by a build of its own environment, tried in an environment that has nothing else."""
        self._python()
        builder = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["cibuildwheel"]
        self._run({"run": "python -m pip wheel --no-deps -w wheelhouse .", "env": builder["environment"]})
        self._run({"run": "python -m pip install wheelhouse/*.whl"})
        test = builder["test-command"].replace("{project}", str(self.clone))
        return self._run({"run": f"cd ~ && {test}"})

    def _run(self, step: Step) -> str:
        if any(name.startswith("GH_") for name in step.get("env", {})):
            return "passed over: it publishes"
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", self.filled(step["run"])]
        log = self.home / "log"
        with log.open("wb") as out:
            environment = self.environment(step)
            done = subprocess.run(
                command, cwd=self.clone, env=environment, stdout=out, stderr=subprocess.STDOUT, check=False
            )
        said = log.read_text("utf-8", "replace").strip()
        if done.returncode:
            raise Failed(f"exit code {done.returncode}\n{said[-3000:]}")
        return said.rpartition("\n")[2][-160:] or "done"

    def _upload(self, name: str, patterns: list[str]) -> str:
        files = [path for pattern in patterns for path in self.clone.glob(self.filled(pattern))]
        if not files:
            raise Failed(f"no files for the artifact {name}")
        (self.artifacts / name).mkdir()
        for path in files:
            shutil.copy(path, self.artifacts / name)
        return f"{name}: {', '.join(sorted(path.name for path in files))}"

    def _download(self, target: Path) -> str:
        files = sorted(path for path in self.artifacts.glob("*/*"))
        if len({path.name for path in files}) != len(files) or not files:
            raise Failed(f"artifacts with one name twice, or none: {files}")
        target.mkdir(parents=True)
        for path in files:
            shutil.copy(path, target)
        return f"{len(files)} files"


def _linux(matrix: dict[str, list[str]]) -> dict[str, str]:
    """The first values of a matrix, of systems the first Linux, for this processor if there is one."""
    chosen = {name: values[0] for name, values in matrix.items()}
    systems = [name for name in matrix.get("os", []) if name.startswith("ubuntu")]
    return chosen | {"os": min(systems, key=lambda name: name.endswith("-arm"))} if systems else chosen


def main() -> int:
    """All steps, each with its time and its last line; the first that fails ends it."""
    top = Path(sys.argv[1]).resolve()
    if top.exists() and any(top.iterdir()):
        sys.exit(f"{top} is not empty")
    for name in sys.argv[2:] or ORDER:
        job = Job(name, top)
        for step in job.told["steps"]:
            what = " ".join(str(step.get("run") or step["uses"]).split())[:100]
            began = time.monotonic()
            try:
                found = job.take(step)
            except (Failed, OSError, subprocess.CalledProcessError) as problem:
                print(f"FAILED {name}: {what}: {problem}", file=sys.stderr)
                return 1
            print(f"{time.monotonic() - began:7.1f} s  {name}: {what}: {found}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
