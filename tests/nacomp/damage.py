"""Small archives of every kind, ways to damage them, and a judge of what a reader makes of the result."""

import hashlib
import io
import lzma
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import zstandard

from nacomp.archive import units
from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.sources import Source
from nacomp.codecs import mixed, ppmd
from nacomp.codecs.classical import METHODS
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import NacompError
from nacomp.formats.block import BLOCK_HEADER_SIZE, encode_block_header
from nacomp.formats.checksums import CHECKSUM_SIZE, INDEX, checksum, content_checksum
from nacomp.formats.compact import encode_compact
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.extent import Extent
from nacomp.formats.index import FIELDS, FOOTER, INDEX_HEADER_SIZE
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.packing import pack as deflate
from nacomp.formats.packing import unpack as inflate
from nacomp.formats.paths import encode_path
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.reader import ArchiveReader, archive_size
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.library.store import Store
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.runtime.progress import Job
from tests.formats.samples import PASSWORD, sealed
from tests.nacomp.workbench import DATA, ROOT, TINY, prose

HANG_SECONDS = 10.0
Tree = dict[str, tuple[str, bytes]]
"""Path to (kind, content or link target)."""


@dataclass(frozen=True)
class Sample:
    """An archive and what is in it."""

    name: str
    data: bytes
    tree: Tree


def tiny_engines(folder: Path) -> ModelLoader:
    """A loader whose store, in this folder, has the tiny model; one thread, so that runs repeat."""
    store = Store(folder)
    store.add(DATA / "tiny.gguf")
    return ModelLoader(store=store, threads=1)


def samples(loader: ModelLoader) -> list[Sample]:
    """One archive for each codec, and some that mix them, with every kind of entry."""
    noise = random.Random(5).randbytes(300)
    text = prose(500)
    contents = {
        "neural": {"text": text},
        "several": {"a": text, "b": noise + text[::-1], "c": b"", "d": text[:300], "deep/ünï/名": bytes(900)},
        "empty-file": {"nothing": b""},
        "notes": {"note": text[:90], "notes/2": text[90:150]},
    }
    found = [_written(name, files, loader) for name, files in contents.items()]
    found += [_classical(number, noise + text) for number in range(len(METHODS))]
    found.append(_written("links", {"tree/file": noise}, loader, links={"tree/to": "file", "up": "tree"}))
    found.append(Sample("no-entries", _empty(), {}))
    found += [_golden(name, loader) for name in ("look-inside", "long-stream", "compact-neural")]
    with_recovery = io.BytesIO(found[1].data)
    add_recovery(with_recovery, 5)
    found.append(Sample("recovery", with_recovery.getvalue(), found[1].tree))
    return found


def sealed_samples(plain: list[Sample]) -> list[Sample]:
    """Two of these archives sealed, one of them with recovery data; the key costs next to nothing."""
    found = []
    for sample in plain:
        if sample.name in ("several", "recovery"):
            out = io.BytesIO(sealed(sample.data[: archive_size(io.BytesIO(sample.data))]))
            if sample.name == "recovery":
                add_recovery(out, 5)
            found.append(Sample(f"sealed-{sample.name}", out.getvalue(), sample.tree))
    return found


def _written(
    name: str, files: dict[str, bytes], loader: ModelLoader, links: dict[str, str] | None = None
) -> Sample:
    sources = [Source(path, EntryKind.FILE, len(data), 0o644, 7, data=data) for path, data in files.items()]
    tree: Tree = {path: ("FILE", data) for path, data in files.items()}
    if links:
        sources.append(Source("tree", EntryKind.FOLDER, 0, 0o755, 7))
        tree["tree"] = ("FOLDER", b"")
    for path, target in (links or {}).items():
        sources.append(Source(path, EntryKind.SYMLINK, 0, 0o777, 7, link_target=target))
        tree[path] = ("SYMLINK", target.encode())
    level = replace(LEVELS["fast"], symbols_per_stream=40, block_bytes=400)
    out = io.BytesIO()
    with mock.patch.object(units, "SMALL_BYTES", 400):  # so that not all of it becomes one block
        write_archive(out, sources, BlockEncoder(loader.for_texts(level, TINY), Job()), Job())
    return Sample(name, out.getvalue(), tree)


def _golden(name: str, loader: ModelLoader) -> Sample:
    """A committed archive; that it decodes to what it should is `test_golden_views.py`'s business."""
    data = (ROOT / "formats" / "golden" / f"{name}.nac").read_bytes()
    return Sample(name, data, contents_of(data, loader))


