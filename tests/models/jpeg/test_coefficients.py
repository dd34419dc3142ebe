"""Hostile parts and files at the public door: a sentence, or a file of the size that was asked for, in bounded work."""

import random
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.models.jpeg import _jpeg, coefficients, reference
from tests.models.jpeg.samples import COLOUR, PLAIN, PROGRESSIVE, SMALL
from tests.nacomp.transforms.pictures import jpeg

FILES = [*SMALL.values(), jpeg(size=(120, 80)), jpeg(size=(120, 80), progressive=True)]
FLIPS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(1, 255)), min_size=1, max_size=6)
PUT_TOGETHER: list[Callable[[int, bytes, bytes, int], bytes]] = [reference.put_together, _jpeg.put_together]


def flipped(data: bytes, flips: list[tuple[int, int]]) -> bytes:
    """Other bits at places, counted round and round."""
    changed = bytearray(data)
    for place, bits in flips:
        if changed:
            changed[place % len(changed)] ^= bits
    return bytes(changed)


def parts_of(file: bytes) -> tuple[int, bytes, bytes]:
    parts = coefficients.take_apart(file)
    assert parts is not None
    return parts


def answer(
    call: Callable[[int, bytes, bytes, int], bytes], parts: tuple[int, bytes, bytes], size: int
) -> bytes | None:
    """The file, of this size, or None for a refusal."""
    try:
        file = call(*parts, size)
    except ValueError:
        return None
    assert len(file) == size
    return file


def test_the_door_gives_what_the_core_gives() -> None:
    assert coefficients.available()
    assert parts_of(COLOUR) == _jpeg.take_apart(COLOUR)
    assert coefficients.put_together(*parts_of(COLOUR), len(COLOUR)) == COLOUR
    assert coefficients.take_apart(b"no picture") is None


def test_the_door_takes_the_twin_where_there_is_no_core() -> None:
    code = (
        "import sys; sys.modules['nacomp.models.jpeg._jpeg'] = None; "
        "from nacomp.models.jpeg import coefficients; "
        "file = sys.stdin.buffer.read(); parts = coefficients.take_apart(file); "
        "assert not coefficients.available() and coefficients.put_together(*parts, len(file)) == file; "
        "sys.stdout.buffer.write(parts[2])"
    )
    done = subprocess.run([sys.executable, "-c", code], input=PLAIN, capture_output=True, check=True)
    assert done.stdout == parts_of(PLAIN)[2]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(FILES), FLIPS)
def test_flipped_files_come_back_or_are_left_alone(file: bytes, flips: list[tuple[int, int]]) -> None:
    spoiled = flipped(file, flips)
    parts = coefficients.take_apart(spoiled)
    if parts is not None:
        assert coefficients.put_together(*parts, len(spoiled)) == spoiled


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(FILES), FLIPS, st.integers(0, 3), st.integers(-20, 20))
def test_flipped_parts_give_a_file_of_this_size_or_a_sentence(
    file: bytes, flips: list[tuple[int, int]], which: int, more: int
) -> None:
    padding, rest, words = parts_of(file)
    rest = flipped(rest, flips) if which % 2 else rest
    words = flipped(words, flips) if which >= 2 else words
    answer(coefficients.put_together, (padding, rest, words), len(file) + more * (which == 0))


@settings(deadline=None, max_examples=12)
@given(st.sampled_from([PLAIN, PROGRESSIVE, SMALL["restarts at each unit"]]), FLIPS)
def test_both_make_the_same_of_flipped_files_and_words(file: bytes, flips: list[tuple[int, int]]) -> None:
    spoiled = flipped(file, flips)
    assert reference.take_apart(spoiled) == _jpeg.take_apart(spoiled)
    padding, rest, words = parts_of(file)
    parts = (padding, rest, flipped(words, flips))
    first, second = (answer(call, parts, len(file)) for call in PUT_TOGETHER)
    assert first == second


@pytest.mark.parametrize("call", PUT_TOGETHER)
def test_words_that_nobody_wrote(call: Callable[[int, bytes, bytes, int], bytes]) -> None:
    """Cut, none, noise, and those of another file."""
    padding, rest, words = parts_of(PLAIN)
    others = parts_of(PROGRESSIVE)[2]
    for nobodys in (words[:-4], words[: len(words) // 8 * 4], b"", random.Random(1).randbytes(400), others):
        assert answer(call, (padding, rest, nobodys), len(PLAIN)) != PLAIN


@pytest.mark.parametrize("call", PUT_TOGETHER)
def test_rest_of_another_file_is_refused(call: Callable[[int, bytes, bytes, int], bytes]) -> None:
    padding, _, words = parts_of(PLAIN)
    for other in (COLOUR, PROGRESSIVE):
        assert answer(call, (padding, parts_of(other)[1], words), len(PLAIN)) is None


@pytest.mark.parametrize("call", PUT_TOGETHER)
def test_more_coefficients_than_the_file_can_hold_are_refused_while_they_are_read(
    call: Callable[[int, bytes, bytes, int], bytes],
) -> None:
    """A picture of many blocks in a small file: random words mean more values than its bytes have room for."""
    padding, rest, _ = parts_of(jpeg("L", (144, 144), quality=20))
    with pytest.raises(ValueError, match="more coefficients than the file can hold"):
        call(padding, rest, random.Random(6).randbytes(40_000), len(rest))


def test_what_the_padding_says_is_checked() -> None:
    _, rest, words = parts_of(PLAIN)
    for call in PUT_TOGETHER:
        assert answer(call, (2, rest, words), len(PLAIN)) is None
        assert answer(call, (-1, rest, words), len(PLAIN)) is None


def test_files_padded_with_zeros_come_back() -> None:
    """As some programs write them; the scan of this picture ends within a byte."""
    padding, rest, words = parts_of(PLAIN)
    file = coefficients.put_together(1 - padding, rest, words, len(PLAIN))
    assert file != PLAIN
    assert parts_of(file) == reference.take_apart(file) == (1 - padding, rest, words)
