"""What is fuzzed: one function for each reader of untrusted bytes. Raising anything but NacompError is a finding."""

import io
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from nacomp.codecs import _ppmd, classical, ppmd_reference
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import NacompError
from nacomp.formats.block import Block
from nacomp.formats.derived import Derived
from nacomp.formats.limits import Limits
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.paths import display_name
from nacomp.formats.protection.recovery import find_damage, repair
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import IntactParts, lost_ranges
from nacomp.models.exact.weights import load_weights
from nacomp.models.jpeg import _jpeg
from nacomp.models.jpeg import reference as jpeg_reference
from nacomp.models.jpeg.file import Segments
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.library.store import Store
from nacomp.models.tokens.tokenizer import read_vocabulary
from nacomp.runtime.progress import Job
from nacomp.transforms import _deflate, deflate_reference
from nacomp.transforms.deflate import open_stream, rebuild_piece
from nacomp.transforms.table import close_view
from tests.formats.samples import PASSWORD, joined

LIMITS = Limits(
    max_block_size=1 << 16,
    max_neural_block_size=1 << 12,
    max_index_size=1 << 16,
    max_entries=200,
    max_derived=50,
    max_derived_size=1 << 16,
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
        contents = {info.number: _decode(reader, info.number) for info in reader.blocks[:20]}
        for number, one in list(reader.derived_table.items())[:20]:
            if all(contents.get(extent.content) for extent in one.extents):
                contents[number] = _close(reader.methods[one.method], one, contents)


def _decode(reader: ArchiveReader, number: int) -> bytes:
    """A block's content; nothing for a neural one."""
    block: Block = reader.block(number)
    method = reader.methods[block.info.method]
    if method.kind is MethodKind.NEURAL:
        return b""
    content = classical.unpack(method, block.payload, block.info.original_size)
    assert len(content) == block.info.original_size
    return content


def _close(method: Method, one: Derived, contents: Mapping[int, bytes]) -> bytes:
    made = close_view(method, one.parameters, [joined(contents, part) for part in one.parts], one.size)
    assert len(made) == one.size
    return made


def _salvage(data: bytes) -> None:
    found = IntactParts(io.BytesIO(data), LIMITS, PASSWORD)
    for number in found.intact:
        found.block(number)
    for entry in found.index.entries if found.index else ():
        lost = lost_ranges(entry, found.intact_contents)
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


def deflate(data: bytes) -> None:
    """Corrections behind a size and their content, or a stream: what both implementations make of it is the same."""
    size = int.from_bytes(data[:2], "little")
    if size < 1 << 15:
        content, corrections = data[2 : 2 + size], data[2 + size :]
        results = [_attempt(rebuild, content, corrections, b"") for rebuild in REBUILDS]
        assert results.count(results[0]) == len(results), results
    for start_bit in (size % 8, 8):
        opened = open_stream(data[2:], start_bit, limit=1 << 16)
        if opened is not None:
            piece = rebuild_piece(opened.content, opened.corrections)
            assert (piece.lead, piece.bits_used, piece.final) == (
                start_bit % 8,
                opened.bits_used,
                opened.final,
            )


def _attempt(call: Callable[..., object], *arguments: object) -> object:
    """What it gives, or None where it refuses: of two faults in one stream, each may name the one that it meets first."""
    try:
        return call(*arguments)
    except (NacompError, ValueError):
        return None


def ppmd(data: bytes) -> None:
    """Order, memory and size in a byte each, then a payload: what both implementations make of it is the same."""
    order, memory, size = (*data[:3], 0, 0, 0)[:3]
    order, memory, size = 2 + order % 15, (1 << 11) + (memory << 4), 2 * size
    results = [_attempt(decode, data[3:], order, memory, size) for decode in DECODES]
    assert results[0] == results[1], results
    if isinstance(results[0], bytes):
        assert len(results[0]) == size
        assert _ppmd.encode(results[0], order, memory) == data[3:]
    payload = _ppmd.encode(data, order, memory)
    assert _ppmd.decode(payload, order, memory, len(data)) == data


def jpeg(data: bytes) -> None:
    """A size, a rest behind its length and words, or a file: what both implementations make of it is the same."""
    size, length = 2 * sum(data[:1]), int.from_bytes(data[1:3], "little")
    rest, words = data[3:][: length & 0x7FFF], data[3:][length & 0x7FFF :]
    parts = (length >> 15, rest, words[: len(words) // 4 * 4], size)
    put_together = _attempt(_jpeg.put_together, *parts)
    if _blocks(rest, size) < MOST_BLOCKS:
        assert put_together == _attempt(jpeg_reference.put_together, *parts)
    found = _jpeg.take_apart(data[3:])
    if len(data) < SHORT:
        assert found == jpeg_reference.take_apart(data[3:])
    if found is not None:
        assert _jpeg.put_together(*found, len(data) - 3) == data[3:]


def _blocks(rest: bytes, size: int) -> int:
    """How many blocks the picture has, of which the twin codes some hundred a second."""
    segments = Segments(rest, 8 * size)
    try:
        for _ in segments.scans():
            pass
    except ValueError:
        return 0
    return segments.picture.blocks


MOST_BLOCKS, SHORT = 200, 2000
REBUILDS = (deflate_reference.rebuild, _deflate.rebuild)
DECODES = (ppmd_reference.decode, _ppmd.decode)
TARGETS = {
    "container": container,
    "gguf": gguf,
    "decoder": decoder,
    "deflate": deflate,
    "ppmd": ppmd,
    "jpeg": jpeg,
}
