"""The readable twin against the native core: the same parts of a file, and the same file of parts, or the same refusal."""

import pytest

from nacomp.models.jpeg import reference
from tests.models.jpeg.samples import SMALL

_jpeg = pytest.importorskip("nacomp.models.jpeg._jpeg")


@pytest.mark.parametrize("name", SMALL)
def test_same_parts_and_same_file(name: str) -> None:
    file = SMALL[name]
    parts = reference.take_apart(file)
    assert parts is not None
    assert parts == _jpeg.take_apart(file)
    assert reference.put_together(*parts, len(file)) == file
    assert _jpeg.put_together(*parts, len(file)) == file


def test_rest_is_the_file_without_its_scans() -> None:
    file = SMALL["bytes behind the end"]
    parts = reference.take_apart(file)
    assert parts is not None
    padding, rest, words = parts
    begin = file.index(b"\xff\xda") + 10
    assert rest == file[:begin] + file[file.index(b"\xff\xd9", begin) :]
    assert padding == 1
    assert len(words) % 4 == 0


def test_any_buffer_is_taken() -> None:
    file = SMALL["grey"]
    parts = reference.take_apart(memoryview(file))
    assert parts == reference.take_apart(bytearray(file)) == _jpeg.take_apart(memoryview(bytearray(file)))
    assert parts is not None
    padding, rest, words = parts
    views = (padding, memoryview(rest), bytearray(words), len(file))
    assert reference.put_together(*views) == _jpeg.put_together(*views) == file
