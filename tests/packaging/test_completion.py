"""Shell completion, asked of the shells themselves; click's own completion is the judge."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from nacomp.cli.completion import bash_script, fish_script, zsh_script
from nacomp.cli.main import COMMANDS, SHORT, cli
from nacomp.cli.tree import read_tree
from tests.nacomp.workbench import nacomp
from tests.portability.toolchain import need

Query = tuple[tuple[str, ...], str]
"""The finished words after `nacomp`, and the word that Tab is pressed in."""


def by_click(query: Query) -> set[str]:
    """What click would offer."""
    return {
        item.value for item in ShellComplete(cli, {}, "nacomp", "_").get_completions(list(query[0]), query[1])
    }


@cache
def queries() -> tuple[Query, ...]:
    """Commands, options and values at every place of the command line that has any."""
    asked: list[Query] = [
        ((), ""),
        ((), "com"),
        (("compress",), "--le"),
        (("d",), "--sal"),
        (("models",), "p"),
    ]
    for node in read_tree().all():
        asked += [(node.path, "-"), (node.path, "--")]
        asked += [(node.path, "")] if node.children or node.words else []
        asked += [((*node.path, option.switches[0]), "") for option in node.options if option.choices]
    return tuple(asked)


def answers(shell: str, setup: str, call: str, folder: Path) -> list[set[str]]:
    """Run a shell once over all queries. `call` answers one, which it gets as a list of quoted words."""
    lines = [setup]
    for words, unfinished in queries():
        lines.append(call.format(words=" ".join(f"'{word}'" for word in ("nacomp", *words, unfinished))))
        lines.append("echo ==")
    script = folder / "asking"
    script.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run([shell, script], capture_output=True, text=True, check=False, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    parts = done.stdout.split("==\n")[:-1]
    return [{line.split("\t")[0] for line in part.splitlines() if line} for part in parts]


def test_bash_offers_what_click_would(tmp_path: Path) -> None:
    need("bash")
    call = 'COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _nacomp; printf "%s\\n" "${{COMPREPLY[@]}}"'
    given = answers("bash", "set -u\n" + bash_script(read_tree()), call, tmp_path)
    assert given == [by_click(query) for query in queries()]


def test_bash_completes_a_value_behind_an_equals_sign(tmp_path: Path) -> None:
    need("bash")
    script = tmp_path / "asking"
    call = "COMP_WORDS=(nacomp compress --level = ba) COMP_CWORD=4; _nacomp; echo ${COMPREPLY[@]}"
    script.write_text(f"{bash_script(read_tree())}\n{call}\n", encoding="utf-8")
    done = subprocess.run(["bash", script], capture_output=True, text=True, check=True)
    assert done.stdout == "balanced\n"


def test_fish_offers_what_click_would(tmp_path: Path) -> None:
    need("fish")
    given = answers("fish", fish_script(read_tree()), 'complete -C (string join " " -- {words})', tmp_path)
    assert given == [by_click(query) for query in queries()]


ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; unsetopt zle_bracketed_paste; cd {folder}; autoload -Uz compinit; compinit -D -u; source {script}"
zpty -w shell 'show() {{ zle expand-or-complete; print -r -- "<<$BUFFER>>"; BUFFER=; zle redisplay }}; zle -N show'
zpty -w shell "bindkey '^I' show; print re''ady"
zpty -r shell seen '*ready*'
for typed in {typed}; do
    zpty -w -n shell "$typed"$'\\t'
    zpty -r shell seen $'*<<*>>*'
    print -r -- "${{${{seen##*<<}}%%>>*}}"
done
zpty -d shell
"""


def test_zsh_finishes_commands_options_and_values(tmp_path: Path) -> None:
    need("zsh")
    script = tmp_path / "_nacomp"
    script.write_text(zsh_script(read_tree()), encoding="utf-8")
    subprocess.run(["zsh", "-n", script], check=True)
    expected = {"nacomp compress --level=b": "nacomp compress --level=balanced "}
    for words, word in [
        *(((), name) for name in COMMANDS),
        *(((name,), "--help") for name in COMMANDS),
        *(((name,), "--threads") for name in SHORT),
        (("models",), "pull"),
        (("models", "add"), "--link"),
        (("compress", "--level"), "balanced"),
        (("completion",), "fish"),
    ]:
        others = by_click((words, word[:1])) - {word}
        prefix = next(
            word[:n] for n in range(1, len(word) + 1) if not any(o.startswith(word[:n]) for o in others)
        )
        end = "=" if word == "--threads" else " "  # zsh takes it back when a space follows
        expected[" ".join(("nacomp", *words, prefix))] = " ".join(("nacomp", *words, word)) + end
    asking = tmp_path / "asking"
    typed = " ".join(f'"{line}"' for line in expected)
    asking.write_text(ZSH.format(folder=tmp_path, script=script, typed=typed), encoding="utf-8")
    done = subprocess.run(["zsh", "-f", asking], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == list(expected.values()), done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_command_prints_the_script(shell: str) -> None:
    done = nacomp("completion", shell)
    assert done.code == 0
    assert f"made by: nacomp completion {shell}" in done.out.decode()
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.out, check=True)
