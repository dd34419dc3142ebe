"""Whether the classical trials could make a text smaller than what a model made of it, in a twentieth of their time.

    text -> Zstandard, PPMd -> PPMd and the context mixer on pieces from all over it -> about the least they could come to

Asked once a text has been coded: all trials take 9 s for a mebibyte of text at level fast, of which the mixer takes 7, and
the model that they are compared with takes 24 to 48. Where the answer is no, they are left out.
A guess decides nothing but that: what is coded is compared with what is coded.
"""

from collections.abc import Callable

from nacomp.codecs import classical, mixed, ppmd, profiles

LZMA_AT_BEST = 0.65
"""Of the quick codec's size for a text: 0.70 on a table of numbers, 0.80 to 0.96 on prose, markup, logs and source code."""
MIXER_AT_BEST = 0.85
"""Of what PPMd makes of a text and the pieces tell of both: 0.92 to 1.01 on prose, many languages, source code, markup."""
PIECES_TELL = 0.8
"""Of what PPMd makes of the pieces. Where the mixer makes less of them, there are tables and lines of a kind, of which it
goes on to learn: 0.78 of the forecast on a log, 0.79 on a hex dump. Then the trials alone can tell."""
PIECES, PIECE_BYTES = 4, 1 << 13
"""From all over, as a block and a unit hold files of several kinds."""
SHARE = 4
"""And no more than one part in so many: of less, the trials themselves are as quick."""
LEAST = 1 << 15
"""Bytes of a text below which the pieces would be too short to tell."""
PART_BYTES = ppmd.LIMIT

Check = Callable[[], object]


def could_be_smaller(text: bytes, quick: int, limit: int, check: Check = lambda: None) -> bool:
    """Whether `classical.pack` might make less than `limit` bytes of a text, whose `classical.quick_size` is `quick`."""
    if len(text) < LEAST or quick * LZMA_AT_BEST < limit:
        return True
    if not ppmd.available():
        return mixed.available() or len(text) <= ppmd.most()
    whole = _ppmd_size(text, quick, check)
    if whole < limit:
        return True
    share = _mixer_to_ppmd(text)
    return share < PIECES_TELL or whole * share * MIXER_AT_BEST < limit


def _ppmd_size(text: bytes, quick: int, check: Check) -> int:
    """Of all of it, in parts that PPMd takes; less by the share that the quick codec finds from one part in another."""
    parts = [text[at : at + PART_BYTES] for at in range(0, len(text), PART_BYTES)]
    size = 0
    for part in parts:
        check()
        size += classical.ppmd_size(part)
    if len(parts) == 1:
        return size
    alone = sum(map(classical.quick_size, parts))
    return min(size, size * quick // alone)


def _mixer_to_ppmd(text: bytes) -> float:
    """What the mixer makes of the pieces, in sizes of what PPMd makes of them; 1 where there is no mixer."""
    size = min(PIECE_BYTES, len(text) // (SHARE * PIECES))
    stretch = len(text) // PIECES
    starts = (number * stretch + (stretch - size) // 2 for number in range(PIECES))
    pieces = b"".join(text[start : start + size] for start in starts)
    payload = mixed.encode(pieces, profiles.as_text(pieces), 2 * len(pieces))
    return len(payload) / classical.ppmd_size(pieces) if payload is not None else 1.0
