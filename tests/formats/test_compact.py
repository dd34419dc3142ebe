"""The compact form: what goes in comes out, one form each, every byte under a checksum, as the page says."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats import compact
from nacomp.formats.checksums import content_checksum
from nacomp.formats.compact import decode_compact, encode_compact
from nacomp.formats.entry import MAX_MODE, MAX_TIME, MIN_TIME, Entry, EntryKind
from nacomp.formats.errors import CorruptArchive, LimitExceeded, NacompError
from nacomp.formats.extent import Extent
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.methods import MethodKind
from nacomp.formats.presets import PRESETS, PRESETS_TABLE
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import IntactParts
from tests.formats.samples import MTIME, read_files, sealed
from tests.formats.test_spec import SPEC, rows

NEURAL = next(method for method in PRESETS if method.kind is MethodKind.NEURAL)


def entry(size: int, path: str = "data", mode: int = 0o644, mtime_ns: int = 0) -> Entry:
    """A file of block 0."""
    extents = (Extent(0, 0, size),) if size else ()
    return Entry(path, EntryKind.FILE, mode, mtime_ns, size, extents=extents)


def written(content: bytes, path: str = "data", mode: int = 0o644, mtime_ns: int = 0) -> bytes:
    """A stored content."""
    archive = encode_compact(
        entry(len(content), path, mode, mtime_ns), PRESETS[0], content, content_checksum(content)
    )
    assert archive is not None
    return archive


NAMED = written(b"The quick brown fox.", "fox.txt", 0o600, MTIME)


def test_page_and_code_have_the_same_fields() -> None:
    table = {row[0]: row for row in rows("## 14. Compact form")[1:]}
    assert bytes.fromhex(table["magic"][3].strip("`")) == compact.MAGIC
    assert table["original_size"][3] == f"size of the content, 0 to {compact.MAX_CONTENT:,}"
    assert int(table["checksum"][1]) == compact.CHECKED_SIZE
    assert list(table) == [
        "magic", "size", "preset", "flags", "original_size", "path_size", "path", "mode", "seconds", "nanoseconds",
        "content_checksum", "payload", "checksum",
    ]  # fmt: skip


def test_page_and_code_have_the_same_presets() -> None:
    section = SPEC.split("\n### 14.1 Presets\n")[1]
    assert section.split("```\n")[1].rstrip("\n").encode() == PRESETS_TABLE


def test_bookkeeping_is_as_small_as_the_page_says() -> None:
    assert len(written(b"x")) - 1 == 21
    assert len(written(bytes(16_384))) - 16_384 == 23
    # The longest an encoder writes of a path of 14 bytes without a mode: 14 + 1, and twice 5 of time.
    assert len(written(bytes(16_384), "fourteen bytes", mtime_ns=MTIME)) - 16_384 <= 48


paths = st.lists(st.text("ab.ü \udcff", min_size=1, max_size=9), min_size=1, max_size=3).map("/".join)
safe = paths.filter(lambda path: not {".", ".."} & set(path.split("/")))


@given(
    content=st.binary(max_size=300),
    path=st.one_of(st.sampled_from(["data", "stdin"]), safe),
    mode=st.integers(0, MAX_MODE),
    mtime_ns=st.one_of(st.just(0), st.integers(MIN_TIME, MAX_TIME)),
)
def test_comes_back(content: bytes, path: str, mode: int, mtime_ns: int) -> None:
    archive = written(content, path, mode, mtime_ns)
    found = decode_compact(archive, DEFAULT_LIMITS)
    assert found.entry == entry(len(content), path, mode, mtime_ns)
    assert found.method == PRESETS[0]
    assert (found.block.payload if found.block else b"") == content
    assert read_files(archive) == {path: content}


@given(symbols=st.integers(1, 200), words=st.binary(max_size=40).map(lambda data: data[: len(data) // 4 * 4]))
def test_neural_payload_comes_back_or_takes_the_long_form(symbols: int, words: bytes) -> None:
    payload = compact._NEURAL_HEADER.pack(symbols, 1, 0) + words
    archive = encode_compact(entry(200), NEURAL, payload, bytes(8))
    if archive is None:
        assert words.endswith(bytes(4))
    else:
        found = decode_compact(archive, DEFAULT_LIMITS)
        assert found.block is not None
        assert (found.method, found.block.payload) == (NEURAL, payload)


def test_what_does_not_fit_takes_the_long_form() -> None:
    two_streams = compact._NEURAL_HEADER.pack(20, 2, 0) + b"word"
    assert encode_compact(entry(200), NEURAL, two_streams, bytes(8)) is None
    other = replace(NEURAL, parameters={"coder": "another"})
    assert encode_compact(entry(3), other, b"abc", bytes(8)) is None
    long = bytes(compact.MAX_CONTENT + 1)
    assert encode_compact(entry(len(long)), PRESETS[0], long, content_checksum(long)) is None
    folder = Entry("data", EntryKind.FOLDER, 0o644, 0)
    assert encode_compact(folder, PRESETS[0], b"", content_checksum(b"")) is None


@pytest.mark.parametrize("bit", range(8 * len(NAMED)))
def test_every_flipped_bit_is_refused(bit: int) -> None:
    changed = bytearray(NAMED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NacompError):
        read_files(bytes(changed))


@pytest.mark.parametrize("size", range(len(NAMED)))
def test_every_cut_is_refused(size: int) -> None:
    with pytest.raises(CorruptArchive):
        read_files(NAMED[:size])


def test_too_much_behind_it_is_refused_before_it_is_read() -> None:
    with pytest.raises(CorruptArchive, match="bytes were added behind it"):
        read_files(NAMED + b"x" * 100_000)


def test_limit_on_the_output_holds() -> None:
    with pytest.raises(LimitExceeded):
        ArchiveReader.open(io.BytesIO(NAMED), replace(DEFAULT_LIMITS, max_total_size=19))


def test_sealed() -> None:
    assert read_files(sealed(NAMED), password="correct horse") == {"fox.txt": b"The quick brown fox."}


def test_salvage_of_an_intact_one_finds_the_name() -> None:
    found = IntactParts(io.BytesIO(NAMED))
    assert found.index is not None
    assert [entry.path for entry in found.index.entries] == ["fox.txt"]


def test_salvage_gives_the_content_without_a_name_that_does_not_hold() -> None:
    found = IntactParts(io.BytesIO(NAMED.replace(b"fox.txt", b"fax.txt")))
    assert found.index is None
    block = found.block(0)
    block.check_decoded(block.payload)
    assert block.payload == b"The quick brown fox."


def test_salvage_of_a_cut_one_is_refused() -> None:
    with pytest.raises(CorruptArchive):
        IntactParts(io.BytesIO(NAMED[:-1]))
