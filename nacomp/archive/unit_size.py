"""How large a unit is, for those who read archives too: what makes units loads all that looks inside files."""

UNIT_BYTES = 16 << 20
"""Bytes of a large file taken at a time; bounds memory, and is the classical codecs' window."""
