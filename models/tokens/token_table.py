"""The id->bytes table of a model, read from the tokenizer part of its GGUF metadata.

Encoder and decoder both start here: the table is part of what an archive means, so it must come out the same
everywhere, and it does, being a pure function of the file. Two families are read, which between them cover
nearly every published GGUF:

- `gpt2`: byte-level BPE. Token texts are written in GPT-2's alphabet, which gives each byte one printable
  character.
- `llama`: SentencePiece. U+2581 stands for a space, and tokens of type BYTE, written `<0xNN>`, for single
  bytes.

Going through `llama_token_to_piece` or the `tokenizers` decoder lost: both mend or drop what is not valid
UTF-8.
"""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, TypeVar

from nacomp.formats.records import dataclass
from nacomp.models.errors import ModelError
from nacomp.models.tokens.vocabulary import Vocabulary

BYTE_TOKEN = re.compile("<0x[0-9A-Fa-f]{2}>")
SPACE_MARK = "\u2581"
REPLACEMENT_CHARACTER = "\ufffd".encode()
KNOWN_MODELS = ("gpt2", "llama")
"""Values of `tokenizer.ggml.model` that are read here."""
DOCUMENT_SEPARATOR = "<|endoftext|>"

Value = TypeVar("Value", str, int, float)


class TokenKind(IntEnum):
    """`tokenizer.ggml.token_type` as llama.cpp writes it."""

    UNDEFINED = 0
    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


@dataclass(frozen=True)
class TokenTable:
    """The tokenizer part of a GGUF, checked.

    Attributes:
        model: `gpt2` or `llama`.
        pre: which pre-tokeniser the model was trained with (`tokenizer.ggml.pre`).
        texts: text of each token id, in the family's own notation.
        kinds: kind of each token id.
        merges: pairs in order of rank; empty for `llama`.
        scores: one per token for `llama` (the higher merges first); empty for `gpt2`.
    """

    name: str
    model: str
    pre: str
    texts: Sequence[str]
    kinds: Sequence[int]
    merges: Sequence[str]
    scores: Sequence[float]


def byte_alphabet() -> dict[str, int]:
    """GPT-2's character -> byte: printable Latin-1 means itself, U+0100 onwards the other 68 bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    shifted = [byte for byte in range(256) if byte not in set(printable)]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(shifted)}


def read_table(metadata: Mapping[str, Any]) -> TokenTable:
    """Check the tokenizer part of GGUF `metadata`. Raises ModelError for what we cannot read."""
    name = str(metadata.get("general.name", "?"))
    model = str(metadata.get("tokenizer.ggml.model", "none"))
    if model not in KNOWN_MODELS:
        raise ModelError(model=name, reason=f"its tokenizer is of kind {model}, expected gpt2 or llama")
    texts = _column(metadata, "tokens", str, name)
    kinds = _column(metadata, "token_type", int, name) or [TokenKind.NORMAL] * len(texts)
    merges = _column(metadata, "merges", str, name)
    scores = _column(metadata, "scores", float, name)
    if not texts:
        raise ModelError(model=name, reason="it has no token list")
    if len(kinds) != len(texts):
        raise ModelError(model=name, reason=f"{len(texts)} tokens but {len(kinds)} token types")
    if model == "llama" and len(scores) != len(texts):
        raise ModelError(model=name, reason=f"{len(texts)} tokens but {len(scores)} token scores")
    pre = str(metadata.get("tokenizer.ggml.pre", "default"))
    return TokenTable(name, model, pre, texts, kinds, merges, scores)


def _column(metadata: Mapping[str, Any], key: str, kind: type[Value], name: str) -> list[Value]:
    """One tokenizer array; empty if it is absent. Raises ModelError if it holds anything but `kind`."""
    values = metadata.get(f"tokenizer.ggml.{key}", [])
    if not isinstance(values, list) or not all(type(value) is kind for value in values):
        raise ModelError(model=name, reason=f"tokenizer.ggml.{key} is not a list of {kind.__name__}")
    return values


def read_vocabulary(metadata: Mapping[str, Any]) -> Vocabulary:
    """The id->bytes table and the two special ids, from GGUF `metadata`. Raises ModelError."""
    table = read_table(metadata)
    pieces = token_pieces(table)
    check_speakable(pieces, table.name)
    start = _start_token(metadata, table)
    return Vocabulary(pieces, start, _escape_token(metadata, pieces, start))


def check_speakable(pieces: Sequence[bytes], name: str) -> None:
    """Refuse a model whose tokens are all control tokens: whatever it predicted would be of no use to a coder.

    The predictors take this for granted, as their largest weight is that of a token with bytes. Raises ModelError.
    """
    if not any(pieces):
        raise ModelError(model=name, reason="none of its tokens stands for any bytes")


def token_pieces(table: TokenTable) -> tuple[bytes, ...]:
    """Bytes of each token id; empty where a token stands for no bytes (control, unknown, unused)."""
    piece_of = _byte_level_piece if table.model == "gpt2" else _sentencepiece_piece
    # Latin-1 has none of what the alphabet lacks.
    strange = dict.fromkeys(range(256), 256)
    bytes_of = strange | {ord(character): byte for character, byte in byte_alphabet().items()}
    return tuple(piece_of(text, kind, bytes_of) for text, kind in zip(table.texts, table.kinds, strict=True))


def _byte_level_piece(text: str, kind: int, bytes_of: Mapping[int, int]) -> bytes:
    if kind == TokenKind.USER_DEFINED:
        return text.encode()
    if kind != TokenKind.NORMAL:
        return b""
    try:
        return text.translate(bytes_of).encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _sentencepiece_piece(text: str, kind: int, _bytes_of: Mapping[int, int]) -> bytes:
    if kind == TokenKind.BYTE:
        return bytes([int(text[3:5], 16)]) if BYTE_TOKEN.fullmatch(text) else b""
    if kind == TokenKind.USER_DEFINED:
        return text.encode()
    return text.replace(SPACE_MARK, " ").encode() if kind == TokenKind.NORMAL else b""


def _start_token(metadata: Mapping[str, Any], table: TokenTable) -> int:
    """What stands between documents in training: instruct models name a chat marker as their BOS instead."""
    for token, (text, kind) in enumerate(zip(table.texts, table.kinds, strict=True)):
        if text == DOCUMENT_SEPARATOR and kind == TokenKind.CONTROL:
            return token
    size = len(table.texts)
    return _metadata_id(metadata, "bos_token_id", _metadata_id(metadata, "eos_token_id", 0, size), size)


def _escape_token(metadata: Mapping[str, Any], pieces: tuple[bytes, ...], start: int) -> int:
    """What a model has seen in place of broken bytes: U+FFFD if it is one token, else its unknown token."""
    if REPLACEMENT_CHARACTER in pieces:
        return pieces.index(REPLACEMENT_CHARACTER)
    return _metadata_id(metadata, "unknown_token_id", start, len(pieces))


def _metadata_id(metadata: Mapping[str, Any], key: str, default: int, size: int) -> int:
    token = metadata.get(f"tokenizer.ggml.{key}", default)
    return token if isinstance(token, int) and 0 <= token < size else default
