"""What a shape of model costs by the token before it is trained: random weights through the native kernel, one thread.

    python -m tests.benchmarks.shapes TEXT 256x4,4/2,640 [SHAPE...] --tokeniser FILE.json [--tokeniser ...] [--window 512]

A shape is width x layers, heads / key and value heads, feed-forward; its vocabulary is the tokeniser's. Processor time per
token, the least of interleaved rounds: `encode` feeds 64 rows at a time (8 streams, 8 positions each), `decode` one token
of 8 streams, both behind a full window. `ensemble` is what predictors and range coder add in 8 streams; random weights
know nothing, so it is fed logarithms of the text's own frequencies of pairs, which leave about as many likely tokens.
KB/s is bytes per token over encode or decode and ensemble, on one processor.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nacomp.codecs.range_coder import SymbolEncoder
from nacomp.models.exact.engine import ExactEngine, open_engine
from nacomp.models.predictors.ensemble import EnsembleParameters, open_ensemble
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.vocabulary import PAGE
from nacomp.models.training import export, tokeniser
from nacomp.models.training.shape import Shape, named

STREAMS = 8
SINKS = 4
POSITIONS = 8
CALLS = 24
STEPS = 128
SINGLE = 0.17
"""What leaves as many likely tokens, 150 a row, as the embedded model does on alice29.txt."""
Ids = NDArray[np.int32]


def write_random(path: Path, shape: Shape, bpe: Tokenizer) -> None:
    """A model of the shape that knows nothing."""
    rng = np.random.default_rng(1)
    sizes = shape.matrices() | {"token_embd.weight": (shape.vocabulary, shape.width)}
    weights = {name: rng.normal(0, 0.05, size).astype(np.float32) for name, size in sizes.items()}
    weights |= {name: np.ones(shape.width, np.float32) for name in shape.norms()}
    export.write(path, shape, weights, bpe, "random")


def timed_feeds(engine: ExactEngine, ids: Ids, window: int, positions: int) -> float:
    """Microseconds per token, `positions` of every stream in a call, behind a full window."""
    session = engine.open_session(STREAMS, ContextWindow(window, SINKS))
    names = np.repeat(np.arange(STREAMS, dtype=np.int32), POSITIONS)
    rows = ids.reshape(STREAMS, -1)
    for at in range(0, window, POSITIONS):
        session.feed(names, rows[:, at : at + POSITIONS].ravel(), np.zeros(len(names), np.bool_))
    names, want = np.repeat(names[::POSITIONS], positions), np.ones(STREAMS * positions, np.bool_)
    calls = CALLS * POSITIONS // positions
    begin = time.process_time()
    for call in range(calls):
        at = window + call * positions
        session.feed(names, np.ascontiguousarray(rows[:, at : at + positions]).ravel(), want)
    return 1e6 * (time.process_time() - begin) / (calls * positions * STREAMS)


def pair_logits(ids: Ids, vocabulary: int) -> Callable[[Ids], NDArray[np.float32]]:
    """(row,) tokens -> (row, vocabulary) logarithms of how often others follow, mixed with how often they occur."""
    single = np.bincount(ids, minlength=vocabulary) + 0.05
    single = single / single.sum()
    followers: dict[int, list[int]] = {}
    for first, second in zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True):
        followers.setdefault(first, []).append(second)

    def logits(rows: Ids) -> NDArray[np.float32]:
        result = np.empty((len(rows), vocabulary), np.float32)
        for row, token in enumerate(rows.tolist()):
            seen = followers.get(token, [])
            pairs = np.bincount(seen, minlength=vocabulary) / max(1, len(seen))
            result[row] = np.log((1 - SINGLE) * pairs + SINGLE * single)
        return result

    return logits


def timed_ensemble(engine: ExactEngine, ids: Ids) -> tuple[float, float]:
    """Microseconds per token of predictors and coder, and the mean number of likely tokens of a row."""
    ensemble = open_ensemble(engine.vocabulary, EnsembleParameters(skip=False), STREAMS)
    logits = pair_logits(ids, engine.vocabulary.size)
    coder, rows = SymbolEncoder(), ids.reshape(STREAMS, -1)
    live, asked = np.arange(STREAMS, dtype=np.int32), np.ones(STREAMS, np.bool_)
    seconds, likely = 0.0, 0.0
    for step in range(STEPS):
        given, row = logits(rows[:, step]), np.ascontiguousarray(rows[:, step + 1])
        likely += (np.exp(given) >= 1 / 4096).sum() / (STEPS * STREAMS)
        begin = time.process_time()
        coder.encode(row // PAGE, ensemble.predict(live, given, asked))
        coder.encode(row % PAGE, ensemble.choose_pages(row // PAGE))
        ensemble.update(row)
        seconds += time.process_time() - begin
    return 1e6 * seconds / (STEPS * STREAMS), likely


@dataclass(frozen=True)
class Candidate:
    """One shape with one vocabulary, and what its rounds cost.

    Attributes:
        size: bytes of the model's file.
        ids: a text in its tokens, for all streams.
        by_token: bytes of the text that a token stands for.
    """

    name: str
    engine: ExactEngine
    size: int
    ids: Ids
    by_token: float
    window: int
    rounds: list[tuple[float, float, float]]

    def measure(self) -> None:
        """One more round."""
        encode = timed_feeds(self.engine, self.ids, self.window, POSITIONS)
        decode = timed_feeds(self.engine, self.ids, self.window, 1)
        self.rounds.append((encode, decode, timed_ensemble(self.engine, self.ids)[0]))

    def row(self) -> str:
        """The least of all rounds: what other processes take of the caches only ever adds."""
        encode, decode, ensemble = (min(costs) for costs in zip(*self.rounds, strict=True))
        speeds = [1e3 * self.by_token / (cost + ensemble) for cost in (encode, decode)]
        costs = " | ".join(f"{cost:.1f}" for cost in (encode, decode, ensemble, *speeds))
        return f"| {self.engine.vocabulary.size} | {self.name} | {self.size / 1e6:.2f} | {self.by_token:.2f} | {costs} |"


def candidates(
    shapes: list[str], tokenisers: list[Path], windows: list[int], text: str
) -> Iterator[Candidate]:
    """Every shape with every tokeniser and window."""
    for file in tokenisers:
        bpe = tokeniser.load(file)
        found = bpe.encode(text).ids
        ids = np.resize(np.array(found, np.int32), STREAMS * (max(windows) + POSITIONS * CALLS))
        for name in shapes:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.gguf"
                write_random(path, named(f"{bpe.get_vocab_size()}:{name}"), bpe)
                engine = open_engine(path, threads=1)
                size = path.stat().st_size
            for window in windows:
                yield Candidate(
                    f"{name} @{window}", engine, size, ids, len(text.encode()) / len(found), window, []
                )


def main() -> None:
    """One line per shape and tokeniser."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", type=Path)
    parser.add_argument("shapes", nargs="+")
    parser.add_argument("--tokeniser", type=Path, action="append", required=True)
    parser.add_argument("--window", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    text = chosen.text.read_bytes().decode("utf-8", "replace")
    found = list(candidates(chosen.shapes, chosen.tokeniser, chosen.window or [512], text))
    for _ in range(chosen.rounds):
        for candidate in found:
            candidate.measure()
    print("| vocabulary | shape | MB | bytes/token | encode | decode | ensemble | KB/s in | KB/s out |")
    print("|---|---|---|---|---|---|---|---|---|")
    for candidate in found:
        print(candidate.row())
    print(f"{timed_ensemble(found[0].engine, found[0].ids)[1]:.0f} likely tokens a row with the first")


if __name__ == "__main__":
    main()
