"""The classical codecs: bytes of a binary run, or of a whole unit, to the smallest of several payloads and back.

`pack` is what keeps the promise "never worse than `xz`": it always tries LZMA with the settings of `xz -9e`,
and its raw stream has no container. METHODS are all the methods it may name, in the order of the archive's
table.

What is tried, on one core of a Zen 4 (1 MiB of machine code: 3 s; `xz -9e` alone 1 s):
- LZMA2 three times at most: the settings of `xz -9e`, and two that a quick probe (level 0, 256 KiB) finds
  promising. A
  stream says its own literal and position bits, so only the filter in front of it is a parameter.
- PPMd var. H up to `ppmd.most`: 20% smaller than LZMA on text, never smaller on the binary files measured.
- Zstandard: smaller only on a few KiB, so only there; and as the quick estimate of `pack_quick`.
- The context mixer (`mixed`): a quarter smaller than the best of these on machine code and databases, a third on
  structured text, two thirds on kennedy.xls. It is taken where it saves one byte in MIXED_PRICE, and given up
  as soon as it cannot.
- Nothing, where neither Zstandard on the whole nor any probe saves a byte: films, encrypted and packed
  data (100 MB of noise on a Zen 3: 11 s of processor time, 146 s with all trials).
bzip2 (always behind PPMd or LZMA), LZMA1 (one byte less than LZMA2 on small files, no stored chunks) and
Zstandard level 22 lost. Encoded sizes depend on the libraries' versions, as any archiver's; decoding does
not.
"""

import lzma
from collections.abc import Callable, Iterable
from dataclasses import replace

import zstandard

from nacomp.codecs import mixed, ppmd, profiles
from nacomp.codecs.packed import Packed
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass
from nacomp.models.mixing.settings import MixingSettings

Check = Callable[[], object]
"""Called now and then during long work; raises to stop it."""
FilterChain = list[dict[str, int]]


@dataclass(frozen=True)
class _Filter:
    """A reversible transform in front of LZMA2.

    Attributes:
        spec: what the archive says of it; empty for none.
        chain: the same for liblzma.
        bits: (literal context, literal position, position) bits worth a try behind it, the first by default.
    """

    spec: dict[str, int | str]
    chain: FilterChain
    bits: tuple[tuple[int, int, int], ...]


def _delta(distance: int, *bits: tuple[int, int, int]) -> _Filter:
    return _Filter(
        {"dist": distance, "id": "delta"}, [{"id": lzma.FILTER_DELTA, "dist": distance}], tuple(bits)
    )


XZ_BITS = (3, 0, 2)
_FILTERS = (
    # kennedy.xls: (3,0,2) 51,811 (4,0,0) 47,959 (0,0,0) 50,474; ptt5: 39,801, 39,922, 39,020; git's machine
    # code: 461,116, 458,847, 463,768, with x86 419,312. (0,2,2) is for arrays of 32-bit numbers: 168,920 to
    # 158,383 on float32.
    _Filter({}, [], (XZ_BITS, (4, 0, 0), (0, 0, 0), (0, 2, 2))),
    _Filter({"id": "x86"}, [{"id": lzma.FILTER_X86}], (XZ_BITS, (4, 0, 0))),
    # Raw samples and pixels of this many bytes, generated: 16-bit mono -21%, RGB -33%, RGBA -23%, 16-bit
    # stereo -29%.
    _delta(1, XZ_BITS),
    _delta(2, (0, 1, 1)),
    _delta(3, (4, 0, 0)),
    _delta(4, (0, 2, 2)),
)
PROBE_BYTES = 1 << 18
TRY_BYTES = 1 << 20
"""Bytes compressed between two calls of `check`."""
ZSTD_LIMIT = 1 << 16
QUICK_LEVEL, SMALL_LEVEL, PROBE_LEVEL = 9, 19, 3
PPMD_ORDERS = (6, 12)
"""plrabn12.txt 132,399 and 133,123; lcet10.txt 96,423 and 96,004; fields.c 2,639 and 2,566; others lie between."""
PPMD_MEMORY = 1 << 26
"""Bytes; never full within `ppmd.LIMIT`, so the model is never restarted."""
PPMD_TO_LZMA = 0.8
"""Of LZMA's size, what PPMd takes for text."""

