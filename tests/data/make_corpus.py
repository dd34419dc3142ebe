"""Makes the generated half of tests/data/corpus: the same bytes on every machine.

    python tests/data/make_corpus.py

`prose.txt` and `code.py` beside them are pages of this project as they were on one day; they are not made again, because
exact sizes in tests/regression depend on them.
"""

import json
import random
import struct
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
PATHS = (
    "/",
    "/index.html",
    "/style.css",
    "/api/items",
    "/api/items/{n}",
    "/images/{n}.png",
    "/login",
    "/search?q=term{n}",
)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "curl/8.5.0",
)


def server_log(lines: int) -> str:
    """A web server's log: times that advance, few clients, few pages."""
    chance = random.Random(1)
    second, out = 0, []
    for _ in range(lines):
        second += chance.randrange(4)
        path = chance.choice(PATHS).format(n=chance.randrange(50))
        status = chance.choices((200, 304, 404, 500), (80, 12, 7, 1))[0]
        clock = f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        out.append(
            f"192.0.2.{chance.randrange(1, 12)} - - [14/May/2026:{clock} +0000] "
            f'"GET {path} HTTP/1.1" {status} {chance.randrange(200, 9000)} "-" "{chance.choice(AGENTS)}"\n'
        )
    return "".join(out)


def records(count: int) -> str:
    """Similar JSON records, as an interface hands them out."""
    chance = random.Random(2)
    names = ("Ada", "Björn", "Chloé", "Dmitri", "Esi", "Fatima", "Grace", "Hiro")
    rows = [
        {
            "id": 1000 + n,
            "name": chance.choice(names),
            "active": chance.random() < 0.8,
            "balance": round(chance.uniform(0, 900), 2),
            "tags": chance.sample(["new", "gold", "trial", "staff", "abroad"], 2),
            "address": {"street": f"{chance.randrange(1, 99)} Mill Lane", "city": "Newtown", "country": "NZ"},
        }
        for n in range(count)
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def table(rows: int) -> str:
    """Comma-separated measurements."""
    chance = random.Random(3)
    value, out = 20.0, ["time,station,temperature,humidity\n"]
    for n in range(rows):
        value += chance.uniform(-0.4, 0.4)
        out.append(
            f"2026-03-{1 + n // 24:02d}T{n % 24:02d}:00:00Z,ST-{n % 3},{value:.1f},{chance.randrange(40, 90)}\n"
        )
    return "".join(out)


def binary(count: int) -> bytes:
    """Fixed-size records of integers and floats, with strings in between: what a mixed file looks like."""
    chance = random.Random(4)
    head = b"MEAS\x00\x01" + (FOLDER / "prose.txt").read_bytes()[:4000]
    rows = b"".join(
        struct.pack("<IhfB", n, chance.randrange(-300, 300), chance.random(), n % 7) for n in range(count)
    )
    return head + rows


def main() -> None:
    """Write every generated file."""
    FOLDER.mkdir(exist_ok=True)
    texts = {"server.log": server_log(160), "records.json": records(30), "table.csv": table(400)}
    for name, text in texts.items():
        (FOLDER / name).write_bytes(text.encode())
    (FOLDER / "measurements.bin").write_bytes(binary(900))


if __name__ == "__main__":
    main()
