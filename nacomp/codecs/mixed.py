"""The codec of data without a language model: the context mixer of `models/mixing`, bit by bit through the range coder.

A payload is four bytes, `profile | byte | width`, and the coder's words; `byte` is the delimiter of a text, the bytes of
an image's pixel or what there is to know of samples, and the width little-endian. A block of samples is turned so that the
upper byte of each comes first, one of machine code so that its targets are absolute; one of ARM64's words both, and of
records the upper byte of each number.
Python codes about 1 KB a second where the native core is missing, so `encode` then gives None and classical codecs remain;
what the core wrote elsewhere is decoded all the same.
"""

import struct
from collections.abc import Callable
from types import ModuleType
from typing import Protocol

from nacomp.formats.methods import Method, MethodKind
from nacomp.models.mixing.settings import PREDICTOR_ID, TURNED, MixingSettings, Profile

try:
    from nacomp.models.mixing import _mixing
except ImportError:  # installed without a compiler
    _mixing = None  # type: ignore[assignment]

METHOD = Method(MethodKind.MIXED, {"predictor": PREDICTOR_ID})
LIMIT = 1 << 24
"""Bytes of content."""
PIECE = 1 << 16
"""Bytes coded between two calls of `check`: about a quarter of a second."""
_UPPER_FIRST, _SHIFTED = 8, 16
_HEADER = struct.Struct("<BBH")
SLOT_BYTES, MOST_SLOTS, OTHER_BYTES = 64, 1 << 21, 40 << 20

Check = Callable[[], object]


class _Decoder(Protocol):
    def decode(self, count: int) -> bytes: ...


def available() -> bool:
    """Whether blocks can be written here."""
    return _mixing is not None


def encode(data: bytes, settings: MixingSettings, limit: int, check: Check = lambda: None) -> bytes | None:
    """The payload of at most LIMIT bytes, or None where it would have `limit` bytes or more, or there is no native core."""
    if _mixing is None or len(data) > LIMIT:
        return None
    content = _turned(data, settings, forward=True)
    block = _mixing.Encoder(*settings.arguments)
    for at in range(0, len(content), PIECE):
        check()
        if block.encode(content[at : at + PIECE]) + _HEADER.size >= limit:
            return None
    payload = _HEADER.pack(settings.profile, _byte(settings), settings.width) + block.finish()
    return payload if len(payload) < limit else None


def decode(payload: bytes, original_size: int, check: Callable[[int], object] = lambda _: None) -> bytes:
    """Exactly `original_size` bytes; `check` hears of each piece.

    Raises:
        ValueError: a payload that `encode` does not write.
    """
    settings = _parse(payload, original_size)
    words = payload[_HEADER.size :]
    if len(words) % 4 or len(words) > original_size + 1024:
        raise ValueError("its size is not one of whole words")
    core = _readable() if _mixing is None else _mixing
    block: _Decoder = core.Decoder(words, *settings.arguments)
    pieces = []
    for at in range(0, original_size, PIECE):
        count = min(PIECE, original_size - at)
        pieces.append(block.decode(count))
        check(count)
    content = b"".join(pieces)
    return _turned(content, settings, forward=False)


def _readable() -> ModuleType:
    from nacomp.models.mixing import reference  # not above: a fortieth of the time that `list` takes

    return reference


def _readable_code() -> ModuleType:
    from nacomp.models.mixing import machine_code

    return machine_code


def _readable_words() -> ModuleType:
    from nacomp.models.mixing import words

    return words


def decoding_bytes(original_size: int) -> int:
    """About the most memory that decoding takes, in bytes: the content twice, the hash table, everything else."""
    return 2 * original_size + SLOT_BYTES * min(MOST_SLOTS, max(1 << 12, 16 * original_size)) + OTHER_BYTES


def _parse(payload: bytes, original_size: int) -> MixingSettings:
    if len(payload) < _HEADER.size:
        raise ValueError("it has no header")
    if original_size > LIMIT:
        raise ValueError(f"{original_size} bytes is over the limit of {LIMIT}")
    number, byte, width = _HEADER.unpack_from(payload)
    profile = Profile(number)
    if profile is Profile.TEXT:
        return MixingSettings(profile, original_size, width, delimiter=byte)
    if profile is Profile.SAMPLES:
        sample, upper_first, shift = byte & 7, bool(byte & _UPPER_FIRST), byte // _SHIFTED
        return MixingSettings(
            profile, original_size, width, sample=sample, upper_first=upper_first, shift=shift
        )
    return MixingSettings(profile, original_size, width, pixel=byte)


def _byte(settings: MixingSettings) -> int:
    """The header's second byte."""
    if settings.profile is Profile.TEXT:
        return settings.delimiter
    if settings.profile is Profile.SAMPLES:
        return settings.sample + settings.upper_first * _UPPER_FIRST + settings.shift * _SHIFTED
    return settings.pixel


def _turned(data: bytes, settings: MixingSettings, forward: bool) -> bytes:
    """The bytes as the profile codes them, or back."""
    if settings.profile is Profile.SAMPLES:
        return _samples_turned(data, settings, forward)
    if settings.profile is Profile.CODE:
        core = _readable_code() if _mixing is None else _mixing
        turned: bytes = core.turn_code(data, forward)
        return turned
    if settings.profile is Profile.RECORDS:
        return _swapped(data, settings.pixel)
    if settings.profile is Profile.WORDS and settings.pixel == TURNED:
        core = _readable_words() if _mixing is None else _mixing
        words: bytes = core.turn_words(data, forward)
        return words
    return data


def _samples_turned(data: bytes, settings: MixingSettings, forward: bool) -> bytes:
    """What comes before the first frame moves to the end, then the upper byte of each sample comes first; or back."""
    turn = settings.shift if forward else max(0, len(data) - settings.shift)
    if forward:
        data = data[turn:] + data[:turn]
    if not settings.upper_first:
        data = _swapped(data, settings.sample)
    return data if forward else data[turn:] + data[:turn]


def _swapped(data: bytes, size: int) -> bytes:
    """The bytes of each sample or number the other way round; a last piece of one stays."""
    whole = len(data) // size * size
    turned = bytearray(data)
    for i in range(size):
        turned[i:whole:size] = data[size - 1 - i : whole : size]
    return bytes(turned)
