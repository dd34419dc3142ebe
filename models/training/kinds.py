"""Tells what sort of text a document is, and in which language, so that the sorts can be weighed and shown apart.

Sits between `corpus` and `dataset`. Shards carry no labels, and a label per source would tie the recipe to one
corpus; a trained classifier would need labels of its own. A few character statistics are enough here: a wrong
guess moves a document between two mixing weights and does no other harm. Only what looks like structured data is shown
to a language identifier too: marked-up manuals in other languages passed for it.
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
LANGUAGE_CHARS = 2_000
"""What the language identifier is shown: 1 ms a document."""
_NO_LANGUAGE = "zxx"
_LETTERS = 0.6
_MARGIN = 400.0
"""By how much a language must be likelier than English, in nats over `LANGUAGE_CHARS`. Of 103 documents of both held-out
sets that passed for structured and look like no English, 78 are other languages so, of 276 there are of these; tables, logs
and locale files lay below, or had fewer letters; manuals began at 429."""
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
        return Kind.OTHER if symbols < 0.04 or _is_foreign(sample) else Kind.STRUCTURED
    return Kind.PROSE if symbols < 0.03 else Kind.DOCS


def language(text: str) -> str:
    """The ISO code of the likely language of a document, "zxx" for none."""
    return _languages(text)[0][0]


def _languages(text: str) -> list[tuple[str, float]]:
    """Languages and the logarithms of their likelihoods, the likeliest first."""
    from py3langid import rank

    skip = 1000 if len(text) > 2 * LANGUAGE_CHARS else 0
    found: list[tuple[str, float]] = rank(text[skip : skip + LANGUAGE_CHARS])
    return found


def _is_foreign(sample: str) -> bool:
    """Whether a sample is words of another language than English for the most part."""
    text = sample[:LANGUAGE_CHARS]
    if sum(map(str.isalpha, text)) < _LETTERS * len(text):
        return False
    found = _languages(text)
    best, score = found[0]
    return best not in (_NO_LANGUAGE, "en") and score - dict(found)["en"] > _MARGIN
