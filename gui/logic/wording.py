"""Numbers in words: sizes, times, speeds and ratios as a person would say them.

Qt-free: the translator is a parameter. Inside the application it is `QCoreApplication.translate`; its default gives
the English sentence, so everything here is tested without Qt.
"""

from dataclasses import dataclass
from typing import Protocol

UNITS = ("B", "kB", "MB", "GB", "TB")


class Translate(Protocol):
    """The shape of `QCoreApplication.translate` without plural forms: context and source text."""

    def __call__(self, context: str, key: str, /) -> str: ...


def english(_context: str, key: str, /) -> str:
    """The source text itself."""
    return key


@dataclass
class Marks:
    """What stands between whole and part, and between thousands."""

    decimal: str = "."
    group: str = ","


MARKS = Marks()
"""How the language in use writes numbers. One per process, as the language is; `Language.choose` sets it."""


def fixed_text(value: float, places: int) -> str:
    """A number with so many places: 2.146."""
    return f"{value:.{places}f}".replace(".", MARKS.decimal)


def count_text(value: int) -> str:
    """A whole number in groups of three: 12,345."""
    return f"{value:,}".replace(",", MARKS.group)


def _figure(value: float) -> str:
    """Three significant digits at most, no trailing zeros below ten: 9.5, 12.3, 128."""
    if value >= 99.95 or f"{value:.1f}".endswith(".0"):
        return f"{value:.0f}"
    return fixed_text(value, 1)


def size_text(size: float) -> str:
    """A size in decimal units, as file managers show it: 950 B, 1.2 MB."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{int(value)} B" if unit == 0 else f"{_figure(value)} {UNITS[unit]}"


def speed_text(bytes_per_second: float) -> str:
    """Bytes per second: 128 kB/s."""
    return f"{size_text(bytes_per_second)}/s"


def duration_text(seconds: float, translate: Translate = english) -> str:
    """A rough time: `8 s`, `2 min 30 s`, `1 h 5 min`, `3 days`. Never more precise than it is true."""
    whole = max(1, round(seconds))
    if whole < 60:
        return translate("wording", "{0} s").format(whole)
    if whole < 600:
        minutes, rest = divmod(whole // 10 * 10, 60)
        if rest:
            return translate("wording", "{0} min {1} s").format(minutes, rest)
        return translate("wording", "{0} min").format(minutes)
    minutes = round(whole / 60)
    if minutes < 60:
        return translate("wording", "{0} min").format(minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        if minutes:
            return translate("wording", "{0} h {1} min").format(hours, minutes)
        return translate("wording", "{0} h").format(hours)
    return translate("wording", "{0} days").format(round(hours / 24))


def ratio_text(original: int, compressed: int, translate: Translate = english) -> str:
    """The gain in plain words: `3.9 times smaller`, `12% smaller`, `not smaller`."""
    if original <= 0 or compressed <= 0:
        return translate("wording", "nothing to gain")
    ratio = original / compressed
    if ratio >= 1.5:
        return translate("wording", "{0} times smaller").format(_figure(ratio))
    percent = round(100 * (1 - compressed / original))
    if percent >= 1:
        return translate("wording", "{0}% smaller").format(percent)
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
        return translate("wording", "{0}% likely").format(_figure(100 * chance))
    return translate("wording", "1 in {0}").format(count_text(round(2.0**bits)))