_STORED = Method(MethodKind.STORED, {})
_ZSTD = Method(MethodKind.ZSTD, {})
_PPMD = {order: Method(MethodKind.PPMD, {"memory": PPMD_MEMORY, "order": order}) for order in PPMD_ORDERS}
_LZMA = tuple(
    Method(MethodKind.LZMA, {"filters": [*([f.spec] if f.spec else []), {"id": "lzma2"}]}) for f in _FILTERS
)
METHODS: tuple[Method, ...] = (_STORED, _ZSTD, *_PPMD.values(), *_LZMA, mixed.METHOD)
MIXED_LEAST = 256
"""Bytes; below it the mixer saves a few bytes at the most."""
MIXED_PRICE = 20
"""The mixer has to save one byte in so many: it decodes at 0.1 to 0.3 MB/s a core, LZMA in a hundredth of the time."""
MIXED_REPETITIVE = 64
"""Where the others leave less than one byte in so many, the mixer is not asked: it could save little, at the full price."""
MIXED_CHEAP = 1 << 16
"""But of so few bytes it always is, for a fifth of a second: a table of 46 kB that repeats, 906 bytes, takes 772 with it."""
MIXED_SHARE = 0.99
"""Of a sample: what the mixer does not make smaller than this is noise to it, and not coded."""
SPREAD_LEAST, SPREAD_DENSE = 1 << 20, 0.75
"""Blocks of so many bytes, of which the others leave more than this, are sampled all over before the mixer is asked: their
middle says little of them. 12 MB of noise in blocks with zeros behind each took the mixer 72 s for nothing, LZMA 13 s."""
SPREAD_PIECES, SPREAD_PIECE = 16, 1 << 13
SPREAD_SHARE = 0.98
"""The mixer is asked where it makes the sample smaller than this share of LZMA's: it has more to learn later on, and has to
come to 0.95. Noise with gaps 1.00, a packed manual 1.00, a wheel 0.99; the C library's machine code 0.85, a font 0.89."""


def pack(data: bytes, check: Check = lambda: None) -> Packed:
    """The smallest payload found; never larger than `data`. Memory: about 12 times `data`, at least 200 MB."""
    best = min(_candidates(data, check), key=lambda packed: len(packed.payload))
    return _mixed(data, best, check) or best


def pack_quick(data: bytes) -> Packed:
    """A payload found in a hundredth of the time, typically 10 to 25% larger than `pack`'s."""
    quick = Packed(_ZSTD, _zstd(data, QUICK_LEVEL))
    return quick if len(quick.payload) < len(data) else Packed(_STORED, data)


def quick_size(data: bytes) -> int:
    """Bytes of `pack_quick`'s payload."""
    return len(pack_quick(data).payload)


def pack_far(data: bytes, window: int, check: Check = lambda: None) -> Packed:
    """LZMA as `xz -9e` has it, that looks back `window` bytes. Memory: 12 times `window`, and `data` twice."""
    return Packed(_LZMA[0], _lzma(data, _FILTERS[0], XZ_BITS, 9 | lzma.PRESET_EXTREME, check, window))


def probe(data: bytes) -> int:
    """Bytes that Zstandard makes of it at hundreds of megabytes a second, with what repeats at any distance."""
    settings = zstandard.ZstdCompressionParameters.from_level(
        PROBE_LEVEL, window_log=max(10, min(27, len(data).bit_length())), enable_ldm=True
    )
    return len(zstandard.ZstdCompressor(compression_params=settings).compress(data))


def ppmd_size(data: bytes) -> int:
    """Bytes of PPMd's payload for at most `ppmd.LIMIT` bytes: what a model without weights makes of a text.

    Without a native core about that, from LZMA's size.
    """
    if not ppmd.available():
        return int(PPMD_TO_LZMA * lzma_size(data))
    return len(ppmd.encode(data, PPMD_ORDERS[0], PPMD_MEMORY))


