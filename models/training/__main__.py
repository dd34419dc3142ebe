"""The recipe's commands: `gather` (text), `prepare` (text to tokens), `train` (tokens to GGUF), `evaluate`, `export`."""

import shutil
from pathlib import Path

import click
import torch
from tokenizers import Tokenizer

from nacomp.models.training import dataset, export, gather, loop, measure, pieces, start, tokeniser
from nacomp.models.training.corpus import documents, shards
from nacomp.models.training.kinds import Kind, classify, language
from nacomp.models.training.shape import Shape, named

SHAPE_HELP = "A name of shape.py, or vocabulary:width x layers,heads/kv_heads,feed_forward."
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def main() -> None:
    """Train nacomp's embedded language model."""


def _shape(name: str) -> Shape:
    try:
        return named(name)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--shape") from None


def _say(line: str) -> None:
    click.echo(line)


def _tokeniser(
    folder: Path, data: Path, begin: Path | None, vocabulary: int, size: int, seed: int
) -> Tokenizer:
    """The folder's tokeniser; if it is not there yet, that of the model `begin`, or trained on a mixed sample."""
    path = folder / "tokeniser.json"
    if not path.exists():
        if any(folder.iterdir()):
            raise click.UsageError(f"{folder} has no tokeniser, and holds what may be tokens of another one")
        made = (
            start.tokeniser(begin) if begin else tokeniser.train(dataset.sample(data, size, seed), vocabulary)
        )
        made.save(str(path))
        _say(f"tokeniser: {made.get_vocab_size()} tokens")
    return _fitting(path, vocabulary)


def _fitting(path: Path, vocabulary: int) -> Tokenizer:
    """A tokeniser of this many tokens: no training may find out at its end that it is another."""
    found = tokeniser.load(path)
    if found.get_vocab_size() != vocabulary:
        raise click.UsageError(
            f"{path} has {found.get_vocab_size()} tokens, and the shape a vocabulary of {vocabulary}"
        )
    return found


def _export(work: Path, out: Path, name: str) -> None:
    shape, weights, _ = loop.load(work / "checkpoint.pt")
    arrays = {key: value.numpy() for key, value in weights.items()}
    export.write(out, shape, arrays, tokeniser.load(work / "tokeniser.json"), name)
    _say(f"{out}: {out.stat().st_size} bytes")


def _groups(data: Path, per_document: int, by_language: bool) -> dict[str, list[str]]:
    """The beginnings of the held-out documents by kind, those of other languages also by language if wanted."""
    groups: dict[str, list[str]] = {kind.value: [] for kind in Kind}
    languages: dict[str, list[str]] = {}
    for text in documents(shards(data, held_out=True)):
        kind = classify(text)
        groups[kind.value].append(text[:per_document])
        if by_language and kind is Kind.OTHER:
            languages.setdefault(f"  {language(text)}", []).append(text[:per_document])
    return groups | dict(sorted(languages.items()))


def _row(name: str, cost: measure.Cost) -> None:
    _say(
        f"{name:18} {cost.bits_per_byte:.4f} bits/byte  {cost.bits_per_token:.4f} bits/token  "
        f"{cost.size / cost.tokens:.2f} bytes/token  {cost.size} bytes"
    )


def _evaluate(work: Path, groups: dict[str, list[str]], int8: bool) -> None:
    """A line for each group that has texts, and one for all; what is indented is counted already."""
    shape, weights, tokens = loop.load(work / "checkpoint.pt")
    bpe = tokeniser.load(work / "tokeniser.json")
    _say(f"{tokens / 1e6:.1f} M tokens seen, {shape}")
    total = measure.Cost()
    for name, texts in groups.items():
        if texts:
            cost = measure.cost(weights, shape, bpe, texts, int8=int8)
            _row(name, cost)
            if not name.startswith(" "):
                total.add(cost)
    _row("all", total)


@main.command()
@click.option(
    "--data", type=FOLDER, required=True, help="Folder of .txt or .txt.xz shards; valid* is held out."
)
@click.option("--out", type=FOLDER, required=True, help="Where tokeniser and pieces go; goes on if present.")
@click.option("--start", "begin", type=FILE, help="Take this model's tokeniser.")
@click.option("--shape", "shape_name", default="embedded-2", show_default=True, help=SHAPE_HELP)
@click.option(
    "--tokeniser-size", type=int, default=60_000_000, show_default=True, help="Characters it is trained on."
)
@click.option("--piece", type=int, default=pieces.PIECE_TOKENS, show_default=True, help="Tokens of a piece.")
@click.option("--seed", type=int, default=1, show_default=True)
def prepare(
    data: Path, out: Path, begin: Path | None, shape_name: str, tokeniser_size: int, piece: int, seed: int
) -> None:
    """Tokeniser and tokens: all that a training needs of the text, in pieces that travel to another machine."""
    out.mkdir(parents=True, exist_ok=True)
    bpe = _tokeniser(out, data, begin, _shape(shape_name).vocabulary, tokeniser_size, seed)
    pieces.prepare(bpe, shards(data, held_out=False), out, seed, _say, piece)


