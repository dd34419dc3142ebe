"""`nacomp models`: what models there are, and how they come and go."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from nacomp.cli.columns import print_columns
from nacomp.cli.console import print_document, printable
from nacomp.cli.options import common_options
from nacomp.cli.session import begin_run
from nacomp.codecs.levels import LEVELS, choose_model
from nacomp.models.library.download import pull
from nacomp.models.library.store import Store
from nacomp.runtime.documents import ModelList, ModelRow
from nacomp.runtime.events import Phase, Started
from nacomp.runtime.progress import Job
from nacomp.runtime.results import ModelResult, RemoveResult
from nacomp.runtime.words import purpose_text, size_text


@click.group("models")
def command_models() -> None:
    """List, get, add and remove language models."""


def _levels_of(store: Store) -> dict[str, list[str]]:
    """Which levels use which model on this machine now."""
    found: dict[str, list[str]] = {}
    for level in LEVELS.values():
        beside = level.beside.models if level.beside is not None else ()
        for model in (choose_model(level, store.is_installed), *filter(store.is_installed, beside)):
            found.setdefault(model, []).append(level.name)
    return found


@command_models.command("list")
@common_options
def command_list(as_json: bool, **common: Any) -> None:
    """List the models nacomp knows, and those you added."""
    with begin_run(as_json=as_json, **common):
        store = Store()
        levels = _levels_of(store)
        rows = tuple(ModelRow(**asdict(s), levels=tuple(levels.get(s.id, ()))) for s in store.list())
        if as_json:
            print_document(ModelList(rows))
            return
        names = ("model", "size", "here", "good at", "levels", "licence")
        print_columns(names, list(map(_cells, rows)), frozenset({1}))
        for row in rows:
            if row.note and not row.installed:
                click.echo(f"{row.id}: {row.note}")
        for row in rows:
            if row.recommended:
                click.echo(f"{purpose_text(row.good_at)} ({row.name}): nacomp models pull {row.id}")


def _cells(row: ModelRow) -> tuple[str, ...]:
    size = size_text(row.size) if row.size else "-"
    here = "yes" if row.installed else "no"
    return row.id, size, here, purpose_text(row.good_at), ", ".join(row.levels), row.licence


@command_models.command("pull")
@click.argument("model")
@common_options
def command_pull(model: str, **common: Any) -> None:
    """Download a model that `nacomp models list` shows."""
    with begin_run(**common) as run:
        store = Store()
        run.console.start(Started("pull", (model,)))
        done = pull(store, model, *_following(run.job()))
        sentence = f"{done.id}: {size_text(done.size)} in {printable(str(done.path))}"
        run.console.result(ModelResult(done.id, done.path, done.size), sentence)


def _following(job: Job) -> tuple[Any, Any]:
    """(report, check) for the store, wired to a job's progress and its cancel token."""
    job.enter(Phase.DOWNLOADING)
    seen = 0

    def report(done: int, total: int | None) -> None:
        nonlocal seen
        job.expect(total or 0)
        job.step(done - seen)
        seen = done

    return report, job.step


@command_models.command("add")
@click.argument("file")
@click.option("--link", is_flag=True, help="Link to the file instead of copying it.")
@common_options
def command_add(file: str, link: bool, **common: Any) -> None:
    """Add a GGUF file of your own."""
    with begin_run(**common) as run:
        report, check = _following(run.job())
        done = Store().add(Path(file), link=link, report=report, check=check)
        result = ModelResult(done.id, done.path, done.size)
        run.console.result(result, f"{done.id}: use it with --model {done.id}")


@command_models.command("remove")
@click.argument("model")
@common_options
def command_remove(model: str, **common: Any) -> None:
    """Delete a downloaded or added model. Its archives cannot be read until it is back."""
    with begin_run(**common) as run:
        Store().remove(model)
        run.console.result(RemoveResult(model), f"{printable(model)} is removed")


@command_models.command("path")
@click.argument("model", required=False)
@common_options
def command_path(model: str | None, **common: Any) -> None:
    """Print where a model's file is, or the folder of all models."""
    with begin_run(**common):
        store = Store()
        click.echo(str(store.find(model).path if model else store.folder))
