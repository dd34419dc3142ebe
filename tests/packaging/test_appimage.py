"""The AppImage's runtime, before a small application: a shell script in a real image."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.portability.toolchain import lacking

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
TELL = 'echo "$APPDIR|$ARGV0|$APPIMAGE|$*"; cat "$APPDIR/below/text"; '
UNPACKED = "APPIMAGE_EXTRACT_AND_RUN"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An AppImage whose program is what its first argument says, in shell."""
    if not (shutil.which("mksquashfs") and list(Path("/usr/lib").glob("*/libsquashfuse_ll.a"))):
        lacking("squashfs-tools", "libsquashfuse-dev", "libfuse3-dev")
    folder = tmp_path_factory.mktemp("application")
    (folder / "below").mkdir()
    (folder / "below" / "text").write_text("text\n")
    (folder / "below" / "noise").write_bytes(random.Random(5).randbytes(1_300_000))
    (folder / "link").symlink_to("below/noise")
    (folder / "AppRun").write_text(f'#!/bin/sh\n{TELL}eval "$1"\n')
    (folder / "AppRun").chmod(0o755)
    target = tmp_path_factory.mktemp("image") / "an image"
    script = "import sys, pathlib, make_appimage as m; m.pack(*map(pathlib.Path, sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(LINUX)}
    subprocess.run([sys.executable, "-c", script, folder, target], env=environment, check=True)
    shutil.copytree(folder, target.parent / "as packed", symlinks=True)
    return target


@pytest.fixture(params=["mounted", "unpacked"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where the image mounts or unpacks itself; a machine without FUSE unpacks both times."""
    given = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    return given | ({UNPACKED: "1"} if request.param == "unpacked" else {})


def nothing_left(folder: Path) -> bool:
    """Whether the folder is empty within a while: what served the mount may end a moment after the application."""
    end = time.monotonic() + 20
    while any(folder.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(folder.iterdir())


def test_application_runs_with_its_files_arguments_and_exit_code(
    image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    command: list[Path | str] = [image, "exit 7", "two words", ""]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert done.stderr == ""
    said, text = done.stdout.splitlines()
    where, *rest = said.split("|")
    assert Path(where).parent == tmp_path
    assert rest == [str(image), str(image), "exit 7 two words "]
    assert text == "text"
    assert nothing_left(tmp_path)


def test_a_signal_ends_application_and_image(
    image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    command: list[Path | str] = [image, "echo started; exec sleep 60"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(3)][2] == "started\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == -signal.SIGTERM
    assert nothing_left(tmp_path)


def test_a_program_left_running_keeps_the_mounted_files(image: Path, tmp_path: Path) -> None:
    later = 'f=$APPDIR/below/text; (sleep 1; cat "$f" > "$2" 2>&1) > /dev/null 2>&1 &'
    temporary, out = tmp_path / "temporary", tmp_path / "out"
    temporary.mkdir()
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(temporary)}
    done = subprocess.run([image, later, out], env=environment, check=True, capture_output=True, text=True)
    if ".mount_" not in done.stdout:
        pytest.skip("this machine cannot mount; what is unpacked goes with the application")
    assert nothing_left(temporary)
    assert out.read_text() == "text\n"


def test_image_unpacks_whole(image: Path, tmp_path: Path) -> None:
    subprocess.run([image, "--appimage-extract"], cwd=tmp_path, check=True)
    packed, unpacked = image.parent / "as packed", tmp_path / "squashfs-root"
    assert subprocess.run(["diff", "-r", "--no-dereference", packed, unpacked], check=False).returncode == 0
    assert os.access(unpacked / "AppRun", os.X_OK)
    again = subprocess.run(
        [image, "--appimage-extract"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert again.returncode == 127
    assert again.stderr == "nacomp: squashfs-root: File exists\n"


def test_image_begins_where_it_says_and_bears_the_mark(image: Path) -> None:
    offset = int(subprocess.run([image, "--appimage-offset"], capture_output=True, check=True).stdout)
    content = image.read_bytes()
    assert content[8:11] == b"AI\x02"
    assert content[offset : offset + 4] == b"hsqs"


def test_cut_image_says_so_and_leaves_nothing(
    image: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    cut = tmp_path / "cut"
    cut.write_bytes(image.read_bytes()[:-700_000])
    cut.chmod(0o755)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    given = environment | {"TMPDIR": str(temporary)}
    done = subprocess.run([cut, "true"], env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert done.stderr.startswith("nacomp: ")
    assert len(done.stderr.splitlines()) == 1
    assert nothing_left(temporary)
