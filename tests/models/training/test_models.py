"""The two models the recipe made and we ship: whole, byte-complete, on their int8 grids, and no strangers to text."""

from pathlib import Path

import numpy as np
import pytest

from nacomp.models.exact.engine import open_engine
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.tokenizer import Tokenizer, read_vocabulary

ROOT = Path(__file__).parents[3]
EMBEDDED = ROOT / "models" / "library" / "embedded.gguf"
TINY = ROOT / "tests" / "data" / "tiny.gguf"
# Ours, written for this test, so that no model can have seen it.
PROSE = (
    b"When the rain had stopped, my sister opened the window and looked down into the garden. Nobody was there. "
    b"The two chairs stood where we had left them in the morning, and between them lay the letter, which was now "
    b"quite wet and could not be read any more. She said nothing about it to our father, and neither did I.\n"
)


@pytest.mark.parametrize(("path", "most"), [(EMBEDDED, 12_000_000), (TINY, 300_000)])
def test_size_stays_within_its_promise(path: Path, most: int) -> None:
    assert path.stat().st_size <= most


@pytest.mark.parametrize("path", [EMBEDDED, TINY])
def test_every_byte_has_a_token(path: Path) -> None:
    with open_gguf(path) as file:
        vocabulary = read_vocabulary(file.metadata)
        everything = bytes(range(256)) * 3 + PROSE
        symbols = Tokenizer(file.metadata, vocabulary).encode(everything)
    assert symbols.max() < vocabulary.size
    assert vocabulary.join(symbols) == everything
    assert vocabulary.pieces[vocabulary.start_token] == b""


@pytest.mark.parametrize("path", [EMBEDDED, TINY])
def test_rows_lie_on_their_int8_grids(path: Path) -> None:
    """Requantising per row, as the exact engine does on loading, changes no weight by more than float rounding."""
    with open_gguf(path) as file:
        for name in file.tensor_names:
            matrix = file.tensor(name)
            if matrix.ndim == 2:
                step = np.abs(matrix).max(axis=1, keepdims=True) / 127
                back = np.rint(matrix / step) * step
                np.testing.assert_allclose(back, matrix, rtol=1e-4, atol=1e-9, err_msg=name)


@pytest.mark.parametrize(("path", "most"), [(EMBEDDED, 2.4), (TINY, 3.0)])
def test_english_costs_far_less_than_its_letters(path: Path, most: float) -> None:
    """`most` is in bits per byte; zstd -19 needs 5.4 here, letter frequencies alone 4.1."""
    with open_gguf(path) as file:
        vocabulary = read_vocabulary(file.metadata)
        tokens = Tokenizer(file.metadata, vocabulary).encode(PROSE)
    engine = open_engine(path)
    session = engine.open_session(1, ContextWindow(256, 1))
    fed = np.concatenate([[vocabulary.start_token], tokens[:-1]]).astype(np.int32)
    logits = session.feed(np.zeros(len(fed), np.int32), fed, np.ones(len(fed), np.bool_)).astype(np.float64)
    engine.close()
    highest = logits.max(axis=1)
    total = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    nats = (total - logits[np.arange(len(tokens)), tokens]).sum()
    assert nats / np.log(2) / len(PROSE) < most
