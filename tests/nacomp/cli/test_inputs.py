"""Inputs that are no plain files, and names that stand for something else: what is archived is what was meant."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import nacomp as library
from tests.nacomp.workbench import nacomp, refused, until_it_waits

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes with names, links and signals of POSIX")

TEXT = b"what a pipe brings is as good as what lies in a file\n" * 9
FAST = ("--level", "fast")


def shell(line: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """A line of bash, with `nacomp` in it."""
    line = line.replace("nacomp ", f"{sys.executable} -m nacomp ")
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, timeout=60, check=False)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a text and its archive."""
    (tmp_path / "a").write_bytes(TEXT)
    (tmp_path / "a.nac").write_bytes(library.compress(TEXT, level="fast"))
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "nacomp compress --level fast <(cat a) -o b.nac",
        "nacomp compress --level fast <(cat a) -c > b.nac",
        "cat a | nacomp compress --level fast /dev/stdin -o b.nac",
        "nacomp compress --level fast /dev/stdin -o b.nac < a",
        "nacomp compress --level fast /dev/fd/7 -o b.nac 7< <(cat a)",
        "mkfifo p; cat a > p & sleep 0.2; nacomp compress --level fast p -o b.nac",
        "mkfifo p; ln -s p l; cat a > l & sleep 0.2; nacomp compress --level fast l -o b.nac",
        "nacomp compress --level fast <(cat a) --resume -o b.nac",
        "nacomp compress --level fast <(cat a) --verify --recovery 5 -o b.nac",
        "ln -s a l; nacomp compress --level fast l -o b.nac",
    ],
)
def test_streams_named_on_the_command_line_are_read(line: str, here: Path) -> None:
    done = shell(line, here)
    assert done.returncode == 0, done.stderr
    with library.open(here / "b.nac") as archive:
        assert [archive.read(entry.path) for entry in archive.entries] == [TEXT]


def test_streams_beside_files(here: Path) -> None:
    assert shell("nacomp compress --level fast a <(echo x) <(echo y) -o b.nac", here).returncode == 0
    with library.open(here / "b.nac") as archive:
        assert sorted(archive.read(entry.path) for entry in archive.entries) == [TEXT, b"x\n", b"y\n"]


@pytest.mark.parametrize("command", ["test", "list", "info", "cat", "decompress -c", "decompress -o back"])
def test_archives_from_streams(command: str, here: Path) -> None:
    assert shell(f"nacomp {command} <(cat a.nac)", here).returncode == 0


def test_damaged_archive_from_a_stream_is_read_once(here: Path) -> None:
    done = shell("nacomp test <(head -c 20 a.nac)", here)
    assert done.returncode == 3


@pytest.mark.parametrize("line", ["compress <(cat a)", "compress -r <(cat a)", "decompress <(cat a.nac)"])
def test_streams_have_no_place_beside_them(line: str, here: Path) -> None:
    done = shell(f"nacomp {line}", here)
    assert done.returncode in (2, 5)
    assert b"Traceback" not in done.stderr


def test_batch_wants_files(here: Path) -> None:
    os.mkfifo(here / "pipe")
    done = nacomp("batch", here / "pipe", here / "a", "-o", here / "out", *FAST)
    assert (done.code, "neither a file" in done.err) == (1, True)
    assert (here / "out" / "a.nac").exists()
    assert "standard input" in refused(2, "batch", "-", *FAST)
    assert "folder" in refused(2, "batch", here / "a", "-o", "-", *FAST)


def test_sockets_are_refused(here: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(here / "s"))
        assert "neither a file" in refused(5, "compress", here / "s", "-o", here / "s.nac", *FAST)


def test_control_lines_and_data_do_not_share_a_stream(here: Path) -> None:
    for line in (["compress", "-", "-o", here / "x.nac", *FAST], ["test", "-"], ["d", "-", "--salvage"]):
        assert "--control" in refused(2, *line, "--control", stdin=b"pause\n")


def test_files_made_as_they_are_read(here: Path) -> None:
    """Their sizes are told as 0 or as a page."""
    found = [path for path in ("/proc/self/status", "/proc/version") if Path(path).exists()]
    if not found:
        pytest.skip("no such files on this system")
    assert nacomp("compress", *found, "-o", here / "p.nac", *FAST).code == 0
    with library.open(here / "p.nac") as archive:
        assert all(archive.read(entry.path) for entry in archive.entries)


