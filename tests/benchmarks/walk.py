"""The walk of one byte: which functions, files and rooms a small text enters on its way in and out, counted by running it.

    python -m tests.benchmarks.walk [--list]
    OTHER/.venv/bin/python tests/benchmarks/walk.py [--as-in COMMIT]       the same of another checkout

`compress` and `decompress` of 700 bytes of prose, each in a process of its own through the command line's `main`, level
fast, without the native cores, so that everything is Python and seen.

- **Function**: one that has a name, of a file of ours; counted once however often it runs. What runs only while a module
  is imported counts too. Lambdas, comprehensions, generated methods of dataclasses, bodies of classes and modules do not.
- **File**: one with such a function. **Read again**: a reader who looks at every function when it first runs, in that
  order, turns to another file now and then; how often the reader comes to the same file.
- **Room**: a folder of ours. The command line and the operations are the spine: they lead from stage to stage. A
  **stage** begins when the spine calls into another room than the one it called last, and all that happens below
  that call belongs to it, in threads too: a room that is asked many times within a stage is entered once. How often a
  room is entered is the number of stages it takes part in. Not stages: what a result says of itself (a property), what runs
  while a module is imported, and `nacomp/runtime` (progress and cancel, output files), which all others may ask at any time.

`--as-in COMMIT` sorts the files into the rooms that a later commit moved them to, to compare a flat folder with rooms.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from importlib.abc import MetaPathFinder
from inspect import CO_NEWLOCALS
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

TEXT = Path(__file__).parents[1] / "data" / "corpus" / "prose.txt"
TEXT_BYTES = 700
LAYERS = ("nacomp", "formats", "models", "gui")
DECORATOR = "formats/records.py"
"""Stands for the standard library's decorator, and runs wherever a record is first made: who follows a job skips it."""
SPINE = ("nacomp/cli", "nacomp/operations")
AT_ANY_TIME = "nacomp/runtime"
IMPORTING = "importing"
LEGS = {"compress": ["text"], "decompress": ["text.nac", "-f"]}


class NoNativeCores(MetaPathFinder):
    """Our extension modules, which are the only modules of ours that begin with an underscore, do not exist."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        """Raises ImportError for one of them, as where no compiler was there; leaves the rest to others."""
        last = fullname.rpartition(".")[2]
        if fullname.startswith("nacomp.") and last.startswith("_") and not last.startswith("__"):
            raise ImportError(f"{fullname} is left out")


@dataclass
class Stage:
    """One call of the spine: the room called, and the rooms that took part, in the order of their first part."""

    rooms: list[str]


@dataclass(frozen=True)
class Standing:
    """Where a running function of ours stands: its room, and the stage it works for (None on the spine)."""

    room: str
    stage: Stage | None
    counts: bool = True
    """False while a module is imported and below a call that is no stage."""


@dataclass
class Walk:
    """What a trip entered."""

    root: Path
    moved: dict[str, str]
    functions: dict[CodeType, str] = field(default_factory=dict)
    """Each function with its file, in the order of their first runs."""
    stages: list[Stage] = field(default_factory=list)
    files: dict[CodeType, str | None] = field(default_factory=dict)
    here: threading.local = field(default_factory=threading.local)

    def watch(self) -> None:
        """Follow every call from now on, in threads that start later too."""
        submit = ThreadPoolExecutor.submit

        def submit_from_here(
            pool: ThreadPoolExecutor, work: Any, /, *given: Any, **named: Any
        ) -> Future[Any]:
            standing = self.stack[-1]

            def run() -> Any:
                self.stack.append(standing)
                try:
                    return work(*given, **named)
                finally:
                    self.stack.pop()

            return submit(pool, run)

        ThreadPoolExecutor.submit = submit_from_here  # type: ignore[assignment,method-assign]
        threading.setprofile(self._event)
        sys.setprofile(self._event)

    @property
    def stack(self) -> list[Standing]:
        """Where the running functions of ours in this thread stand, innermost last."""
        if not hasattr(self.here, "stack"):
            self.here.stack = [Standing("", None)]
        stack: list[Standing] = self.here.stack
        return stack

    def _event(self, frame: FrameType, event: str, _: object) -> None:
        if event not in ("call", "return"):
            return
        code = frame.f_code
        if code not in self.files:
            self.files[code] = self._file(code)
        file = self.files[code]
        if file is None:
            return
        if event == "return":
            self.stack.pop()
        else:
            self.stack.append(self._enter(code, file))

    def _file(self, code: CodeType) -> str | None:
        """The file of a function or of a module's body, below the root; None for what is not ours or has no name."""
        has_name = code.co_flags & CO_NEWLOCALS and not code.co_name.startswith("<")
        if not has_name and code.co_name != "<module>":
            return None
        path = Path(os.path.realpath(code.co_filename))
        if not path.is_relative_to(self.root):
            return None
        file = path.relative_to(self.root).as_posix()
        return file if file.split("/")[0] in LAYERS and file != DECORATOR else None

    def _enter(self, code: CodeType, file: str) -> Standing:
        """A function, or a module's body, begins."""
        above = self.stack[-1]
        room = os.path.dirname(self.moved.get(file, file))  # noqa: PTH120 - a name, not a path of this machine
        if code.co_name == "<module>":
            return Standing(room, above.stage, counts=False)
        self.functions.setdefault(code, file)
        if not above.counts or room == AT_ANY_TIME or room in SPINE:
            return Standing(room, above.stage, above.counts)
        if above.stage is not None:
            if room not in above.stage.rooms:
                above.stage.rooms.append(room)
            return Standing(room, above.stage)
        if _is_property(code):
            return Standing(room, None, counts=False)
        if not self.stages or self.stages[-1].rooms[0] != room:
            self.stages.append(Stage([room]))
        return Standing(room, self.stages[-1])

    def report(self) -> dict[str, Any]:
        """The counts, as JSON."""
        files = list(self.functions.values())
        rooms = [os.path.dirname(self.moved.get(file, file)) for file in files]  # noqa: PTH120
        return {
            "functions": len(files),
            "files": len(set(files)),
            "rooms": {room: [rooms.count(room), len(_in(room, files, rooms))] for room in sorted(set(rooms))},
            "entered": Counter(room for stage in self.stages for room in stage.rooms),
            "stages": [stage.rooms for stage in self.stages],
            "read_again": Counter(file for file, _ in groupby(files)),
            "walk": [[file, code.co_qualname] for code, file in self.functions.items()],
        }


