"""Tokens give the bytes back, whatever the bytes and whatever the vocabulary lacks."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as Library
from tokenizers import models, pre_tokenizers, trainers

from nacomp.models.errors import ModelError
from nacomp.models.tokens.token_table import SPACE_MARK, TokenKind, byte_alphabet
from nacomp.models.tokens.tokenizer import PIECE_BYTES, Tokenizer, read_vocabulary
from nacomp.models.tokens.vocabulary import Vocabulary

MISSING = bytes.fromhex("04 06 13 14 16 1d c0 c1 f1 f2 f5 f6 f7 f8 f9 fa fb fc fd fe ff")
"""The bytes SmolLM2 has no token for."""
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
PROSE = Path(__file__).read_text()


def byte_level_metadata(missing: bytes = MISSING) -> dict[str, Any]:
    """A table like SmolLM2's, a few hundred tokens, learnt from source code."""
    characters = [c for c, byte in byte_alphabet().items() if byte not in missing]
    library = Library(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=CONTROL, initial_alphabet=characters, show_progress=False
    )
    library.train_from_iterator([PROSE.encode("ascii", "ignore").decode()], trainer)
    learnt = json.loads(library.to_str())["model"]
    texts = sorted(learnt["vocab"], key=learnt["vocab"].__getitem__)
    kinds = [int(TokenKind.CONTROL if text in CONTROL else TokenKind.NORMAL) for text in texts]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": texts,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": [" ".join(pair) for pair in learnt["merges"]],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.unknown_token_id": 0,
    }


def sentencepiece_metadata() -> dict[str, Any]:
    words = [f"{SPACE_MARK}the", f"{SPACE_MARK}th", f"{SPACE_MARK}t", "he", "é", "漢", SPACE_MARK * 2]
    texts = [
        "<unk>",
        "<s>",
        "</s>",
        *(f"<0x{b:02X}>" for b in range(256)),
        *words,
        SPACE_MARK,
        *"abcehrt<>0xA1",
    ]
    kinds = [2, 3, 3, *[6] * 256, *[1] * (len(texts) - 259)]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": texts,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.scores": [-float(i) for i in range(len(texts))],
        "tokenizer.ggml.bos_token_id": 1,
    }


@pytest.mark.parametrize("kind", [TokenKind.CONTROL, TokenKind.UNUSED, TokenKind.UNDEFINED])
@pytest.mark.parametrize("size", [1, 255, 256, 257])
def test_a_model_that_can_say_nothing_is_refused(kind: int, size: int) -> None:
    metadata = {
        "general.name": "mute",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": [f"t{i}" for i in range(size)],
        "tokenizer.ggml.token_type": [int(kind)] * size,
    }
    with pytest.raises(ModelError, match="mute cannot be used: none of its tokens stands for any bytes"):
        read_vocabulary(metadata)
    metadata["tokenizer.ggml.token_type"][-1] = int(TokenKind.NORMAL)  # type: ignore[index]
    assert read_vocabulary(metadata).pieces[-1] == b"t%d" % (size - 1)


METADATA = {"byte-level": byte_level_metadata(), "sentencepiece": sentencepiece_metadata()}
VOCABULARIES = {name: read_vocabulary(metadata) for name, metadata in METADATA.items()}
TOKENIZERS = {name: Tokenizer(metadata, VOCABULARIES[name]) for name, metadata in METADATA.items()}
both = pytest.mark.parametrize("family", METADATA)

