"""What of the inputs goes into an archive, and the word about what does not: `compress`, `update` and `estimate` gather
alike.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from nacomp.archive.guard import split_names
from nacomp.archive.hard_links import linked
from nacomp.archive.left_out import TellLeftOut
from nacomp.archive.sources import Source
from nacomp.archive.walk import ALL, EVERYTHING, Taken
from nacomp.cli.session import Run
from nacomp.formats.paths import display_name
from nacomp.formats.records import dataclass
from nacomp.operations.compress import sources_of
from nacomp.runtime.results import LeftOut


@dataclass(frozen=True)
class Walk:
    """What of the inputs is taken."""

    skip_unsafe: bool = False
    skip_unreadable: bool = False
    taken: Taken = ALL


def gather(
    run: Run, paths: list[Path], walk: Walk, told: TellLeftOut | None
) -> tuple[list[Source], list[LeftOut]]:
    """What goes in, and what is left out for its name."""
    sources = sources_of(paths, run.cancel, taken=walk.taken, left_out=told)
    if not walk.skip_unsafe:
        return sources, []
    good, bad = split_names(sources)
    unsafe = [LeftOut(str(source.path), fault) for source, fault in bad]
    for what in unsafe:
        tell_left_out(run, what)
    return good, unsafe


def everything_there(
    run: Run, paths: list[Path], walk: Walk, sources: Iterable[Source]
) -> frozenset[str] | None:
    """The names of all that is on the disk below the inputs, of what patterns leave out too.

    None, with a warning, where that cannot be told: nothing counts as gone then.
    """
    names = {source.name for source in sources}
    if walk.taken.patterns == EVERYTHING:
        return frozenset(names)
    unread: list[LeftOut] = []
    whole = replace(walk.taken, patterns=EVERYTHING)
    names |= {source.name for source in sources_of(paths, run.cancel, taken=whole, left_out=unread.append)}
    for what in unread[:1]:
        run.console.warning(f"nothing is taken out: {display_name(what.path)}: {what.reason}")
    return None if unread else frozenset(names)


def bytes_to_read(sources: Iterable[Source]) -> int:
    """What of these is read, a file with several names once."""
    return sum(source.size for source in linked(sources))


def tell_left_out(run: Run, what: LeftOut) -> None:
    """Warn that an archive lacks this."""
    run.console.warning(f"left out: {display_name(what.path)}: {what.reason}")
