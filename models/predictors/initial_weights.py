"""Where the learnt tables begin: values that hold for most text, so that short files need not learn them first.

Learnt once by running the same predictors over seven documents that are not in any benchmark (two novels, diaries, prose
on technical subjects, C source, XML manuals; 85,000 tokens with SmolLM2's logits) without resetting the tables.
Integers in a text beside this module, so that both implementations begin with the same bits. The archives' format holds
that file to its SHA-256 (formats/PREDICTORS.md, section 9), so its sections keep the names that they were given first.
"""

from pathlib import Path

from nacomp.formats.records import dataclass

PROBABILITY_UNIT = 65536.0
WEIGHT_UNIT = 4096.0
RECENCY_UNIT = 1024.0


@dataclass(frozen=True)
class MixerWeights:
    """Initial weights of a mixer's two sets."""

    by_order: tuple[tuple[float, ...], ...]
    """(highest order * 8 + bucket, input)"""
    by_rank: tuple[tuple[float, ...], ...]
    """(rank * 8 + highest order, input)"""


def _read() -> dict[str, tuple[tuple[int, ...], ...]]:
    tables: dict[str, list[tuple[int, ...]]] = {}
    name = ""
    for line in Path(__file__).with_name("initial_weights.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            tables[name] = []
        elif line and not line.startswith("#"):
            tables[name].append(tuple(map(int, line.split())))
    return {key: tuple(rows) for key, rows in tables.items()}


def _scaled(rows: tuple[tuple[int, ...], ...], unit: float) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(value / unit for value in row) for row in rows)


_TABLES = _read()

FOLLOWER_COUNTERS = _scaled(_TABLES["states"], PROBABILITY_UNIT)
"""(2 * order + later candidate, counter) probability that the follower comes next."""
MATCH_COUNTERS = _scaled(_TABLES["match"], PROBABILITY_UNIT)[0]
"""(counter,) probability that the repeat goes on."""
RECENCY_BIASES = tuple(value for row in _scaled(_TABLES["recency"], RECENCY_UNIT) for value in row)
"""(distance * 13 + likelihood,) bias of a likely token."""
MODEL_MIXER = MixerWeights(
    _scaled(_TABLES["model by source"], WEIGHT_UNIT), _scaled(_TABLES["model by rank"], WEIGHT_UNIT)
)
ORDER0_MIXER = MixerWeights(
    _scaled(_TABLES["fallback by source"], WEIGHT_UNIT), _scaled(_TABLES["fallback by rank"], WEIGHT_UNIT)
)
