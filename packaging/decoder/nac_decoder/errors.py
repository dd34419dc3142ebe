"""What every page of the decoder needs: the refusal, and section 2's checksum."""

import hashlib


class Refused(Exception):
    """The archive is damaged, or asks for what this decoder does not know."""


def check(fine: bool, what: str) -> None:
    """Stop at the first thing that is not as the page says."""
    if not fine:
        raise Refused(what)


def checksum(structure: str, *parts: bytes) -> bytes:
    """Section 2."""
    digest = hashlib.blake2b(digest_size=8, person=structure.encode().ljust(16, b"\0"))
    for part in parts:
        digest.update(part)
    return digest.digest()
