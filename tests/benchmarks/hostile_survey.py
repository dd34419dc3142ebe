"""Archives that ask for endless work or all memory: what each costs. `python -m tests.benchmarks.hostile_survey [NAME ...]`

Each has right checksums and is given to the command line in a process of its own. Prints the exit status, the processor
seconds and the most memory it took; leaves with 1 after a traceback, another status than is expected, or more than it may.
The machine should have 8 GB free. Takes about two minutes on one core.
"""

import argparse
import io
import lzma
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from nacomp.codecs import classical
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import EMPTY_SHA256, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.file_access import go_on
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.protection import recovery
from nacomp.formats.protection.recovery_layout import MIN_SECTOR, RecoveryShape
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.library.store import Store
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.runtime.progress import Job
from tests.formats.forging import forged_block, forged_header
from tests.formats.samples import STORED, file_entry
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf
from tests.nacomp.workbench import DATA, TINY, prose

MEBI = 1 << 20
MOST_SECONDS = 60.0
"""Processor seconds that no case may take more of."""


@dataclass(frozen=True)
class Case:
    """A hostile file, and the command that meets it.

    Attributes:
        make: writes what is needed into a folder; gives the file.
        command: the arguments, of which FILE and OUT are replaced.
        status: the exit status that is expected: 0 decoded in bounded work, 3 refused.
        most_memory: MB that it may take.
    """

    make: Callable[[Path], bytes]
    command: tuple[str, ...]
    status: int
    most_memory: int = 1500


def side_by_side(_: Path) -> bytes:
    """Twelve blocks of 256 MiB that decode side by side: 5.4 GB once."""
    size, method = 256 * MEBI, Method(MethodKind.LZMA, {"filters": [{"id": "lzma2"}]})
    settings = {"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": size}
    content = bytes(size)
    payload = lzma.compress(content, lzma.FORMAT_RAW, filters=[settings])
    entry = file_entry("0", content, [])
    entries = [replace(entry, path=f"{n:02}", extents=(Extent(n, 0, size),)) for n in range(12)]
    return archive([method], [(0, payload, content)] * 12, entries)


def joined(home: Path) -> bytes:
    """A block of a few words, each of them 33 MB long: 3.9 GB once."""
    model = TinyModel(vocabulary=258, longest=33_000_000)
    codec = codec_of(write_tiny_gguf(home / "long.gguf", model), "long")
    symbols = np.full(120, 257, np.int32)
    payload = codec.encode(codec.plan(symbols, LEVELS["fast"]), 4 * MEBI, Job()).payload
    return archive([codec.methods[0]], [(0, payload, bytes(4 * MEBI))])


def tables(_: Path) -> bytes:
    """Ten small blocks whose predictors have the largest tables there are."""
    codec = codec_of(DATA / "tiny.gguf", TINY)
    codec = codec.with_ensemble(EnsembleParameters(ngram_orders=6, table_bits=20, chain=16))
    text, level = prose(3000), LEVELS["fast"]
    payload = codec.encode(codec.plan(text, level), len(text), Job()).payload
    return archive([codec.methods[0]], [(0, payload, text)] * 10)


def jumps(_: Path) -> bytes:
    """Forty bytes from two large blocks in turn, each a decoding of a block once: 20 s, and weeks at the limits."""
    content = bytes(256 * MEBI)
    packed = classical.pack_quick(content)
    blocks = [(0, packed.payload, content)] * 2
    extents = [Extent(i % 2, i, 1) for i in range(40)]
    return archive([packed.method], blocks, [file_entry("forty", bytes(40), extents)])


def tiny_blocks(_: Path) -> bytes:
    """Forty thousand blocks of one byte: 60 s once."""
    return archive([STORED], [(0, b"x", b"x")] * 40_000)


def long_names(_: Path) -> bytes:
    """Thirty thousand names of 4,095 bytes: 97 s once."""
    tail = "/".join("p" * 255 for _ in range(15))
    names = (f"{number:05}" + "n" * 250 + "/" + tail for number in range(30_000))
    entries = [Entry(name, EntryKind.FILE, 0o644, 0, 0, EMPTY_SHA256) for name in names]
    return archive([STORED], [], entries)


