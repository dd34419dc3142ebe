"""The text profile: words, lines and columns, fields, what encloses a place, and shapes (formats/MIXING.md, section 7)."""

from nacomp.models.mixing.arithmetic import MASK, combine
from nacomp.models.mixing.followers import Followers
from nacomp.models.mixing.foreseen import MOST_DIGITS
from nacomp.models.mixing.path import Path
from nacomp.models.mixing.stream import FIELDS, UNLIKE, Line, Stream, Text

MAX_DEPTH = 64
DIGIT, LOWER, UPPER, FOREIGN = 1, 2, 3, 4
_SHAPES = {DIGIT: ord("0"), LOWER: ord("a"), UPPER: ord("A"), FOREIGN: 128}
_OPENING, _CLOSING, _NAME = b"{[(", b"}])", b"_-:"


def kind_of(byte: int) -> int:
    """What kind of byte it is, 0 to 15."""
    ranges = (
        (48, 57, DIGIT),
        (97, 122, LOWER),
        (65, 90, UPPER),
        (128, 255, FOREIGN),
        (32, 32, 5),
        (10, 10, 6),
        (0, 31, 7),
    )
    for low, high, kind in ranges:
        if low <= byte <= high:
            return kind
    return 8 + (byte & 7 if byte & 8 else byte >> 4 & 7)


def read_text(stream: Stream, byte: int, delimiter: int) -> None:
    """After a byte joined the history."""
    text, kind, position = stream.text, kind_of(byte), len(stream.history)
    _read_word(text, byte, kind)
    text.older_shapes = (text.older_shapes << 8 | text.shapes >> 24) & MASK
    shape = _SHAPES.get(kind, byte)
    text.shapes = (text.shapes << 8 | shape) & MASK
    text.outline.read(shape, may_run=kind in _SHAPES)
    is_letter = kind in (LOWER, UPPER)
    text.numbers.read(byte, is_letter=is_letter)
    text.path.read(stream.last4)
    text.spelt.read(byte, stream.last4 >> 8 & 255)
    text.next.read(byte)
    text.short_name.read(byte, delimiter, is_letter=is_letter)
    _read_lead(text, byte)
    text.measures.read(byte, text.field, ends=byte in (10, delimiter))
    _read_fields(text, byte, delimiter, position)
    if text.field_start == position:
        _foresee(stream)
    _read_tags(text, byte, stream.last4 >> 8 & 255, kind)
    text.field_up = _under(stream, text.above, position - text.field_start, text.line.start)


def text_contexts(stream: Stream, followers: Followers) -> list[int]:
    """The contexts of the coming byte, before each gets its number."""
    contexts, path = _contexts(stream, followers), stream.text.path
    contexts[0] = path.coming or contexts[0]
    if path.is_curved:
        _draw(contexts, path, stream.last4 & 255)
    return contexts


def _draw(contexts: list[int], path: Path, c1: int) -> None:
    """Among curves the fields' contexts are those of their numbers."""
    contexts[10] = combine(path.coming, c1)
    contexts[11] = path.so_far(c1)
    contexts[20] = path.same_axis(c1)
    contexts[21] = path.all_sizes(c1)


def _contexts(stream: Stream, followers: Followers) -> list[int]:
    text, c4, c1 = stream.text, stream.last4, stream.last4 & 255
    position = len(stream.history)
    column, offset = position - text.line.start, position - text.field_start
    top = text.tags[-1] if text.tags else 0
    next_up = _under(stream, text.above, offset + 1, text.line.start)
    older_up = _under(stream, text.older, offset, text.above.start)
    lead = text.lead + 3
    led = lead << 16 | text.field_up
    return [
        text.spelt.coming or text.next.coming or text.short_name.coming,
        c1,
        c4 & 0xFFFF,
        c4 & 0xFFFFFF,
        c4,
        combine(c4, stream.last8 & 0xFFFF),
        combine(text.word, c1),
        combine(combine(text.word, text.last_word), c1),
        c4 & 0xFFFF00,
        _numbered_or_outlined(text, c1),
        combine(combine(text.field, lead << 8 | text.field_up), c1),
        combine(text.field, text.field_hash),
        combine(text.shapes, text.older_shapes & 0xFFFF),
        combine(combine(top, text.word), c1),
        combine(text.last_word, c4 & 0xFFFF),
        combine(column, kind_of(c1)),
        combine(followers.of_byte[c1] & 0xFFFF, c1),
        combine(text.short_name.coming or followers.of_pair[c4 & 0xFFFF] & 0xFFFF, c1),
        combine(combine(text.shapes, text.older_shapes), text.field),
        combine(text.field, next_up << 8 | led),
        combine(text.field, older_up << 8 | led),
        combine(combine(next_up << 8 | led, column), c1),
    ]


