"""A Hugging Face `tokenizers` BPE over a GGUF's own vocabulary and merges: words in, token ids out.

Only the encoder tokenises, so nothing here needs to be the same everywhere; what it wants is to cut text as
the model's training did, because a model predicts other cuts badly. `tokenizers` won over llama.cpp's
tokeniser (it sits in an extra that needs a compiler, and its SentencePiece side adds a space in front) and
over our own BPE (slower, and no gain).
"""

from collections.abc import Iterator

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from nacomp.models.errors import ModelError
from nacomp.models.tokens.token_table import SPACE_MARK, TokenKind, TokenTable

# Names of `tokenizer.ggml.pre` per way of cutting. All others are cut like GPT-2, which costs size, never
# bytes.
_SINGLE_DIGITS = {"smollm", "codeshell", "refact", "starcoder", "command-r", "exaone", "minerva-7b"}
_TIKTOKEN_3_DIGITS = {"llama-bpe", "llama3", "llama-v3", "falcon3", "smaug-bpe", "dbrx", "pixtral"}
_TIKTOKEN_1_DIGIT = {"qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez"}
MAX_SCORED_LENGTH = 256
"""Characters; real tokens are far shorter, and finding a token's merges is quadratic in its length."""
_WHOLE_WORDS_KNOWN = {"llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral"}
"""Models that take a word whole if it is a token, whatever the merges say."""


def build_bpe(table: TokenTable, unknown_id: int) -> Tokenizer:
    """The BPE of `table`. A character no token can say becomes one `unknown_id` each, never nothing.

    Raises ModelError if the table has no merges or the library refuses it.
    """
    vocabulary = {
        text: token
        for token, (text, kind) in reversed(list(enumerate(zip(table.texts, table.kinds, strict=True))))
        if kind in (TokenKind.NORMAL, TokenKind.USER_DEFINED) and text
    }
    if table.model == "llama":
        merges = _score_merges(table, vocabulary)
    else:
        listed = _listed_merges(table)
        merges = [(a, b) for a, b in listed if a in vocabulary and b in vocabulary and a + b in vocabulary]
    if not merges:
        raise ModelError(model=table.name, reason="its tokenizer has no merges")
    unknown = "\uffff unknown"
    vocabulary[unknown] = unknown_id
    whole_words = table.pre in _WHOLE_WORDS_KNOWN
    bpe = models.BPE(vocabulary, merges, unk_token=unknown, fuse_unk=False, ignore_merges=whole_words)
    tokenizer = Tokenizer(bpe)
    if table.model == "llama":
        tokenizer.normalizer = normalizers.Replace(" ", SPACE_MARK)
    tokenizer.pre_tokenizer = _pre_tokenizer(table)
    tokenizer.add_tokens(
        [
            AddedToken(text, normalized=False, special=False)
            for text, kind in zip(table.texts, table.kinds, strict=True)
            if kind == TokenKind.USER_DEFINED and text
        ]
    )
    return tokenizer


def _listed_merges(table: TokenTable) -> Iterator[tuple[str, str]]:
    """Merges as GGUF lists them, `left right`; the first character is never the separator."""
    for merge in table.merges:
        middle = merge.find(" ", 1)
        if middle > 0:
            yield merge[:middle], merge[middle + 1 :]


def _score_merges(table: TokenTable, vocabulary: dict[str, int]) -> list[tuple[str, str]]:
    """SentencePiece has scores, not merges: two tokens merge if their joined text is one, best first."""
    ranked = [
        (-table.scores[token], token, text[:cut], text[cut:])
        for text, token in vocabulary.items()
        for cut in range(1, len(text) if len(text) <= MAX_SCORED_LENGTH else 0)
        if text[:cut] in vocabulary and text[cut:] in vocabulary
    ]
    ranked.sort(key=lambda entry: entry[:2])
    return [(left, right) for _, _, left, right in ranked]


def _pre_tokenizer(table: TokenTable) -> pre_tokenizers.PreTokenizer:
    if table.model == "llama":
        # SentencePiece has no word rule, but no token of it spans the start of a word; short words keep BPE
        # fast.
        return pre_tokenizers.Split(Regex(f"{SPACE_MARK}*[^{SPACE_MARK}]+|{SPACE_MARK}+"), "isolated")
    if table.pre in _TIKTOKEN_3_DIGITS | _TIKTOKEN_1_DIGIT:
        digits = r"\p{N}{1,3}" if table.pre in _TIKTOKEN_3_DIGITS else r"\p{N}"
        words = (
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|" + digits
        ) + r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        split = pre_tokenizers.Split(Regex(words), "isolated")
        return pre_tokenizers.Sequence([split, _byte_level(use_regex=False)])
    if table.pre in _SINGLE_DIGITS:
        return pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), _byte_level(use_regex=True)]
        )
    return _byte_level(use_regex=True)


def _byte_level(*, use_regex: bool) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)
