"""What is left out of what a walk finds: patterns, .gitignore files, marked caches."""

import os
import subprocess
from pathlib import Path

import pytest

from nacomp.archive.patterns import CACHE_SIGNATURE, CACHE_TAG, Patterns, read_patterns
from nacomp.archive.walk import Taken, walk
from nacomp.errors import FileProblem, UsageError
from nacomp.runtime.results import LeftOut
from tests.portability.toolchain import need

TREE = (
    *("a.py", "a.o", "src/b.py", "src/b.o", "src/deep/c.py", "src/deep/c.log"),
    *("build/x.py", "cache/big", "cache/sub/bigger", "with space/d.py", "src/build/y.py"),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project."""
    for name in TREE:
        path = tmp_path / "top" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "top"


def files(tree: Path, **patterns: object) -> set[str]:
    """The files that are taken, by their names below the input."""
    found = walk([tree], taken=Taken(patterns=Patterns(**patterns)))  # type: ignore[arg-type]
    return {s.name.partition("/")[2] for s in found if s.path is not None and s.path.is_file()}


@pytest.mark.parametrize(
    ("exclude", "gone"),
    [
        (("*.o",), {"a.o", "src/b.o"}),
        (("build/",), {"build/x.py", "src/build/y.py"}),
        (("/top/build",), {"build/x.py"}),
        (("/build",), set()),
        (("top/**/*.py", "!a.py"), {n for n in TREE if n.endswith(".py") and n != "a.py"}),
        (("with space",), {"with space/d.py"}),
        (("# *.o", "", "a.?"), {"a.o"}),
        (("[ab].py",), {"a.py", "src/b.py"}),
    ],
)
def test_exclude(tree: Path, exclude: tuple[str, ...], gone: set[str]) -> None:
    assert files(tree, exclude=exclude) == set(TREE) - gone


def test_what_is_excluded_is_not_looked_at(tree: Path) -> None:
    """No folder that is left out is read, so nothing in it can be unreadable."""
    os.mkfifo(tree / "build" / "pipe")
    told: list[LeftOut] = []
    walk([tree], taken=Taken(patterns=Patterns(exclude=("build/",))), left_out=told.append)
    assert told == []
    with pytest.raises(FileProblem, match="neither a file"):
        walk([tree])


def test_include_takes_what_matches_and_the_folders_it_lies_in(tree: Path) -> None:
    taken = Taken(patterns=Patterns(include=("*.log", "/top/cache/"), exclude=("bigger",)))
    names = ["top", "top/cache", "top/cache/big", "top/cache/sub"]
    assert [s.name for s in walk([tree], taken=taken)] == [
        *names,
        "top/src",
        "top/src/deep",
        "top/src/deep/c.log",
    ]


def test_no_pattern_is_told(tree: Path) -> None:
    with pytest.raises(UsageError, match="no pattern"):
        files(tree, exclude=("!",))


def test_patterns_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"*.o\r\n# not this\n\xff.txt\n")
    assert read_patterns(tmp_path / "list") == ("*.o", "# not this", "\udcff.txt")
    with pytest.raises(FileProblem, match="no such file"):
        read_patterns(tmp_path / "none")


IGNORED = {
    ".gitignore": "*.o\n/build/\n*.log\n!\n",
    "src/.gitignore": "!b.o\n/deep/*.py\nbuild\n",
    "with space/.gitignore": "*\n",
}


def test_gitignore_says_what_git_says(tree: Path) -> None:
    need("git")
    for name, text in IGNORED.items():
        (tree / name).write_text(text)
    subprocess.run(["git", "init", "-q", tree], check=True)
    listed: list[str | Path] = [
        "git",
        "-C",
        tree,
        "-c",
        "core.excludesFile=",
        "ls-files",
        "-z",
        "--others",
        "--exclude-standard",
    ]
    expected = {os.fsdecode(n) for n in subprocess.check_output(listed).split(b"\0") if n}
    assert expected == {
        ".gitignore",
        "a.py",
        "src/.gitignore",
        "src/b.py",
        "src/b.o",
        "cache/big",
        "cache/sub/bigger",
    }
    assert {n for n in files(tree, gitignore=True) if not n.startswith(".git/")} == expected
    # A folder of the repository: what stands above it counts too, as for git.
    below = {n.removeprefix("src/") for n in expected if n.startswith("src/")}
    assert files(tree / "src", gitignore=True) == below
    assert files(tree) > expected


def test_gitignore_above_what_is_no_repository_does_not_count(tree: Path) -> None:
    (tree / ".gitignore").write_text("*")
    assert files(tree / "src", gitignore=True) == {n[4:] for n in TREE if n.startswith("src/")}
    assert files(tree, gitignore=True) == set()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_called_gitignore_is_not_waited_for(tree: Path) -> None:
    os.mkfifo(tree / "src" / ".gitignore")
    with pytest.raises(FileProblem, match="neither a file"):
        files(tree, gitignore=True)


def test_of_a_cache_the_tag_alone_is_taken(tree: Path) -> None:
    (tree / "cache" / CACHE_TAG).write_bytes(CACHE_SIGNATURE + b"\n# made by a test\n")
    (tree / "src" / CACHE_TAG).write_bytes(b"Signature: of something else\n")
    gone = {"cache/big", "cache/sub/bigger"}
    expected = {*TREE, f"cache/{CACHE_TAG}", f"src/{CACHE_TAG}"}
    assert files(tree, caches=True) == expected - gone
    assert files(tree) == expected
