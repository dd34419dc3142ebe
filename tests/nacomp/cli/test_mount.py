"""`nacomp mount` with the kernel, where there is FUSE, and what it says where there is not."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nacomp.operations import mount
from tests.nacomp.workbench import nacomp, prose, refused
from tests.portability.toolchain import need


def has_fuse() -> bool:
    """Whether the kernel has it and lets us mount: root in a container often may not, others have a helper."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return False
    return os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


OF_LIBFUSE = "Ignoring invalid max threads value 4294967295 > max (100000).\n"
"""libfuse 3.12 to 3.16 say it of their own default (its issue 1003); an option for it is heard from 3.14.1 on only."""

kernel = pytest.mark.skipif(sys.platform != "linux" or not has_fuse(), reason="this system has no FUSE")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with files, their archive, and an empty folder beside them."""
    top = tmp_path / "top"
    (top / "sub").mkdir(parents=True)
    (top / "text").write_bytes(prose(300))
    (top / "noise").write_bytes(random.Random(4).randbytes(600_000))
    os.link(top / "text", top / "sub" / "again")
    (top / "link").symlink_to("sub/again")
    with (top / "sparse").open("wb") as file:
        file.truncate(1 << 24)
        file.write(b"behind a hole")
    (tmp_path / "at").mkdir()
    assert nacomp("compress", "--level", "fast", top, "-o", tmp_path / "a.nac").code == 0
    return tmp_path


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A mount that is there; it is taken down if the test did not."""
    need("fusermount3", "rsync")
    command = [sys.executable, "-W", "error", "-m", "nacomp", "mount", "a.nac", "at", "--json", *options]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if json.loads(line)["event"] == "mounted":
                    break
            else:
                assert process.stderr is not None
                pytest.fail(f"not mounted: {process.stderr.read()}")
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def ending(process: "subprocess.Popen[str]") -> dict[str, object]:
    """What it says last; it ended well."""
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.replace(OF_LIBFUSE, "")) == (0, "")
    told: dict[str, object] = json.loads(out.splitlines()[-1])
    return told


@kernel
def test_everything_is_as_it_was(place: Path) -> None:
    with mounted(place) as process:
        command = ["rsync", "--dry-run", "-aHX", "--checksum", "-i", "--delete", "top/", "at/top/"]
        compared = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
        assert compared.stdout == ""
        assert (place / "at/top/text").samefile(place / "at/top/sub/again")
        assert (place / "at/top/sparse").stat().st_blocks < 16
        with pytest.raises(OSError, match="Read-only file system"):
            (place / "at/new").write_bytes(b"x")
        process.send_signal(signal.SIGINT)
        assert ending(process) == {"event": "result", "path": "a.nac", "folder": "at"}
    assert list((place / "at").iterdir()) == []


@kernel
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_unmounts_it_though_somebody_stands_in_it(number: signal.Signals, place: Path) -> None:
    with mounted(place) as process:
        held = os.open(place / "at/top/noise", os.O_RDONLY)
        process.send_signal(number)
        ending(process)
        with contextlib.suppress(OSError):  # it is gone with the process
            os.close(held)
    assert not os.path.ismount(place / "at")


@kernel
def test_it_ends_when_somebody_unmounts_it(place: Path) -> None:
    with mounted(place) as process:
        subprocess.run(["fusermount3", "-u", place / "at"], check=True)
        ending(process)


@kernel
def test_damage_is_told_and_the_rest_reads_on(place: Path) -> None:
    noise = (place / "top/noise").read_bytes()
    data = bytearray((place / "a.nac").read_bytes())
    data[data.index(noise[1000:1100])] ^= 1
    (place / "a.nac").write_bytes(data)
    with mounted(place) as process:
        with pytest.raises(OSError, match="Input/output error"):
            (place / "at/top/noise").read_bytes()
        assert (place / "at/top/text").read_bytes() == (place / "top/text").read_bytes()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    warnings = [json.loads(line) for line in out.splitlines() if "warning" in line]
    assert [one["message"].split(":")[0] for one in warnings] == ["top/noise cannot be read"]


@kernel
def test_a_folder_that_holds_something_is_refused(place: Path) -> None:
    assert "is not empty" in refused(2, "mount", place / "a.nac", place / "top")


@kernel
def test_a_folder_that_is_not_there_is_refused(place: Path) -> None:
    assert "no such file or directory" in refused(5, "mount", place / "a.nac", place / "nowhere")


@kernel
def test_a_sealed_archive_wants_its_password(place: Path) -> None:
    (place / "word").write_text("secret\n")
    sealed = nacomp(
        "compress",
        "--level",
        "fast",
        place / "top",
        "-f",
        "-o",
        place / "a.nac",
        "--password-file",
        place / "word",
    )
    assert sealed.code == 0
    assert "password" in refused(4, "mount", place / "a.nac", place / "at")
    with mounted(place, "--password-file", "word"):
        assert (place / "at/top/text").read_bytes() == prose(300)


def test_without_the_extra_one_sentence_says_what_to_install(place: Path) -> None:
    code = (
        "import sys; sys.modules['mfusepy'] = None; import importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda name, *a: None if name == 'mfusepy' else find(name, *a); "
        "from nacomp.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    command: list[str | Path] = [sys.executable, "-c", code, "mount", place / "a.nac", place / "at"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.strip().endswith("install it with: pip install 'nacomp[mount]'")


def test_without_fuse_itself_the_package_is_named(place: Path) -> None:
    command: list[str | Path] = [sys.executable, "-m", "nacomp", "mount", place / "a.nac", place / "at"]
    surroundings = {**os.environ, "FUSE_LIBRARY_PATH": str(place / "no-such-library.so")}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    assert done.returncode == 5
    assert "install its package, fuse3" in done.stderr


def test_a_mount_helper_is_found_by_either_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """libfuse 2 and 3 call it differently, and root needs none."""
    ran: list[list[str]] = []
    monkeypatch.setattr("nacomp.operations.mount.subprocess.run", lambda command, **_: ran.append(command))
    for known in ({"fusermount3": "/bin/fusermount3"}, {"fusermount": "/bin/fusermount"}, {}):
        monkeypatch.setattr(shutil, "which", known.get)
        mount._unmount(tmp_path)
    assert [command[0] for command in ran] == ["/bin/fusermount3", "/bin/fusermount", "umount"]
    assert {command[-1] for command in ran} == {str(tmp_path)}
