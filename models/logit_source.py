"""Where a block's logits come from: the engine's session, fed with the tokens that each stream's context still lacks.

    encoder: all symbols known --> the rows of many steps in one forward --> a step's logits are a slice of them
    decoder: symbols known so far --> one forward a step

The language model is asked only for the streams that the confidence skip does not cover. What it was not asked for waits;
when the model is next asked for that stream, the waiting tokens go in first, in one forward. At most `skip_queue` wait:
older ones are dropped from the model's context, which costs less than running the model over them.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nacomp.models.protocol import ContextWindow, Engine
from nacomp.models.streams import Streams, Symbols

Logits = NDArray[np.float32]
Mask = NDArray[np.bool_]

MOST_STEPS = 4096
"""Steps that one forward may cover where hardly any of them asks the model: a cancelled job answers between forwards."""


class LogitSource(Protocol):
    """Gives each step's logits and hears its symbols."""

    def step(self, live: Symbols) -> tuple[Mask, Logits]:
        """For the streams that have a symbol (live stream,): whether the model predicts each of them (live stream,), and the
        logits (asked row, vocabulary) of those; the array is overwritten by a later step.
        """
        ...

    def learn(self, row: Symbols) -> None:
        """The step's symbols (live stream,)."""
        ...


class _Contexts:
    """A session, and the tokens that each of its streams still lacks."""

    def __init__(self, engine: Engine, context: ContextWindow, streams: int, skip_queue: int) -> None:
        self._session = engine.open_session(streams, context)
        self._most_rows = engine.max_rows
        self._nothing: Logits = np.empty((0, engine.vocabulary.size), np.float32)
        start = engine.vocabulary.start_token
        self._waiting = [deque([start], maxlen=max(skip_queue, 1)) for _ in range(streams)]

    def append(self, tokens: list[int]) -> None:
        """One token for each of the streams 0, 1, ..."""
        for waiting, token in zip(self._waiting, tokens, strict=False):
            waiting.append(token)

    def take(self, streams: list[int]) -> tuple[list[int], list[int], list[bool]]:
        """Rows (stream, token, wanted) that bring these streams up to date; the last row of each is wanted."""
        rows: list[int] = []
        tokens: list[int] = []
        wanted: list[bool] = []
        for stream in streams:
            waiting = self._waiting[stream]
            rows += [stream] * len(waiting)
            tokens += waiting
            wanted += [False] * (len(waiting) - 1) + [True]
            waiting.clear()
        return rows, tokens, wanted

    def forward(self, rows: list[int], tokens: list[int], wanted: list[bool]) -> Logits:
        """The logits (wanted row, vocabulary) of these rows, fed in pieces that the engine accepts."""
        if not rows:
            return self._nothing
        parts = []
        for at in range(0, len(rows), self._most_rows):
            piece = slice(at, at + self._most_rows)
            part = self._session.feed(
                np.array(rows[piece], np.int32),
                np.array(tokens[piece], np.int32),
                np.array(wanted[piece], np.bool_),
            )
            parts.append(part if len(rows) <= self._most_rows else part.copy())
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class PlannedLogits:
    """The encoder's: it knows all symbols and which of them the model is asked for.

    Rows of as many steps as fit go through the model together, unless that changes its bits; they are laid out step by
    step, so a step's logits are a slice and nothing is copied.
    """

    def __init__(
        self,
        engine: Engine,
        context: ContextWindow,
        streams: Streams,
        symbols: Symbols,
        asked: Mask,
        skip_queue: int,
    ) -> None:
        """`symbols` (n,) of the block; `asked` (n,) whether the model predicts each."""
        self._contexts = _Contexts(engine, context, streams.streams, skip_queue)
        self._streams = streams
        self._tokens = streams.rows(engine.vocabulary.model_tokens(symbols))
        self._asked = streams.rows(asked)
        self._most_rows = engine.max_rows if engine.reproducible else 0
        self._steps = self._run()

    def step(self, live: Symbols) -> tuple[Mask, Logits]:  # noqa: ARG002 - it was planned
        """See `LogitSource.step`."""
        return next(self._steps)

    def learn(self, row: Symbols) -> None:
        """See `LogitSource.learn`; there is nothing left to hear."""

    def _run(self) -> Iterator[tuple[Mask, Logits]]:
        """Each step in turn, as `step` gives it."""
        done, steps = 0, self._streams.steps
        while done < steps:
            rows: list[int] = []
            tokens: list[int] = []
            wanted: list[bool] = []
            masks: list[Mask] = []
            while done < steps and len(masks) < MOST_STEPS and self._takes(rows, self._streams.live(done)):
                mask = next(self._asked)
                more = self._contexts.take(np.flatnonzero(mask).tolist())
                rows += more[0]
                tokens += more[1]
                wanted += more[2]
                masks.append(mask)
                self._contexts.append(next(self._tokens).tolist())
                done += 1
            logits = self._contexts.forward(rows, tokens, wanted)
            at = 0
            for mask in masks:
                count = int(np.count_nonzero(mask))
                yield mask, logits[at : at + count]
                at += count

    def _takes(self, rows: list[int], live: int) -> bool:
        """Whether a forward of `rows` may grow by the next step's."""
        return not rows or len(rows) + live <= self._most_rows


class LiveLogits:
    """The decoder's: it asks the model step by step, as the symbols become known."""

    def __init__(
        self,
        engine: Engine,
        context: ContextWindow,
        streams: int,
        wants_model: Callable[[Symbols], Mask],
        skip_queue: int,
    ) -> None:
        """`wants_model`: the skip decision, see `Ensemble.wants_model`."""
        self._contexts = _Contexts(engine, context, streams, skip_queue)
        self._vocabulary = engine.vocabulary
        self._wants_model = wants_model

    def step(self, live: Symbols) -> tuple[Mask, Logits]:
        """See `LogitSource.step`."""
        asked = self._wants_model(live)
        return asked, self._contexts.forward(*self._contexts.take(np.flatnonzero(asked).tolist()))

    def learn(self, row: Symbols) -> None:
        """See `LogitSource.learn`."""
        self._contexts.append(self._vocabulary.model_tokens(row).tolist())
