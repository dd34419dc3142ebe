"""Lays out Markdown pages with one sentence a line, so that a changed sentence is a changed line.

python packaging/one_sentence_a_line.py PAGE...

Words stay as they are. Headings, tables, code, pictures and HTML stay as they stand; a bold label such as **Queue.** stays
with the sentence behind it.
"""

import re
import sys
from pathlib import Path

ITEM = re.compile(r"\s*(?:[-*]|\d+\.) +")
AS_IT_STANDS = ("#", "|", "!", "<", ">")
SENTENCE_END = re.compile(r"(?<=[.!?])[)\"'*_]* +(?=\S)")
NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|var)\.|^\*+[^*]+\.\*+|\.\.) +$")
"""Where a full stop ends no sentence: an abbreviation, a label, dots in a row."""


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph that stands in one line."""
    found, start = [], 0
    for end in SENTENCE_END.finditer(text):
        is_code = text.count("`", 0, end.start()) % 2
        if not is_code and not NO_END.search(text[start : end.end()]):
            found.append(text[start : end.end()].rstrip())
            start = end.end()
    return [*found, text[start:]]


def laid_out(page: str) -> str:
    """The page with one sentence a line."""
    lines: list[str] = []
    paragraph: list[str] = []
    indent = 0

    def close() -> None:
        if paragraph:
            marker = " " * indent if not (item := ITEM.match(paragraph[0])) else item[0]
            words = " ".join([paragraph[0][len(marker) :], *(line.strip() for line in paragraph[1:])])
            first, *others = sentences(words)
            lines.extend([marker + first, *(" " * len(marker) + other for other in others)])
            paragraph.clear()

    is_code = False
    for line in page.splitlines():
        fence = line.lstrip().startswith("```")
        # Four spaces are code where no list item is open.
        indented = line.startswith("    ") and not paragraph and not indent
        if is_code or fence or indented or line.startswith(AS_IT_STANDS) or not line.strip():
            close()
            is_code ^= fence
            lines.append(line)
            if line.strip() and not line.startswith(" "):
                indent = 0
            continue
        item = ITEM.match(line)
        if item or not (paragraph or line.startswith(" ")):
            close()
            indent = len(item[0]) if item else 0
        paragraph.append(line)
    close()
    return "\n".join(lines) + "\n"


def main() -> None:
    """Rewrite the pages that are named."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(laid_out(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
