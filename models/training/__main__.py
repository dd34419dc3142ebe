"""The recipe's commands: `gather` (more text), `train` (text to GGUF), `evaluate`, `export` (parts of it, again)."""

from pathlib import Path

import click
import numpy as np
import torch
from tokenizers import Tokenizer

from nacomp.models.training import dataset, export, gather, loop, measure, start, tokeniser
from nacomp.models.training.corpus import documents, shards
from nacomp.models.training.kinds import Kind, classify
from nacomp.models.training.shape import EMBEDDED, TINY

SHAPES = {"embedded": EMBEDDED, "tiny": TINY}
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def main() -> None:
    """Train nacomp's embedded language model."""


def _say(line: str) -> None:
    click.echo(line)


def _tokeniser(
    work: Path, data: Path, begin: Path | None, vocabulary: int, size: int, seed: int
) -> Tokenizer:
    """The work folder's tokeniser; if it is not there yet, that of the model `begin`, or trained on a mixed sample."""
    path = work / "tokeniser.json"
    if not path.exists():
        made = (
            start.tokeniser(begin) if begin else tokeniser.train(dataset.sample(data, size, seed), vocabulary)
        )
        made.save(str(path))
        _say(f"tokeniser: {vocabulary} tokens")
    return tokeniser.load(path)


def _stream(work: Path, data: Path, bpe: Tokenizer, size: int, seed: int) -> dataset.Tokens:
    """The work folder's token stream, encoded if it is not there yet."""
    path = work / "tokens.npy"
    if not path.exists():
        np.save(path, dataset.encode(bpe, dataset.sample(data, size, seed)))
    stream: dataset.Tokens = np.load(path, mmap_mode="r")
    _say(f"stream: {len(stream) / 1e6:.1f} M tokens")
    return stream


def _export(work: Path, out: Path, name: str) -> None:
    shape, weights, _ = loop.load(work / "checkpoint.pt")
    arrays = {key: value.numpy() for key, value in weights.items()}
    export.write(out, shape, arrays, tokeniser.load(work / "tokeniser.json"), name)
    _say(f"{out}: {out.stat().st_size} bytes")


def _evaluate(
    work: Path, data: Path | None, files: tuple[Path, ...], per_document: int, int8: bool, device: str = "cpu"
) -> None:
    shape, weights, tokens = loop.load(work / "checkpoint.pt", device)
    bpe = tokeniser.load(work / "tokeniser.json")
    groups: dict[str, list[str]] = {
        file.name: [file.read_bytes().decode("utf-8", "replace")] for file in files
    }
    if data is not None:
        groups |= {kind.value: [] for kind in Kind}
        for text in documents(shards(data, held_out=True)):
            groups[classify(text).value].append(text[:per_document])
    _say(f"{tokens / 1e6:.1f} M tokens seen, {shape}")
    total = measure.Cost()
    for name, texts in groups.items():
        cost = measure.cost(weights, shape, bpe, texts, int8=int8)
        total.add(cost)
        _say(
            f"{name:18} {cost.bits_per_byte:.4f} bits/byte  {cost.bits_per_token:.4f} bits/token  {cost.size} bytes"
        )
    _say(
        f"{'all':18} {total.bits_per_byte:.4f} bits/byte  {total.bits_per_token:.4f} bits/token  {total.size} bytes"
    )