def scattered(_: Path) -> bytes:
    """Damage that differs at every byte of 254 rows, in the smallest sectors there are: 100 s once."""
    content = random.Random(1).randbytes(32_000)
    out = io.BytesIO(archive([STORED], [(0, content, content)]))
    shape = RecoveryShape(len(out.getvalue()), MIN_SECTOR, 127, 127)
    recovery._append(out, shape, go_on)
    data, source = bytearray(out.getvalue()), random.Random(2)
    for number in source.sample(range(shape.sectors), shape.sectors * 2 // 5):
        data[shape.sector(number)[0]] ^= 1
    return bytes(data)


def far_number(_: Path) -> bytes:
    """87 bytes with a block numbered 4,294,967,295: all memory once."""
    return forged_header() + forged_block(b"abc", b"abc", 2**32 - 1)


CASES = {
    # Two blocks at a time, each with its dictionary, and one in hand.
    "side by side": Case(side_by_side, ("test", "-T", "10", "FILE"), 0, 1800),
    "joined": Case(joined, ("test", "FILE"), 3),
    # As many threads as were asked for, 330 MB each, as far as half of what is free reaches.
    "tables": Case(tables, ("test", "-T", "10", "FILE"), 0, 3600),
    "jumps": Case(jumps, ("test", "FILE"), 0),  # each block once: what will be needed again is kept in a file
    "tiny blocks": Case(tiny_blocks, ("test", "FILE"), 0),
    "long names": Case(long_names, ("list", "FILE"), 0),
    "scattered": Case(scattered, ("repair", "FILE", "-o", "OUT"), 0),
    "far number": Case(far_number, ("decompress", "--salvage", "FILE", "-o", "OUT"), 3),
}


def codec_of(model: Path, name: str) -> NeuralCodec:
    """The codec of a model, which is installed for the commands too."""
    Store().add(model)
    return ModelLoader(threads=1).for_level(LEVELS["fast"], name)


def archive(
    methods: list[Method], blocks: list[tuple[int, bytes, bytes]], entries: list[Entry] | None = None
) -> bytes:
    """An archive of these blocks (method, payload, content), and without other entries of one file of all of them."""
    out = io.BytesIO()
    writer = ArchiveWriter(out, methods)
    checksums: dict[int, bytes] = {}
    for method, payload, content in blocks:
        if id(content) not in checksums:
            checksums[id(content)] = content_checksum(content)
        writer.add_block(method, payload, len(content), checksums[id(content)])
    if entries is None:
        extents = [Extent(number, 0, len(content)) for number, (_, _, content) in enumerate(blocks)]
        entries = [file_entry("all", b"".join(content for _, _, content in blocks), extents)]
    writer.finish(entries)
    return out.getvalue()


def meet(case: Case, folder: Path, data: bytes) -> tuple[int, float, float, str]:
    """Run the command: its exit status, processor seconds, most memory in MB, and the last line it said."""
    (folder / "hostile.nac").write_bytes(data)
    places = {"FILE": str(folder / "hostile.nac"), "OUT": str(folder / "out")}
    command = [sys.executable, "-m", "nacomp", *(places.get(word, word) for word in case.command)]
    with (folder / "said").open("w+b") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
    code = os.waitstatus_to_exitcode(status)
    last = "Traceback" if "Traceback" in words else " ".join(words.split())[:90]
    return code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, last


def main() -> int:
    """Run the survey."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*CASES, []], help="these cases only")
    chosen = parser.parse_args().names or list(CASES)
    bad = 0
    for name in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ["NACOMP_HOME"] = str(Path(scratch) / "home")
            # In a process of its own: what this one holds would count as the command's most memory.
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                data = pool.submit(CASES[name].make, Path(scratch)).result()
            code, seconds, memory, said = meet(CASES[name], Path(scratch), data)
        case = CASES[name]
        good = code == case.status and seconds <= MOST_SECONDS and memory <= case.most_memory
        good = good and said != "Traceback"
        bad += not good
        verdict = "" if good else "  NOT as promised"
        print(
            f"{name:13} {len(data):10,} B  status {code}  {seconds:6.1f} s  {memory:6.0f} MB  {said}{verdict}"
        )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