def lzma_size(data: bytes, check: Check = lambda: None) -> int:
    """Bytes of LZMA's payload at its usual level: one trial, and 0 to 7% more than `pack`."""
    return len(_lzma(data, _FILTERS[0], XZ_BITS, lzma.PRESET_DEFAULT, check))


def unpack(
    method: Method, payload: bytes, original_size: int, check: Callable[[int], object] = lambda _: None
) -> bytes:
    """The bytes behind a payload: exactly `original_size` of them, and no more is ever produced.

    Memory: about twice `original_size`, for PPMd and the mixer at most 200 MB more. `check` hears of the bytes of each
    piece that the mixer decoded, or PPMd's readable twin; the other codecs are quick and do not call it.

    Raises:
        CorruptArchive: the payload or the method's parameters are not what `pack` writes.
    """
    try:
        content = _decode(method, payload, original_size, check)
    except (lzma.LZMAError, zstandard.ZstdError, KeyError, TypeError, ValueError) as error:
        raise CorruptArchive(reason=f"a {method.kind} payload does not decode ({error})") from None
    if len(content) != original_size:
        raise CorruptArchive(
            reason=f"expected {original_size} bytes from a {method.kind} payload, found {len(content)}"
        )
    return content


def decoding_bytes(method: Method, original_size: int) -> int:
    """About the most memory that `unpack` takes, in bytes: the content, LZMA's and Zstandard's window, or a model."""
    if method.kind is MethodKind.MIXED:
        return mixed.decoding_bytes(original_size)
    return ppmd.decoding_bytes(original_size) if method.kind is MethodKind.PPMD else 2 * original_size


def _candidates(data: bytes, check: Check) -> Iterable[Packed]:
    yield Packed(_STORED, data)
    if len(data) <= ZSTD_LIMIT:
        yield Packed(_ZSTD, _zstd(data, SMALL_LEVEL))
    trials = _lzma_trials(data, check)
    for number, bits in trials:
        payload = _lzma(data, _FILTERS[number], bits, 9 | lzma.PRESET_EXTREME, check)
        yield Packed(_LZMA[number], payload)
    if trials and len(data) <= ppmd.most():
        for order, method in _PPMD.items():
            check()
            yield Packed(method, ppmd.encode(data, order, PPMD_MEMORY))