@main.command()
@click.option("--data", type=FOLDER, required=True, help="Folder of .txt or .txt.xz shards, valid* held out.")
@click.option("--out", type=FILE, required=True, help="The GGUF file to write.")
@click.option(
    "--work", type=FOLDER, help="Where tokeniser, tokens and checkpoint are kept; resumes if present."
)
@click.option(
    "--start",
    "begin",
    type=FILE,
    help="Go on from this model, with its tokeniser, instead of from nothing.",
)
@click.option("--shape", "shape_name", type=click.Choice(list(SHAPES)), default="embedded", show_default=True)
@click.option(
    "--minutes", type=float, default=90.0, show_default=True, help="Training time, resumed parts included."
)
@click.option("--tokens", type=int, default=0, help="Train on this many tokens, not by the clock.")
@click.option(
    "--size", type=int, default=220_000_000, show_default=True, help="Characters of text to tokenise."
)
@click.option(
    "--tokeniser-size", type=int, default=40_000_000, show_default=True, help="Of these for the tokeniser."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    help="cuda: add --batch 65536 --micro 65536 --workers 1 --compile.",
)
@click.option("--batch", type=int, default=4096, show_default=True, help="Tokens per step.")
@click.option("--micro", type=int, default=1024, show_default=True, help="Tokens per pass.")
@click.option("--workers", type=int, default=2, show_default=True, help="CPU threads; 1 on a GPU.")
@click.option("--compile", "compiled", is_flag=True, help="torch.compile: worth it on a GPU.")
def train(
    data: Path,
    out: Path,
    work: Path | None,
    begin: Path | None,
    shape_name: str,
    minutes: float,
    tokens: int,
    size: int,
    tokeniser_size: int,
    seed: int,
    device: str,
    batch: int,
    micro: int,
    workers: int,
    compiled: bool,
) -> None:
    """Tokeniser, tokens, training, GGUF and held-out results, in one go."""
    torch.set_num_threads(1 if device == "cpu" else workers)
    work = work or out.with_suffix(".work")
    work.mkdir(parents=True, exist_ok=True)
    shape = SHAPES[shape_name]
    bpe = _tokeniser(work, data, begin, shape.vocabulary, tokeniser_size, seed)
    stream = _stream(work, data, bpe, size, seed)
    # Short windows pay on a CPU alone.
    short = loop.Plan.short if device == "cpu" else 0.0
    plan = loop.Plan(minutes, seed, batch, micro, workers, device, compiled, short=short, tokens=tokens)
    initial = start.weights(begin, shape) if begin else None
    loop.Run(shape, plan, stream, work / "checkpoint.pt", initial).train(_say)
    _export(work, out, f"nacomp {shape_name}")
    _evaluate(work, data, (), 20_000, int8=True, device=device)


@main.command(name="gather")
@click.option("--out", type=FILE, required=True, help="The shard to write, NAME.txt.xz.")
@click.option("--held-out", type=FILE, multiple=True, help="A file of which the shard must hold nothing.")
@click.option("--most", type=int, default=9_000_000, show_default=True, help="Bytes of each folder.")
@click.argument("folders", nargs=-1, required=True, type=FOLDER)
def gather_command(out: Path, held_out: tuple[Path, ...], most: int, folders: tuple[Path, ...]) -> None:
    """Write the text files of FOLDERS as one more shard of training documents."""
    _say(f"{out}: {gather.write(folders, held_out, most, out)} bytes of text")


@main.command()
@click.option("--work", type=FOLDER, required=True)
@click.option("--data", type=FOLDER, help="Measure the held-out shards of this folder, by kind.")
@click.option(
    "--per-document", type=int, default=20_000, show_default=True, help="Characters of each document."
)
@click.option("--float", "as_float", is_flag=True, help="Without the int8 rounding.")
@click.argument("files", nargs=-1, type=FILE)
def evaluate(
    work: Path, data: Path | None, per_document: int, as_float: bool, files: tuple[Path, ...]
) -> None:
    """Bits per byte of the work folder's checkpoint on held-out text and on FILES."""
    _evaluate(work, data, files, per_document, int8=not as_float)


@main.command(name="export")
@click.option("--work", type=FOLDER, required=True)
@click.option("--out", type=FILE, required=True)
@click.option("--name", default="nacomp embedded", show_default=True)
def export_command(work: Path, out: Path, name: str) -> None:
    """Write the work folder's checkpoint as GGUF, also in the middle of a training."""
    _export(work, out, name)


if __name__ == "__main__":
    main()
