"""Sizes and times in words, for the command line and the window alike.

The window speaks several languages: it hands over a translator, and the marks its language writes numbers with. Without
them the words are English.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from nacomp.formats.records import dataclass

UNITS = ("B", "kB", "MB", "GB", "TB")


class Translate(Protocol):
    """The shape of Qt's `QCoreApplication.translate` without plural forms: context and source text."""

    def __call__(self, context: str, key: str, /) -> str: ...


def english(_context: str, key: str, /) -> str:
    """The source text itself."""
    return key


@dataclass
class Marks:
    """What stands between whole and part of a number, and between its thousands."""

    decimal: str = "."
    group: str = ","


ENGLISH = Marks()


def figure(value: float, marks: Marks = ENGLISH) -> str:
    """A number short enough to read: 9.5, 12.3, 128; a part of nought is left out."""
    if value >= 99.95 or f"{value:.1f}".endswith(".0"):
        return f"{value:.0f}"
    return f"{value:.1f}".replace(".", marks.decimal)


def size_text(size: float, marks: Marks = ENGLISH) -> str:
    """A size in bytes in decimal units, as file managers, drives and networks have it: 950 B, 1.2 MB."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{int(value)} B" if unit == 0 else f"{figure(value, marks)} {UNITS[unit]}"


def count_text(count: int, one: str, many: str) -> str:
    """`1 entry`, `3 entries`."""
    return f"{count} {one if count == 1 else many}"


def change_text(before: int, after: int) -> str:
    """What compressing changed: `2.50 times smaller`, or `140 B larger` where there is more to say than to save."""
    if after > before:
        return f"{size_text(after - before)} larger"
    return f"{before / max(after, 1):.2f} times smaller"


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
    if round(whole / 60) < 60:
        return translate("wording", "{0} min").format(round(whole / 60))
    return _long_duration_text(round(whole / 60), translate)


def _long_duration_text(minutes: int, translate: Translate) -> str:
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return translate("wording", "{0} days").format(round(hours / 24))
    if minutes:
        return translate("wording", "{0} h {1} min").format(hours, minutes)
    return translate("wording", "{0} h").format(hours)


def purpose_text(good_at: Sequence[str], translate: Translate = english) -> str:
    """What a model is good at, of `models.library.catalogue.Strength`: `English and code`; or nothing."""
    match sorted(good_at):
        case ["code", "english"]:
            return translate("wording", "English and code")
        case ["world"]:
            return translate("wording", "World languages")
    return ""


def shares_text(models: Mapping[str, int]) -> str:
    """Which model coded which share of the bytes that models coded: `gemma-3-270m 62%, smollm2-135m 38%`; or nothing."""
    total = sum(models.values())
    most_first = sorted(models.items(), key=lambda item: -item[1])
    return ", ".join(f"{model} {100 * size / total:.0f}%" for model, size in most_first)
