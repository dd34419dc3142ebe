"""PREDICTORS.md section 1, *Tokens*: what a model file's tokens stand for."""

import re
from collections.abc import Mapping
from typing import Any

from nac_decoder.errors import check

NORMAL, CONTROL, USER_DEFINED, BYTE = 1, 3, 4, 6


class Vocabulary:
    """The bytes of each token, empty for one that stands for nothing, and the two special ids."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        texts = fields["tokenizer.ggml.tokens"]
        kinds = fields.get("tokenizer.ggml.token_type", [NORMAL] * len(texts))
        spell = {"gpt2": _byte_level, "llama": _sentencepiece}[fields["tokenizer.ggml.model"]]
        self.tokens: list[bytes] = [spell(text, kind) for text, kind in zip(texts, kinds, strict=True)]
        check(any(self.tokens), "no token of the model has bytes")

        def named(key: str, default: int) -> int:
            token = int(fields.get(f"tokenizer.ggml.{key}", default))
            return token if 0 <= token < len(texts) else default

        ends = [i for i, text in enumerate(texts) if text == "<|endoftext|>" and kinds[i] == CONTROL]
        self.start = ends[0] if ends else named("bos_token_id", named("eos_token_id", 0))
        broken = "\N{REPLACEMENT CHARACTER}".encode()
        known = broken in self.tokens
        self.escape = self.tokens.index(broken) if known else named("unknown_token_id", self.start)


_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_OTHERS = [byte for byte in range(256) if byte not in _PRINTABLE]
_ALPHABET = {chr(byte): byte for byte in _PRINTABLE} | {chr(256 + i): byte for i, byte in enumerate(_OTHERS)}


def _byte_level(text: str, kind: int) -> bytes:
    if kind == USER_DEFINED:
        return text.encode()
    if kind != NORMAL or not set(text) <= _ALPHABET.keys():
        return b""
    return bytes(_ALPHABET[character] for character in text)


def _sentencepiece(text: str, kind: int) -> bytes:
    if kind == BYTE and re.fullmatch("<0x[0-9A-Fa-f]{2}>", text):
        return bytes([int(text[3:5], 16)])
    if kind == USER_DEFINED:
        return text.encode()
    return text.replace("\u2581", " ").encode() if kind == NORMAL else b""
