"""Writes 63 kinds of data, 250,000 bytes of each: text in many scripts, code, markup, tables, logs, encodings.

    python -m tests.benchmarks.many_kinds FOLDER [--root /]       # then: against.py FOLDER --before PYTHON

Nothing is fetched: the languages are what installed programs say in them (gettext's catalogues), code and markup are files
of installed packages, and the rest is generated from a seed or is another kind in a coding (base64, hexadecimal, UTF-16).
So the files differ from machine to machine: compare within a run. `kinds.py` has the eight that the context mixer is
measured on.
"""

import argparse
import base64
import gettext
import io
import json
import random
import sysconfig
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks import kinds

BYTES = 250_000
LANGUAGES = [
    "ar",
    "bg",
    "cs",
    "de",
    "el",
    "es",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt_BR",
    "ro",
    "ru",
    "ta",
    "th",
    "tr",
    "uk",
    "vi",
    "zh_CN",
]
SUFFIXES = [
    "c",
    "cmake",
    "css",
    "h",
    "html",
    "js",
    "json",
    "md",
    "pl",
    "py",
    "qml",
    "rst",
    "sql",
    "sh",
    "svg",
    "tcl",
    "vim",
    "xml",
]
"""Of files whose kind their name tells."""
MOST = 40_000
"""Bytes of one file or catalogue, so that a kind is of several."""
WORDS = [
    "open",
    "close",
    "user",
    "session",
    "timeout",
    "cache",
    "retry",
    "index",
    "backup",
    "mount",
    "device",
    "request",
    "upload",
    "queue",
    "kernel",
    "disk",
]


def language(root: Path, code: str) -> bytes:
    """What programs say in a language, message by message, in the order of the catalogues' names."""
    parts: list[str] = []
    for path in sorted((root / "usr/share/locale" / code / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            try:
                catalogue = gettext.GNUTranslations(file)
            except (OSError, ValueError, IndexError):  # a catalogue that Python cannot read
                continue
        messages: dict[object, str] = vars(catalogue)["_catalog"]
        parts.append("\n".join(list(messages.values())[1:])[:MOST])
    return "\n".join(parts).encode()


def files_named(root: Path, suffix: str) -> bytes:
    """Files of installed packages one behind the other, in an order drawn from a seed, each cut at MOST."""
    bases = (root / "usr/share", root / "usr/include", Path(sysconfig.get_path("purelib")))
    paths = sorted(path for base in bases for path in base.rglob(f"*.{suffix}") if path.is_file())
    random.Random(suffix).shuffle(paths)
    content = b""
    for path in paths:
        content += path.read_bytes()[:MOST]
        if len(content) >= 2 * BYTES:
            break
    return content


def lines(seed: str, line: Callable[[random.Random, int], str]) -> bytes:
    """As many generated lines as a kind needs."""
    rng, text, number = random.Random(seed), io.StringIO(), 0
    while text.tell() < BYTES + 1000:
        text.write(line(rng, number) + "\n")
        number += 1
    return text.getvalue().encode()


def access_log(rng: random.Random, number: int) -> str:
    """A line of a web server."""
    host = f"10.{rng.randrange(4)}.{rng.randrange(20)}.{rng.randrange(256)}"
    time = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    path = "/".join(rng.choices(WORDS, k=rng.randint(1, 3)))
    status = rng.choices((200, 304, 404, 500), (80, 12, 6, 2))[0]
    size = rng.randrange(200, 90_000)
    return f'{host} - - [27/Nov/2026:{time} +0000] "GET /{path} HTTP/1.1" {status} {size} "-" "Mozilla/5.0 (X11)"'


def system_log(rng: random.Random, number: int) -> str:
    """A line of a system's journal."""
    service, process = rng.choice(WORDS), rng.randrange(300, 4000)
    return (
        f"Nov 27 {number // 400 % 24:02}:{number // 7 % 60:02}:{number * 9 % 60:02} host {service}[{process}]: "
        f"{' '.join(rng.choices(WORDS, k=4))} {rng.choice(('ok', 'failed', 'done'))} after {rng.random():.3f} s"
    )


def record(rng: random.Random, number: int) -> str:
    """A line of JSON."""
    tags = rng.sample(WORDS, 3)
    fields = {
        "id": number,
        "name": rng.choice(WORDS),
        "score": round(rng.random(), 4),
        "tags": tags,
        "ok": True,
    }
    return json.dumps(fields)


def measurements(rng: random.Random, number: int) -> str:
    """A row of numbers with tabs."""
    return "\t".join([str(1_700_000_000 + 10 * number), *(f"{rng.gauss(20, 3):.3f}" for _ in range(5))])


def insertion(rng: random.Random, number: int) -> str:
    """A line of a database's dump."""
    return f"INSERT INTO event VALUES ({number}, '{rng.choice(WORDS)}', {rng.randrange(10_000)}, NULL);"


def encoded(root: Path, code: str, encoding: str) -> bytes:
    """A language in an encoding that is not UTF-8."""
    return language(root, code).decode().encode(encoding, "replace")


def made(root: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every kind: its file's name, and what makes it."""
    for name, make in kinds.KINDS.items():
        yield name, partial(make, root)
    for code in LANGUAGES:
        yield f"text-{code}.txt", partial(language, root, code)
    for suffix in SUFFIXES:
        yield f"files.{suffix}", partial(files_named, root, suffix)
    for line in (access_log, system_log, record, measurements, insertion):
        yield f"{line.__name__}.txt", partial(lines, line.__name__, line)
    for code, encoding in (("de", "utf-16"), ("fr", "latin-1"), ("ru", "koi8-r")):
        yield f"{encoding}.txt", partial(encoded, root, code, encoding)
    yield "base64.txt", lambda: base64.encodebytes(files_named(root, "png"))
    yield "digits.txt", lambda: random.Random(3).randbytes(BYTES).hex(" ", 2).encode()


def main() -> None:
    """Write those that this machine has the sources of."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--root", type=Path, default=Path("/"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, make in made(chosen.root):
        try:
            content = make()[:BYTES]
        except (OSError, ValueError) as missing:
            content = b""
            print(f"{name}: {missing!r}")
        if len(content) < BYTES // 4:
            print(f"{name}: left out, {len(content)} bytes are too few")
            continue
        (chosen.folder / name).write_bytes(content)
        count += 1
    print(f"{count} kinds")


if __name__ == "__main__":
    main()
