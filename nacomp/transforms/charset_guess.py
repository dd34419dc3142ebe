"""Which old encoding a text is in, or none: only the encoder asks, and a wrong guess costs size, never a byte.

Every encoding is scored on a sample: single bytes by the letters that languages have together (`letters`),
pairs by how many are frequent characters of the script.

Texts read right, of 694: this 686, chardet 7.7 685, which is 4.2 MB installed and has no other use here.
| texts, and how far this was tuned on them | this | chardet |
|---|---|---|
| Debian's installation guide, 26 pairs of language and encoding, 300 to 20,000 bytes; yes | 283 of 286 | 280 |
| vim's tutorials and menus in old encodings; looked at | 71 of 72 | 70 |
| Debian's manual pages, 9 other languages; 329 at first sight, then three constants | 332 of 336 | 335 |
The four of the last row are a page that lists the characters of ISO-8859-2. On 63 of the first, faust-cchardet 3.2
read 53 and charset-normalizer 3.5 read 52. chardet could take the place of `_single_byte`.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from nacomp.transforms import charset_codec, letters, text_shape
from nacomp.transforms.charset_tables import NONE, SINGLE_BYTE, decode_ones

LEAST = 0.35
"""The lowest score that counts as a text; of noise and programs without their control
characters 0.08, of noise above 160 alone 0.3."""
PRIOR = {
    "windows-1252": 0.08, "windows-1251": 0.04, "windows-1250": 0.04, "koi8-r": 0.03, "iso-8859-15": 0.02,
    "iso-8859-2": 0.02, "windows-1255": 0.02, "windows-1253": 0.0, "iso-8859-7": 0.0, "windows-1256": 0.0,
    "koi8-u": 0.0,
}  # fmt: skip
"""How often the encodings are met: decides between readings that are nearly the same, the more the less is to read."""
RARE = -0.05
"""The prior of all others."""
OLD_MAC = ("macintosh", "x-mac-cyrillic")

# Of pairs, by first and second byte: the frequent characters of the script, and what its texts cannot be without.
_Box = tuple[int, int, int, int]
FREQUENT_PAIRS: dict[str, tuple[_Box, ...]] = {
    "shift_jis": ((0x81, 0x83, 0x40, 0xFC), (0x88, 0x97, 0x40, 0xFC)),
    "euc-jp": ((0xA1, 0xA1, 0xA1, 0xFE), (0xA3, 0xA5, 0xA1, 0xFE), (0xB0, 0xCF, 0xA1, 0xFE)),
    "gb18030": ((0xA1, 0xA3, 0xA1, 0xFE), (0xB0, 0xD7, 0xA1, 0xFE)),
    "big5": ((0xA1, 0xC6, 0x40, 0xFE),),
    "euc-kr": ((0xA1, 0xA3, 0xA1, 0xFE), (0xB0, 0xC8, 0xA1, 0xFE)),
}
NEEDED_PAIRS: dict[str, tuple[_Box, float]] = {
    "shift_jis": ((0x82, 0x83, 0x40, 0xFC), 0.2),
    "euc-jp": ((0xA4, 0xA5, 0xA1, 0xFE), 0.2),
    "euc-kr": ((0xB0, 0xC8, 0xA1, 0xFE), 0.7),
    "big5": ((0xA4, 0xC6, 0x40, 0xFE), 0.5),
    "gb18030": ((0xB0, 0xD7, 0xA1, 0xFE), 0.5),
}
"""Kana of a Japanese text, syllables of a Korean one, everyday characters of a Chinese one, and their least share."""
LEAST_FREQUENT = 0.7
MOST_BROKEN = 0.01


def guess(data: bytes) -> str | None:
    """The encoding that `data` is probably in, by its name in `charset_tables`, or None."""
    pieces = text_shape.windows(data)
    if any(map(text_shape.is_binary, pieces)):
        return None
    sample = text_shape.high_bytes(data)
    if sample is None or text_shape.is_binary(sample) or text_shape.is_utf8([sample]):
        return None
    return _multi_byte(sample) or _single_byte(sample)


def _single_byte(sample: bytes) -> str | None:
    joined, alone, count = _shares(sample)
    mac = b"\r" in sample and b"\n" not in sample
    best, found = LEAST, None
    for charset in SINGLE_BYTE:
        if charset in OLD_MAC and not mac:
            continue
        scores = _weights(charset, joined=True) @ joined + _weights(charset, joined=False) @ alone
        score = float(scores.max()) + PRIOR.get(charset, RARE) * (1 + 10 / count)
        if score > best:
            best, found = score, charset
    return found


def _shares(sample: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """(128,) shares of the bytes from 128 on, of those beside an ASCII letter and of the others; and their number."""
    codes = np.frombuffer(sample, np.uint8)
    letter = np.zeros(len(codes) + 2, np.bool_)
    letter[1:-1] = ((codes | 32) >= 97) & ((codes | 32) <= 122)
    high = codes >= 128
    beside = (letter[:-2] | letter[2:]) & high
    joined = np.bincount(codes[beside], minlength=256)[128:]
    alone = np.bincount(codes[high & ~beside], minlength=256)[128:]
    total = int(joined.sum() + alone.sum())
    return joined / total, alone / total, total


@cache
def _weights(charset: str, *, joined: bool) -> NDArray[np.float64]:
    """(language, 128) what each byte from 128 on says for the language, read in this encoding.

    A letter beside an ASCII letter is no letter of another script.
    """
    characters = decode_ones(charset)[128:].tolist()
    languages = (*letters.LATIN, *letters.FREQUENT)
    table = np.full((len(languages), 128), letters.WRONG)
    for row, language in enumerate(languages):
        known = letters.weights(language)
        for column, code in enumerate(characters):
            if code == NONE or code < 0xA0:
                table[row, column] = letters.CONTROL
            elif not (joined and language in letters.FREQUENT and chr(code).isalpha()):
                table[row, column] = known.get(chr(code), letters.WRONG)
    return table


def _multi_byte(sample: bytes) -> str | None:
    scores = {charset: _pair_score(sample, charset) for charset in FREQUENT_PAIRS}
    charset = max(scores, key=lambda name: scores[name])
    return charset if scores[charset] >= LEAST_FREQUENT else None


def _pair_score(sample: bytes, charset: str) -> float:
    """The share of frequent characters, or 0 if the sample cannot be in this encoding."""
    units = charset_codec.decode(sample, charset)
    pairs = units.starts[(units.lengths == 2) & (units.characters != NONE)]
    wide = int((units.lengths > 1).sum())
    broken = int((units.characters == NONE).sum())
    if not len(pairs) or broken > MOST_BROKEN * wide + 4:
        return 0.0
    codes = np.frombuffer(sample, np.uint8)
    first, second = codes[pairs], codes[pairs + 1]
    box, share = NEEDED_PAIRS[charset]
    needed = _inside(first, second, box).mean()
    if needed < share:
        return 0.0
    frequent = sum(_inside(first, second, each).mean() for each in FREQUENT_PAIRS[charset])
    bonus = 0.2 if charset in ("shift_jis", "euc-jp") or (charset == "euc-kr" and needed > 0.88) else 0.0
    return float(frequent) - broken / max(wide, 1) + bonus


def _inside(first: NDArray[np.uint8], second: NDArray[np.uint8], box: _Box) -> NDArray[np.bool_]:
    low, high, low_trail, high_trail = box
    return (first >= low) & (first <= high) & (second >= low_trail) & (second <= high_trail)
