"""`nacomp completion`: a script for the shell that completes commands, options and their values.

The script holds every word itself. click's own completion asks the program at each press of Tab, which took 0.5 s and
more here, because a command's options are known only once its module, and numpy with it, is loaded.
"""

import click

from nacomp.cli.tree import Node, Option, read_tree

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command_completion(shell: str) -> None:
    """Print a script that completes nacomp's commands, options and levels in a shell.

    bash: nacomp completion bash > ~/.local/share/bash-completion/completions/nacomp

    zsh: nacomp completion zsh > a file called _nacomp in a folder of your $fpath

    fish: nacomp completion fish > ~/.config/fish/completions/nacomp.fish
    """
    writer = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}[shell]
    click.echo(writer(read_tree()), nl=False)


def _names(node: Node) -> list[str]:
    """The command's last word, and its short form."""
    return [node.path[-1], *([node.short] if node.short else [])]


def _joined(words: object) -> str:
    return " ".join(map(str, words))  # type: ignore[call-overload]


# bash: two tables in `case` statements. An empty answer makes readline offer file names.

_BASH = """\
# Completion of nacomp for bash; made by: nacomp completion bash
_nacomp() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command="" words="" options="" i
    # bash cuts --level=fast at the equals sign
    if [[ $cur == "=" ]]; then cur=""
    elif [[ $before == "=" ]]; then before=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$command ${{COMP_WORDS[i]}}" in
{steps}
        esac
    done
    COMPREPLY=()
    case "$command $before" in
{values}
    esac
    case $command in
{commands}
    esac
    if [[ $cur == -* ]]; then words=$options; fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}}
complete -o bashdefault -o default -F _nacomp nacomp
"""


def bash_script(tree: Node) -> str:
    """Completion for bash 3.2 and newer."""
    steps, values, commands = [], [], []
    for node in tree.all():
        command = "_".join(node.path)
        for child in node.children:
            patterns = " | ".join(f'"{command} {name}"' for name in _names(child))
            steps.append(f"            {patterns}) command={'_'.join(child.path)} ;;")
        for option in node.options:
            if option.value:
                patterns = " | ".join(f'"{command} {switch}"' for switch in option.switches)
                answer = f'COMPREPLY=($(compgen -W "{_joined(option.choices)}" -- "$cur")); '
                values.append(f"        {patterns}) {answer if option.choices else ''}return ;;")
        words = [*(child.path[-1] for child in node.children), *node.words]
        switches = [switch for option in node.options for switch in option.switches]
        commands.append(f'        "{command}") words="{_joined(words)}" options="{_joined(switches)}" ;;')
    return _BASH.format(steps="\n".join(steps), values="\n".join(values), commands="\n".join(commands))


# zsh: one function per command, on its own _arguments.


def _zsh_text(text: str) -> str:
    """Help as _arguments takes it inside single quotes and brackets."""
    return text.replace("\\", "\\\\").replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]")


def _zsh_option(option: Option) -> str:
    value = ""
    if option.value:
        action = f"({_joined(option.choices)})" if option.choices else "_files"
        value = f":{option.value.replace(':', ' ') if not option.choices else 'value'}:{action}"
    help_and_value = f"'[{_zsh_text(option.help)}]{value}'"
    joins = ("=", "+") if option.value else ("", "")  # the value may also follow in the same word
    spelled = [switch + joins[not switch.startswith("--")] for switch in option.switches]
    if option.repeats:
        return " ".join(f"'*'{switch}{help_and_value}" for switch in spelled)
    if len(spelled) == 1:
        return spelled[0] + help_and_value
    return f"'({_joined(option.switches)})'{{{','.join(spelled)}}}{help_and_value}"


def _zsh_function(node: Node) -> list[str]:
    lines = [f"{'_'.join(('_nacomp', *node.path))}() {{", "    local line state"]
    parts = [f"        {_zsh_option(option)}" for option in node.options]
    if node.children:
        parts += ["        '1: :->command'", "        '*:: :->rest'"]
    elif node.words:
        parts.append(f"        '1:value:({_joined(node.words)})'")
    elif node.takes_files:
        parts.append("        '*:file:_files'")
    lines += [f"    _arguments -s -S {'-C ' if node.children else ''}\\", " \\\n".join(parts)]
    if node.children:
        described = [f"            '{c.path[-1]}:{_zsh_text(c.summary)}'" for c in node.children]
        lines += ["    case $state in", "    command)", "        local -a commands", "        commands=("]
        lines += [*described, "        )", "        _describe command commands", "        ;;", "    rest)"]
        lines += ["        case $words[1] in"]
        for child in node.children:
            lines.append(f"        {' | '.join(_names(child))}) {'_'.join(('_nacomp', *child.path))} ;;")
        lines += ["        esac", "        ;;", "    esac"]
    return [*lines, "}"]


def zsh_script(tree: Node) -> str:
    """Completion for zsh, as an autoloaded function `_nacomp` or to be sourced."""
    lines = ["#compdef nacomp", "# Completion of nacomp for zsh; made by: nacomp completion zsh"]
    for node in tree.all():
        lines += _zsh_function(node)
    lines += ['if [ "$funcstack[1]" = _nacomp ]; then _nacomp "$@"; else compdef _nacomp nacomp; fi']
    return "\n".join(lines) + "\n"


# fish: one line per word, each with the condition under which it is offered.

_FISH = """\
# Completion of nacomp for fish; made by: nacomp completion fish
function __nacomp_at --description 'Whether the words so far call this command'
    set -l words (commandline -opc | string match -v -- '-*')
    set -e words[1]
    test (count $words) -ge (count $argv); or return 1
    for i in (seq (count $argv))
        contains -- $words[$i] (string split , -- $argv[$i]); or return 1
    end
end
function __nacomp_choosing --description 'Whether the next word names a command below this one'
    __nacomp_at $argv; and test (count (commandline -opc | string match -v -- '-*')) -eq (math 1 + (count $argv))
end
"""


def _fish_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_option(condition: str, option: Option) -> str:
    spelled = []
    for switch in option.switches:
        letter = "-l" if switch.startswith("--") else "-s" if len(switch) == 2 else "-o"
        spelled.append(f"{letter} {switch.lstrip('-')}")
    value = " -r" if option.value else ""
    if option.choices:
        value += f" -f -a {_fish_text(_joined(option.choices))}"
    elif option.value:
        value += " -F"
    return f"complete -c nacomp{condition} {_joined(spelled)}{value} -d {_fish_text(option.help)}"


def fish_script(tree: Node) -> str:
    """Completion for fish 3.1 and newer."""
    lines = []
    for node in tree.all():
        at = node.path if not node.short else (f"{node.path[0]},{node.short}",)
        words = [(child.path[-1], child.summary) for child in node.children] + [(w, "") for w in node.words]
        for word, help_text in words:
            condition = f" -n '__nacomp_choosing {_joined(at)}'" if at else " -n __nacomp_choosing"
            described = f" -d {_fish_text(help_text)}" if help_text else ""
            lines.append(f"complete -c nacomp{condition} -f -a {word}{described}")
        condition = f" -n '__nacomp_at {_joined(at)}'" if at else " -n __nacomp_choosing"
        lines += [_fish_option(condition, option) for option in node.options]
    return _FISH + "\n".join(lines) + "\n"
