"""From a stream's past to the hashes of its contexts, once a byte, or once a bit (formats/MIXING.md, sections 7 to 14)."""

from nacomp.models.mixing import bitmap
from nacomp.models.mixing.arithmetic import MASK, combine
from nacomp.models.mixing.followers import Followers
from nacomp.models.mixing.match import length_class
from nacomp.models.mixing.records import record_contexts
from nacomp.models.mixing.samples import samples_contexts
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.models.mixing.stream import Stream
from nacomp.models.mixing.text import text_contexts
from nacomp.models.mixing.words import OPCODE, WORD

CONTEXTS = {
    Profile.TEXT: 22,
    Profile.BINARY: 14,
    Profile.SAMPLES: 18,
    Profile.IMAGE: 18,
    Profile.CODE: 19,
    Profile.BITMAP: 14,
    Profile.WORDS: 14,
    Profile.RECORDS: 22,
}
_NUMBERED = 0x85EBCA6B
"""Times a context's number: small numbers made small values of different contexts the same: up to 0.8% on binary files."""


def hashes(stream: Stream, followers: Followers, settings: MixingSettings) -> list[int]:
    """Each context with its number."""
    match settings.profile:
        case Profile.TEXT:
            found = text_contexts(stream, followers)
        case Profile.BINARY:
            found = _binary_contexts(stream, followers, settings.width)
        case Profile.SAMPLES:
            found = samples_contexts(stream, settings.width, settings.sample)
        case Profile.IMAGE:
            found = _image_contexts(stream, settings.width, settings.pixel)
        case Profile.CODE:
            found = _code_contexts(stream, followers, settings.width)
        case Profile.BITMAP:
            found = _bitmap_contexts(stream, settings.width)
        case Profile.WORDS:
            found = _word_contexts(stream)
        case Profile.RECORDS:
            found = record_contexts(stream, _expected(stream), settings.width, settings.pixel)
    return [combine(context, (number + 1) * _NUMBERED & MASK) for number, context in enumerate(found)]


def _expected(stream: Stream) -> int:
    """What the first match expects: its byte, how long it is, the last byte; 0 for nothing."""
    match = stream.matches[0]
    if match.guess < 0:
        return 0
    return combine(match.guess + 1, combine(length_class(match.length), stream.last4 & 255))


def _orders(stream: Stream, width: int) -> list[int]:
    """What the binary and the code profile begin with: the match, orders 1 to 6, bytes left out, what is above."""
    c4 = stream.last4
    return [
        _expected(stream),
        c4 & 0xFF,
        c4 & 0xFFFF,
        c4 & 0xFFFFFF,
        c4,
        combine(c4, stream.last8 & 0xFFFF),
        c4 & 0xFF00,
        c4 & 0xFFFF00,
        c4 & 0xFFFF0000,
        c4 & 0xF0F0F0F0,
        combine(stream.back(width) << 8 | stream.back(2 * width), stream.column(width)),
    ]


def _binary_contexts(stream: Stream, followers: Followers, width: int) -> list[int]:
    c4, c1 = stream.last4, stream.last4 & 255
    return [
        *_orders(stream, width),
        combine(stream.back(width) << 8 | stream.back(width + 1), c1),
        combine(followers.of_byte[c1] & 0xFFFF, c1),
        combine(followers.of_pair[c4 & 0xFFFF] & 0xFFFF, c1),
    ]


def _code_contexts(stream: Stream, followers: Followers, width: int) -> list[int]:
    c1, code = stream.last4 & 255, stream.code
    part = combine(code.at, code.field)
    now = combine(code.now, part)
    last, two, three = code.past
    return [
        *_orders(stream, width),
        combine(followers.of_pair[stream.last4 & 0xFFFF] & 0xFFFF, c1),
        now,
        combine(now, last),
        combine(now, two),
        combine(combine(code.rough, part), three),
        combine(part, code.address),
        combine(part, c1),
        combine(now, code.last_now),
    ]


def _bitmap_contexts(stream: Stream, width: int) -> list[int]:
    """Of the coming pixel, and what else its surroundings choose."""
    around = bitmap.Around(stream.history, stream.bits, stream.bit_count, width)
    near = tuple(around.number(shape) for shape in bitmap.NEAR)
    stream.pixels = bitmap.Pixels(around.number(bitmap.NODE), near, around.number(bitmap.CHOICE))
    column = 8 * stream.column(width) + stream.bit_count
    shapes = [around.hashed(shape) for shape in bitmap.CONTEXTS]
    return [*shapes, 0, combine(column, around.number(bitmap.ABOVE)), _expected(stream)]


def upper_byte(stream: Stream) -> int:
    """Of the word that the coming byte belongs to, or of the last one."""
    return stream.back(stream.column(0) or WORD)


def _word_contexts(stream: Stream) -> list[int]:
    c4, column, history = stream.last4, stream.column(0), bytes(4 * WORD) + stream.history
    start = len(history) - column
    part = combine(int.from_bytes(history[start:], "big"), column)
    words = [int.from_bytes(history[start - WORD * i : start - WORD * i + WORD], "big") for i in range(1, 5)]
    one, two, three, four = (word & OPCODE for word in words)
    return [
        _expected(stream),
        c4 & 0xFF,
        c4 & 0xFFFF,
        c4 & 0xFFFFFF,
        combine(c4, stream.last8 & 0xFFFF),
        combine(part, stream.words.recent.get(upper_byte(stream), 0)),
        c4 & 0xFFFF00,
        c4 & 0xF0F0F0F0,
        combine(stream.back(WORD) << 8 | stream.back(2 * WORD), column),
        part,
        combine(part, one),
        combine(part, two | 1),
        combine(combine(part, combine(combine(one, two), three)), four),
        column,
    ]


def _clip(x: int) -> int:
    return max(0, min(255, x))


def _image_contexts(stream: Stream, row: int, pixel: int) -> list[int]:
    """8-bit components, predicted from the pixels beside and above, and from the components before; foreseen too."""
    stream.picture.learn(stream.history)
    stream.picture.guess(stream.history, row, pixel)
    back, c4, colour = stream.back, stream.last4, len(stream.history) % pixel
    w, n, nw, ne, c1, c2 = back(pixel), back(row), back(row + pixel), back(row - pixel), back(1), back(2)
    plane = w + n - nw
    flat, mean = _clip(plane), (w + n + 1) >> 1
    west, north = _clip(w + c1 - back(pixel + 1)), _clip(n + c1 - back(row + 1))
    both = _clip(plane + c1 - back(pixel + 1) - back(row + 1) + back(row + pixel + 1))
    diagonal = _clip(n + ne - back(2 * row - pixel))
    onward = _clip(2 * w - back(2 * pixel)) << 8 | _clip(2 * n - back(2 * row))
    return [
        combine(flat, colour),
        combine(mean << 8 | west, colour),
        combine(both, colour),
        combine(both << 8 | c1, colour),
        combine(west << 8 | north, colour),
        combine(w << 8 | n, colour),
        combine(w << 16 | n << 8 | ne, colour),
        combine(diagonal << 8 | west, colour),
        combine(onward, colour),
        combine((w + ne + 1) >> 1 << 8 | both, colour),
        combine(flat << 8 | both, colour),
        combine(w >> 3 << 15 | n >> 3 << 10 | ne >> 3 << 5 | nw >> 3, colour),
        combine(c1 << 8 | c2, combine(both >> 2, colour)),
        combine((both + west + north) // 3, combine(colour, c1 >> 4)),
        0,
        c4 & 0xFF,
        c4 & 0xFFFF,
        combine(c4 & 0xFFFFFF, colour),
    ]
