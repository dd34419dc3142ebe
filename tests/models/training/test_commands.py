"""The recipe from end to end, in miniature: text to pieces, pieces to a model, and a block coded with that model."""

import lzma
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch")

from nacomp.codecs.levels import LEVELS  # noqa: E402
from nacomp.codecs.model_loader import ModelLoader  # noqa: E402
from nacomp.models.library.store import Store  # noqa: E402
from nacomp.models.training.__main__ import main  # noqa: E402
from nacomp.runtime.progress import Job  # noqa: E402

RECIPE = "nacomp.models.training.__main__"
ROOT = Path(__file__).parents[3]
SWEDISH = (
    "Den gamle mannen gick långsamt över bron och såg ut över floden, som ännu bar is den våren.\n" * 150
)

TABLE = "".join(
    f"2021-03-{number % 28 + 1:02},{number * 37},{number * 1.5:.3f},ok\n" for number in range(200)
)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, its pieces, and what a training of a few steps left."""
    folder = tmp_path_factory.mktemp("recipe")
    data = folder / "data"
    data.mkdir()
    pages = [path.read_text() for path in sorted(ROOT.glob("formats/*.md"))]
    sources = [path.read_text() for path in sorted((ROOT / "models").glob("*.py"))]
    (data / "train-0.txt.xz").write_bytes(lzma.compress("\0".join([*pages, SWEDISH, TABLE]).encode()))
    (data / "train-1.txt").write_text("\0".join(sources))
    (data / "more-valid.txt").write_text("\0".join([sources[0], SWEDISH]))
    run(
        "prepare",
        "--data",
        data,
        "--out",
        folder / "tokens",
        "--shape",
        "tiny",
        "--tokeniser-size",
        400_000,
        "--piece",
        60_000,
    )
    run(*train(folder), "--tokens", 8_000)
    return folder


def train(folder: Path) -> list[object]:
    return [
        *(
            "train",
            "--tokens-from",
            folder / "tokens",
            "--work",
            folder / "work",
            "--out",
            folder / "model.gguf",
        ),
        *("--shape", "tiny", "--batch", 1024, "--micro", 1024),
    ]


def test_text_becomes_pieces_and_pieces_a_model(work: Path) -> None:
    assert len(list((work / "tokens").glob("piece-*.npz.xz"))) > 1
    assert (work / "model.gguf").stat().st_size > 100_000


def test_a_part_of_the_pieces_is_enough_and_training_goes_on(work: Path) -> None:
    tokens = work / "some"
    tokens.mkdir()
    for path in [work / "tokens" / "tokeniser.json", *sorted((work / "tokens").glob("piece-*"))[:1]]:
        (tokens / path.name).write_bytes(path.read_bytes())
    said = run(*train(work), "--tokens-from", tokens, "--tokens", 10_000)
    assert "code" in said
    assert work.joinpath("model.gguf").exists()
    state = torch.load(work / "work" / "checkpoint.pt", weights_only=True)
    assert 10_000 <= state["tokens"] < 11_100
    assert state["optimiser"]["steps"] == state["tokens"] // 1024


def test_figures_by_kind_and_language(work: Path) -> None:
    said = run("evaluate", "--work", work / "work", "--data", work / "data", "--by-language").splitlines()[1:]
    rows = {
        line[:18].rstrip(): [float(figure) for figure in re.findall(r"[\d.]+", line[18:])] for line in said
    }
    assert set(rows) == {"documentation", "other languages", "  sv", "all"}
    assert rows["  sv"] == rows["other languages"]
    by_byte, by_token, width, size = rows["all"]
    assert 0.2 < by_byte < 8
    assert by_byte * width == pytest.approx(by_token, rel=0.01)
    assert size == len((work / "data" / "more-valid.txt").read_bytes()) - 1


def test_training_asks_for_little(work: Path) -> None:
    """On a machine that reaches nothing; the wheel of gguf is carried there, and the other four are at hand."""
    allowed = "torch", "numpy", "tokenizers", "click", "gguf"
    own = {
        re.findall(r"^[\w-]+", line)[0].lower() for line in requires("nacomp") or [] if "extra ==" not in line
    }
    program = f"import sys\nfrom {RECIPE} import main\nmain(standalone_mode=False)\nprint(*sys.modules)"
    arguments = [str(argument) for argument in (*train(work), "--work", work / "other", "--tokens", 1024)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0].lower() for name in done.stdout.splitlines()[-1].split()}
    assert "gguf" in loaded
    assert loaded & (own - set(allowed)) == set()


def test_tokens_of_another_vocabulary_are_refused_before_the_training(work: Path, tmp_path: Path) -> None:
    wrong = [*map(str, train(work)), "--shape", "300:64x2,4/2,96", "--work", str(tmp_path / "work")]
    result = CliRunner().invoke(main, wrong)
    assert result.exit_code == 2
    assert "has 512 tokens" in result.output
    assert not (tmp_path / "work").exists()


def test_pieces_without_their_tokeniser_are_refused(work: Path, tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    result = CliRunner().invoke(main, ["prepare", "--data", str(work / "data"), "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "tokens of another one" in result.output


def test_shape_that_is_none_is_refused(work: Path) -> None:
    result = CliRunner().invoke(main, [*map(str, train(work)), "--shape", "8192:256x4,3/1,512"])
    assert result.exit_code == 2
    assert "heads must divide the width" in result.output


def test_block_coded_with_the_model_comes_back(work: Path) -> None:
    text = "She said that it was late.\n Zażółć gęślą jaźń, 漢字, ไทย\r\n".encode() * 20
    level = LEVELS["fast"]
    codec = ModelLoader(threads=1).for_level(level, Store().add(work / "model.gguf").id)
    payload = codec.encode(codec.plan(text, level), len(text), Job()).payload
    assert len(payload) < len(text) / 2
    assert codec.decode(payload, len(text), Job()) == text