def _in(room: str, files: list[str], rooms: list[str]) -> set[str]:
    return {file for file, its_room in zip(files, rooms, strict=True) if its_room == room}


def _is_property(code: CodeType) -> bool:
    """Whether a function is one of a class's properties."""
    module = next(
        (m for m in list(sys.modules.values()) if getattr(m, "__file__", "") == code.co_filename), None
    )
    found: Any = module
    for name in code.co_qualname.split("."):
        found = getattr(found, "__dict__", {}).get(name)
    return isinstance(found, property | cached_property)


def moves(root: Path, commit: str | None) -> dict[str, str]:
    """Where a commit has the files of this checkout's commit, by their names here."""
    if commit is None:
        return {}
    asked = ["git", "diff", "-M", "--diff-filter=R", "--name-status", "HEAD", commit]
    shown = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True).stdout
    return {line.split("\t")[1]: line.split("\t")[2] for line in shown.splitlines()}


def leg(name: str, folder: Path, commit: str | None, *, native: bool) -> None:
    """One way, in this process: leave the counts in the folder."""
    import nacomp

    root = Path(os.path.realpath(str(nacomp.__file__))).parents[1]
    walk = Walk(root, moves(root, commit))
    if not native:
        sys.meta_path.insert(0, NoNativeCores())
    os.chdir(folder)
    walk.watch()
    from nacomp.cli.main import run

    level = ["--level", "fast"] if name == "compress" else []
    code = run([name, *LEGS[name], *level, *([] if native else ["--kernel", "numpy"])])
    sys.setprofile(None)
    threading.setprofile(None)
    if code:
        raise SystemExit(code)
    Path(f"{name}.json").write_text(json.dumps(walk.report()), encoding="utf-8")


def walked(text: bytes, *, commit: str | None = None, native: bool = False) -> dict[str, dict[str, Any]]:
    """The counts of a text's way in and of its way out, each taken in a new process of this interpreter.

    `native`: with the native cores, which hide the arithmetic and take a fifth of the time.
    """
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "text").write_bytes(text)
        environment = os.environ | {"NACOMP_HOME": str(folder / "home")}
        for way in LEGS:
            command = [sys.executable, __file__, "--leg", way, name]
            command += [*(["--as-in", commit] if commit else []), *(["--native"] if native else [])]
            subprocess.run(command, env=environment, check=True)
            found[way] = json.loads((folder / f"{way}.json").read_bytes())
        assert (folder / "text").read_bytes() == text
    return found


def show(name: str, counts: dict[str, Any], *, with_list: bool) -> None:
    """The counts in words."""
    print(f"\n{name}: {counts['functions']} functions in {counts['files']} files")
    for room, (functions, files) in counts["rooms"].items():
        entered = counts["entered"].get(room, "-")
        print(f"  {room:20} {functions:4} functions {files:3} files   entered {entered}")
    print("  stages: " + "; ".join(" > ".join(stage) for stage in counts["stages"]))
    again = Counter(counts["read_again"]).most_common(6)
    print("  read again: " + ", ".join(f"{file} {times}" for file, times in again))
    if with_list:
        for file, functions in groupby(counts["walk"], key=lambda step: step[0]):
            print(f"    {file}: " + ", ".join(function for _, function in functions))


def main() -> None:
    """Both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--list", action="store_true", help="name every function, in the order of first runs")
    parser.add_argument("--as-in", metavar="COMMIT", help="sort the files into the rooms of this commit")
    parser.add_argument("--leg", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--native", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.leg:
        leg(asked.leg[0], Path(asked.leg[1]), asked.as_in, native=asked.native)
        return
    for way, counts in walked(TEXT.read_bytes()[:TEXT_BYTES], commit=asked.as_in).items():
        show(way, counts, with_list=asked.list)


if __name__ == "__main__":
    main()
