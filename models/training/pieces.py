"""The corpus as tokens, packed into files that fit through a narrow door: between `dataset` and `loop`.

The machine with the GPU may have no network, and take a few dozen megabytes at a time. So everything that needs text, the
tokeniser's training, the telling of kinds and languages, the encoding, happens at home, in the `prepare` command; what
travels is the tokeniser and pieces of tokens. A piece holds the same share of every shard, by kind, each text once:
any number of pieces is a fair sample of the corpus, and what shares the kinds get is decided where they are trained on.
`prepare` keeps the tokens of each shard, so that it goes on where it was stopped.

A piece is an .npz file of one uint16 array a kind, in XZ: 0.27 bytes for a byte of text at preset 1 and 8,192 tokens, where
XZ makes 0.25 of the text itself, which would have to be encoded over there while the GPU waits. Deflate made 0.31; preset 6
made 0.25, in two and a half times the time.
"""

import io
import lzma
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from nacomp.models.training.corpus import documents
from nacomp.models.training.dataset import CARRIAGE_RETURNS, Tokens, encode, with_line_ends
from nacomp.models.training.kinds import Kind, classify

PIECE_TOKENS = 20_000_000
"""Of a piece: 40 MB raw, about 15 MB packed, so three of them pass at once where 64 MiB may."""

Streams = dict[Kind, Tokens]

_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 1, "lc": 2, "lp": 1, "pb": 1}]
"""Told that tokens are pairs of bytes."""


def of_shard(bpe: Tokenizer, shard: Path, seed: int) -> Streams:
    """The tokens of a shard's documents by kind, the start token before each."""
    by_kind: dict[Kind, list[str]] = defaultdict(list)
    for text in documents([shard]):
        by_kind[classify(text)].append(text)
    return {
        kind: encode(bpe, with_line_ends(texts, CARRIAGE_RETURNS, seed)) for kind, texts in by_kind.items()
    }


def _write(path: Path, streams: Mapping[Kind, Tokens], packed: bool) -> None:
    """An .npz file of streams; it appears whole or not at all."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{kind.name: stream for kind, stream in streams.items()})
    raw = buffer.getvalue()
    beside = path.with_suffix(".partial")
    beside.write_bytes(lzma.compress(raw, filters=_FILTERS) if packed else raw)
    beside.replace(path)


def _read(path: Path) -> Streams:
    raw = path.read_bytes()
    with np.load(io.BytesIO(lzma.decompress(raw) if path.suffix == ".xz" else raw)) as file:
        return {Kind[name]: file[name] for name in file.files}


def join(parts: list[Streams]) -> Streams:
    """One stream a kind."""
    kinds = [kind for kind in Kind if any(kind in part for part in parts)]
    return {kind: np.concatenate([part[kind] for part in parts if kind in part]) for kind in kinds}


def _slice(streams: Streams, index: int, count: int) -> Streams:
    """The `index`-th of `count` like parts of every stream."""
    bounds = {kind: np.linspace(0, len(stream), count + 1).astype(int) for kind, stream in streams.items()}
    return {kind: streams[kind][at[index] : at[index + 1]] for kind, at in bounds.items()}


def prepare(
    bpe: Tokenizer,
    shards: list[Path],
    folder: Path,
    seed: int,
    say: Callable[[str], None],
    piece: int = PIECE_TOKENS,
) -> list[Path]:
    """Writes the pieces of shards into a folder, where finished parts of an earlier call are kept; gives their paths."""
    kept = folder / "shards"
    kept.mkdir(parents=True, exist_ok=True)
    parts: list[Streams] = []
    for number, shard in enumerate(shards):
        path = kept / f"{shard.name.partition('.')[0]}.npz"
        if not path.exists():
            _write(path, of_shard(bpe, shard, seed + number), packed=False)
            say(f"{shard.name}: {number + 1} of {len(shards)} encoded")
        parts.append(_read(path))
    return _pack(parts, folder, say, piece)


def _pack(parts: list[Streams], folder: Path, say: Callable[[str], None], piece: int) -> list[Path]:
    """The pieces that are missing in a folder; those of other shards or another size go. The total tells them apart."""
    total = sum(len(stream) for part in parts for stream in part.values())
    count = -(-total // piece)
    say(f"{total / 1e6:.1f} M tokens, {count} pieces")
    paths = [folder / f"piece-{index:03}-of-{count:03}-{total}.npz.xz" for index in range(count)]
    for path in set(folder.glob("piece-*")) - set(paths):
        path.unlink()
    for index, path in enumerate(paths):
        if not path.exists():
            _write(path, join([_slice(part, index, count) for part in parts]), packed=True)
            say(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    return paths


def load(folder: Path) -> Streams:
    """The streams of all pieces in a folder. Raises FileNotFoundError if there are none."""
    found = sorted(folder.glob("piece-*.npz.xz"))
    if not found:
        raise FileNotFoundError(f"{folder} has no pieces: 'prepare' makes them")
    return join([_read(path) for path in found])
