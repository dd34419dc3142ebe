"""SPEC.md, section 4.1: the codecs that others have written down. LZMA is Python's own."""

import lzma
from typing import Any

from nac_decoder import ppmd, zstd
from nac_decoder.errors import Refused


def decode_classical(method: dict[str, Any], payload: bytes, size: int) -> bytes:
    """A block of stored bytes, or of zstd, PPMd or LZMA."""
    given = method["parameters"]
    if method["kind"] == "stored":
        return payload
    if method["kind"] == "zstd":
        return zstd.decompress(payload, size)
    if method["kind"] == "ppmd":
        return ppmd.decompress(given["order"], given["memory"], payload, size)
    filters = [_filter(one, max(size, 4096)) for one in given["filters"]]
    try:
        return lzma.decompress(payload, lzma.FORMAT_RAW, filters=filters)
    except lzma.LZMAError as error:
        raise Refused("LZMA payload is malformed") from error


def _filter(given: dict[str, Any], dictionary: int) -> dict[str, Any]:
    if given["id"] == "delta":
        return {"id": lzma.FILTER_DELTA, "dist": given["dist"]}
    if given["id"] == "x86":
        return {"id": lzma.FILTER_X86}
    return {"id": lzma.FILTER_LZMA2, "dict_size": dictionary}
