"""Writes nacomp/cli/EVENTS.md from the classes of the events and documents: `python packaging/make_events.py`.

What a class is for stands in its docstring, what a field holds in the docstring under it; a test compares the page with
what this writes, so that it stays true.
"""

import ast
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from nacomp.runtime import documents, events, results

PAGE = Path(__file__).parents[1] / "nacomp" / "cli" / "EVENTS.md"
JSON_NAMES: dict[Any, str] = {
    str: "string",
    Path: "string",
    int: "integer",
    float: "number",
    bool: "true or false",
    types.NoneType: "null",
    Mapping: "object",
}

HEAD = """# JSON lines

Written by `packaging/make_events.py` from the events, results and documents of `nacomp/runtime/`; a test keeps it current.

With `--json` a command prints one JSON object per line on standard output and nothing else there.
Scripts and the desktop application read these lines.
Fields are only ever added: pass over what you do not know, events too.
Sizes are bytes, times are seconds where nothing else is said.

A command that works on inputs prints events: `start`, then `progress` and others, then `result` or `error`.
A command that answers a question prints one object without the field `event`, a document.
`estimate` and `map` print `progress` before theirs.
Any of them may print `warning` and `error`.
`models path` and `completion` print plain text.
With `-c`, and from `cat`, the data takes standard output, and the lines go to standard error.

A password reaches a command through the environment variable `NACOMP_PASSWORD` or `--password-file`.
A sealed archive without one, or with a wrong one, ends in an `error` of kind `PasswordNeeded` or `WrongPassword`.

With `--control`, the command also reads lines from standard input: `pause`, `resume`, `cancel`.
A cancelled command removes its partial output, prints an `error` of kind `Interrupted` and exits with 130.
With `--resume` finished blocks stay, in a hidden file beside the output that ends in `.nacomp-resume`.
End of input is not a command.

`nacomp worker` does one command after another in one process, and models stay loaded in between.
It reads one JSON object a line: `{"arguments": ["compress", "a.txt", "--json", "--control"], "password": null}`.
Each command speaks as it does by itself; behind it comes the event `ended`, and the next may be sent.
Control lines reach the command that was sent last.
The worker ends with its input.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Events", ""]
    for kind in _defined(events, events.Event):
        if kind is not events.Result:
            parts += _section(f"`{kind.name}`", kind)
    parts += ["### `result`", "", _sentence(events.Result), ""]
    parts += ["## Results", "", "The further fields of a `result`, by command.", ""]
    for kind in _defined(results, events.Result):
        command, _, sentence = _sentence(kind).partition(": ")
        parts += _section(command, kind, sentence[:1].upper() + sentence[1:])
    parts += ["## Documents", ""]
    for kind in _defined(documents, documents.Document):
        parts += _section(f"`{kind.command}`", kind)
    parts += ["## Parts of these", ""]
    for kind in _parts():
        parts += _section(kind.__name__, kind)
    return "\n".join(parts).rstrip() + "\n"


def _defined(module: ModuleType, base: type) -> list[Any]:
    """The dataclasses of a module below a base, in its order."""
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type)
        and kind.__module__ == module.__name__
        and issubclass(kind, base)
        and kind is not base
    ]


def _parts() -> list[type]:
    """The dataclasses that only stand inside others."""
    outer = (events.Event, documents.Document)
    found: list[type] = [kind for module in (results, documents) for kind in _defined(module, object)]
    return [kind for kind in found if not issubclass(kind, outer) and hasattr(kind, "__dataclass_fields__")]


def _sentence(kind: type) -> str:
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())


def _section(title: str, kind: type, sentence: str | None = None) -> list[str]:
    """A heading, what the class is for, and its fields as a table."""
    lines = [f"### {title}", "", sentence or _sentence(kind), ""]
    rows = list(_rows(kind))
    return [*lines, "| field | type | meaning |", "|---|---|---|", *rows, ""] if rows else lines


def _rows(kind: type) -> Iterator[str]:
    meanings, types_of = field_docs(kind), typing.get_type_hints(kind)
    for entry in fields(kind):
        yield f"| `{entry.name}` | {type_text(types_of[entry.name])} | {meanings[entry.name]} |"


def field_docs(kind: type) -> dict[str, str]:
    """The docstring under each field of a class."""
    (tree,) = ast.parse(inspect.cleandoc(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(after, ast.Expr)
        ):
            assert isinstance(after.value, ast.Constant)
            found[node.target.id] = " ".join(str(after.value.value).split())
    return found


def type_text(hint: Any) -> str:
    """A type as JSON has it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return " or ".join(dict.fromkeys(type_text(part) for part in inner if not _is_spare(part, inner)))
    if origin is tuple:
        parts = [type_text(part) for part in inner if part is not Ellipsis]
        return f"list of {parts[0]}" if inner[-1] is Ellipsis else f"[{', '.join(parts)}]"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ", ".join(f"`{member.value}`" for member in hint)
    return JSON_NAMES.get(origin or hint) or f"object ({hint.__name__})"


def _is_spare(part: Any, union: tuple[Any, ...]) -> bool:
    """Whether a part of a union says nothing more: `str` beside an enum stands for words of later versions."""
    return part is str and any(isinstance(other, type) and issubclass(other, Enum) for other in union)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