def _classical(number: int, content: bytes) -> Sample:
    """One block in this method, whether or not another would be smaller."""
    method = METHODS[number]
    match method.kind:
        case MethodKind.STORED:
            payload = content
        case MethodKind.ZSTD:
            payload = zstandard.ZstdCompressor(write_content_size=False).compress(content)
        case MethodKind.PPMD:
            order, memory = method.parameters["order"], method.parameters["memory"]
            payload = ppmd.encode(content, int(str(order)), int(str(memory)))
        case MethodKind.MIXED:
            settings = MixingSettings(Profile.BINARY, len(content))
            payload = mixed.encode(content, settings, len(content) + 1024) or b""
        case _:
            payload = lzma.compress(content, lzma.FORMAT_RAW, filters=_chain(method, len(content)))
    out = io.BytesIO()
    writer = ArchiveWriter(out, METHODS)
    writer.add_block(number, payload, len(content), content_checksum(content))
    digest = hashlib.sha256(content).digest()
    extents = (Extent(0, 0, len(content)),)
    writer.finish([Entry("file", EntryKind.FILE, 0o644, 7, len(content), digest, extents=extents)])
    return Sample(f"{method.kind}-{number}", out.getvalue(), {"file": ("FILE", content)})


def _chain(method: Method, size: int) -> list[dict[str, int]]:
    """liblzma's form of a method's filters."""
    ids = {"delta": lzma.FILTER_DELTA, "x86": lzma.FILTER_X86}
    filters: Any = method.parameters["filters"]
    front = [{**spec, "id": ids[spec["id"]]} for spec in filters if spec["id"] in ids]
    return [*front, {"id": lzma.FILTER_LZMA2, "dict_size": max(size, 4096)}]


def _empty() -> bytes:
    out = io.BytesIO()
    ArchiveWriter(out, ()).finish([])
    return out.getvalue()


def contents_of(data: bytes, loader: ModelLoader) -> Tree:
    """Everything an archive gives. Raises what reading it raises."""
    with Archive(io.BytesIO(data), loader.for_method, password=PASSWORD) as archive:
        tree: Tree = {e.path: (e.kind.name, encode_path(e.link_target)) for e in archive.entries}
        for entry, pieces in archive.contents(archive.files, Job()):
            tree[entry.path] = ("FILE", b"".join(pieces))
    return tree


def judge(data: bytes, sample: Sample, loader: ModelLoader, *, names: bool = True) -> str:
    """What came of a damaged archive: `refused` and `same` are right, `wrong`, `hang` and any other word are not.

    Without `names`, entries may be called something else, but what is in them must be right.
    """
    began = time.monotonic()
    try:
        found = contents_of(data, loader)
    except NacompError:
        outcome = "refused"
    except Exception as error:  # the point of the exercise
        outcome = f"traceback {type(error).__name__}: {error}"
    else:
        same = found == sample.tree if names else _bytes_in(found) <= _bytes_in(sample.tree)
        outcome = "same" if same else "wrong"
    return "hang" if time.monotonic() - began > HANG_SECONDS else outcome


def _bytes_in(tree: Tree) -> Counter[bytes]:
    return Counter({content for kind, content in tree.values() if kind == "FILE"})


def flipped(data: bytes, bit: int) -> bytes:
    """One bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def forged_blocks(sample: Sample, source: random.Random, count: int) -> Iterator[bytes]:
    """Archives with a bit changed in a payload and the block's checksum made to fit, so that the codec meets it."""
    with ArchiveReader.open(io.BytesIO(sample.data)) as reader:
        if reader.compact:
            yield from _forged_compact(reader, source, count)
            return
        blocks = [reader.block(info.number) for info in reader.blocks]
    for _ in range(count if blocks else 0):
        block = source.choice(blocks)
        payload = flipped(block.payload, source.randrange(8 * len(block.payload)))
        start = block.info.offset
        header = encode_block_header(block.info, payload, block.content_checksum)
        assert len(header) == BLOCK_HEADER_SIZE
        yield sample.data[:start] + header + payload + sample.data[block.info.end :]


def _forged_compact(reader: ArchiveReader, source: random.Random, count: int) -> Iterator[bytes]:
    """The same for a compact archive, which is its one block."""
    for _ in range(count if reader.blocks else 0):
        block = reader.block(0)
        payload = flipped(block.payload, source.randrange(8 * len(block.payload)))
        made = None
        with suppress(CorruptArchive):  # more symbols than there may be
            made = encode_compact(reader.entries[0], reader.methods[0], payload, block.content_checksum)
        if made is not None:  # else no compact archive can hold it
            yield made


def forged_indexes(sample: Sample, source: random.Random, count: int) -> Iterator[bytes]:
    """Archives with a bit changed in the unpacked index, and everything around it made to fit."""
    with ArchiveReader.open(io.BytesIO(sample.data)) as reader:
        if reader.compact:
            return  # has none
        end = reader.size
        start = reader.blocks[-1].end if reader.blocks else reader.header.size
    section = sample.data[start : end - FOOTER.size]
    marker, flags, _, body_size = FIELDS.unpack_from(section)
    body = inflate(section[INDEX_HEADER_SIZE:], body_size, "index")
    for _ in range(count):
        packed = deflate(flipped(body, source.randrange(8 * len(body))))
        fields = FIELDS.pack(marker, flags, len(packed), body_size)
        changed = fields + checksum(INDEX, fields, packed) + packed
        assert len(fields) + CHECKSUM_SIZE == INDEX_HEADER_SIZE
        yield sample.data[:start] + changed + sample.data[end - FOOTER.size : end]
