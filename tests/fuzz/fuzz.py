"""Coverage-guided fuzzing with atheris: `python tests/fuzz/fuzz.py TARGET [libFuzzer options] [folders]`

TARGET is container, gguf, decoder, deflate, ppmd or jpeg.

With `--replay FOLDER` it runs every file of a folder once, without atheris; with `--seed FOLDER` it writes seeds.

In the container, checksums and tags are zero, and packed and sealed fields plain while fuzzing: a mutated archive then
gets past them, to the code that they protect. The damage survey covers the real ones.
"""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
SEED_BYTES = 6000
"""Larger seeds slow the mutator down."""


def open_up_the_container() -> None:
    """Make checksums zero, packed and sealed fields plain, before anything imports the originals."""
    from cryptography.hazmat.primitives.ciphers import aead

    from nacomp.formats import checksums, packing
    from nacomp.formats.errors import CorruptArchive

    def checksum(structure: bytes, *parts: bytes | memoryview) -> bytes:  # noqa: ARG001
        return bytes(checksums.CHECKSUM_SIZE)

    def pack(data: bytes, dictionary: bytes = b"") -> bytes:  # noqa: ARG001
        return data

    def unpack(packed: bytes, size: int, what: str, dictionary: bytes = b"") -> bytes:  # noqa: ARG001
        if len(packed) != size:
            raise CorruptArchive(reason=f"the {what} has another size")
        return packed

    aead.ChaCha20Poly1305 = OpenCipher  # type: ignore[assignment]  # no subclass: that one cannot have any
    checksums.checksum = checksum
    packing.pack, packing.unpack = pack, unpack


class OpenCipher:
    """Stands for ChaCha20-Poly1305 while fuzzing: nothing is hidden, nothing is checked but the size."""

    def __init__(self, key: bytes) -> None: ...

    def encrypt(self, _nonce: bytes, data: bytes, _associated: bytes) -> bytes:
        """The data and a tag of zeros."""
        return data + bytes(16)

    def decrypt(self, _nonce: bytes, data: bytes, _associated: bytes) -> bytes:
        """The data without its tag."""
        if len(data) < 16:
            raise ValueError("no tag")
        return data[:-16]


def main(arguments: list[str]) -> int:
    """Fuzz, or replay, or write seeds."""
    name, rest = arguments[0], arguments[1:]
    fuzzing = not rest or rest[0] not in ("--replay", "--seed")
    if fuzzing:
        import atheris
    if name == "container":
        open_up_the_container()
    with atheris.instrument_imports(include=["nacomp"]) if fuzzing else nullcontext():
        from tests.fuzz.targets import TARGETS
    target: Callable[[bytes], None] = TARGETS[name]
    if not fuzzing:
        folder = Path(rest[1])
        return seed(name, folder) if rest[0] == "--seed" else replay(target, folder)
    atheris.Setup([sys.argv[0], *rest], target)
    atheris.Fuzz()
    return 0


def replay(target: Callable[[bytes], None], folder: Path) -> int:
    """Run all files of a folder; gives 1 if there are none. A finding raises."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        target(path.read_bytes())
    print(f"{len(files)} files")
    return 0 if files else 1


def seed(name: str, folder: Path) -> int:
    """Write a few small valid inputs: what mutations start from."""
    import tempfile

    from tests.nacomp.damage import samples, sealed_samples, tiny_engines

    folder.mkdir(parents=True, exist_ok=True)
    if name in CODERS:
        kind, made = CODERS[name]
        for number, data in enumerate(made()):
            (folder / f"{kind}-{number}").write_bytes(data)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        if name == "gguf":
            from tests.models.library.test_store import write_gguf
            from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

            write_gguf(folder / "one-tensor")
            write_tiny_gguf(
                folder / "model",
                TinyModel(1, 8, 2, 1, hidden=8, vocabulary=258, context=64, rope_factors=True),
            )
            return 0
        plain = samples(tiny_engines(Path(scratch)))
        for sample in plain + sealed_samples(plain):
            if name == "container" and len(sample.data) < SEED_BYTES:
                (folder / sample.name).write_bytes(sample.data)
            elif name == "decoder" and sample.name in ("neural", "several"):
                for number, data in enumerate(_payloads(sample.data)):
                    (folder / f"{sample.name}-{number}").write_bytes(data)
    return 0


def _descriptions() -> list[bytes]:
    """Content and corrections of a few streams, and a stream."""
    from nacomp.transforms.deflate import open_stream
    from tests.nacomp.transforms.deflate_samples import RandomStream, text, zlib_stream

    content = text(700)
    streams = [zlib_stream(content, level) for level in (0, 1, 6)]
    streams += [zlib_stream(content, strategy=strategy) for strategy in (2, 3)]
    streams += [RandomStream(seed, blocks=2).write() for seed in range(6)]
    found = [b"\xff\xff" + streams[2], b"\xff\xff" + streams[-1]]
    for stream in streams:
        opened = open_stream(stream, limit=1 << 16)
        if opened is not None and len(opened.content) < SEED_BYTES:
            found.append(len(opened.content).to_bytes(2, "little") + opened.content + opened.corrections)
    return found


def _ppmd_payloads() -> list[bytes]:
    """Of 400 bytes of text and of few symbols, in much memory and in little, at both ends of the orders."""
    from nacomp.codecs import ppmd_reference
    from tests.nacomp.transforms.deflate_samples import text

    found = []
    for content in (text(400)[:400], bytes(i * i % 7 for i in range(400)), bytes(400)):
        for order, memory in ((2, 255), (6, 255), (6, 20), (16, 0)):
            payload = ppmd_reference.encode(content, order, (1 << 11) + (memory << 4))
            found.append(bytes([order - 2, memory, len(content) // 2]) + payload)
    return found


def _jpeg_parts() -> list[bytes]:
    """Files of a few blocks, and the parts of those that a byte's worth of size reaches."""
    from nacomp.models.jpeg import _jpeg
    from tests.nacomp.transforms.pictures import jpeg

    kinds: list[dict[str, object]] = [
        {},
        {"progressive": True},
        {"optimize": True},
        {"restart_marker_blocks": 1},
    ]
    files = [jpeg(mode, (13, 9), **kind) for kind in kinds for mode in ("L", "RGB")]
    found = [bytes(3) + file for file in files]
    for file in files:
        even = file + bytes(len(file) % 2)
        parts = _jpeg.take_apart(even)
        if parts is not None and len(even) < 512:
            padding, rest, words = parts
            head = bytes([len(even) // 2]) + (padding << 15 | len(rest)).to_bytes(2, "little")
            found.append(head + rest + words)
    return found


CODERS = {
    "deflate": ("description", _descriptions),
    "ppmd": ("payload", _ppmd_payloads),
    "jpeg": ("picture", _jpeg_parts),
}
"""What the seeds of a target are called, and what makes them."""


def _payloads(archive: bytes) -> list[bytes]:
    """The neural payloads of an archive behind their sizes."""
    import io

    from nacomp.formats.methods import MethodKind
    from nacomp.formats.reader import ArchiveReader

    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        return [
            (info.original_size - 1).to_bytes(2, "little") + reader.block(info.number).payload
            for info in reader.blocks
            if reader.methods[info.method].kind is MethodKind.NEURAL
        ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