def _mixed(data: bytes, best: Packed, check: Check) -> Packed | None:
    """The mixer's payload, where it is worth its price beside the best of the others; it is given up where it is not."""
    repeats = len(data) > MIXED_CHEAP and len(best.payload) * MIXED_REPETITIVE < len(data)
    if best.method is _STORED or repeats:
        return None
    if not MIXED_LEAST <= len(data) <= mixed.LIMIT or not mixed.available():
        return None
    settings, share = profiles.choose(data, check)
    if share > MIXED_SHARE or not _may_pay(data, settings, best, check):
        return None
    payload = mixed.encode(data, settings, len(best.payload) - len(best.payload) // MIXED_PRICE, check)
    return Packed(mixed.METHOD, payload) if payload is not None else None


def _may_pay(data: bytes, settings: MixingSettings, best: Packed, check: Check) -> bool:
    """Whether the mixer may be smaller by its price: what it saves on pieces from all over is what it saves on average."""
    if len(data) < SPREAD_LEAST or len(best.payload) < SPREAD_DENSE * len(data):
        return True
    # Whole frames of samples and pixels of four bytes stay whole.
    places = [(len(data) - SPREAD_PIECE) * i // (SPREAD_PIECES - 1) & ~3 for i in range(SPREAD_PIECES)]
    sample = b"".join(data[at : at + SPREAD_PIECE] for at in places)
    limit = int(SPREAD_SHARE * lzma_size(sample, check))
    return mixed.encode(sample, replace(settings, size=len(sample)), limit, check) is not None


def _lzma_trials(data: bytes, check: Check) -> list[tuple[int, tuple[int, int, int]]]:
    """(filter, bits) worth a full trial: `xz`'s own, then the two best in a probe of the data's middle.

    None at all for data that is not worth it: see above.
    """
    middle = max(0, (len(data) - PROBE_BYTES) // 2)
    sample = data[middle : middle + PROBE_BYTES]
    sizes = {
        (number, bits): len(_lzma(sample, filtering, bits, 0, check))
        for number, filtering in enumerate(_FILTERS)
        for bits in filtering.bits
    }
    if min(sizes.values()) >= len(sample) >= PROBE_BYTES and pack_quick(data).method is _STORED:
        return []
    promising = sorted(sizes, key=sizes.__getitem__)
    best = promising[0]
    wider = (best[0], (4, 0, 0))
    trials = [(0, XZ_BITS), best, wider if wider in sizes else promising[1]]
    return list(dict.fromkeys(trials))


def _lzma(
    data: bytes,
    filtering: _Filter,
    bits: tuple[int, int, int],
    preset: int,
    check: Check,
    window: int | None = None,
) -> bytes:
    lc, lp, pb = bits
    settings = {"id": lzma.FILTER_LZMA2, "preset": preset, "lc": lc, "lp": lp, "pb": pb}
    settings["dict_size"] = _dictionary(len(data) if window is None else window)
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[*filtering.chain, settings])
    parts = []
    for at in range(0, len(data), TRY_BYTES):
        check()
        parts.append(packer.compress(data[at : at + TRY_BYTES]))
    return b"".join([*parts, packer.flush()])


def _dictionary(original_size: int) -> int:
    """A dictionary as large as the block, so that the block's size bounds the decoder's memory."""
    return max(original_size, 4096)


def _zstd(data: bytes, level: int) -> bytes:
    packer = zstandard.ZstdCompressor(level=level, write_content_size=False, write_checksum=False)
    return packer.compress(data)


def _decode(method: Method, payload: bytes, original_size: int, check: Callable[[int], object]) -> bytes:
    parameters = method.parameters
    match method.kind:
        case MethodKind.STORED:
            return payload
        case MethodKind.ZSTD:
            return _decode_zstd(payload, original_size)
        case MethodKind.PPMD:
            return ppmd.decode(payload, parameters["order"], parameters["memory"], original_size, check)
        case MethodKind.LZMA:
            return _decode_lzma(payload, _filter_chain(parameters["filters"]), original_size)
        case MethodKind.MIXED:
            if parameters != mixed.METHOD.parameters:
                raise ValueError("its predictor is not known")
            return mixed.decode(payload, original_size, check)
        case _:
            raise CorruptArchive(reason=f"the method {method.kind} is not a classical one")


def _filter_chain(filters: object) -> FilterChain:
    """liblzma's form of the parameter `filters`. Raises ValueError if `pack` never writes it."""
    for filtering in _FILTERS:
        if filters == [*([filtering.spec] if filtering.spec else []), {"id": "lzma2"}]:
            return filtering.chain
    raise ValueError("its filter chain is not known")


def _decode_lzma(payload: bytes, chain: FilterChain, original_size: int) -> bytes:
    settings = {"id": lzma.FILTER_LZMA2, "dict_size": _dictionary(original_size)}
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[*chain, settings])
    content = unpacker.decompress(payload, original_size + 1)
    if not unpacker.eof and len(content) <= original_size:  # the end mark may still be unread
        content += unpacker.decompress(b"", original_size + 1 - len(content))
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("it does not end where it should")
    return content


def _decode_zstd(payload: bytes, original_size: int) -> bytes:
    frame = zstandard.get_frame_parameters(payload)
    if frame.content_size not in (zstandard.CONTENTSIZE_UNKNOWN, original_size) or frame.dict_id:
        raise ValueError("its frame header is wrong")
    window = max(original_size, 1 << 10)
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << (window - 1).bit_length())
    return unpacker.decompress(payload, max_output_size=original_size, allow_extra_data=False)
