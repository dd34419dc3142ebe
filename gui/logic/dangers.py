"""What of the settings can cost someone a file: shown where jobs are, before they start, not only among the settings."""

from collections.abc import Sequence

from nacomp.gui.logic.jobs import FINISHED, Conflict, Danger, Job, Kind, State
from nacomp.gui.logic.settings import Engine, Settings, SourceAfter
from nacomp.gui.logic.wording import Translate, english


def dangers_of(kind: Kind, settings: Settings, conflict: Conflict | None = None) -> tuple[Danger, ...]:
    """What a job of this kind does under these settings, with a `conflict` of its own if it has one."""
    packs = kind is Kind.COMPRESS
    found = {
        Danger.TRASH: packs and settings.source_after is SourceAfter.TRASH,
        Danger.REPLACE: kind is not Kind.TEST and (conflict or settings.conflict) is Conflict.REPLACE,
        Danger.ENGINE: packs and settings.engine is not Engine.EXACT,
    }
    return tuple(danger for danger, there in found.items() if there)


def job_dangers(job: Job, settings: Settings) -> tuple[Danger, ...]:
    """What a job will do, does or has done: by the settings until it starts, from then on by those it started with."""
    if job.state is State.WAITING:
        return dangers_of(job.kind, settings, job.conflict)
    return job.dangers if job.state not in FINISHED or job.state is State.DONE else ()


def card_words(dangers: Sequence[Danger], translate: Translate = english) -> str:
    """In the few words that a card has room for."""
    words = {
        Danger.TRASH: translate("dangers", "original to the trash"),
        Danger.REPLACE: translate("dangers", "replaces"),
        Danger.ENGINE: translate("dangers", "llama.cpp only"),
    }
    return " · ".join(words[danger] for danger in dangers)


def page_words(dangers: Sequence[Danger], translate: Translate = english) -> str:
    """In sentences, for the page that new jobs are added on."""
    sentences = {
        Danger.TRASH: translate("dangers", "Originals go to the trash once their archive has been verified."),
        Danger.REPLACE: translate("dangers", "A file that has the result's name is replaced."),
        Danger.ENGINE: translate(
            "dangers", "Archives are not portable: only the same build of llama.cpp opens them."
        ),
    }
    return " ".join(sentences[danger] for danger in dangers)
