"""Tells what sort of text a document is, so that training can weigh the sorts and results can be shown by sort.

Sits between `corpus` and `dataset`. Shards carry no labels, and a label per source would tie the recipe to one
corpus; a trained classifier would need labels of its own. A few character statistics are enough here: a wrong
guess moves a document between two mixing weights and does no other harm.
"""

import re
from enum import Enum

SAMPLE_CHARS = 20_000
_STOP_WORDS = frozenset(
    re.findall(r"\w+", "the of and to a in is that it for was on as with be his he i not or are this by")
)
_WORD = re.compile(r"[A-Za-z]+")
_CODE_LINE = re.compile(
    r"(?m)^\s*(?:#include|#ifn?def|#define|import |from \w+ import|def |class |return\b|public |private |package |"
    r"func |fn |use |let |const |static |void |int |if ?\(|for ?\(|while ?\(|else\b|self\.|\}|\*/|//)"
)
_MARKUP_LINE = re.compile(
    r"""(?m)^\s*(?:<[/?!A-Za-z]|["'][^"']*["']\s*:|\\[a-z]+|@\w+\{|msg(?:id|str)\b|- \w+:|\w+ = \{|[\]}],?$)"""
)
_SYMBOLS = frozenset('{}();=<>[]"|_/\\`#*@$&+~^%')


class Kind(Enum):
    """The sorts of text the model is trained and measured on."""

    PROSE = "prose"
    DOCS = "documentation"
    CODE = "code"
    STRUCTURED = "structured"
    OTHER = "other languages"


def classify(text: str) -> Kind:
    """The likely kind of a document, from its first 20,000 characters (its opening is skipped when it is long)."""
    skip = 1000 if len(text) > 4000 else 0
    sample = text[skip : skip + SAMPLE_CHARS]
    size = max(1, len(sample))
    words = _WORD.findall(sample)
    stops = sum(w.lower() in _STOP_WORDS for w in words) / max(1, len(words))
    symbols = sum(c in _SYMBOLS for c in sample) / size
    lines = max(1, sample.count("\n"))
    if sum(ord(c) > 127 for c in sample) / size > 0.12:
        return Kind.OTHER
    if len(_CODE_LINE.findall(sample)) / lines > 0.12 and symbols > 0.05:
        return Kind.CODE
    if len(_MARKUP_LINE.findall(sample)) / lines > 0.25 or sum(c.isdigit() for c in sample) / size > 0.1:
        return Kind.STRUCTURED
    if stops < 0.1:
        return Kind.OTHER if symbols < 0.04 else Kind.STRUCTURED
    return Kind.PROSE if symbols < 0.03 else Kind.DOCS