def test_large_stream_takes_bounded_memory() -> None:
    """60 MB more of input take no 60 MB more of memory."""
    code = (
        "import io, resource\n"
        "from nacomp.archive.spool import source_from_stream\n"
        "from nacomp.runtime.progress import CancelToken\n"
        "class Zeros(io.RawIOBase):\n"
        "    left = 60\n"
        "    def read(self, size=-1):\n"
        "        self.left -= 1\n"
        "        return bytes(1 << 20) if self.left >= 0 else b''\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "source = source_from_stream(Zeros(), 'zeros', CancelToken())\n"
        "assert source.size == 60 << 20 == sum(map(len, source.chunks(1 << 20)))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    kilobytes = int(done.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 20_000


@pytest.mark.parametrize("command", ["compress", "decompress", "test"])
def test_no_room_for_the_stream_is_a_sentence(command: str, here: Path) -> None:
    """A limit on the size of files stands in for a full disk."""
    line = [sys.executable, "-m", "nacomp", command, "-"]
    line += ["-o", str(here / "x"), *FAST] if command == "compress" else []

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))

    done = subprocess.run(line, input=bytes(9 << 20), capture_output=True, preexec_fn=limit, check=False)
    assert done.returncode == 5
    assert b"temporary files" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (here / "x").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "line", ["compress - -o w.nac --level fast", "decompress - -o w", "test -", "compress p -o w.nac"]
)
def test_signal_ends_a_wait_for_input(number: signal.Signals, line: str, here: Path) -> None:
    os.mkfifo(here / "p")
    before = sorted(here.iterdir())
    command = [sys.executable, "-m", "nacomp", *line.split(), "-v"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here
    ) as process:
        until_it_waits(process)
        process.send_signal(number)
        assert process.wait(10) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert sorted(here.iterdir()) == before


# Names that stand for something else.


def test_links_named_are_followed(here: Path) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "t").write_bytes(TEXT)
    (here / "folder" / "inner").symlink_to("t")
    (here / "link").symlink_to("folder")
    (here / "file").symlink_to("a")
    assert nacomp("compress", "link/", "-o", "l.nac", *FAST, cwd=here).code == 0
    with library.open(here / "l.nac") as archive:
        assert [entry.path for entry in archive.entries] == ["link", "link/inner", "link/t"]
    assert nacomp("compress", "-r", "link", *FAST, cwd=here).code == 0
    assert library.decompress((here / "folder" / "t.nac").read_bytes()) == TEXT
    assert nacomp("batch", "link", "file", "-o", "out", *FAST, cwd=here).code == 0
    made = sorted(str(path.relative_to(here / "out")) for path in (here / "out").rglob("*.nac"))
    assert made == ["file.nac", "link/t.nac"]
    assert "link" in refused(2, "compress", here / "file", "--delete", *FAST)
    assert (here / "file").is_symlink()


def test_link_to_nothing_is_a_failure(here: Path) -> None:
    (here / "gone").symlink_to("nothing")
    assert "no such file" in refused(5, "compress", here / "gone", *FAST)
    assert nacomp("batch", here / "gone", *FAST).code == 2


def test_inputs_without_files_are_told(here: Path) -> None:
    (here / "empty").mkdir()
    done = nacomp("compress", "-r", "empty", *FAST, cwd=here)
    assert done.code == 2
    assert "no file" in done.err
    done = nacomp("compress", "-r", "empty", "a", "-f", *FAST, cwd=here)
    assert done.code == 0
    assert "empty holds no files" in done.err


def test_dots_get_archives_beside_them(here: Path) -> None:
    inner = here / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "t").write_bytes(TEXT)
    assert nacomp("compress", ".", *FAST, cwd=inner).code == 0
    assert nacomp("compress", "..", *FAST, cwd=inner).code == 0
    assert (here / "outer" / "inner.nac").exists()
    assert (here / "outer.nac").exists()


def test_file_called_minus(here: Path) -> None:
    (here / "-").write_bytes(TEXT)
    assert nacomp("compress", "./-", *FAST, cwd=here).code == 0
    assert library.decompress((here / "-.nac").read_bytes()) == TEXT
    (here / "-").write_bytes((here / "a.nac").read_bytes())
    assert nacomp("cat", "./-", cwd=here).out == TEXT
    assert nacomp("test", "./-", cwd=here).code == 0
