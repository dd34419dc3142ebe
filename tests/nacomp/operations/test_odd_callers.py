"""What callers of the library hand over, and odd paths and passwords: a sentence with an exit code, never a traceback."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nacomp
from nacomp.archive.archive_reader import Archive
from nacomp.archive.spool import source_from_stream
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import NoFileOfBytes, UsageError, WrongPassword
from nacomp.formats.protection.seal import Seal
from nacomp.operations.compress import CompressOptions, compress
from nacomp.operations.salvage import salvage
from nacomp.runtime.progress import CancelToken, Job
from tests.formats.samples import CHEAP, PASSWORD, SMALL_FILES, SMALL_OTHERS, build, sealed
from tests.nacomp.workbench import refused

SMALL = build(SMALL_FILES, SMALL_OTHERS)
HALF = "half a character: \ud800"


class Lying(io.BytesIO):
    """A file whose `read` gives whatever `lie` makes of the bytes."""

    lie: Callable[[bytes], Any] = staticmethod(bytes)

    def read(self, size: int | None = -1) -> Any:
        return type(self).lie(super().read(size))


LIES: dict[str, Callable[[bytes], Any]] = {
    "too much": lambda data: data + bytes(2 << 20),
    "text": lambda data: data.decode("latin-1"),
    "None": lambda data: None,  # noqa: ARG005
    "numbers": list,
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("seekable", [True, False])
def test_file_objects_that_lie(tmp_path: Path, lie: str, *, seekable: bool) -> None:
    kind = type("Lie", (Lying,), {"lie": staticmethod(LIES[lie]), "seekable": lambda self: seekable})  # noqa: ARG005
    loader = ModelLoader()
    with pytest.raises(NoFileOfBytes), Archive(kind(SMALL), loader.for_method):
        pass
    with pytest.raises(NoFileOfBytes):
        salvage(kind(SMALL), tmp_path / "out", loader, Job())
    assert not (tmp_path / "out").exists()


def test_a_text_stream_as_input() -> None:
    with pytest.raises(NoFileOfBytes):
        source_from_stream(io.StringIO("text"), "name", CancelToken())  # type: ignore[arg-type]


def test_a_password_with_half_a_character_seals_nothing() -> None:
    with pytest.raises(UsageError, match="half a character"):
        compress([], io.BytesIO(), ModelLoader(), CompressOptions(seal=Seal(HALF, CHEAP)), Job())
    with pytest.raises(UsageError, match="half a character"):
        nacomp.compress(b"", password=HALF)


def test_a_password_with_half_a_character_opens_nothing() -> None:
    with pytest.raises(WrongPassword):
        nacomp.decompress(sealed(SMALL, PASSWORD), password=HALF)


@pytest.mark.parametrize("command", ["test", "list", "info", "cat", "repair", "decompress"])
def test_a_path_longer_than_the_system_opens(command: str) -> None:
    assert "too long" in refused(5, command, "/".join(["d" * 200] * 21))


def test_an_output_longer_than_the_system_opens(tmp_path: Path) -> None:
    (tmp_path / "small.nac").write_bytes(SMALL)
    long = tmp_path.joinpath(*["d" * 200] * 21)
    assert "too long" in refused(5, "decompress", tmp_path / "small.nac", "-o", long)
    assert "too long" in refused(5, "decompress", tmp_path / "small.nac", "--salvage", "-o", long)
