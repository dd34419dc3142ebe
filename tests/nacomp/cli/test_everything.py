"""A tree with all that a file can have comes back, as a tool says that nobody here wrote: rsync."""

import os
import subprocess
from pathlib import Path

import pytest

import nacomp as library
from nacomp.archive.sources import Source
from nacomp.archive.tree_writer import TreeWriter
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileProblem
from nacomp.formats.entry import Entry, EntryKind, Owner
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.file_properties import AttributeChoice, Keep, OwnerRule, PropertyReader, Restore
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import nacomp
from tests.portability.toolchain import need

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
pytestmark = pytest.mark.skipif(not hasattr(os, "setxattr"), reason="attributes are kept on Linux only")
FAST = ("--level", "fast")
KEEP = ("--owners", "--acls", "--all-xattrs") if IS_ROOT else ("--acls", "--xattrs")
SET = KEEP[1:] if IS_ROOT else KEEP
OLD = 981_173_106_123_456_789


def run(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Hard links, holes, access lists, attributes, owners, times and links."""
    need("rsync", "setfacl", "setfattr")
    top = tmp_path / "tree"
    (top / "sub" / "empty").mkdir(parents=True)
    for name in ("file", "private", "tool", "with\nline"):
        (top / name).write_text(f"this is {name}\n" * 9)
    (top / "private").chmod(0o600)
    (top / "tool").chmod(0o555)
    os.link(top / "file", top / "again")
    os.link(top / "file", top / "sub" / "again")
    with (top / "sparse").open("wb") as file:
        file.truncate(1 << 30)
        file.seek(1 << 29)
        file.write(b"in the middle")
    with (top / "hole").open("wb") as file:
        file.truncate(1 << 20)
    (top / "sub" / "link").symlink_to("../file")
    (top / "broken").symlink_to("nowhere")
    run("setfacl", "-m", "u:daemon:rw,g:bin:r", top / "file")
    run("setfacl", "-d", "-m", "u:daemon:rwx", top / "sub")
    run("setfattr", "-n", "user.note", "-v", "0x00ff", top / "tool" if IS_ROOT else top / "private")
    run("setfattr", "-n", "user.empty", top / "sub")
    if IS_ROOT:
        run("setfattr", "-n", "trusted.mark", "-v", "x", top / "private")
        for name in ("private", "sub", "broken"):
            os.chown(top / name, 1, 2, follow_symlinks=False)
        os.chown(top / "tool", 54_321, 54_322)
    for path in (*top.rglob("*"), top):
        os.utime(path, ns=(OLD, OLD), follow_symlinks=False)
    return top


def differences(one: Path, other: Path) -> str:
    """What rsync would change to make one tree the other."""
    return run("rsync", "--dry-run", "-aHAX", "--checksum", "--delete", "-i", f"{one}/", f"{other}/")


def test_everything_comes_back(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.nac"
    assert nacomp("compress", tree, "-o", archive, *FAST, *KEEP, "--verify").code == 0
    assert archive.stat().st_size < 3000
    assert nacomp("test", archive).code == 0
    assert nacomp("decompress", archive, "-o", tmp_path / "out", *SET).code == 0
    assert differences(tree, tmp_path / "out" / "tree") == ""
    for name in ("sparse", "hole"):
        kept, found = (tree / name).stat(), (tmp_path / "out" / "tree" / name).stat()
        assert found.st_size == kept.st_size
        assert found.st_blocks <= kept.st_blocks + 8


def test_the_comparison_can_fail(tree: Path, tmp_path: Path) -> None:
    """Each switch is needed: without it, rsync finds what is missing."""
    archive = tmp_path / "a.nac"
    assert nacomp("compress", tree, "-o", archive, *FAST, *KEEP).code == 0
    assert nacomp("decompress", archive, "-o", tmp_path / "bare", "--no-same-owner").code == 0
    found = differences(tree, tmp_path / "bare" / "tree")
    names = {line.split(" ")[1] for line in found.splitlines()}
    assert names >= {"file", "sub/", "sub/again"} | (
        {"private", "tool", "broken"} if IS_ROOT else {"private"}
    )


def test_nothing_of_it_is_kept_unless_it_is_asked_for(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.nac"
    assert nacomp("compress", tree, "-o", archive, *FAST).code == 0
    with library.open(archive) as opened:
        assert {entry.owner for entry in opened.entries} == {None}
        assert {entry.attributes for entry in opened.entries} == {()}


def test_a_stream_has_zeros_for_holes(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(3 << 20)
        file.seek(1 << 20)
        file.write(b"data")
    content = (tmp_path / "sparse").read_bytes()
    assert nacomp("compress", tmp_path / "sparse", *FAST).code == 0
    archive = tmp_path / "sparse.nac"
    assert nacomp("cat", archive).out == content
    assert nacomp("decompress", "-c", archive).out == content
    assert library.decompress(archive.read_bytes()) == content
    with library.open(archive) as opened:
        assert opened.read("sparse") == content


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
@pytest.mark.parametrize(
    ("options", "expected"),
    [((), 1), (("--numeric-owner",), 54_321), (("--no-same-owner",), 0), (("--same-owner",), 1)],
)
def test_owners_go_by_name_or_number(tmp_path: Path, options: tuple[str, ...], expected: int) -> None:
    """The archive says that `daemon` had another number where it was made."""
    archive = tmp_path / "a.nac"
    owner = Owner(54_321, 54_322, "daemon", "no-such-group")
    source = Source("file", EntryKind.FILE, 4, 0o644, OLD, data=b"mine", owner=owner)
    compress([source], archive, ModelLoader(), CompressOptions("fast"), Job())
    assert nacomp("decompress", archive, "-o", tmp_path / "out", *options).code == 0
    found = (tmp_path / "out").stat()
    assert (found.st_uid, found.st_gid) == (expected, 0 if options == ("--no-same-owner",) else 54_322)


def test_what_was_asked_for_and_cannot_be_set_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Owners by root's habit are set as far as they can be; all that was asked for is set, or told."""

    def fails(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", fails)
    monkeypatch.setattr(os, "fchown", fails)
    file = Entry("a", EntryKind.FILE, 0o644, OLD, owner=Owner(1, 1), attributes=((b"user.note", b""),))

    def write(restore: Restore) -> None:
        with TreeWriter(tmp_path, [file], overwrite=True, restore=restore) as tree:
            tree.write(file, [b"content"])

    write(Restore(OwnerRule.IF_POSSIBLE))
    with pytest.raises(FileProblem, match="its owner cannot be set"):
        write(Restore(OwnerRule.ALWAYS))
    with pytest.raises(FileProblem, match=r"its attribute user\.note cannot be set"):
        write(Restore(attributes=AttributeChoice(user=True)))
    write(Restore(attributes=AttributeChoice(access_lists=True)))


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (AttributeChoice(), ()),
        (AttributeChoice(user=True), ("user.a",)),
        (AttributeChoice(access_lists=True), ("system.posix_acl_access", "system.posix_acl_default")),
        (AttributeChoice(user=True, system=True), ("security.capability", "trusted.a", "user.a")),
    ],
)
def test_only_attributes_that_are_meant_are_set(
    monkeypatch: pytest.MonkeyPatch, choice: AttributeChoice, expected: tuple[str, ...]
) -> None:
    """An archive may name any: what has no known namespace is never set, capabilities only where that was asked for."""
    names: tuple[str, ...] = (
        "",
        "os2.x",
        "security.capability",
        "system.nfs4_acl",
        "system.posix_acl_access",
    )
    names += ("system.posix_acl_default", "trusted.a", "user", "user.a", "usex.a")
    done: list[str] = []
    monkeypatch.setattr(os, "setxattr", lambda _, name, __: done.append(name))
    attributes = tuple((name.encode(), b"value") for name in names)
    Restore(attributes=choice).to(0, Entry("a", EntryKind.FILE, 0, 0, attributes=attributes))
    assert tuple(done) == expected


def test_more_attributes_than_an_archive_may_hold_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PropertyReader(Keep(attributes=AttributeChoice(user=True)))
    monkeypatch.setattr(os, "listxattr", lambda *_, **__: ["user.a"])
    monkeypatch.setattr(os, "getxattr", lambda path, *_, **__: path.name.encode().ljust(1 << 16))
    kept = {reader.attributes(tmp_path / f"{number}", EntryKind.FILE) for number in range(255)}
    assert len(kept) == 255
    assert reader.attributes(tmp_path / "9", EntryKind.FILE) in kept
    with pytest.raises(FileProblem, match="those of all files have more than 16,777,216 bytes"):
        reader.attributes(tmp_path / "255", EntryKind.FILE)
    monkeypatch.setattr(os, "getxattr", lambda *_, **__: bytes((1 << 16) + 1))
    with pytest.raises(FileProblem, match="more or larger attributes"):
        reader.attributes(tmp_path / "large", EntryKind.FILE)
