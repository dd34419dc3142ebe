"""The command line as plain data, read from click: what shell completion and the manual pages are generated from."""

from collections.abc import Iterator

import click

from nacomp.cli.main import SHORT, cli
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        switches: every spelling, such as `-o` and `--output`.
        shown: spellings and value as `--help` shows them.
        value: what its value is called, empty for a flag.
        choices: all values it takes, empty where any will do.
        repeats: whether giving it again adds something.
    """

    switches: tuple[str, ...]
    shown: str
    help: str
    value: str = ""
    choices: tuple[str, ...] = ()
    repeats: bool = False


@dataclass(frozen=True)
class Node:
    """One command, or a group of commands.

    Attributes:
        path: the words that call it after `nacomp`; empty for `nacomp` itself.
        help: its whole help text; the first sentence says what it does.
        usage: its arguments as `--help` shows them.
        words: choices of its argument, empty where any will do.
        takes_files: whether it takes arguments of any kind.
        short: its short name, if it has one.
    """

    path: tuple[str, ...]
    help: str
    usage: str
    options: tuple[Option, ...]
    children: "tuple[Node, ...]"
    words: tuple[str, ...] = ()
    takes_files: bool = False
    short: str = ""

    @property
    def name(self) -> str:
        """How it is called: `nacomp models pull`."""
        return " ".join(("nacomp", *self.path))

    @property
    def summary(self) -> str:
        """What it does, in one sentence without its full stop."""
        return self.help.split("\n\n")[0].replace("\n", " ").split(". ")[0].removesuffix(".")

    def all(self) -> "Iterator[Node]":
        """This node and everything below it."""
        yield self
        for child in self.children:
            yield from child.all()


def read_tree() -> Node:
    """The whole command line. Loads the module of every command."""
    return _read(cli, "nacomp", (), None)


def _read(command: click.Command, name: str, path: tuple[str, ...], parent: click.Context | None) -> Node:
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    parameters = command.get_params(context)
    options = tuple(_option(p, context) for p in parameters if isinstance(p, click.Option) and not p.hidden)
    arguments = [p for p in parameters if isinstance(p, click.Argument)]
    children = []
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                children.append(_read(found, child, (*path, child), context))
    return Node(
        path,
        (command.help or "").strip(),
        " ".join(command.collect_usage_pieces(context)),
        options,
        tuple(children),
        words=next((_choices(a) for a in arguments if _choices(a)), ()),
        takes_files=any(not _choices(a) for a in arguments),
        short=next((short for short, long in SHORT.items() if (long,) == path), ""),
    )


def _choices(parameter: click.Parameter) -> tuple[str, ...]:
    kind = parameter.type
    return tuple(map(str, kind.choices)) if isinstance(kind, click.Choice) else ()


def _option(option: click.Option, context: click.Context) -> Option:
    record = option.get_help_record(context)
    assert record is not None, f"{option.name} is hidden"
    flag = option.is_flag or option.count
    return Option(
        (*option.opts, *option.secondary_opts),
        record[0],
        record[1],
        "" if flag else option.make_metavar(context),
        _choices(option),
        option.multiple or option.count,
    )
