"""`nacomp estimate`: how long compressing would take here, and how small it would get."""

from typing import Any

import click

from nacomp.archive.hard_links import linked
from nacomp.archive.patterns import Patterns
from nacomp.archive.walk import Taken
from nacomp.cli.console import print_document
from nacomp.cli.gathering import Walk, gather
from nacomp.cli.options import common_options, level_options, pattern_options
from nacomp.cli.session import begin_run, input_paths
from nacomp.codecs.levels import level_named
from nacomp.formats.paths import display_name
from nacomp.operations.estimate import estimate
from nacomp.runtime.results import LeftOut
from nacomp.runtime.words import duration_text, size_text


@click.command("estimate")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@pattern_options
@level_options
@common_options
def command_estimate(
    inputs: tuple[str, ...],
    patterns: Patterns,
    one_file_system: bool,
    level: str,
    model: str | None,
    engine: str,
    as_json: bool,
    **common: Any,
) -> None:
    """Tell how long compressing would take here, and about how small it would get."""
    with begin_run(as_json=as_json, **common) as run:
        loader = run.loader(engine)

        def tell(what: LeftOut) -> None:
            run.console.warning(f"not counted: {display_name(what.path)}: {what.reason}")

        walk = Walk(taken=Taken(one_file_system, patterns))
        sources, _ = gather(run, input_paths(inputs), walk, tell)
        chooser = loader.for_texts(level_named(level), model)
        found = estimate(chooser, linked(sources), level_named(level), run.job(), tell)
        if as_json:
            print_document(found)
            return
        click.echo(
            f"{size_text(found.total_bytes)} in {found.tokens:,} tokens: about {duration_text(found.seconds)}, "
            f"to about {size_text(found.estimated_size)} with {found.model_id}"
        )
