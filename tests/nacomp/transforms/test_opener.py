"""What is found inside bytes, whatever stands around it."""

import gzip
import io
import random
import struct
import zipfile
import zlib

import pytest

from nacomp.formats.methods import MethodKind
from nacomp.transforms import deflate_view, opener
from nacomp.transforms.opener import look_inside
from nacomp.transforms.table import close_view
from nacomp.transforms.tree import Content, Opened, Run, Slice, Tail

TEXT = b"".join(b"%d bottles of beer on the wall, %x in words\n" % (n, n * n) for n in range(900))
NOISE = random.Random(3).randbytes(3000)


def kinds(content: Content) -> list[str]:
    """What was opened, at any depth, in order."""
    found = []
    for piece in content.pieces:
        if isinstance(piece, Slice):
            found.append(str(piece.opened.method.kind))
            for part in piece.opened.parts:
                found += kinds(part)
    return found


class Closer:
    """Makes bytes again of what a look gave, as a decoder would."""

    def __init__(self) -> None:
        self._made: dict[int, bytes] = {}
        self._tail = b""

    def bytes_of(self, content: Content) -> bytes:
        out = b""
        for piece in content.pieces:
            if isinstance(piece, Run):
                out += bytes(content.data[piece.start : piece.end])
            elif isinstance(piece, Tail):
                out += self._tail[-piece.length :]
            else:
                made = self._closed(piece.opened)
                out += made[piece.offset : piece.offset + piece.length]
        return out

    def _closed(self, opened: Opened) -> bytes:
        if id(opened) not in self._made:
            parts = [self.bytes_of(part) for part in opened.parts]
            if opened.tail is not None:
                self._tail = parts[opened.tail]
            self._made[id(opened)] = close_view(opened.method, opened.parameters, parts, opened.size)
        return self._made[id(opened)]


def looked(data: bytes) -> Content:
    """The whole of `data`, looked into and proven to come back."""
    found = look_inside(data, is_last=True)
    assert found.continuation is None
    assert Closer().bytes_of(found.content) == data
    return found.content


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return out.getvalue()


