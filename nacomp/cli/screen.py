"""A terminal with colours and a progress bar: what `console.TerminalConsole` speaks through once it needs either.

A module of its own because of rich, whose import is a tenth of the time that a small job takes.
"""

from rich.console import Console as RichConsole
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

from nacomp.runtime.events import Progress
from nacomp.runtime.words import duration_text, size_text


class Screen:
    """Standard error, as rich writes to it."""

    def __init__(self) -> None:
        # Names are never interpreted: not as markup, not as emoji, not as numbers to be coloured.
        self._rich = RichConsole(stderr=True, highlight=False, markup=False, emoji=False)
        self._bar: RichProgress | None = None
        self._task = TaskID(0)

    def print(self, text: str, style: str | None) -> None:
        """A line; above the bar, where that is up."""
        self._rich.print(text, style=style, soft_wrap=True)

    def open_bar(self, total_bytes: int) -> None:
        """Show the bar, if this is a terminal at all; 0 bytes while unknown."""
        if not self._rich.is_terminal:
            return
        self._bar = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TextColumn("{task.fields[detail]}", markup=False),
            console=self._rich,
            transient=True,
        )
        self._task = self._bar.add_task("", total=total_bytes or None, detail="")
        self._bar.start()

    def update_bar(self, event: Progress, name: str) -> None:
        """Show how far the work is, and what it happens to."""
        if self._bar is None:
            return
        details = [f"{size_text(event.bytes_per_second)}/s"] if event.bytes_per_second else []
        if event.output_bytes and event.done_bytes:
            details.append(f"ratio {event.done_bytes / event.output_bytes:.1f}")
        if event.seconds_left is not None:
            details.append(f"{duration_text(event.seconds_left)} left")
        self._bar.update(
            self._task,
            description=name,
            completed=event.done_bytes,
            total=event.total_bytes or None,
            detail=", ".join(details),
        )

    def close_bar(self) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
