"""The three levels of compression, as the window knows them: by name, from quick to small."""

from enum import StrEnum

from nacomp.gui.logic.wording import Translate, english


class Level(StrEnum):
    """A level, under the command line's name for it."""

    FAST = "fast"
    BALANCED = "balanced"
    MAX = "max"

    @property
    def faster(self) -> tuple["Level", ...]:
        """The levels that take less time than this one, slowest first."""
        levels = list(Level)
        return tuple(reversed(levels[: levels.index(self)]))


def level_name(level: Level, translate: Translate = english) -> str:
    """A level as people read it."""
    match level:
        case Level.FAST:
            return translate("levels", "Fast")
        case Level.BALANCED:
            return translate("levels", "Balanced")
        case Level.MAX:
            return translate("levels", "Smallest")