HARD = {
    "empty": b"",
    "one byte": b"\xff",
    "every byte": bytes(range(256)),
    "many pairs": bytes(x for pair in range(0, 65536, 7) for x in divmod(pair, 256)),
    "nul": bytes(1000),
    "only missing": MISSING * 50,
    "text between missing": b"the\x04 therefore\x06\xff def" * 500,
    "crlf": b"one\r\ntwo\r\n\r\nthree\r",
    "bom": b"\xef\xbb\xbfthe text",
    "lone surrogates as bytes": b"a\xed\xa0\x80b\xed\xbf\xbf",
    "cut characters": "漢字é👩‍🚀".encode()[:-1] + "漢".encode()[1:],
    "overlong and too large": b"\xc0\x80\xe0\x80\x80\xf4\x90\x80\x80\xf8\x88\x80\x80\x80",
    "latin-1": "déjà vu, façade".encode("latin-1") * 20,
    "scripts": "漢字かな 한국어 हिन्दी العربية עברית ไทย ქართული Ελληνικά 🏽".encode(),
    "rare planes": "\U000e0001\U0010ffff\U00040000\uffff".encode(),
    "space marks": f"{SPACE_MARK}the{SPACE_MARK} {SPACE_MARK}".encode(),
    "token lookalikes": b"<0x0A><|endoftext|><s></s><unk>\xef\xbf\xbf unknown",
    "long runs": b" " * 80_000 + b"a" * 80_000 + b"\n" * 80_000,
    "longer than a piece": b"def the therefore  (a)\n" * (2 * PIECE_BYTES // 20),
    "characters across pieces": "漢".encode() * (PIECE_BYTES // 2),
}


def encode_and_check(family: str, data: bytes) -> np.ndarray:
    vocabulary = VOCABULARIES[family]
    symbols = TOKENIZERS[family].encode(data)
    assert symbols.dtype == np.int32
    assert vocabulary.join(symbols) == data
    assert all(vocabulary.symbol_bytes(symbol) for symbol in np.unique(symbols).tolist())
    return symbols


@both
@pytest.mark.parametrize("case", HARD)
def test_hard_input_comes_back(family: str, case: str) -> None:
    encode_and_check(family, HARD[case])


@both
@settings(deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=100).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_come_back(family: str, data: bytes) -> None:
    encode_and_check(family, data)


@both
def test_every_token_id_says_its_bytes(family: str) -> None:
    """Each id joins to its piece, and each piece, encoded, comes back; control tokens say nothing."""
    vocabulary = VOCABULARIES[family]
    kinds = METADATA[family]["tokenizer.ggml.token_type"]
    for token, piece in enumerate(vocabulary.pieces):
        assert vocabulary.join(np.array([token], np.int32)) == piece
        assert (piece == b"") == (kinds[token] in (TokenKind.CONTROL, TokenKind.UNKNOWN))
        encode_and_check(family, piece)


def test_byte_level_pieces() -> None:
    vocabulary = read_vocabulary(METADATA["byte-level"])
    texts = METADATA["byte-level"]["tokenizer.ggml.tokens"]
    assert vocabulary.pieces[texts.index("Ġ")] == b" "
    assert vocabulary.pieces[texts.index("Ċ")] == b"\n"
    assert vocabulary.pieces[texts.index("é")] == b"\xe9"
    assert {p[0] for p in vocabulary.pieces if len(p) == 1} == set(range(256)) - set(MISSING)


def test_sentencepiece_pieces() -> None:
    vocabulary = read_vocabulary(METADATA["sentencepiece"])
    assert vocabulary.pieces[:5] == (b"", b"", b"", b"\x00", b"\x01")
    assert b" the" in vocabulary.pieces
    assert b"  " in vocabulary.pieces


def test_missing_bytes_and_only_they_are_escaped() -> None:
    vocabulary = read_vocabulary(METADATA["byte-level"])
    symbols = encode_and_check("byte-level", bytes(range(256)) + b"def the" + MISSING)
    escaped = symbols[symbols >= vocabulary.first_escape] - vocabulary.first_escape
    assert bytes(escaped.astype(np.uint8).tolist()) == bytes(sorted(MISSING)) + MISSING


def test_escapes_do_not_disturb_the_text_around_them() -> None:
    text, tokenizer = b"    return tokenizer.encode", TOKENIZERS["byte-level"]
    plain = tokenizer.encode(text).tolist()
    around = tokenizer.encode(text + b"\x04" + text).tolist()
    assert around == [*plain, read_vocabulary(METADATA["byte-level"]).first_escape + 4, *plain]


def test_cuts_like_the_library_it_was_learnt_with() -> None:
    """The same text through a plain library pipeline gives the same ids, across piece borders too."""
    metadata = METADATA["byte-level"]
    ids = {text: i for i, text in enumerate(metadata["tokenizer.ggml.tokens"])}
    library = Library(models.BPE(ids, [tuple(m.split(" ")) for m in metadata["tokenizer.ggml.merges"]]))
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    text = (PROSE * (3 * PIECE_BYTES // len(PROSE) + 1)).encode("ascii", "ignore")
    assert TOKENIZERS["byte-level"].encode(text).tolist() == library.encode(text.decode()).ids


def test_sentencepiece_merges_best_score_first() -> None:
    texts = METADATA["sentencepiece"]["tokenizer.ggml.tokens"]
    symbols = TOKENIZERS["sentencepiece"].encode(b"a the herb\n").tolist()
    assert [texts[s] for s in symbols] == ["a", f"{SPACE_MARK}the", SPACE_MARK, "he", "r", "b", "<0x0A>"]


def test_user_defined_tokens_are_taken_whole() -> None:
    metadata = byte_level_metadata()
    metadata["tokenizer.ggml.tokens"].append("<tool call>")
    metadata["tokenizer.ggml.token_type"].append(int(TokenKind.USER_DEFINED))
    vocabulary = read_vocabulary(metadata)
    symbols = Tokenizer(metadata, vocabulary).encode(b"a<tool call>b")
    assert vocabulary.size - 1 in symbols
    assert vocabulary.join(symbols) == b"a<tool call>b"


def test_greedy_matching_takes_over_when_merges_lose_bytes() -> None:
    """Pieces that do not follow from their texts: the library's cut no longer joins to the input."""
    metadata = byte_level_metadata()
    honest = read_vocabulary(metadata)
    wrong = tuple(piece[::-1] if len(piece) > 1 else piece for piece in honest.pieces)
    vocabulary = Vocabulary(wrong, honest.start_token, honest.escape_token)
    for data in (b"return the value", bytes(range(256)), b"import numpy as np\n" * 5000):
        symbols = Tokenizer(metadata, vocabulary).encode(data)
        assert vocabulary.join(symbols) == data


@pytest.mark.parametrize("pre", ["default", "llama-bpe", "qwen2", "no such thing"])
def test_every_pre_tokeniser_is_exact(pre: str) -> None:
    metadata = METADATA["byte-level"] | {"tokenizer.ggml.pre": pre}
    vocabulary = read_vocabulary(metadata)
    tokenizer = Tokenizer(metadata, vocabulary)
    for data in HARD.values():
        assert vocabulary.join(tokenizer.encode(data[:5000])) == data[:5000]


def test_start_token_is_the_document_separator_not_a_chat_marker() -> None:
    assert read_vocabulary(METADATA["byte-level"]).start_token == 0
    assert read_vocabulary(METADATA["sentencepiece"]).start_token == 1


def test_escape_token_is_the_replacement_character_where_there_is_one() -> None:
    metadata = byte_level_metadata()
    assert read_vocabulary(metadata).escape_token == 0
    metadata["tokenizer.ggml.tokens"].append("ï¿½")
    metadata["tokenizer.ggml.token_type"].append(1)
    assert read_vocabulary(metadata).escape_token == len(metadata["tokenizer.ggml.tokens"]) - 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tokenizer.ggml.model", "bert"),
        ("tokenizer.ggml.tokens", []),
        ("tokenizer.ggml.tokens", "text"),
        ("tokenizer.ggml.token_type", [1]),
        ("tokenizer.ggml.token_type", ["1"]),
    ],
)
def test_unusable_tables_are_refused(key: str, value: object) -> None:
    with pytest.raises(ModelError):
        read_vocabulary(METADATA["byte-level"] | {key: value})


def test_symbols_that_mean_nothing_are_refused() -> None:
    vocabulary = read_vocabulary(METADATA["byte-level"])
    assert vocabulary.first_escape > vocabulary.size
    for symbol in (-1, vocabulary.size, vocabulary.first_escape - 1, vocabulary.pages * 256):
        with pytest.raises(ValueError, match=str(symbol)):
            vocabulary.join(np.array([0, symbol], np.int32))


def test_the_model_is_fed_its_own_tokens() -> None:
    vocabulary = read_vocabulary(METADATA["byte-level"])
    symbols = np.array([5, vocabulary.first_escape + 4, vocabulary.size - 1], np.int32)
    expected = [5, vocabulary.escape_token, vocabulary.size - 1]
    assert vocabulary.model_tokens(symbols).tolist() == expected
