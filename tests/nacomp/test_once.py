"""What is decided about a file is decided once and handed on.

One small file compressed and its archive decompressed through the command line, with the real functions counted as they
run: the model chosen, looked up and opened, the content cut, the model's skips planned, the codec found.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from nacomp.cli.main import run

PROSE = Path(__file__).parents[1] / "data" / "corpus" / "prose.txt"
LOG = b"".join(b"10:%02d:%02d INFO request done in 12 ms, user 1001\n" % divmod(n, 60) for n in range(150))
"""Repeats itself so much that the predictors do most of the work: a block in the repetitive mode. It is short enough for one
stream: where more would be possible, each number of streams that is weighed has a plan of its own."""

COUNTED = {
    "choose the model": ("nacomp.codecs.levels", "choose_model"),
    "find the model by its id": ("nacomp.models.library.store", "Store.find"),
    "find the model by its hash": ("nacomp.models.library.store", "Store.find_sha256"),
    "open the GGUF file": ("nacomp.models.library.gguf_file", "open_gguf"),
    "judge the place of the output": ("nacomp.runtime.destinations", "find_place"),
    "judge the decoding work": ("nacomp.archive.archive_reader", "check_decoding_work"),
    "cut text from binary": ("nacomp.archive.segments", "split"),
    "decide how a block is coded": ("nacomp.codecs.block_choice", "BlockChooser.choose"),
    "choose the model of a block": ("nacomp.codecs.block_choice", "BlockChooser.suited"),
    "plan a block": ("nacomp.codecs.neural", "NeuralCodec.plan"),
    "code a block as decided": ("nacomp.codecs.block_coder", "BlockCoder.code"),
    "code a block by the model": ("nacomp.codecs.neural", "NeuralCodec.encode"),
    "write an index": ("nacomp.formats.index", "encode_index"),
    "cut text into symbols": ("nacomp.models.tokens.tokenizer", "Tokenizer.encode"),
    "plan the skips": ("nacomp.models.predictors.ensemble", "plan_skips"),
    "find the codec of a level": ("nacomp.codecs.model_loader", "ModelLoader.for_level"),
    "find the codec of a method": ("nacomp.codecs.model_loader", "ModelLoader.for_method"),
}
COMPRESS = {
    "choose the model": 1,
    "find the model by its id": 1,
    "find the model by its hash": 0,
    "open the GGUF file": 1,
    "judge the place of the output": 1,
    "judge the decoding work": 0,
    "cut text from binary": 1,
    "decide how a block is coded": 1,
    "choose the model of a block": 1,
    "plan a block": 1,
    "code a block as decided": 1,
    "code a block by the model": 1,
    "write an index": 0,
    "cut text into symbols": 1,
    "plan the skips": 1,
    "find the codec of a level": 1,
    "find the codec of a method": 0,
}
DECOMPRESS = {
    "choose the model": 0,
    "find the model by its hash": 1,
    "open the GGUF file": 1,
    "judge the place of the output": 1,
    "judge the decoding work": 1,
    "cut text from binary": 0,
    "decide how a block is coded": 0,
    "plan a block": 0,
    "cut text into symbols": 0,
    "plan the skips": 0,
    "find the codec of a level": 0,
    "find the codec of a method": 1,
}


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Counts each function's calls, wherever it was or will be imported to."""
    counts = Counter[str]()
    real_of: dict[Callable[..., Any], Callable[..., Any]] = {}
    for what, (module_name, name) in COUNTED.items():
        owner: Any = import_module(module_name)
        *classes, last = name.split(".")
        for inner in classes:
            owner = getattr(owner, inner)
        real = getattr(owner, last)
        real_of[_counting(real, what, counts)] = real
    _replace({real: counting for counting, real in real_of.items()})
    try:
        yield counts
    finally:
        _replace(real_of)


def _counting(real: Callable[..., Any], what: str, counts: Counter[str]) -> Callable[..., Any]:
    @wraps(real)
    def counting(*given: Any, **named: Any) -> Any:
        counts[what] += 1
        return real(*given, **named)

    return counting


def _replace(others: dict[Callable[..., Any], Callable[..., Any]]) -> None:
    """Put other functions in the place of these in every module and class of ours."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("nacomp.")]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    for owner in [*modules, *(c for c in classes if c.__module__.startswith("nacomp."))]:
        for name, value in list(vars(owner).items()):
            if isinstance(value, FunctionType) and value in others:
                setattr(owner, name, others[value])


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[str]]:
    """How often each ran: `compress` and `decompress` of prose, and `compress` of a log that repeats itself."""
    folder = tmp_path_factory.mktemp("once")
    (folder / "prose.txt").write_bytes(PROSE.read_bytes()[:700])
    (folder / "log.txt").write_bytes(LOG)
    commands = {
        "compress": ["compress", "--level", "fast", str(folder / "prose.txt")],
        "decompress": ["decompress", "-f", str(folder / "prose.txt.nac")],
        "compress a log": ["compress", "--level", "fast", str(folder / "log.txt")],
    }
    found = {}
    for name, command in commands.items():
        with pytest.MonkeyPatch.context() as clean, counted() as found[name]:
            clean.setenv("NACOMP_HOME", str(folder / "home"))
            assert run(command) == 0
    return found


@pytest.mark.parametrize("what", COMPRESS)
def test_compressing_a_file_does_it_once(trips: dict[str, Counter[str]], what: str) -> None:
    assert trips["compress"][what] == COMPRESS[what]


@pytest.mark.parametrize("what", COMPRESS)
def test_compressing_what_repeats_itself_does_it_once(trips: dict[str, Counter[str]], what: str) -> None:
    assert trips["compress a log"][what] == COMPRESS[what]


@pytest.mark.parametrize("what", DECOMPRESS)
def test_decompressing_a_file_does_it_once(trips: dict[str, Counter[str]], what: str) -> None:
    assert trips["decompress"][what] == DECOMPRESS[what]
