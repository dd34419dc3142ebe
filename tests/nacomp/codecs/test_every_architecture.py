"""A block by a model of each architecture comes back in another process, whichever kernel wrote it."""

import io
from pathlib import Path

import pytest

from nacomp.codecs.levels import Level
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import UnsupportedArchive
from nacomp.formats.checksums import content_checksum
from nacomp.formats.extent import Extent
from nacomp.formats.methods import Method
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.exact.architecture import ARCHITECTURES
from nacomp.models.exact.engine import available_kernels
from nacomp.models.library.store import Store
from nacomp.models.protocol import ContextWindow
from nacomp.runtime.progress import Job
from tests.formats.samples import file_entry
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf
from tests.nacomp.workbench import nacomp, prose

LEVEL = Level("small", (), ContextWindow(48, 4), 2, 50, 1 << 20)
CONTENT = prose(400) + b"\x04\xff\t\t" + "é λόγος".encode()


def installed(folder: Path, architecture: str) -> str:
    """A tiny model of this architecture in the store: its id."""
    model = TinyModel(
        architecture=architecture,
        layers=3,
        hidden=96,
        width=64,
        span=20,
        vocabulary=400,
        sentencepiece=architecture.startswith("gemma"),
    )
    return Store().add(write_tiny_gguf(folder / f"{architecture}.gguf", model)).id


def archive(model: str, kernel: str) -> tuple[bytes, Method]:
    """An archive of one block that this model coded."""
    codec = ModelLoader(kernel=kernel, threads=1).for_level(LEVEL, model)
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, codec.methods[:1])
    packed = codec.encode(codec.plan(CONTENT, LEVEL), len(CONTENT), Job())
    writer.add_block(0, packed.payload, len(CONTENT), content_checksum(CONTENT))
    writer.finish([file_entry("text", CONTENT, [Extent(0, 0, len(CONTENT))])])
    return stream.getvalue(), codec.methods[0]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_round_trip_in_a_new_process(architecture: str, tmp_path: Path) -> None:
    model = installed(tmp_path, architecture)
    made = {archive(model, kernel)[0] for kernel in available_kernels()}
    assert len(made) == 1
    (tmp_path / "a.nac").write_bytes(made.pop())
    done = nacomp("decompress", tmp_path / "a.nac", "-o", tmp_path / "out")
    assert done.code == 0, done.err
    assert (tmp_path / "out").read_bytes() == CONTENT


def test_an_archive_that_names_the_other_numerics_is_refused(tmp_path: Path) -> None:
    _, method = archive(installed(tmp_path, "qwen3"), "auto")
    engine = {"engine": "exact", "numerics": "exact-1"}
    with pytest.raises(UnsupportedArchive, match="exact-1"):
        ModelLoader().for_method(Method(method.kind, dict(method.parameters) | {"engine": engine}))
