"""What the exact engine's int8 arithmetic costs: bits per token against llama.cpp with the same weights.

    python -m tests.benchmarks.engine_accuracy MODEL.gguf TEXT [--tokens 1024] [--window W] [--sinks 4]

llama.cpp runs the model twice, its weights rewritten as Q8_0 and as F32, so all three read the same numbers. The
exact engine must stay within 1% of Q8_0. Needs the `llama` extra.
"""

import argparse
import tempfile
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from nacomp.models.exact.engine import open_engine
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.tokenizer import read_vocabulary

Tokens = NDArray[np.int32]
CHUNK = 64


def bits(logits: NDArray[np.float32], targets: Tokens) -> float:
    """Cost of `targets` (row,) under the softmax of `logits` (row, vocabulary), summed, in bits."""
    rows = logits.astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    costs = np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(targets)), targets]
    return float(costs.sum() / np.log(2))


def tokenise(model: Path, text: Path, count: int) -> tuple[Tokens, Tokens]:
    """Inputs (start token first) and the tokens they should predict, `count` of each."""
    with open_gguf(model) as file:
        start = read_vocabulary(file.metadata).start_token
    llama = llama_cpp.Llama(str(model), vocab_only=True, verbose=False)
    found = llama.tokenize(text.read_bytes(), add_bos=False, special=False)[:count]
    targets = np.array(found, np.int32)
    return np.concatenate([np.array([start], np.int32), targets[:-1]]), targets


def exact_bits(model: Path, inputs: Tokens, targets: Tokens, context: ContextWindow) -> float:
    """Bits per token of the exact engine."""
    session = open_engine(model).open_session(1, context)
    total = 0.0
    for i in range(0, len(inputs), CHUNK):
        rows = inputs[i : i + CHUNK]
        zeros, ones = np.zeros(len(rows), np.int32), np.ones(len(rows), np.bool_)
        total += bits(session.feed(zeros, rows, ones), targets[i : i + CHUNK])
    return total / len(inputs)


def llama_bits(model: Path, inputs: Tokens, targets: Tokens) -> float:
    """Bits per token of llama.cpp, all tokens in one context."""
    llama = llama_cpp.Llama(str(model), n_ctx=len(inputs), n_batch=512, logits_all=True, verbose=False)
    llama.eval(inputs.tolist())
    return bits(llama.scores[: len(inputs)], targets) / len(inputs)


def requantise(model: Path, target: Path, kind: int) -> None:
    """Rewrite a model's weights in one llama.cpp file type."""
    settings = llama_cpp.llama_model_quantize_default_params()
    settings.ftype, settings.allow_requantize, settings.pure = kind, True, True
    if llama_cpp.llama_model_quantize(str(model).encode(), str(target).encode(), settings):
        raise SystemExit(f"llama.cpp could not rewrite {model}")


def main() -> None:
    """Print one line per engine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--tokens", type=int, default=1024)
    parser.add_argument("--window", type=int, help="window of the exact engine (default: all tokens)")
    parser.add_argument("--sinks", type=int, default=4)
    options = parser.parse_args()
    inputs, targets = tokenise(options.model, options.text, options.tokens)
    context = ContextWindow(options.window or len(inputs), options.sinks)
    exact = exact_bits(options.model, inputs, targets, context)
    print(f"exact       {exact:.4f} bits/token over {len(inputs)} tokens, {context}")
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in (
            ("Q8_0", llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0),
            ("F32", llama_cpp.LLAMA_FTYPE_ALL_F32),
        ):
            rewritten = Path(folder, f"{name}.gguf")
            requantise(options.model, rewritten, kind)
            theirs = llama_bits(rewritten, inputs, targets)
            print(f"llama {name:5} {theirs:.4f} bits/token; exact costs {exact / theirs - 1:+.2%}")


if __name__ == "__main__":
    main()
