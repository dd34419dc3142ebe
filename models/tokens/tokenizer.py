"""Bytes -> symbols that always give the bytes back: the encoder's first step after segmentation.

Flow: cut into pieces of bounded size -> runs of valid UTF-8 -> BPE (`bpe.py`) -> fill in what no token can
say -> check `join(symbols) == piece`. A piece that fails the check, for whatever reason, is cut by greedy
longest match, which cannot fail. The decoder needs `read_vocabulary` alone.

The library BPE drops characters silently when it has no token for them; asking it for an unknown-token per
character, and knowing from the input which bytes those were, won over splitting the text at each of them: one
call per piece whatever the input, and no quadratic case.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nacomp.models.tokens.token_table import (
    KNOWN_MODELS,
    SPACE_MARK,
    TokenTable,
    byte_alphabet,
    read_table,
    read_vocabulary,
)
from nacomp.models.tokens.vocabulary import Vocabulary

__all__ = ["GreedyTokenizer", "Tokenizer", "open_tokenizer", "read_vocabulary"]

Symbols = NDArray[np.int32]

PIECE_BYTES = 1 << 16
"""Text handed to the BPE in one call: bounds its memory (about 200 bytes per token)."""
CUT_SEARCH_BYTES = 1 << 12
"""How far back from a piece's end a good place to cut is looked for."""
_WORD_START = re.compile(rb"(?<=\S) ")
_VALID_UTF8 = re.compile(
    rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+"
)


