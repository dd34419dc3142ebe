"""What is fuzzed: one function for each reader of untrusted bytes. Raising anything but NacompError is a finding."""

import io
import tempfile
from functools import cache
from pathlib import Path

from nacomp.codecs import classical
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import NacompError
from nacomp.formats.block import Block
from nacomp.formats.limits import Limits
from nacomp.formats.methods import MethodKind
from nacomp.formats.paths import display_name
from nacomp.formats.protection.recovery import find_damage, repair
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import IntactParts, lost_ranges
from nacomp.models.exact.weights import load_weights
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.library.store import Store
from nacomp.models.tokens.tokenizer import read_vocabulary
from nacomp.runtime.progress import Job
from tests.formats.samples import PASSWORD

LIMITS = Limits(
    max_block_size=1 << 16,
    max_neural_block_size=1 << 12,
    max_index_size=1 << 16,
    max_entries=200,
    max_kdf_memory=1 << 12,
    max_kdf_work=1 << 12,
)
"""Small, so that a run is short and a limit that is not kept shows as memory."""
MODEL = Path(__file__).parents[1] / "data" / "tiny.gguf"


def container(data: bytes) -> None:
    """Open, list, decode classical blocks, salvage and repair."""
    for step in (_read, _salvage, _repair):
        try:
            step(data)
        except NacompError:
            continue


def _read(data: bytes) -> None:
    with ArchiveReader.open(io.BytesIO(data), LIMITS, PASSWORD) as reader:
        for entry in reader.entries:
            assert min(display_name(entry.path)) >= " "
            assert entry.size == sum(extent.length for extent in entry.extents)
            assert not {"", ".", ".."} & set(entry.path.split("/"))
            assert "\\" not in entry.path
        for info in reader.blocks[:20]:
            _decode(reader.methods[info.method].kind, reader, info.number)


def _decode(kind: MethodKind, reader: ArchiveReader, number: int) -> None:
    block: Block = reader.block(number)
    if kind is not MethodKind.NEURAL:
        method = reader.methods[block.info.method]
        content = classical.unpack(method, block.payload, block.info.original_size)
        assert len(content) == block.info.original_size


def _salvage(data: bytes) -> None:
    found = IntactParts(io.BytesIO(data), LIMITS, PASSWORD)
    for number in found.intact:
        found.block(number)
    for entry in found.index.entries if found.index else ():
        lost = lost_ranges(entry, found.intact.keys())
        assert sum(length for _, length in lost) <= entry.size


def _repair(data: bytes) -> None:
    find_damage(io.BytesIO(data))
    repair(io.BytesIO(data), io.BytesIO())


def gguf(data: bytes) -> None:
    """Open a model file, read all of it, and make weights of it."""
    with tempfile.NamedTemporaryFile(suffix=".gguf") as file:
        file.write(data)
        file.flush()
        try:
            with open_gguf(file.name) as model:
                for name in model.tensor_names:
                    model.tensor(name)
                read_vocabulary(model.metadata)
                load_weights(model)
        except NacompError:
            return


def decoder(data: bytes) -> None:
    """Decode a neural payload with the tiny model: a size, then the payload."""
    size = min(1 + int.from_bytes(data[:2], "little"), 300)
    try:
        content = _codec().decode(data[2:], size, Job())
    except NacompError:
        return
    assert len(content) == size


@cache
def _codec() -> NeuralCodec:
    folder = Path(tempfile.mkdtemp(prefix="nacomp-fuzz-"))
    store = Store(folder)
    store.add(MODEL)
    return ModelLoader(store=store, threads=1).for_level(LEVELS["fast"], "tiny")


TARGETS = {"container": container, "gguf": gguf, "decoder": decoder}
