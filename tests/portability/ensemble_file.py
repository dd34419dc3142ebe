"""The input file of ensemble_driver.cpp: the settings of a block, its symbols and its logits."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors import initial_weights
from nacomp.models.predictors.logit_bias import piece_width
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import Vocabulary

NEVER_CODED = -(1 << 31)
"""Width of a token without bytes, as vocabulary.h has it."""
SETTINGS = ("ngram_orders", "table_bits", "match_minimum", "chain", "skip", "skip_regime")
RATES = ("bias_rate", "pair_rate", "gap_rate", "column_rate", "recency_rate")

Step = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]
"""Live streams (row,), their symbols (row,) and logits (row, vocabulary)."""


def write_ensemble_file(
    path: Path, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, steps: list[Step]
) -> Path:
    """Write everything in the order in which ensemble_driver.cpp reads it; returns `path`."""
    widths = [piece_width(piece) if piece else NEVER_CODED for piece in vocabulary.pieces]
    settings = [int(getattr(parameters, name)) for name in (*SETTINGS, *RATES)]
    tables = [
        initial_weights.FOLLOWER_COUNTERS,
        initial_weights.MATCH_COUNTERS,
        initial_weights.RECENCY_BIASES,
        initial_weights.MODEL_MIXER.by_order,
        initial_weights.MODEL_MIXER.by_rank,
        initial_weights.ORDER0_MIXER.by_order,
        initial_weights.ORDER0_MIXER.by_rank,
    ]
    parts: list[NDArray[np.generic]] = [
        np.array([vocabulary.size, *widths, *settings], np.int32),
        *(np.array(table, np.float64) for table in tables),
        np.array([streams, len(steps)], np.int32),
    ]
    for step in steps:
        parts += [np.array([len(step[0])], np.int32), *step]
    path.write_bytes(b"".join(part.tobytes() for part in parts))
    return path
