"""How a block's symbols are cut into streams."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nacomp.models.streams import Streams


@given(st.integers(1, 5000), st.integers(1, 64))
def test_streams_cover_the_block(symbols: int, streams: int) -> None:
    cut = Streams(symbols, min(streams, symbols))
    values = np.arange(symbols, dtype=np.int32)
    parts = cut.split(values)
    assert np.concatenate(parts).tolist() == values.tolist()
    live = [cut.live(t) for t in range(cut.steps)]
    assert live == [sum(len(p) > t for p in parts) for t in range(cut.steps)]
    assert all(len(part) > t for t in (0, cut.steps - 1) for part in parts[: cut.live(t)])


@given(st.integers(1, 5000), st.integers(1, 64))
def test_rows_are_the_streams_side_by_side(symbols: int, streams: int) -> None:
    cut = Streams(symbols, min(streams, symbols))
    values = np.arange(symbols, dtype=np.int32)
    rows = list(cut.rows(values))
    for step, row in enumerate(rows):
        assert row.tolist() == [part[step] for part in cut.split(values) if len(part) > step]
    assert cut.join(rows).tolist() == values.tolist()
    assert [row.tolist() for row in cut.rows(values > 7)] == [(row > 7).tolist() for row in rows]
