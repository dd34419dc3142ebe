"""How far a model looks back: apart from what else an engine is (`protocol.py`), as levels name it and load no numpy."""

from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class ContextWindow:
    """How far a stream's next token can look back, in tokens.

    A token attends to itself, to the first `sinks` tokens of its stream and to the most recent ones, `window`
    in all. Both numbers touch every probability, so both are stored in the archive.
    """

    window: int
    sinks: int
