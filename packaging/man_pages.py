"""Writes the manual pages from the command line itself: nacomp.1, and one page for every command.

python packaging/man_pages.py FOLDER

Our own writer, because click-man 0.6 asks a group for its loaded commands, and ours loads them on demand; it also
escapes neither leading dots nor backslashes and knows no exit codes.
"""

import sys
from pathlib import Path

from nacomp.cli.tree import Node, read_tree
from nacomp.errors import ExitCode
from nacomp.version import VERSION

EXIT_CODES = {
    ExitCode.DONE: "Done.",
    ExitCode.SOME_FAILED: "Some inputs failed.",
    ExitCode.USAGE: "Wrong usage.",
    ExitCode.CORRUPT: "The archive is corrupt, hostile or of an unsupported kind.",
    ExitCode.MODEL: "A model or an engine is missing, or differs from the one that wrote the archive.",
    ExitCode.IO: "Input or output failed.",
    ExitCode.INTERRUPTED: "Interrupted.",
}
EXAMPLES = [
    ("nacomp compress book.txt", "Make book.txt.nac; the source stays."),
    ("nacomp decompress book.txt.nac -o copy.txt", "Get the same bytes back."),
    ("nacomp compress thesis/ -o thesis.nac", "Pack a folder with modes, times and links."),
    ("tar c thesis | nacomp compress - > thesis.tar.nac", "Compress a stream."),
    ("nacomp cat thesis.nac thesis/chapter-1.tex", "Read one file, decoding only what it lies in."),
    ("nacomp models pull smollm2-135m-instruct-q4_1", "Get the larger model of level balanced."),
]
ENVIRONMENT = [
    ("NACOMP_HOME", "The folder for models and settings, in place of the system's folder for such data.")
]


def escape(text: str) -> str:
    """Text as roff takes it: hyphens that stay hyphens, backslashes that are no commands."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("`", "\\(ga")


def line(text: str) -> str:
    """One input line; a dot or a quote in front would make it a command."""
    text = escape(" ".join(text.split()))
    return "\\&" + text if text[:1] in (".", "'") else text


def page_name(path: tuple[str, ...]) -> str:
    """The name of a command's page, such as nacomp-models-pull."""
    return "-".join(("nacomp", *path))


def definitions(pairs: list[tuple[str, str]]) -> list[str]:
    """Terms in bold, each with its explanation."""
    return [part for term, text in pairs for part in (".TP", f"\\fB{escape(term)}\\fR", line(text))]


def page(node: Node) -> str:
    """The manual page of one command."""
    name = page_name(node.path)
    lines = [f'.TH "{escape(name.upper())}" 1 "" "nacomp {VERSION}" "User Commands"', ".nh"]
    lines += [".SH NAME", f"{escape(name)} \\- {line(node.summary[:1].lower() + node.summary[1:])}"]
    lines += [".SH SYNOPSIS", f"\\fB{escape(node.name)}\\fR {escape(node.usage)}", ".SH DESCRIPTION"]
    for number, paragraph in enumerate(node.help.split("\n\n")):
        lines += [".PP"] * (number > 0) + [line(paragraph)]
    if node.short:
        lines += [".PP", line(f"Short name: nacomp {node.short}.")]
    if node.children:
        lines += [".SH COMMANDS"]
        lines += definitions(
            [(c.path[-1], f"{c.summary}. See {page_name(c.path)}(1).") for c in node.children]
        )
    lines += [".SH OPTIONS", *definitions([(option.shown, option.help) for option in node.options])]
    lines += frame(node)
    return "\n".join(lines) + "\n"


def frame(node: Node) -> list[str]:
    """What stands below the options: on the first page everything, on the others a pointer to it."""
    codes = definitions([(str(int(code)), text) for code, text in EXIT_CODES.items()])
    if node.path:
        above = page_name(node.path[:-1])
        return [".SH EXIT STATUS", *codes, ".SH SEE ALSO", f".BR {escape(above)} (1)"]
    examples = [part for call, text in EXAMPLES for part in (".TP", f"\\fB{escape(call)}\\fR", line(text))]
    return [
        *(".SH EXIT STATUS", *codes),
        *(".SH ENVIRONMENT", *definitions(ENVIRONMENT)),
        *(".SH EXAMPLES", *examples),
        *(".SH SEE ALSO", ".BR xz (1),", ".BR zstd (1)"),
    ]


def write_pages(folder: Path) -> list[Path]:
    """Write all pages; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for node in read_tree().all():
        path = folder / f"{page_name(node.path)}.1"
        path.write_text(page(node), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
