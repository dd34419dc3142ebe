"""Files through the command line and back: size, bits per byte, tokens per second both ways, model loading apart.

    python -m tests.benchmarks.throughput FILE... [--model ID] [--level L] [--decode-threads 1]

Decoding runs in a new process, by default with another number of threads; every file is compared. The seconds are those that
the commands report, which begin when the model is loaded.

What lost at level fast: 12 and 16 streams in place of 8. alice29 was 0.1 and 0.2% larger, and took no less processor time
there and a tenth to a quarter more back (asyoulik 1.07 and 1.4, lcet10 1.1 and 1.3), as the keys and values of 8 streams
fill the caches already. And a Python thread that runs the embedded model's next forward while the context mixer codes the
tokens of the one before (alice29's first 60,000 bytes as bits, two cores that others used too): the ratios of clock seconds
were 0.75 in one series and 1.0 to 1.2 in three others, with the same processor time. Native code does so now
(`models/predictors/native/block.cpp`), without the interpreter's lock, at the same processor time.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nacomp.codecs.levels import level_named
from nacomp.codecs.model_loader import ModelLoader


def nacomp(*arguments: str) -> dict[str, Any]:
    """Run a command; gives its result event."""
    command = [sys.executable, "-m", "nacomp", *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure each file alone."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--level", default="balanced")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--decode-threads", default="1")
    chosen = parser.parse_args()
    how = ["--level", chosen.level] + (["--model", chosen.model] if chosen.model else [])
    tokenizer = ModelLoader().for_level(level_named(chosen.level), chosen.model).engine.tokenizer
    table = Table(
        "file",
        "bytes",
        "archive",
        "bits/byte",
        "tokens",
        "tok/s there",
        "tok/s back",
        "kB/s there",
        "kB/s back",
    )
    with tempfile.TemporaryDirectory() as folder:
        archive, back = f"{folder}/archive.nac", f"{folder}/back"
        for path in chosen.files:
            data = path.read_bytes()
            packed = nacomp("compress", str(path), "-o", archive, "-f", "-T", chosen.threads, *how)
            found = nacomp("decompress", archive, "-o", back, "-f", "-T", chosen.decode_threads)
            if Path(back).read_bytes() != data:
                raise SystemExit(f"{path} did not come back as it was")
            tokens = len(tokenizer.encode(data))
            size, there, there_back = packed["compressed_size"], packed["seconds"], found["seconds"]
            table.add_row(
                path.name,
                f"{len(data):,}",
                f"{size:,}",
                f"{8 * size / len(data):.3f}",
                f"{tokens:,}",
                f"{tokens / there:,.0f}",
                f"{tokens / there_back:,.0f}",
                f"{len(data) / there / 1000:,.1f}",
                f"{len(data) / there_back / 1000:,.1f}",
            )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
