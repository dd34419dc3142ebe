"""Writes nacomp/cli/REFERENCE.md from the program itself: `python packaging/make_reference.py`.

Every command with its options comes from click's own objects, every error from the classes that are raised; a test
compares the page with what this writes, so that it stays true.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from nacomp.cli.hints import HINTS
from nacomp.cli.main import COMMANDS, SHORT, cli
from nacomp.cli.options import common_options, level_options
from nacomp.errors import ExitCode, NacompError

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "nacomp" / "cli" / "REFERENCE.md"
LAYERS = {"formats": "nacomp.formats", "models": "nacomp.models", "nacomp": "nacomp", "gui": "nacomp.gui"}
MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.SOME_FAILED: "some of several inputs failed, or what was asked for is not there or did not hold",
    ExitCode.USAGE: "wrong usage",
    ExitCode.CORRUPT: "a corrupt, hostile or unsupported archive",
    ExitCode.MODEL: "a model or engine that is missing or different",
    ExitCode.IO: "input or output",
    ExitCode.INTERRUPTED: "interrupted",
}
HEAD = """# Command reference

Written by `packaging/make_reference.py` from the program; a test keeps it current. `nacomp/GUIDE.md` shows how things are
done, `EVENTS.md` what `--json` prints.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_shared(), *_commands(), *_exit_codes(), *_errors()]) + "\n"


def _cell(text: str) -> str:
    """Text that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _option_rows(command: click.Command, without: set[str]) -> list[str]:
    rows = []
    context = click.Context(command, **cli.context_settings)
    for option in command.params:
        record = option.get_help_record(context)
        if isinstance(option, click.Option) and record and option.name not in without:
            rows.append(f"| `{_cell(record[0])}` | {_cell(record[1])} |")
    return rows


def _table(rows: list[str]) -> list[str]:
    return ["| option | meaning |", "|---|---|", *rows, ""] if rows else []


def _named(decorate: object) -> tuple[set[str], list[str]]:
    """The options that a decorator adds: their names, and their rows."""
    command = click.command("any")(decorate(lambda **_: None))  # type: ignore[operator]
    return {str(option.name) for option in command.params}, _option_rows(command, set())


def _shared() -> Iterator[str]:
    yield from ("## Options of every working command", "")
    yield from _table(_named(common_options)[1])
    yield from (
        "## Options that choose a model",
        "",
        "Of the commands that compress, and of `estimate` and `map`.",
        "",
    )
    yield from _table(_named(level_options)[1])


def _commands() -> Iterator[str]:
    yield from ("## Commands", "")
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        yield from _command(f"nacomp {name}", command)


def _command(line: str, command: click.Command) -> Iterator[str]:
    """One command, and the commands below it."""
    common, level = _named(common_options)[0], _named(level_options)[0]
    found = {str(option.name) for option in command.params}
    context = click.Context(command, info_name=line, **cli.context_settings)
    yield from (f"### {line}", "", "```", " ".join([line, *command.collect_usage_pieces(context)]), "```")
    yield from ("\n".join(part.strip() for part in (command.help or "").strip().splitlines()), "")
    short = [s for s, long in SHORT.items() if f"nacomp {long}" == line]
    kinds = [
        kind for kind, names in (("every working command", common), ("a model", level)) if names <= found
    ]
    if short or kinds:
        said = [f"Short form: `nacomp {short[0]}`."] if short else []
        said += [f"Also takes the options of {' and those that choose '.join(kinds)}."] if kinds else []
        yield from (" ".join(said), "")
    yield from _table(_option_rows(command, common | level))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(f"{line} {name}", inner)


def _exit_codes() -> Iterator[str]:
    yield from ("## Exit codes", "", "| code | meaning |", "|---|---|")
    yield from (f"| {code.value} | {MEANINGS[code]} |" for code in ExitCode)
    yield ""


def _errors() -> Iterator[str]:
    yield from (
        "## Errors",
        "",
        "The kind is the class in Python and the `kind` of an `error` event; a word in braces is filled in.",
        "",
        "| code | kind | message |",
        "|---|---|---|",
    )
    for kind in sorted(error_classes(), key=lambda kind: (kind.exit_code, kind.__name__)):
        yield f"| {kind.exit_code.value} | `{kind.__name__}` | {_cell(kind.__doc__ or '')} |"
    yield from (
        "",
        "Where the command line knows what helps, it says so behind the message, one of these:",
        "",
    )
    yield from (f"- {hint}" for hint in HINTS.values())


def error_classes() -> set[type[NacompError]]:
    """Every class of error, wherever it is defined: modules that define one are imported for it."""
    for module in _defining_modules():
        import_module(module)
    found: set[type[NacompError]] = set()
    waiting = NacompError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("nacomp."):
            found.add(kind)
    return found


def _defining_modules() -> Iterator[str]:
    """Every module with a class that comes, by name, from NacompError."""
    bases: dict[str, set[str]] = {}
    modules: dict[str, str] = {}
    for folder, package in LAYERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    names = path.relative_to(ROOT / folder).with_suffix("").parts
                    bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
                    modules[node.name] = ".".join((package, *names))
    known = {"NacompError"}
    while more := {name for name in bases if bases[name] & known} - known:
        known |= more
    yield from sorted({modules[name] for name in known if name in modules})


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
