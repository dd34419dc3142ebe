"""What is archived and extracted, chosen on the command line."""

import json
import os
from pathlib import Path

import pytest

from nacomp import open as open_archive
from nacomp.operations.jobfile import plan, read_job_file
from tests.nacomp.workbench import nacomp, refused

FAST = ("--level", "fast")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of texts and logs, with a file of patterns beside it."""
    for name in ("a.txt", "b.log", "sub/c.txt", "sub/d.log", "cache/e.txt"):
        path = tmp_path / "top" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "top" / "cache" / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55")
    (tmp_path / "top" / ".gitignore").write_text("a.*\n")
    (tmp_path / "patterns").write_text("*.log\n")
    return tmp_path / "top"


def names(archive: Path) -> list[str]:
    with open_archive(archive) as opened:
        return [entry.path for entry in opened.entries if entry.size]


def test_compress_takes_what_the_patterns_leave(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.nac"
    options = ("--exclude-from", tmp_path / "patterns", "--gitignore", "--exclude-caches", "--exclude", ".*")
    assert nacomp("compress", "-C", tmp_path, "top", "-o", archive, *options, *FAST).code == 0
    assert names(archive) == ["top/cache/CACHEDIR.TAG", "top/sub/c.txt"]
    other = tmp_path / "b.nac"
    assert (
        nacomp("compress", tree / "sub", "--full-paths", "-o", other, "--include", "*.log", *FAST).code == 0
    )
    assert names(other) == [(tree / "sub" / "d.log").as_posix().lstrip("/")]
    assert "leave nothing" in refused(2, "compress", tree, "-o", tmp_path / "c.nac", "--exclude", "*", *FAST)


def test_an_archive_for_each_file_that_the_patterns_leave(tree: Path) -> None:
    assert (
        nacomp("compress", "-r", tree, "--exclude", "*.log", "--gitignore", "--rm", "--no-trash", *FAST).code
        == 0
    )
    found = {path.name for path in tree.rglob("*")} - {"sub", "cache"}
    assert found == {
        "a.txt",
        "b.log",
        "c.txt.nac",
        "d.log",
        "e.txt.nac",
        "CACHEDIR.TAG.nac",
        ".gitignore.nac",
    }


def test_readers_choose_by_patterns(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.nac"
    assert nacomp("compress", tree, "-o", archive, *FAST).code == 0
    assert nacomp("cat", archive, "top/*.txt").out == b"a.txt"
    assert nacomp("list", archive, "-s", "*.log").out.decode().splitlines()[-1].startswith("2 entries, 14 B")
    assert "all 14 B come back" in nacomp("test", archive, "-s", "*.log").err
    (tmp_path / "out").mkdir()
    way = ("-C", tmp_path / "out", "--strip-components", "1", "-s", "*.log")
    assert nacomp("decompress", archive, *way).code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b.log", "sub"]
    refused(2, "decompress", archive, "-C", tmp_path / "out", "-o", tmp_path)
    refused(5, "decompress", archive, "-C", tmp_path / "missing")
    refused(1, "list", archive, "-s", "*.pdf")


def test_batch_takes_what_the_patterns_leave(tree: Path, tmp_path: Path) -> None:
    options = (
        "--include",
        "*.txt",
        "--exclude-from",
        tmp_path / "patterns",
        "--gitignore",
        "--exclude-caches",
    )
    assert nacomp("batch", tree, "-o", tmp_path / "out", *options, *FAST).code == 0
    found = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.nac")]
    assert found == ["top/sub/c.txt.nac"]


def test_a_job_file_has_patterns(tree: Path, tmp_path: Path) -> None:
    job = tmp_path / "job.toml"
    row = '[[job]]\ninputs = ["top"]\ninclude = ["*.txt"]\ngitignore = true\nexclude_caches = true\n'
    job.write_text(row)
    _, rules = read_job_file(job)
    assert [task.source for task in plan(rules, tmp_path, None)] == [tree / "sub" / "c.txt"]
    job.write_text(row.replace("true", "1"))
    assert "true or false" in refused(2, "batch", "--job", job)
    assert "its own gitignore" in refused(2, "batch", "--job", job, "--gitignore")


def test_update_takes_what_the_patterns_leave(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.nac"
    assert nacomp("compress", tree, "-o", archive, "--include", "*.txt", *FAST).code == 0
    for name in ("a.txt", "b.log", "sub/d.log", "cache/e.txt"):
        (tree / name).write_text("another content")
    options = ("--exclude-from", tmp_path / "patterns", "--gitignore", "--exclude-caches")
    assert nacomp("update", archive, tree, *options, *FAST).code == 0
    assert names(archive) == [
        "top/.gitignore", "top/a.txt", "top/cache/CACHEDIR.TAG", "top/cache/e.txt", "top/sub/c.txt",
    ]  # fmt: skip
    with open_archive(archive) as opened:
        assert opened.read("top/a.txt") == b"a.txt"  # left out by .gitignore, so as it was


def test_what_patterns_leave_out_of_an_update_is_not_gone(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.nac"
    assert nacomp("compress", tree, "-o", archive, *FAST).code == 0
    before = names(archive)
    (tree / "sub" / "c.txt").unlink()
    (tree / "sub" / "d.log").unlink()
    assert nacomp("update", "--delete", archive, tree, "--exclude", "*.log", "--gitignore", *FAST).code == 0
    assert names(archive) == [name for name in before if not name.startswith("top/sub/")]


def test_estimate_counts_what_the_patterns_leave_and_a_file_once(tree: Path) -> None:
    os.link(tree / "sub" / "c.txt", tree / "sub" / "again.txt")
    asked = ("estimate", tree, "--json", "--exclude", "*.log", "--exclude", ".*", "--exclude-caches", *FAST)
    found = json.loads(nacomp(*asked).out.splitlines()[-1])
    assert found["total_bytes"] == len("a.txt") + len("sub/c.txt") + len(
        "Signature: 8a477f597d28d172789f06886806bc55"
    )