def png(width: int, height: int, chunk: int) -> bytes:
    """A grey gradient whose stream stands in chunks of so many bytes."""
    rows = b"".join(b"\1" + bytes([(x ^ y) & 255 for x in range(width)]) for y in range(height))
    stream = zlib.compress(rows, 9)

    def part(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    chunks = b"".join(part(b"IDAT", stream[at : at + chunk]) for at in range(0, len(stream), chunk))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + chunks + part(b"IEND", b"")


def test_nothing_is_found_in_what_holds_nothing() -> None:
    for data in (b"", b"x", TEXT, NOISE, bytes(5000)):
        assert kinds(looked(data)) == []


@pytest.mark.parametrize("level", range(1, 10))
def test_zlib_streams_are_found_anywhere(level: int) -> None:
    data = NOISE + zlib.compress(TEXT, level) + NOISE
    content = looked(data)
    assert kinds(content) == ["deflate"]
    assert len(content.pieces) == 3


def test_a_stream_takes_its_checksum_with_it() -> None:
    stream = zlib.compress(TEXT)
    piece = looked(stream).pieces[-1]
    assert isinstance(piece, Slice)
    assert piece.length == len(stream) - 2
    wrong = stream[:-1] + bytes([stream[-1] ^ 1])
    assert len(looked(wrong).pieces) == 3


def test_gzip_with_a_name_and_a_comment_is_found() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("some name.txt", "wb", fileobj=out) as file:
        file.write(TEXT)
    assert kinds(looked(out.getvalue() * 2)) == ["deflate", "deflate"]


def test_views_lie_in_one_another() -> None:
    inner = zipped(("a.txt", TEXT), ("b.gz", gzip.compress(TEXT)))
    content = looked(gzip.compress(zipped(("inner.tar", TEXT + inner), ("more", TEXT))))
    assert kinds(content) == ["deflate"] * 6


def test_depth_is_bounded() -> None:
    data = TEXT
    for _ in range(12):
        data = zlib.compress(data + TEXT[: len(data) // 4], 6)
    assert len(kinds(looked(data))) <= opener.MOST_DEPTH


def test_a_bomb_is_opened_no_further_than_the_limit() -> None:
    data = zlib.compress(bytes(200 << 20), 9)
    found = look_inside(data, is_last=True)
    opened = sum(len(p.opened.parts[-2].data) for p in found.content.pieces if isinstance(p, Slice))
    assert opened <= opener.MOST_OPENED + deflate_view.PIECE_LIMIT
    assert found.continuation is not None


@pytest.mark.parametrize("chunk", [1, 7, 300, 1 << 20])
def test_png_chunks_hold_one_stream(chunk: int) -> None:
    data = NOISE + png(200, 40, chunk) + NOISE
    assert kinds(looked(data))[0] == "deflate"


def test_a_damaged_png_stays_as_it_is_but_for_what_is_whole_in_it() -> None:
    data = bytearray(png(200, 200, 500))
    data[len(data) // 2] ^= 0x55
    looked(bytes(data))


def test_incompressible_streams_stay_closed() -> None:
    assert kinds(looked(zlib.compress(NOISE, 9))) == []


def in_chunks(data: bytes, size: int) -> list[Content]:
    """The contents that units would get, `size` bytes read at a time."""
    contents, rest, continuation = [], b"", None
    for at in range(0, len(data), size):
        rest += data[at : at + size]
        is_last = at + size >= len(data)
        while rest and (is_last or len(rest) >= size):
            found = look_inside(rest, is_last=is_last, continuation=continuation)
            assert found.content.data
            contents.append(found.content)
            rest, continuation = rest[len(found.content.data) :], found.continuation
    return contents


@pytest.mark.parametrize("chunk", [40_000, 100_000])
def test_streams_go_on_over_the_ends_of_chunks(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "MAY_GO_ON", chunk * 3 // 4)
    monkeypatch.setattr(deflate_view, "PIECE_BYTES", 30_000)
    text = b"".join(b"%d times %d is %d\n" % (n, n, n * n) for n in range(40_000))
    data = NOISE + gzip.compress(text) + NOISE + zlib.compress(text[:9000]) + NOISE
    contents = in_chunks(data, chunk)
    closer = Closer()
    assert b"".join(map(closer.bytes_of, contents)) == data
    opened = [piece.opened for content in contents for piece in content.pieces if isinstance(piece, Slice)]
    pieces = [one for one in opened if one.method.kind is MethodKind.DEFLATE]
    assert sum(len(one.parts[-2].data) for one in pieces) == len(text) + 9000
    assert len(pieces) > 5


@pytest.mark.parametrize("predictor", [True, False])
def test_images_of_a_pdf_become_pictures(predictor: bool) -> None:
    width, height = 120, 90
    rows = [bytes([(x * y // 40 + x) & 255 for x in range(width)]) for y in range(height)]
    pixels = b"".join((b"\0" if predictor else b"") + row for row in rows)
    head = (
        b"7 0 obj\n<< /Type /XObject /Subtype /Image /Width 120 /Height 90 /BitsPerComponent 8 >>\nstream\n"
    )
    data = b"%PDF-1.4\n" + head + zlib.compress(pixels, 6) + b"\nendstream\nendobj\n"
    content = looked(data)
    assert kinds(content) == ["deflate", "png-rows"]


def test_a_picture_that_readers_would_refuse_stays_rows() -> None:
    """What is flatter than the bound on their work allows, and what is not."""

    def picture(noisy: int) -> bytes:
        noise = random.Random(4)
        rows = b"".join(
            b"\0" + bytes(noise.randrange(9) if y < noisy else 200 for _ in range(300)) for y in range(300)
        )
        head = struct.pack(">IIBBBBB", 300, 300, 8, 0, 0, 0, 0)
        chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )

    assert kinds(looked(picture(200))) == ["deflate", "png-rows"]
    assert kinds(looked(picture(20))) == ["deflate", "png-rows"]
    assert kinds(looked(picture(1))) == ["deflate"]
