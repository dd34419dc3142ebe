"""Machine code of words of four bytes, ARM64, SPARC and the like (formats/MIXING.md, section 13)."""

from dataclasses import field as made

from nacomp.formats.records import dataclass

WORD = 4
OPCODE = 0xFFE00000
"""What tells ARM64's operations apart, and most of SPARC's."""
_BL, _LOW26 = 0x25, 0x03FFFFFF
_ADRP, _ADRP_MASK, _LOW21 = 0x90000000, 0x9F000000, 0x1FFFFF


@dataclass
class Words:
    """What the profile keeps of a stream: the last whole word that began with each byte; none is 0."""

    recent: dict[int, int] = made(default_factory=dict)


def turn_words(content: bytes, forward: bool) -> bytes:
    """Words whose lower byte comes first: turned round, ARM64's relative targets to absolute ones; or back."""
    turned = bytearray(content)
    for at in range(0, len(content) - WORD + 1, WORD):
        word = int.from_bytes(content[at : at + WORD], "little" if forward else "big")
        number = at // WORD
        word = _moved(word, number if forward else -number, number >> 10 if forward else -(number >> 10))
        turned[at : at + WORD] = word.to_bytes(WORD, "big" if forward else "little")
    return bytes(turned)


def _moved(word: int, words: int, pages: int) -> int:
    if word >> 26 == _BL:
        return _BL << 26 | (word + words) & _LOW26
    if word & _ADRP_MASK == _ADRP:  # the lower two bits of its target stand apart
        target = (word >> 3 & _LOW21 & ~3 | word >> 29 & 3) + pages & _LOW21
        return word & (_ADRP_MASK | 31) | (target & 3) << 29 | target >> 2 << 5
    return word