@main.command()
@click.option(
    "--tokens-from", "folder", type=FOLDER, required=True, help="What 'prepare' wrote, or part of it."
)
@click.option("--out", type=FILE, required=True, help="The GGUF file to write.")
@click.option("--work", type=FOLDER, help="Where the checkpoint is kept; resumes if present.")
@click.option(
    "--start",
    "begin",
    type=FILE,
    help="Go on from this model instead of from nothing; the tokens must be of its tokeniser.",
)
@click.option("--shape", "shape_name", default="embedded-2", show_default=True, help=SHAPE_HELP)
@click.option(
    "--minutes", type=float, default=90.0, show_default=True, help="Training time, resumed parts included."
)
@click.option("--tokens", type=int, default=0, help="Train on this many tokens, not by the clock.")
@click.option("--rate", type=float, default=1.0, show_default=True, help="Factor of the learning rates.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--device", default="cpu", show_default=True, help="'cuda' changes what the next three begin with."
)
@click.option("--batch", type=int, help="Tokens per step.  [default: 4096, 65536 on a GPU]")
@click.option("--micro", type=int, help="Tokens per pass.  [default: 1024, 65536 on a GPU]")
@click.option("--workers", type=int, help="CPU threads.  [default: 2, 1 on a GPU]")
@click.option("--compile", "compiled", is_flag=True, help="torch.compile: worth it on a GPU.")
def train(
    folder: Path,
    out: Path,
    work: Path | None,
    begin: Path | None,
    shape_name: str,
    minutes: float,
    tokens: int,
    rate: float,
    seed: int,
    device: str,
    batch: int | None,
    micro: int | None,
    workers: int | None,
    compiled: bool,
) -> None:
    """Pieces of tokens to a GGUF file, by the clock; asks for no text, and for no network."""
    on_cpu = device == "cpu"
    workers = workers or (2 if on_cpu else 1)
    torch.set_num_threads(1 if on_cpu else workers)
    shape = _shape(shape_name)
    _fitting(folder / "tokeniser.json", shape.vocabulary)
    work = work or out.with_suffix(".work")
    work.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "tokeniser.json", work / "tokeniser.json")
    streams = pieces.load(folder)
    _say(", ".join(f"{kind.value} {len(stream) / 1e6:.1f}" for kind, stream in streams.items()) + " M tokens")
    plan = loop.Plan(
        minutes,
        seed,
        batch or (4096 if on_cpu else 65_536),
        micro or (1024 if on_cpu else 65_536),
        workers,
        device,
        compiled,
        short=loop.Plan.short if on_cpu else 0.0,  # short windows pay on a CPU alone
        tokens=tokens,
        rate=rate,
    )
    initial = start.weights(begin, shape) if begin else None
    loop.Run(shape, plan, streams, work / "checkpoint.pt", initial).train(_say)
    _export(work, out, f"nacomp {shape_name}")


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
@click.option("--by-language", is_flag=True, help="The other languages one by one, too.")
@click.option("--float", "as_float", is_flag=True, help="Without the int8 rounding.")
@click.argument("files", nargs=-1, type=FILE)
def evaluate(
    work: Path,
    data: Path | None,
    per_document: int,
    by_language: bool,
    as_float: bool,
    files: tuple[Path, ...],
) -> None:
    """Bits per byte of the work folder's checkpoint on held-out text and on FILES, without predictors and coder."""
    torch.set_num_threads(1)  # on a busy machine its threads wait for one another
    groups = {file.name: [file.read_bytes().decode("utf-8", "replace")] for file in files}
    if data is not None:
        groups |= _groups(data, per_document, by_language)
    _evaluate(work, groups, int8=not as_float)


@main.command(name="export")
@click.option("--work", type=FOLDER, required=True)
@click.option("--out", type=FILE, required=True)
@click.option("--name", default="nacomp embedded", show_default=True)
def export_command(work: Path, out: Path, name: str) -> None:
    """Write the work folder's checkpoint as GGUF, also in the middle of a training."""
    _export(work, out, name)


if __name__ == "__main__":
    main()
