"""`nacomp map`: the surprise map of a text, on the terminal, as a page or as JSON."""

import html
from pathlib import Path
from typing import Any

import click

from nacomp.cli.console import print_document, printable
from nacomp.cli.options import common_options, level_options
from nacomp.cli.session import begin_run, is_stdout, output_file
from nacomp.cli.streams import claim_stdout
from nacomp.codecs.levels import level_named
from nacomp.errors import file_problem
from nacomp.operations.surprise_map import SurprisingToken, surprise_map
from nacomp.runtime.destinations import put
from nacomp.runtime.documents import SurpriseMapDocument, TokenRow
from nacomp.runtime.events import Phase
from nacomp.runtime.surprise_scale import share_of


@click.command("map")
@click.argument("path", metavar="FILE")
@click.option("--html", "page", metavar="OUT", help="Write a page with the text coloured by surprise.")
@click.option("-f", "--force", is_flag=True, help="Replace an existing page.")
@level_options
@common_options
def command_map(
    path: str,
    page: str | None,
    force: bool,
    level: str,
    model: str | None,
    engine: str,
    as_json: bool,
    **common: Any,
) -> None:
    """Show how many bits each token of a text costs: where the model knew, and where it was surprised."""
    if page is not None and is_stdout(str(output_file(page))):
        page = "/dev/stdout" if page == "-" else page
        claim_stdout()
    with begin_run(as_json=as_json, **common) as run:
        loader = run.loader(engine)
        chooser = loader.for_texts(level_named(level), model)
        data = _read(Path(path))
        job = run.job()
        codec = chooser.suited(data, job)
        job.restart(Phase.READING, len(data))  # its clock begins when the model is there
        tokens = list(surprise_map(codec, data, level_named(level), job))
        if page is not None:
            with put(output_file(page), run.cancel, overwrite=force) as out:
                out.write(html_page(Path(path).name, tokens).encode())
        if as_json:
            print_document(SurpriseMapDocument(codec.settings.model_id, tuple(map(_row, tokens))))
        elif page is None:
            _print(tokens)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise file_problem(path, problem) from problem


def _row(token: SurprisingToken) -> TokenRow:
    guesses = tuple((text, round(chance, 4)) for text, chance in token.guesses)
    return TokenRow(token.text, len(token.data), round(token.bits, 3), guesses)


SHADES = (None, 22, 58, 94, 130, 160)
"""Terminal colours from expected to surprising, in even steps of the scale."""


def _print(tokens: list[SurprisingToken]) -> None:
    """The text on a terminal, the background darker the more a token cost."""
    for token in tokens:
        shade = SHADES[min(int(share_of(token.bits) * len(SHADES)), len(SHADES) - 1)]
        lines = token.text.split("\n")
        for number, line in enumerate(lines):
            click.secho(printable(line), bg=shade, nl=number < len(lines) - 1)
    total = sum(token.bits for token in tokens)
    size = sum(len(token.data) for token in tokens)
    click.echo(
        f"\n{total:,.0f} bits, {total / max(size, 1):.3f} bits per byte, {len(tokens):,} tokens", err=True
    )


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}: surprise map</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color-scheme:light dark}}
main{{white-space:pre-wrap;overflow-wrap:anywhere;font-family:ui-monospace,monospace}}
span{{background:rgba(220,70,20,var(--s));border-radius:2px}}</style>
<h1>{name}</h1><p>{bits:,.0f} bits for {size:,} bytes: {rate:.3f} bits per byte. The stronger the colour, the more bits
a token cost; hover for the number and the model's best guesses.</p><main>{body}</main></html>
"""


def html_page(name: str, tokens: list[SurprisingToken]) -> str:
    """A page of its own, without scripts, that shows the map."""
    total = sum(token.bits for token in tokens)
    size = sum(len(token.data) for token in tokens)
    body = "".join(
        f'<span style="--s:{share_of(token.bits):.2f}" title="{html.escape(_title(token))}">'
        f"{html.escape(token.text)}</span>"
        for token in tokens
    )
    return PAGE.format(name=html.escape(name), bits=total, size=size, rate=total / max(size, 1), body=body)


def _title(token: SurprisingToken) -> str:
    guesses = "".join(f"\n{chance:6.1%}  {text!r}" for text, chance in token.guesses)
    return f"{token.bits:.2f} bits{guesses}"
