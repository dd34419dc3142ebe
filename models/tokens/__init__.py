"""Bytes as tokens and tokens as bytes: the vocabulary of a model, its table and the encoder's tokenizer."""