def _numbered_or_outlined(text: Text, c1: int) -> int:
    numbers, outline = text.numbers, text.outline
    if numbers.size:
        return combine(combine(numbers.hash, numbers.before), numbers.letter)
    return combine(combine(outline.newest, outline.older), c1)


def _is_letter(kind: int) -> bool:
    return kind in (LOWER, UPPER, FOREIGN)


def _read_word(text: Text, byte: int, kind: int) -> None:
    if _is_letter(kind):
        text.word = combine((text.word + 1) & MASK, byte + 32 if kind == UPPER else byte)
    elif text.word:
        text.last_word = text.word
        text.word = 0
    if byte in b":=":
        text.key = text.last_word


def _read_fields(text: Text, byte: int, delimiter: int, position: int) -> None:
    text.field_hash = combine((text.field_hash + 1) & MASK, byte)
    if byte == 10:
        text.older, text.above = text.above, text.line
        text.line = Line(position, list(text.line.fields))
        text.field = 0
    elif byte == delimiter:
        text.field = min(text.field + 1, FIELDS - 1)
    else:
        return
    text.field_start, text.field_hash = position, 0
    text.line.fields[text.field :] = [position] * (FIELDS - text.field)


def _read_lead(text: Text, byte: int) -> None:
    """Of numbers that wander the first digits say how far the next are from those above. Before the byte above moves on."""
    digits = b"0123456789"
    if text.lead == UNLIKE:
        return
    if byte in digits and text.field_up in digits:
        text.lead = max(-2, min(2, 10 * text.lead + byte - text.field_up))
    elif byte != text.field_up:
        text.lead = UNLIKE


def _foresee(stream: Stream) -> None:
    """At a field's start."""
    text, field = stream.text, stream.text.field
    text.lead = 0
    above, older = text.above.fields[field], text.older.fields[field]
    text.next.foresee(
        bytes(stream.history[above : min(text.line.start, above + MOST_DIGITS)]),
        bytes(stream.history[older : min(text.above.start, older + MOST_DIGITS)]),
    )


def _read_tags(text: Text, byte: int, before: int, kind: int) -> None:
    """The elements of XML, and brackets of every other kind."""
    if text.state == "opened":
        if byte == ord("/"):
            _pop(text)
        text.state = "named" if _is_letter(kind) else "outside"
        text.tag = combine(0, byte)
    elif text.state == "named":
        if _is_letter(kind) or kind == DIGIT or byte in _NAME:
            text.tag = combine((text.tag + 1) & MASK, byte)
        else:
            _push(text, text.tag)
            text.state = "outside"
    if byte == ord("<"):
        text.state = "opened"
    elif byte == ord(">") and before == ord("/"):
        _pop(text)
    elif byte in _OPENING:
        _push(text, combine(text.key, byte))
    elif byte in _CLOSING:
        _pop(text)


def _push(text: Text, tag: int) -> None:
    if len(text.tags) < MAX_DEPTH:
        text.tags.append(tag)


def _pop(text: Text) -> None:
    if text.tags:
        text.tags.pop()


def _under(stream: Stream, line: Line, offset: int, end: int) -> int:
    """The byte so far behind a field's start of an earlier line, if it lies before `end`; else 0."""
    at = line.fields[stream.text.field] + offset
    return stream.history[at] if at < end else 0
