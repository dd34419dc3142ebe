"""Numbers in words: speeds, ratios and odds as a person would say them, beside sizes and times (nacomp/runtime/words.py).

Qt-free: the translator is a parameter. Inside the application it is `QCoreApplication.translate`; its default gives
the English sentence, so everything here is tested without Qt.
"""

from nacomp.runtime import words
from nacomp.runtime.words import Marks, Translate, duration_text, english

__all__ = [
    "MARKS",
    "QT_TRANSLATE_NOOP",
    "Translate",
    "bits_text",
    "count_text",
    "duration_text",
    "english",
    "figure_text",
    "fixed_text",
    "odds_text",
    "ratio_text",
    "saved_text",
    "size_text",
    "speed_text",
]

MARKS = Marks()
"""How the language in use writes numbers. One per process, as the language is; `Language.choose` sets it."""

LITTLE_BYTES = 1000
"""An archive's own header and index take some hundred bytes: below this they can outweigh what is saved, even of a text."""


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """A text that is translated elsewhere. The tool that collects texts for translators knows this name, Qt's own."""
    return text


def fixed_text(value: float, places: int) -> str:
    """A number with so many places: 2.146."""
    return f"{value:.{places}f}".replace(".", MARKS.decimal)


def count_text(value: int) -> str:
    """A whole number in groups of three: 12,345."""
    return f"{value:,}".replace(",", MARKS.group)


def figure_text(value: float) -> str:
    """A number short enough to read: 0.5, 12.3, 128."""
    return words.figure(value, MARKS)


def size_text(size: float) -> str:
    """A size in decimal units, as the language in use writes it: 950 B, 1.2 MB."""
    return words.size_text(size, MARKS)


def speed_text(bytes_per_second: float) -> str:
    """Bytes per second: 128 kB/s."""
    return f"{size_text(bytes_per_second)}/s"


def ratio_text(original: int, compressed: int, translate: Translate = english) -> str:
    """The gain in plain words: `3.9 times smaller`, `12% smaller`, `not smaller`."""
    if original <= 0 or compressed <= 0:
        return translate("wording", "nothing to gain")
    ratio = original / compressed
    if ratio >= 1.5:
        return translate("wording", "{0} times smaller").format(figure_text(ratio))
    percent = round(100 * (1 - compressed / original))
    if percent >= 1:
        return translate("wording", "{0}% smaller").format(percent)
    if original < LITTLE_BYTES:
        return translate("wording", "not smaller: too little to gain from")
    return translate("wording", "not smaller: already dense")


def saved_text(original: int, compressed: int, translate: Translate = english) -> str:
    """`1.2 MB became 310 kB`."""
    return translate("wording", "{0} became {1}").format(size_text(original), size_text(compressed))


def bits_text(bits: float, translate: Translate = english) -> str:
    """The cost of one token: `0.02 bits`, `1 in 70`. Short numbers for low costs."""
    if bits < 0.995:
        return translate("wording", "{0} bits").format(fixed_text(bits, 2))
    return translate("wording", "{0} bits").format(fixed_text(bits, 1))


def odds_text(bits: float, translate: Translate = english) -> str:
    """How likely the model thought it: 99%, 1 in 500."""
    chance = 2.0**-bits
    if chance >= 0.005:
        return translate("wording", "{0}% likely").format(figure_text(100 * chance))
    return translate("wording", "1 in {0}").format(count_text(round(2.0**bits)))
