"""The main job: files go in, an archive comes out, another process with other threads and another kernel gives them back."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import nacomp as library
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.segments import split
from nacomp.archive.units import Unit
from nacomp.codecs import mixed
from nacomp.codecs.levels import EMBEDDED, LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import MIXING_CODER, PAGES_CODER, REPETITIVE_REGIME
from nacomp.models.exact.engine import available_kernels
from nacomp.models.library.store import Store
from nacomp.models.predictors import mixed as bits
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import DATA, ROOT, TINY, awkward_inputs, nacomp, prose

INPUTS = awkward_inputs()


@pytest.fixture(autouse=True)
def _tiny_is_installed(tiny_model: Path) -> None:
    Store().add(tiny_model)


@pytest.mark.parametrize("name", INPUTS)
def test_library_round_trip(name: str) -> None:
    archive = library.compress(INPUTS[name], model=TINY)
    assert library.decompress(archive) == INPUTS[name]
    assert len(archive) <= len(INPUTS[name]) + 400


def test_same_input_gives_same_bytes() -> None:
    data = INPUTS["mixed"]
    assert library.compress(data, model=TINY, threads=1) == library.compress(data, model=TINY, threads=3)


def test_text_is_coded_by_the_model() -> None:
    """Otherwise every other test here would pass without it."""
    text = Path(__file__).read_bytes()
    archive = library.compress(text, model=TINY)
    assert b"neural" in archive or len(archive) < len(text) / 2


@pytest.mark.skipif(not mixed.available() or not bits.is_available(), reason="needs the native cores")
@pytest.mark.parametrize(
    ("model", "worth", "coder"),
    [(TINY, 0.0, None), (TINY, 100.0, MIXING_CODER), (EMBEDDED, 100.0, PAGES_CODER)],
)
def test_a_sample_decides_who_codes_a_text(model: str, worth: float, coder: str | None) -> None:
    """The mixer alone where the model costs more than it is worth, both where it helps, the model alone on what it knows."""
    text = (ROOT / "formats" / "SPEC.md").read_bytes() + (ROOT / "README.md").read_bytes()
    content = text if model == EMBEDDED else prose(40_000)
    level = replace(LEVELS["fast"], model_worth=worth)
    encoder = BlockEncoder(ModelLoader().for_texts(level, model), Job())
    ((_, (block,)),) = encoder.code([Unit(content, split(content), [])])
    assert block.method.parameters.get("coder") == coder
    if coder is not None:
        codec = ModelLoader().for_method(block.method)
        assert codec.decode(block.payload, block.original_size, Job()) == content


def test_repetitive_text_has_a_method_of_its_own() -> None:
    """One that leaves the model next to nothing; prose beside it keeps to the first, and both come back."""
    text = (DATA / "corpus" / "prose.txt").read_bytes()
    units = [Unit(data, split(data), []) for data in (text[:1500] * 20, text)]
    coder = BlockEncoder(ModelLoader().for_texts(LEVELS["fast"], TINY), Job())
    blocks = [block for _, (block,) in coder.code(units)]
    methods = [block.method for block in blocks]
    parameters: list[Any] = [method.parameters for method in methods]
    assert [p["ensemble"]["skip_regime"] for p in parameters] == [REPETITIVE_REGIME, 65536]
    for unit, block, method in zip(units, blocks, methods, strict=True):
        codec = ModelLoader().for_method(method)
        assert codec.decode(block.payload, block.original_size, Job()) == unit.data


@pytest.mark.parametrize("kernel", available_kernels())
def test_every_kernel_decodes_what_another_wrote(kernel: str, tmp_path: Path) -> None:
    source, archive, back = tmp_path / "text", tmp_path / "text.nac", tmp_path / "back"
    source.write_bytes(prose(6000))
    assert nacomp("compress", source, "-o", archive, "--model", TINY, "-T", "1").code == 0
    done = nacomp("decompress", archive, "-o", back, "-T", "2", "--kernel", kernel)
    assert (done.code, done.err.count("Traceback")) == (0, 0)
    assert back.read_bytes() == source.read_bytes()


def make_tree(folder: Path) -> Path:
    """A folder with everything an archive can hold."""
    top = folder / "tree"
    (top / "empty folder").mkdir(parents=True)
    (top / "sub" / "deep").mkdir(parents=True)
    for name, data in INPUTS.items():
        (top / "sub" / f"{name}.bin").write_bytes(data)
    (top / "notes.txt").write_bytes(prose(2000, seed=2))
    (top / "sub" / "more.txt").write_bytes(prose(1500, seed=3))
    (top / "sub" / "deep" / "ünï – 名.txt").write_bytes(b"name in two scripts\n" * 30)
    (top / "run.sh").write_bytes(b"#!/bin/sh\necho hello\n")
    (top / "run.sh").chmod(0o755)
    (top / "link").symlink_to("sub/deep")
    os.utime(top / "notes.txt", ns=(1_234_567_891_234_567_000, 1_234_567_891_234_567_000))
    os.utime(top / "sub", ns=(1_000_000_000_000_000_000, 1_000_000_000_000_000_000))
    return top


def described(folder: Path) -> dict[str, object]:
    """Everything about a tree that must survive."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content: object = path.is_dir()
        if path.is_symlink():
            content = path.readlink()
        elif path.is_file():
            content = path.read_bytes()
        times = None if path.is_symlink() else (status.st_mode, status.st_mtime_ns)
        found[str(path.relative_to(folder))] = (content, times)
    return found


