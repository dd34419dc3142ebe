"""The id->bytes table of a GGUF that llama.cpp runs.

For the two families that `token_table` knows it comes from the file, as for the exact engine: llama.cpp's detokeniser
drops control tokens, and what it makes of others depends on its version. Other families (RWKV, Unigram, PLaMo) exist for
this engine alone, and are asked of llama.cpp token by token; archives are bound to its build anyway. Word-piece
vocabularies are refused: their tokens say nothing of the white space between words.
"""

import ctypes
from pathlib import Path
from typing import Any

from nacomp.models.errors import UnsupportedModel
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.llama.library import library
from nacomp.models.tokens.token_table import KNOWN_MODELS, check_speakable
from nacomp.models.tokens.token_table import read_vocabulary as read_listed_vocabulary
from nacomp.models.tokens.vocabulary import Vocabulary

LONGEST_PIECE = 1 << 12
"""Bytes; longer tokens count as saying nothing."""


def read_vocabulary(path: Path, model: Any) -> Vocabulary:
    """The table of `path`, which llama.cpp has loaded as `model`. Raises ModelError, UnsupportedModel."""
    with open_gguf(path) as file:
        kind = file.metadata.get("tokenizer.ggml.model", "none")
        if kind in KNOWN_MODELS:
            return read_listed_vocabulary(file.metadata)
    llama = library()
    vocabulary = llama.llama_model_get_vocab(model)
    if llama.llama_vocab_type(vocabulary) in (llama.LLAMA_VOCAB_TYPE_NONE, llama.LLAMA_VOCAB_TYPE_WPM):
        raise UnsupportedModel(model=path.name, engine="llama", reason=f"its tokenizer is of kind {kind}")
    pieces = token_pieces(vocabulary)
    check_speakable(pieces, path.name)
    start = _first_valid(len(pieces), llama.llama_vocab_bos(vocabulary), llama.llama_vocab_eos(vocabulary))
    return Vocabulary(pieces, start, start)


def token_pieces(vocabulary: Any) -> tuple[bytes, ...]:
    """What llama.cpp prints for each token id; empty for control tokens."""
    llama = library()
    buffer = ctypes.create_string_buffer(LONGEST_PIECE)
    pieces = []
    for token in range(llama.llama_vocab_n_tokens(vocabulary)):
        length = llama.llama_token_to_piece(vocabulary, token, buffer, LONGEST_PIECE, 0, False)
        pieces.append(buffer.raw[: max(length, 0)])
    return tuple(pieces)


def _first_valid(size: int, *tokens: int) -> int:
    return next((token for token in tokens if 0 <= token < size), 0)