class Tokenizer:
    """Cuts bytes as the model's training did. Thread-safe once built: `encode` keeps no state."""

    def __init__(self, metadata: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        """Build from the GGUF `metadata` that `vocabulary` was read from. Raises ModelError."""
        from nacomp.models.tokens.bpe import (
            build_bpe,  # the decoder imports this module and never needs the library
        )

        table = read_table(metadata)
        self._vocabulary = vocabulary
        self._unknown_id = vocabulary.size
        self._bpe = build_bpe(table, self._unknown_id)
        self._sentencepiece = table.model == "llama"
        self._characters = _known_characters(table)
        self._unsayable_bytes = vocabulary.byte_symbols >= vocabulary.first_escape

    @cached_property
    def _greedy(self) -> "GreedyTokenizer":
        """Made when a piece needs it: a table of 262,144 tokens takes a second."""
        return GreedyTokenizer(self._vocabulary)

    def encode(self, text: bytes) -> Symbols:
        """(symbol,) int32 symbols with `vocabulary.join(symbols) == text`, for any bytes. Never fails."""
        parts = [self._encode_piece(text[start:end]) for start, end in _pieces(text)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int32)

    def _encode_piece(self, piece: bytes) -> Symbols:
        parts: list[Symbols] = []
        for start, end, valid in _utf8_runs(piece):
            run = piece[start:end]
            parts.append(self._encode_text(run) if valid else self._raw(run))
        symbols = np.concatenate(parts)
        return symbols if self._vocabulary.join(symbols) == piece else self._greedy.encode(piece)

    def _raw(self, data: bytes) -> Symbols:
        """Byte by byte."""
        return self._vocabulary.byte_symbols[np.frombuffer(data, np.uint8)]

    def _encode_text(self, run: bytes) -> Symbols:
        """Valid UTF-8 through the BPE; may lose bytes on odd vocabularies, which the caller's check finds."""
        text = run.decode()
        if self._sentencepiece and SPACE_MARK in text:  # it would come back as a space
            run_parts = re.split(f"({SPACE_MARK}+)", text)
            mark = [self._raw(p.encode()) if i % 2 else self._bpe_ids(p) for i, p in enumerate(run_parts)]
            return np.concatenate(mark)
        return self._bpe_ids(text)

    def _bpe_ids(self, text: str) -> Symbols:
        ids: Symbols = np.array(self._bpe.encode(text, add_special_tokens=False).ids, np.int32)
        unknown = ids == self._unknown_id
        return self._fill(ids, unknown, text) if unknown.any() else ids

    def _fill(self, ids: Symbols, unknown: NDArray[np.bool_], text: str) -> Symbols:
        """Replace each unknown-token by the symbols of what it stood for: a byte, or a character's bytes."""
        if self._sentencepiece:
            missing = [c.encode() for c in text if c not in self._characters]
        else:
            data = np.frombuffer(text.encode(), np.uint8)
            missing = [bytes([b]) for b in data[self._unsayable_bytes[data]].tolist()]
        if len(missing) != int(unknown.sum()):
            return ids[~unknown]  # the check in _encode_piece turns to greedy matching
        lengths = np.ones(len(ids), np.int64)
        lengths[unknown] = [len(m) for m in missing]
        filled = np.repeat(ids, lengths)
        filled[np.repeat(unknown, lengths)] = self._raw(b"".join(missing))
        return filled


class GreedyTokenizer:
    """Longest token first, then raw bytes: a worse cut than BPE, but no input can break it. Thread-safe."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._byte_symbols = vocabulary.byte_symbols.tolist()
        self._ids: dict[bytes, int] = {}
        lengths: dict[bytes, set[int]] = {}
        for token, piece in enumerate(vocabulary.pieces):
            if len(piece) > 1:
                self._ids.setdefault(piece, token)
                lengths.setdefault(piece[:2], set()).add(len(piece))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}
        """For each first two bytes, the lengths of tokens that start so, longest first."""

    def encode(self, data: bytes) -> Symbols:
        """(symbol,) int32 symbols that `join` to `data`, for any bytes."""
        symbols: list[int] = []
        at = 0
        while at < len(data):
            for length in self._lengths.get(data[at : at + 2], ()):
                token = self._ids.get(data[at : at + length])
                if token is not None and at + length <= len(data):
                    symbols.append(token)
                    at += length
                    break
            else:
                symbols.append(self._byte_symbols[data[at]])
                at += 1
        return np.array(symbols, np.int32)


def open_tokenizer(metadata: Mapping[str, Any], vocabulary: Vocabulary) -> Tokenizer | GreedyTokenizer:
    """What cuts text for this vocabulary: as its training did where we know how, else by the longest match.

    The longest match is what RWKV models were trained with; the others lose size by it, never bytes. Raises ModelError.
    """
    if metadata.get("tokenizer.ggml.model") in KNOWN_MODELS:
        return Tokenizer(metadata, vocabulary)
    return GreedyTokenizer(vocabulary)


def _known_characters(table: TokenTable) -> frozenset[str]:
    """For SentencePiece: the characters that are tokens, so that the BPE does not call them unknown."""
    characters = {text.replace(SPACE_MARK, " ") for text in table.texts if len(text) == 1}
    return frozenset(characters) if table.model == "llama" else frozenset(byte_alphabet())


def _pieces(text: bytes) -> Iterator[tuple[int, int]]:
    """Cut into at most PIECE_BYTES, if possible before a word's space, where any pre-tokeniser would."""
    start = 0
    while len(text) - start > PIECE_BYTES:
        end = _cut(text, start + PIECE_BYTES)
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _cut(text: bytes, end: int) -> int:
    """The last good place to cut at or before `end`: a word's space, else between characters."""
    words = [match.start() for match in _WORD_START.finditer(text, end - CUT_SEARCH_BYTES, end)]
    if words:
        return words[-1]
    boundary = end
    while boundary > end - 4 and text[boundary] & 0xC0 == 0x80:
        boundary -= 1
    return boundary


def _utf8_runs(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start, end, valid) of the runs that are and are not valid UTF-8, in order, without gaps."""
    done = 0
    for match in _VALID_UTF8.finditer(data):
        if match.start() > done:
            yield done, match.start(), False
        yield match.start(), match.end(), True
        done = match.end()
    if done < len(data):
        yield done, len(data), False
