"""`nacomp estimate`: how long compressing would take here, and how small it would get."""

from typing import Any

import click

from nacomp.cli.console import print_document
from nacomp.cli.options import common_options, level_options
from nacomp.cli.session import begin_run, input_paths
from nacomp.codecs.levels import level_named
from nacomp.operations.compress import sources_of
from nacomp.operations.estimate import estimate
from nacomp.runtime.words import duration_text, size_text


@click.command("estimate")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@level_options
@common_options
def command_estimate(
    inputs: tuple[str, ...], level: str, model: str | None, engine: str, as_json: bool, **common: Any
) -> None:
    """Tell how long compressing would take here, and about how small it would get."""
    with begin_run(as_json=as_json, **common) as run:
        loader = run.loader(engine)
        sources = sources_of(input_paths(inputs), run.cancel)
        codec = loader.for_level(level_named(level), model)
        found = estimate(codec, sources, level_named(level), run.job())
        if as_json:
            print_document(found)
            return
        click.echo(
            f"{size_text(found.total_bytes)} in {found.tokens:,} tokens: about {duration_text(found.seconds)}, "
            f"to about {size_text(found.estimated_size)} with {found.model_id}"
        )
