"""Bytes of an old encoding to characters and back, on whole arrays; the tables are in `charset_tables`.

Decoding cuts the bytes into units of one to four bytes and looks each up. A unit that is no character, or is not
how its character is written, is *stray*. So what decodes is written back the same by construction, wherever the
cuts fall, and broken input only costs strays. An incremental decoder byte by byte lost: 1 MB/s in Python.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.transforms import charset_tables as tables
from nacomp.transforms.charset_tables import ASTRAL_LINEAR, FOUR_BYTES, MULTI_BYTE, NONE, Table

Positions = NDArray[np.int64]

_LEADS = {
    "shift_jis": ((0x81, 0xA0), (0xE0, 0xFD)),
    "euc-jp": ((0x8E, 0x8F), (0xA1, 0xFF)),
    "gb18030": ((0x81, 0xFF),),
    "big5": ((0x81, 0xFF),),
    "euc-kr": ((0x81, 0xFF),),
}
"""Where the first bytes of pairs lie, from and before."""


@dataclass(frozen=True)
class Units:
    """Bytes cut into units: (unit,) where each starts, how long it is, and its character or NONE."""

    starts: Positions
    lengths: Positions
    characters: Table


def decode(data: bytes, charset: str) -> Units:
    """The units of `data`, which they cover without gaps."""
    codes = np.frombuffer(data, np.uint8)
    if charset not in MULTI_BYTE:
        starts = np.arange(len(codes))
        return Units(starts, np.broadcast_to(np.int64(1), starts.shape), tables.decode_ones(charset)[codes])
    starts = np.flatnonzero(~_continuations(codes, charset))
    lengths = np.diff(starts, append=len(codes))
    characters = tables.decode_ones(charset)[codes[starts]]
    characters[lengths != 1] = NONE
    two = np.flatnonzero(lengths == 2)
    characters[two] = tables.decode_pairs(charset)[_pair(codes, starts[two])]
    if charset == "euc-jp":
        three = np.flatnonzero((lengths == 3) & (codes[starts] == 0x8F))
        characters[three] = tables.decode_pairs("euc-jp 3")[_pair(codes, starts[three] + 1)]
    if charset == "gb18030":
        four = np.flatnonzero(lengths == 4)
        characters[four] = _four_bytes(codes, starts[four])
    return Units(starts, lengths, characters)


def encode(characters: Table, charset: str) -> bytes | None:
    """The bytes of (character,) code points, or None if one of them has none."""
    table = tables.encoded(charset)
    values = table[np.minimum(characters, len(table) - 1)]
    beyond = characters >= 0x10000
    if beyond.any():
        values[beyond] = _astral(characters[beyond], charset, table)
    if (values == NONE).any():
        return None
    if charset not in MULTI_BYTE:
        return values.astype(np.uint8).tobytes()
    return _spread(values)


def _spread(values: Table) -> bytes:
    """Each value as its one to four bytes, the highest first."""
    lengths = 1 + (values > 0xFF).astype(np.int64) + (values > 0xFFFF) + (values > 0xFFFFFF)
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    for back in range(4):
        has = lengths > back
        if not has.any():
            break
        out[ends[has] - 1 - back] = (values[has] >> (8 * back)) & 0xFF
    return out.tobytes()


def _astral(characters: Table, charset: str, table: Table) -> Table:
    """Characters from U+10000 on: all of them in gb18030, some in big5."""
    if charset == "gb18030":
        return tables.from_linear(characters - 0x10000 + ASTRAL_LINEAR)
    inside = characters < len(table)
    return np.where(inside, table[np.minimum(characters, len(table) - 1)], NONE).astype(np.uint32)


def _continuations(codes: NDArray[np.uint8], charset: str) -> NDArray[np.bool_]:
    """(byte,) which bytes belong to the unit before them.

    A byte that is no possible lead ends a character, so within a run of possible leads every second one is a
    trail, and after a run of odd length the next byte is one too.
    """
    is_lead = np.zeros(256, np.bool_)
    for first, last in _LEADS[charset]:
        is_lead[first:last] = True
    lead = is_lead[codes]
    edges = np.diff(np.concatenate(([False], lead, [False])).astype(np.int8))
    run_starts, run_ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    continued = np.zeros(len(codes), np.bool_)
    place = np.flatnonzero(lead)
    continued[place] = (place - np.repeat(run_starts, run_ends - run_starts)) & 1
    odd = run_ends[(run_ends - run_starts) & 1 == 1]
    continued[odd[odd < len(codes)]] = True
    if charset == "euc-jp":
        _join_threes(codes, continued)
    if charset == "gb18030":
        _join_fours(codes, continued)
    return continued


def _join_threes(codes: NDArray[np.uint8], continued: NDArray[np.bool_]) -> None:
    """0x8F leads three bytes, and is no trail."""
    at = np.flatnonzero(codes == 0x8F)
    for behind in (1, 2):
        inside = at + behind
        continued[inside[inside < len(codes)]] = True
    continued[at] = False


def _join_fours(codes: NDArray[np.uint8], continued: NDArray[np.bool_]) -> None:
    """Two pairs of a lead and a digit are one unit: every second pair of a run of such pairs."""
    starts = np.flatnonzero(~continued)
    lengths = np.diff(starts, append=len(codes))
    second = codes[np.minimum(starts + 1, len(codes) - 1)]
    half = (lengths == 2) & (second >= 0x30) & (second <= 0x39)
    edges = np.diff(np.concatenate(([False], half, [False])).astype(np.int8))
    run_starts, run_ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    place = np.flatnonzero(half)
    odd = (place - np.repeat(run_starts, run_ends - run_starts)) & 1 == 1
    continued[starts[place[odd]]] = True


def _pair(codes: NDArray[np.uint8], at: Positions) -> NDArray[np.uint32]:
    return (codes[at].astype(np.uint32) << 8 | codes[at + 1]).astype(np.uint32)


def _four_bytes(codes: NDArray[np.uint8], at: Positions) -> Table:
    """(unit,) characters of gb18030's four bytes."""
    first, second, third, fourth = (codes[at + k].astype(np.int64) for k in range(4))
    linear = ((first - 0x81) * 10 + second - 0x30) * 1260 + (third - 0x81) * 10 + fourth - 0x30
    characters = np.full(len(at), NONE, np.int64)
    low = linear < FOUR_BYTES
    characters[low] = tables.decode_fours()[linear[low]]
    high = (linear >= ASTRAL_LINEAR) & (linear <= ASTRAL_LINEAR + 0xFFFFF)
    characters[high] = linear[high] - ASTRAL_LINEAR + 0x10000
    return characters.astype(np.uint32)
