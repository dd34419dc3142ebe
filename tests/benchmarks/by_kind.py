"""What a model alone makes of held-out text, by kind and by language: bits per byte, no predictors, no coder.

    python -m tests.benchmarks.by_kind DATA MODEL.gguf... [--characters 3000]

DATA is a folder of the training recipe's shards, of which those held out are read; a document's beginning is one text.
Through the exact engine, one thread, so that models of any tokeniser and architecture stand side by side.
"""

import argparse
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nacomp.models.exact.engine import ExactEngine, open_engine
from nacomp.models.protocol import ContextWindow
from nacomp.models.training.corpus import documents, shards
from nacomp.models.training.kinds import Kind, classify, language
from nacomp.models.training.measure import Cost

CHUNK = 64
SINKS = 4
ALL = "all"


@dataclass(frozen=True)
class Text:
    """A text and the rows of the table that it counts in."""

    text: str
    rows: tuple[str, ...]


def texts(data: Path, characters: int) -> list[Text]:
    """The beginnings of the held-out documents."""
    found = []
    for document in documents(shards(data, held_out=True)):
        kind = classify(document)
        rows = (kind.value, *([f"- {language(document)}"] if kind is Kind.OTHER else []), ALL)
        found.append(Text(document[:characters], rows))
    return found


def cost(engine: ExactEngine, text: str) -> Cost:
    """What a text costs from an empty context on."""
    vocabulary, content = engine.vocabulary, text.encode()
    symbols = engine.tokenizer.encode(content)
    fed = np.concatenate([[vocabulary.start_token], vocabulary.model_tokens(symbols)[:-1]]).astype(np.int32)
    session = engine.open_session(1, ContextWindow(min(engine.max_window, 1024), SINKS))
    nats = 0.0
    for at in range(0, len(fed), CHUNK):
        part = fed[at : at + CHUNK]
        logits = session.feed(np.zeros(len(part), np.int32), part, np.ones(len(part), np.bool_))
        highest = logits.max(axis=1, keepdims=True)
        totals = np.log(np.exp(logits - highest).sum(axis=1, dtype=np.float64)) + highest[:, 0]
        nats += float((totals - logits[np.arange(len(part)), symbols[at : at + CHUNK]]).sum())
    return Cost(len(content), len(symbols), nats / math.log(2))


def main() -> None:
    """One line per kind and language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--characters", type=int, default=3000)
    chosen = parser.parse_args()
    found, tables = texts(chosen.data, chosen.characters), []
    for path in chosen.models:
        engine = open_engine(path, threads=1)
        table: dict[str, Cost] = defaultdict(Cost)
        for text in found:
            spent = cost(engine, text.text)
            for row in text.rows:
                table[row].add(spent)
        tables.append(table)
        engine.close()
    names = " | ".join(f"{path.stem}, bits/byte | bytes/token" for path in chosen.models)
    print(f"| | KB | {names} |\n|{'---|' * (2 + 2 * len(tables))}")
    for row in sorted(tables[0], key=lambda row: (row == ALL, row.startswith("-"), row)):
        cells = [
            f"{table[row].bits_per_byte:.3f} | {table[row].size / table[row].tokens:.2f}" for table in tables
        ]
        print(f"| {row} | {tables[0][row].size / 1000:.0f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
