"""What is guessed of an encoder: with these numbers, the matcher and the predictor do what zlib would do."""

from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum

from nacomp.formats.records import dataclass
from nacomp.transforms.deflate_bits import corrupt


class Search(IntEnum):
    """How copies are chosen."""

    LITERALS = 0
    """No copies."""
    RUNS = 1
    """Copies of the last byte only."""
    GREEDY = 2
    """The longest copy at once (zlib's deflate_fast)."""
    LAZY = 3
    """Not if the next byte begins a longer one (deflate_slow)."""


@dataclass(frozen=True)
class Parameters:
    """An encoder's settings, as zlib's deflate.c names them where it has them."""

    search: Search = Search.LAZY
    filtered: bool = False
    """Lazy: copies of up to 5 bytes are not worth it."""
    truncates: bool = False
    """Blocks may end early, at a multiple of 4,096 tokens (GNU gzip)."""
    from_start: bool = False
    """The very first byte can be copied from, and what is far too: not so in zlib."""
    joint: bool = False
    """Runs of code lengths go on from literals into distances: not so in zlib."""
    rough: bool = False
    """Many tokens will not be the expected ones."""
    window_bits: int = 15
    hash_bits: int = 15
    good: int = 8
    lazy: int = 16
    nice: int = 128
    chain: int = 128
    capacity: int = 16383
    """A block ends with so many tokens."""

    @property
    def farthest(self) -> int:
        """The farthest that a copy reaches."""
        return (1 << self.window_bits) - (0 if self.from_start else 262)

    @property
    def farthest_three(self) -> int:
        """The farthest for 3 bytes, when lazy."""
        return 32768 if self.from_start else 4096

    def at_level(self, level: int) -> "Parameters":
        """With zlib's settings for level 1 to 9."""
        good, lazy, nice, chain = LEVELS[level]
        search = Search.GREEDY if level <= 3 else Search.LAZY
        return replace(self, search=search, good=good, lazy=lazy, nice=nice, chain=chain)


LEVELS = {
    1: (4, 4, 8, 4),
    2: (4, 5, 16, 8),
    3: (4, 6, 32, 32),
    4: (4, 4, 16, 16),
    5: (8, 16, 32, 32),
    6: (8, 16, 128, 128),
    7: (8, 32, 128, 256),
    8: (32, 128, 258, 1024),
    9: (32, 258, 258, 4096),
}
"""Of zlib: good, lazy, nice, chain."""
_FLAGS = ("filtered", "truncates", "from_start", "joint", "rough")


def write_parameters(parameters: Parameters) -> bytes:
    """The header of a description, behind its first byte."""
    flags = sum(4 << i for i, name in enumerate(_FLAGS) if getattr(parameters, name))
    out = bytes([parameters.search | flags]) + _number(parameters.capacity)
    if parameters.search < Search.GREEDY:
        return out
    level = next((level for level in LEVELS if parameters.at_level(level) == parameters), 0)
    out += bytes([parameters.window_bits | level << 4, parameters.hash_bits])
    if level == 0:
        out += b"".join(map(_number, (parameters.good, parameters.lazy, parameters.nice, parameters.chain)))
    return out


def read_parameters(data: Iterator[int]) -> Parameters:
    """From the bytes behind a description's first, of which it takes as many as it needs. Raises CorruptArchive."""
    flags = _byte(data)
    if flags > 127:
        raise corrupt("a description of a deflate stream begins with a byte that none begins with")
    set_flags = {name: bool(flags & 4 << i) for i, name in enumerate(_FLAGS)}
    capacity = _read_number(data, 1, 0x7FFFFFFF)
    parameters = Parameters(search=Search(flags & 3), capacity=capacity, **set_flags)
    if parameters.search < Search.GREEDY:
        return parameters
    window_and_level = _byte(data)
    window, level = window_and_level & 15, window_and_level >> 4
    parameters = replace(parameters, window_bits=window, hash_bits=_read_number(data, 8, 16))
    if window < 9 or level > 9:
        raise corrupt("a setting in the description of a deflate stream is out of range")
    if level:
        leveled = parameters.at_level(level)
        return replace(leveled, search=parameters.search)
    good, lazy = _read_number(data, 0, 65535), _read_number(data, 0, 65535)
    nice, chain = _read_number(data, 3, 65535), _read_number(data, 4, 4096)
    return replace(parameters, good=good, lazy=lazy, nice=nice, chain=chain)


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _byte(data: Iterator[int]) -> int:
    byte = next(data, None)
    if byte is None:
        raise corrupt("the description of a deflate stream ends early")
    return byte


def _read_number(data: Iterator[int], least: int, most: int) -> int:
    value = shift = 0
    while True:
        byte = _byte(data)
        value |= (byte & 127) << shift
        if byte < 128:
            break
        if shift == 28:
            raise corrupt("a number in the description of a deflate stream is too long")
        shift += 7
    if not least <= value <= most:
        raise corrupt("a setting in the description of a deflate stream is out of range")
    return value
