"""What the pipeline's tests share: the tiny trained model installed as a user would, inputs of every kind, and a shell."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nacomp.archive.content_decoder import ContentDecoder
from tests.nacomp.warm import warm

DATA = Path(__file__).parents[1] / "data"
ROOT = Path(__file__).parents[2]
TINY = "tiny"


@dataclass
class Finished:
    """A command that has ended."""

    code: int
    out: bytes
    err: str


def nacomp(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> Finished:
    """Run the command line in a process of its own, as a user's shell does."""
    line, folder = list(map(str, arguments)), cwd or Path.cwd()
    if (forks := warm(os.environ)) is not None:
        code, out, err = forks.run(line, stdin, folder)
        return Finished(code, out, err.decode("utf-8", "replace"))
    command = [sys.executable, "-W", "error", "-m", "nacomp", *line]
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=folder, timeout=300, check=False)
    return Finished(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def refused(code: int, *arguments: str | Path, stdin: bytes = b"") -> str:
    """Run a command that must fail with this exit code and one sentence; gives the sentence."""
    done = nacomp(*arguments, stdin=stdin)
    assert done.code == code, (done.code, done.err)
    assert "Traceback" not in done.err
    assert done.err.strip().count("\n") <= 1
    return done.err


def until_it_waits(process: "subprocess.Popen[bytes]") -> None:
    """Until a command waits for a pipe: Linux tells where a process waits; elsewhere five seconds are taken for enough."""
    where = Path(f"/proc/{process.pid}/wchan")
    for _ in range(600 if where.exists() else 50):  # a busy machine may take its time to begin
        try:
            name = where.read_text()
        except OSError:
            name = ""
        if "pipe" in name or "fifo" in name or "wait_for_partner" in name:
            return
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.1)


def decoded_blocks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The blocks that are decoded from now on, as they are."""
    numbers: list[int] = []
    decode = ContentDecoder._decode

    def counting(self: ContentDecoder, number: int) -> bytes:
        numbers.append(number)
        return decode(self, number)

    monkeypatch.setattr(ContentDecoder, "_decode", counting)
    return numbers


def prose(size: int, seed: int = 1) -> bytes:
    """English-like text of about this size, made of words from the project's own pages."""
    words = (ROOT / "formats" / "SPEC.md").read_text(encoding="utf-8").split()
    order = np.random.default_rng(seed).integers(0, len(words), size // 4 + 8)
    return " ".join(words[i] for i in order).encode()[:size]


def awkward_inputs() -> dict[str, bytes]:
    """Contents that have broken compressors: what must come back bit for bit."""
    rng = np.random.default_rng(7)
    text = prose(3000).decode()
    return {
        "empty": b"",
        "one-byte": b"x",
        "one-nul": b"\0",
        "every-byte": bytes(range(256)),
        "every-byte-in-text": b"".join(b"line %d: " % i + bytes([i]) + b" ends here\n" for i in range(256)),
        "random": rng.bytes(65536),
        "invalid-utf8": text.encode()
        + b"\xff\xfe\xc3(\xa0\xa1"
        + text.encode("utf-16")
        + b"\xed\xa0\x80 after a surrogate",
        "crlf-and-bom": b"\xef\xbb\xbf" + text.replace(" ", "\r\n").encode(),
        "scripts": ("Ἀρχή 漢字かな 한국어 עברית العربية ไทย हिन्दी 🎉👩‍👩‍👧 é " * 40).encode(),
        "latin-1": ("Grüße aus Köln, señor. " * 80).encode("latin-1"),
        "control": b"a\x04b\x06c\x13d\x14e\x16f\x1dg\x00h\x7f" * 60,
        "zeros": bytes(70000),
        "spaces": b" " * 5000,
        "mixed": rng.bytes(3000) + text.encode() + rng.bytes(500) + text.encode()[::-1] + bytes(2000),
    }