def test_a_folder_comes_back_whole_and_by_entry(tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    archive = tmp_path / "tree.nac"
    assert nacomp("compress", tree, "-o", archive, "--model", TINY).code == 0
    done = nacomp("decompress", archive, "-o", tmp_path / "back", "-T", "1")
    assert done.code == 0, done.err
    assert described(tmp_path / "back" / "tree") == described(tree)

    shown = nacomp("cat", archive, "tree/notes.txt")
    assert shown.out == (tree / "notes.txt").read_bytes()
    done = nacomp("decompress", archive, "-o", tmp_path / "some", "-s", "tree/sub/deep")
    assert done.code == 0
    assert [p.name for p in (tmp_path / "some").rglob("*") if p.is_file()] == ["ünï – 名.txt"]
    with library.open(archive) as opened:
        assert opened.read("tree/run.sh") == (tree / "run.sh").read_bytes()


def test_many_small_files_share_hashes_and_come_back(tmp_path: Path) -> None:
    """In version 1 of the container each took 44 bytes at least, more than is in it."""
    top = tmp_path / "tree"
    (top / "notes").mkdir(parents=True)
    notes = [prose(40 + n % 7, seed=n) for n in range(300)]
    for number, note in enumerate(notes):
        (top / "notes" / f"{number:03}.txt").write_bytes(note)
        os.utime(
            top / "notes" / f"{number:03}.txt", (1_700_000_000 + 60 * number, 1_700_000_000 + 60 * number)
        )
    (top / "large.txt").write_bytes(prose(20_000))
    archive, back = tmp_path / "tree.nac", tmp_path / "back"
    assert nacomp("compress", top, "-o", archive, "--model", TINY).code == 0
    assert nacomp("decompress", archive, "-o", back).code == 0
    for path in top.rglob("*.txt"):
        assert (back / "tree" / path.relative_to(top)).read_bytes() == path.read_bytes()
    assert nacomp("cat", archive, "tree/notes/123.txt").out == notes[123]
    rows = json.loads(nacomp("list", archive, "--json").out)["entries"]
    known = {row["path"]: row["sha256"] for row in rows if row["kind"] == "file"}
    assert known.pop("tree/large.txt") == hashlib.sha256(prose(20_000)).hexdigest()
    assert len(known) == 300
    assert set(known.values()) == {None}
    content = library.compress(b"".join([*notes, prose(20_000)]), model=TINY)
    assert archive.stat().st_size < len(content) + 10 * 300


def test_pipe_to_pipe(tmp_path: Path) -> None:
    data = prose(3000)
    packed = nacomp("compress", "-", "--model", TINY, stdin=data)
    assert packed.code == 0
    assert nacomp("decompress", "-c", "-", stdin=packed.out).out == data
    (tmp_path / "a.nac").write_bytes(packed.out)
    assert nacomp("test", tmp_path / "a.nac").code == 0


def test_default_names_beside_the_input(tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_bytes(prose(700, seed=len(name)))
    assert nacomp("c", "one.txt", "two.txt", "--model", TINY, cwd=tmp_path).code == 0
    (tmp_path / "one.txt").rename(tmp_path / "kept")
    assert nacomp("d", "one.txt.nac", cwd=tmp_path).code == 0
    assert (tmp_path / "one.txt").read_bytes() == (tmp_path / "kept").read_bytes()
