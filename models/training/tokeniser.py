"""Trains the byte-complete BPE tokeniser of the embedded model.

Between `corpus` and `dataset`. Byte-level with all 256 bytes as base tokens, so no byte ever needs an escape. The
splitting rule is SmolLM2's (GGUF's `smollm`: GPT-2's words, every digit on its own), because llama.cpp and our own
tokeniser know it, and because single digits keep tables and logs predictable. Unigram models lost: GGUF's form of
them is not byte-exact.
"""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

START = "<|endoftext|>"
"""The one control token, id 0: stands before every document and every stream."""
START_ID = 0


def around(model: models.BPE) -> Tokenizer:
    """The splitting rule and the byte-level alphabet around a BPE model."""
    tokeniser = Tokenizer(model)
    tokeniser.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokeniser.decoder = decoders.ByteLevel()
    return tokeniser


def train(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """A tokeniser of exactly `vocabulary` tokens, the start token included.

    Raises ValueError when the texts are too few for that many tokens.
    """
    tokeniser = around(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[START],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        max_token_length=24,
        show_progress=False,
    )
    tokeniser.train_from_iterator(texts, trainer)
    if tokeniser.get_vocab_size() != vocabulary:
        raise ValueError(f"the texts give {tokeniser.get_vocab_size()} tokens, {vocabulary} were asked for")
    return tokeniser


def load(path: Path) -> Tokenizer:
    """A tokeniser saved by this recipe."""
    return Tokenizer.from_file(str(path))
