"""Repetitive inputs for benchmarks: a web server's log, similar JSON records, a text over and over.

The same bytes everywhere.
The log is a walk of visitors through a site, because that is what repeats in real logs: a visitor has one address and one
browser, a page brings its style sheets and pictures, which name the page as their referrer, and a file has one size until it
changes. Numbers that nothing foretells are in it too: the time of each request, who comes next, sizes of made pages.
"""

import json
import random
from dataclasses import dataclass

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.5.0",
)
TOPICS = ("shoes", "lamps", "books", "chairs", "garden", "music", "tools", "toys")
VISITORS = 2000
WORDS = (
    "red",
    "blue",
    "small",
    "large",
    "cheap",
    "oak",
    "steel",
    "vintage",
    "used",
    "new",
    "light",
    "second+hand",
)
SITE = "https://shop.example"


@dataclass
class Visitor:
    """One address with one browser."""

    address: str
    browser: str


def server_log(size: int, seed: int = 11) -> bytes:
    """About `size` bytes of a web server's log in the combined format."""
    chance = random.Random(seed)
    visitors = [
        Visitor(
            f"{chance.randrange(11, 223)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}",
            chance.choices(BROWSERS, (30, 12, 8, 20, 18, 8, 4))[0],
        )
        for _ in range(VISITORS)
    ]
    pages = ["/", "/cart", "/login", "/about", *(f"/{topic}" for topic in TOPICS)]
    pages += [f"/{topic}/{chance.randrange(1000, 9999)}" for topic in TOPICS for _ in range(25)]
    sizes: dict[str, int] = {}
    lines: list[str] = []
    clock, written = 0.0, 0
    while written < size:
        clock += chance.expovariate(1 / 3)
        visitor = visitors[min(int(chance.paretovariate(0.5)) - 1, VISITORS - 1)]
        came_from = chance.choice(("-", "-", "https://www.google.com/"))
        now = clock
        for _ in range(chance.choice((1, 1, 2, 3, 5))):
            page = pages[min(int(chance.paretovariate(0.5)) - 1, len(pages) - 1)]
            if chance.random() < 0.1:
                page = (
                    f"/search?q={chance.choice(TOPICS)}+{chance.choice(WORDS)}&page={chance.randrange(1, 9)}"
                )
            found = visit(chance, visitor, page, came_from, now, sizes)
            lines += found
            written += sum(len(line) - 8 for line in found)
            came_from = SITE + page
            now += chance.uniform(2, 40)
    lines.sort(key=lambda line: line[:8])
    return "".join(line[8:] for line in lines).encode()[:size]


def visit(
    chance: random.Random, visitor: Visitor, page: str, came_from: str, now: float, sizes: dict[str, int]
) -> list[str]:
    """The lines of one page with all it brings along, each with its second in front (8 digits), for sorting."""
    parts = ["/static/site.css", "/static/site.js", "/static/logo.svg"]
    topic, _, item = page.strip("/").partition("/")
    parts += (
        [f"/images/{topic}-{item}-{n}.jpg" for n in range(3)] if item else [f"/images/{topic or 'home'}.jpg"]
    )
    if "bot" in visitor.browser or "curl" in visitor.browser:
        parts = []
    if page.startswith("/search"):
        parts = parts[:3]
    known = chance.random() < 0.4
    lines = [line(visitor, now, page, came_from, 200, chance.randrange(9000, 16000))]
    for part in parts:
        sizes.setdefault(part, chance.randrange(900, 90000))
        status, size = (304, 0) if known else (200, sizes[part])
        lines.append(line(visitor, now + chance.random(), part, SITE + page, status, size))
    return lines


def line(visitor: Visitor, now: float, path: str, referrer: str, status: int, size: int) -> str:
    """One request."""
    second = int(now)
    day, clock = divmod(second, 86400)
    when = f"{14 + day:02d}/May/2026:{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d} +0000"
    request = f'"GET {path} HTTP/1.1" {status} {size}'
    return f'{second:08d}{visitor.address} - - [{when}] {request} "{referrer}" "{visitor.browser}"\n'


def records(count: int, seed: int = 12) -> bytes:
    """Similar JSON records, as an interface hands them out."""
    chance = random.Random(seed)
    rows = [
        {
            "id": 48210 + n,
            "created_at": f"2026-05-{chance.randrange(1, 29):02d}T{chance.randrange(24):02d}:00:00Z",
            "status": chance.choice(("active", "active", "active", "suspended")),
            "profile": {
                "first_name": chance.choice(("Ada", "Ben", "Chloe", "Dan", "Esi", "Finn", "Grace", "Hiro")),
                "language": chance.choice(("en", "en", "de", "fr")),
                "newsletter": chance.random() < 0.5,
                "avatar_url": f"https://cdn.example.com/avatars/{48210 + n}.png",
            },
            "plan": {"name": "standard", "currency": "EUR", "price_cents": 1900, "renews": True},
            "permissions": ["read:projects", "write:projects", "read:billing"],
        }
        for n in range(count)
    ]
    return json.dumps(rows, indent=2).encode()


def repeated(text: bytes, times: int) -> bytes:
    """A text over and over."""
    return text * times
