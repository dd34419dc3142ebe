"""Streams in lockstep: a block's symbols, cut into S contiguous streams that advance together, one symbol a step.

One token at a time through a 135M model is bound by reading the weights; S rows at a time read them once. At step t
every stream that is longer than t has one row, in stream order; longer streams come first, so the live streams are
always 0..R-1. The language model is asked only for the streams that the confidence skip does not cover: their pending
tokens (everything since the model last saw the stream, at most `skip_queue`, older ones dropped from its context) go
in first.

`encode_streams` knows all symbols, plans the skips and batches the rows of many steps into one forward;
`decode_streams` learns each symbol only after predicting it. Both drive the ensemble by the same three calls in
the same order, `predict`, `choose_pages`, `update`: that, and an engine whose bits do not depend on batching, is what
makes them mirror images.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nacomp.codecs.range_coder import SymbolDecoder, SymbolEncoder
from nacomp.models.predictors.ensemble import Ensemble
from nacomp.models.protocol import Session
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

Symbols = NDArray[np.int32]
Logits = NDArray[np.float32]
Mask = NDArray[np.bool_]
StepDone = Callable[[int], None]
"""Called after each step with the number of symbols it finished; may raise to stop the job."""


class Observer(Protocol):
    """Sees each step as it is coded; used for statistics and the surprise map, never for coding."""

    def __call__(
        self, step: int, symbols: Symbols, bits: NDArray[np.float64], logits: Logits, mask: Mask
    ) -> None:
        """Step number, symbols (row,), their cost (row,), the model's logits and which rows have them."""
        ...


