"""What becomes of an input that cannot be read: it ends the job, or it is left out and somebody is told.

    walk, units.plan_units -> unreadable -> the caller's list of what is not in the archive

One bad path below a folder must not end a night's work, and an archive must not lack a file that nobody was told of. So the
job ends unless its caller says whom to tell.
"""

from collections.abc import Callable

from nacomp.errors import FileProblem, Remedy
from nacomp.runtime.results import LeftOut

TellLeftOut = Callable[[LeftOut], None]
"""Hears of each input that is left out."""
CHANGED = "changed while it was being read"


def unreadable(problem: FileProblem, told: TellLeftOut | None, *, among_others: bool) -> None:
    """Tell of an input that cannot be read, or raise the problem where nobody is to be told.

    Only `among_others` is leaving it out a remedy: nothing would be left of an archive of it alone.
    """
    if told is None:
        if among_others:
            problem.remedy = Remedy.LEAVE_OUT_UNREADABLE
        raise problem
    told(LeftOut(str(problem.fields["path"]), str(problem.fields.get("reason", CHANGED))))
