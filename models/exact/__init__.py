"""The exact engine: the same logits, bit for bit, on every machine. See formats/NUMERICS.md."""
