"""The levels `fast`, `balanced` and `max`: which model, how far back it looks, how many streams.

A level is only a shorthand for the encoder; everything it decides is written into the archive.
"""

from collections.abc import Callable

from nacomp.errors import UsageError
from nacomp.formats.records import dataclass
from nacomp.models.context_window import ContextWindow

EMBEDDED = "embedded"
WORLD = "gemma-3-270m"
"""Knows the world's languages, at two to three times the work of SmolLM2 135M."""
MEBI = 1 << 20


@dataclass(frozen=True)
class Beside:
    """Models that a level asks beside its first, where they are installed.

    Attributes:
        models: catalogue ids.
        worth: what one of them must make of a sample, in sizes of what the first makes of it, to get the block: it takes
            two to three times as long.
        by_guess: whether only texts are tried that do not look like what the first is good at.
    """

    models: tuple[str, ...]
    worth: float
    by_guess: bool


@dataclass(frozen=True)
class Level:
    """Encoder settings behind one name.

    Attributes:
        models: catalogue ids in order of preference; the first installed one is taken.
        context: window and sinks of the model's context, in tokens.
        max_streams: the most streams a block is cut into. At `fast`, alice29 in 12 streams is 0.11% larger than in 8, in 16
            0.23%, and takes more processor time both ways: eight rows fill a product's tile, and a step of more streams
            reads more keys and values, half a megabyte each.
        symbols_per_stream: a stream keeps at least about this many symbols.
        block_bytes: source bytes of a text block, the unit of seeking and parallel work.
        beside: models that are asked as well, for texts that may suit them better.
        model_worth: what the model must make of a sample, in sizes of what the context mixer makes of it, to be asked for
            the block: the mixer is five times as fast at `fast`, sixty times at the others. What is worth it but nothing
            that the model knows well is coded by both (`block_choice.KNOWN_TEXT`).
    """

    name: str
    models: tuple[str, ...]
    context: ContextWindow
    max_streams: int
    symbols_per_stream: int
    block_bytes: int
    beside: Beside | None = None
    model_worth: float = 0.82

    def streams(self, symbols: int) -> int:
        """How many streams a block of this many symbols gets, at least 1."""
        return max(1, min(self.max_streams, symbols // self.symbols_per_stream))


LEVELS = {
    level.name: level
    for level in (
        Level("fast", (EMBEDDED,), ContextWindow(512, 4), 8, 4000, MEBI),
        Level(
            "balanced",
            ("smollm2-135m", "smollm2-135m-instruct-q4_1", EMBEDDED),
            ContextWindow(1024, 4),
            32,
            4000,
            MEBI,
            Beside((WORLD,), worth=0.9, by_guess=True),
        ),
        Level(
            "max",
            ("smollm2-360m", "smollm2-135m", "smollm2-135m-instruct-q4_1", EMBEDDED),
            ContextWindow(2048, 4),
            8,
            8000,
            MEBI,
            Beside((WORLD,), worth=1.0, by_guess=False),
            0.95,
        ),
    )
}
DEFAULT_LEVEL = "balanced"


def level_named(name: str) -> Level:
    """The level of this name. Raises UsageError for an unknown one."""
    if name not in LEVELS:
        raise UsageError(reason=f"there is no level {name!r}; the levels are {', '.join(LEVELS)}")
    return LEVELS[name]


def choose_model(level: Level, installed: Callable[[str], bool]) -> str:
    """The catalogue id this level uses on this machine: its first choice that is installed."""
    return next((model for model in level.models if installed(model)), EMBEDDED)