@dataclass(frozen=True)
class Streams:
    """How a block's symbols are cut: S contiguous runs whose lengths differ by at most one, longer ones first."""

    symbols: int
    streams: int

    @property
    def starts(self) -> list[int]:
        """(S + 1,) where each stream begins in the block; the last entry is the end."""
        short, longer = divmod(self.symbols, self.streams)
        return [s * short + min(s, longer) for s in range(self.streams + 1)]

    @property
    def steps(self) -> int:
        """Number of lockstep steps: the length of the longest stream."""
        return -(-self.symbols // self.streams)

    def live(self, step: int) -> int:
        """How many streams, from stream 0 on, have a symbol at this step."""
        short, longer = divmod(self.symbols, self.streams)
        return self.streams if step < short else longer

    def split(self, symbols: Symbols) -> list[Symbols]:
        """The block's symbols (n,) as S arrays."""
        bounds = self.starts
        return [symbols[a:b] for a, b in pairwise(bounds)]


class _Feeder:
    """Keeps what each stream's model context still lacks, and turns it into rows for the engine."""

    def __init__(self, vocabulary: Vocabulary, streams: int, skip_queue: int) -> None:
        self._pending = [deque([vocabulary.start_token], maxlen=max(skip_queue, 1)) for _ in range(streams)]

    def push(self, stream: int, token: int) -> None:
        self._pending[stream].append(token)

    def take(self, streams: list[int]) -> tuple[list[int], list[int], list[bool]]:
        """Rows (stream, token, wanted) that bring these streams up to date; the last row of each is wanted."""
        rows: list[int] = []
        tokens: list[int] = []
        wanted: list[bool] = []
        for stream in streams:
            pending = self._pending[stream]
            rows += [stream] * len(pending)
            tokens += pending
            wanted += [False] * (len(pending) - 1) + [True]
            pending.clear()
        return rows, tokens, wanted


def tokens_fed(wants: Mask, skip_queue: int) -> int:
    """How many tokens of a stream enter the model's context under its skip plan (symbol,)."""
    pending = np.diff(np.flatnonzero(wants), prepend=-1)
    return int(np.minimum(pending, max(skip_queue, 1)).sum())


def _forward(session: Session, rows: list[int], tokens: list[int], wanted: list[bool], limit: int) -> Logits:
    """Feed rows in pieces the engine accepts; the logits (wanted row, vocabulary) of all of them."""
    parts = []
    for at in range(0, len(rows), limit):
        part = session.feed(
            np.array(rows[at : at + limit], np.int32),
            np.array(tokens[at : at + limit], np.int32),
            np.array(wanted[at : at + limit], np.bool_),
        )
        parts.append(part if len(rows) <= limit else part.copy())
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@dataclass(frozen=True)
class Lane:
    """What both directions need to run a block: the model's session, the ensemble, and the cut."""

    vocabulary: Vocabulary
    session: Session
    ensemble: Ensemble
    cut: Streams
    skip_queue: int
    max_rows: int
    batch_free: bool
    """Whether the encoder may put the rows of several steps into one forward (`Engine.batch_free`)."""

    def no_logits(self) -> Logits:
        """The empty logits of a step that asked nothing of the model."""
        return np.empty((0, self.vocabulary.size), np.float32)

    def takes_more(self, rows: int) -> bool:
        """Whether a forward that has rows may grow to this many by those of the next step."""
        return self.batch_free and rows <= self.max_rows


def planned_logits(
    lane: Lane, streams: list[Symbols], wants: list[Mask], step_done: StepDone
) -> Iterator[tuple[int, Mask, Logits]]:
    """For each step in turn: its number, which live streams the model predicts, and their logits.

    Rows of as many steps as fit go through the model together, unless that changes its bits; they are laid out step by
    step, so a step's logits are a slice and nothing is copied.
    """
    feeder = _Feeder(lane.vocabulary, lane.cut.streams, lane.skip_queue)
    fed = [lane.vocabulary.model_tokens(s).tolist() for s in streams]
    step = 0
    while step < lane.cut.steps:
        rows: list[int] = []
        tokens: list[int] = []
        wanted: list[bool] = []
        masks: list[Mask] = []
        first = step
        while step < lane.cut.steps and (not rows or lane.takes_more(len(rows) + lane.cut.live(step))):
            live = lane.cut.live(step)
            mask = np.fromiter((wants[s][step] for s in range(live)), np.bool_, live)
            more = feeder.take(np.flatnonzero(mask).tolist())
            rows += more[0]
            tokens += more[1]
            wanted += more[2]
            for s in range(live):
                feeder.push(s, fed[s][step])
            masks.append(mask)
            step += 1
            step_done(0)
        logits = _forward(lane.session, rows, tokens, wanted, lane.max_rows) if rows else lane.no_logits()
        at = 0
        for offset, mask in enumerate(masks):
            count = int(mask.sum())
            yield first + offset, mask, logits[at : at + count]
            at += count


def encode_streams(
    lane: Lane,
    symbols: Symbols,
    wants: list[Mask],
    step_done: StepDone,
    observer: Observer | None = None,
) -> bytes:
    """Code a block's symbols (n,); `wants[s]` (length of stream s,) is the ensemble's skip plan. Returns the payload."""
    coder = SymbolEncoder()
    streams = lane.cut.split(symbols)
    for step, mask, logits in planned_logits(lane, streams, wants, step_done):
        live = np.arange(len(mask), dtype=np.int32)
        row = np.fromiter((streams[s][step] for s in range(len(mask))), np.int32, len(mask))
        pages = row // PAGE
        coder.encode(pages, lane.ensemble.predict(live, logits, mask))
        coder.encode(row % PAGE, lane.ensemble.choose_pages(pages))
        if observer is not None:
            observer(step, row, lane.ensemble.last_bits(row), logits, mask)
        lane.ensemble.update(row)
        step_done(len(mask))
    return coder.finish()


def decode_streams(lane: Lane, payload: bytes, step_done: StepDone) -> Symbols:
    """The symbols (n,) that `encode_streams` coded."""
    coder = SymbolDecoder(payload)
    feeder = _Feeder(lane.vocabulary, lane.cut.streams, lane.skip_queue)
    decoded = np.zeros((lane.cut.steps, lane.cut.streams), np.int32)
    for step in range(lane.cut.steps):
        live = np.arange(lane.cut.live(step), dtype=np.int32)
        mask = lane.ensemble.wants_model(live)
        rows, tokens, wanted = feeder.take(np.flatnonzero(mask).tolist())
        logits = _forward(lane.session, rows, tokens, wanted, lane.max_rows) if rows else lane.no_logits()
        pages = coder.decode(lane.ensemble.predict(live, logits, mask))
        row = pages * PAGE + coder.decode(lane.ensemble.choose_pages(pages))
        lane.ensemble.update(row)
        for s, token in enumerate(lane.vocabulary.model_tokens(row).tolist()):
            feeder.push(s, token)
        decoded[step, : len(live)] = row
        step_done(len(live))
    lengths = [b - a for a, b in pairwise(lane.cut.starts)]
    return np.concatenate([decoded[:n, s] for s, n in enumerate(lengths)])
