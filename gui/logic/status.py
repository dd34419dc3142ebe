"""What one job says about itself, in one line and in words: under its name in the list, and to screen readers."""

from nacomp.gui.logic.jobs import Control, Hold, Job, Kind, State
from nacomp.gui.logic.levels import level_name
from nacomp.gui.logic.wording import (
    Translate,
    duration_text,
    english,
    ratio_text,
    saved_text,
    size_text,
    speed_text,
)


def job_title(job: Job, translate: Translate = english) -> str:
    """What a job is called in lists: its input, and how many more there are."""
    if len(job.inputs) == 1:
        return job.name
    return translate("status", "{0} and {1} more").format(job.name, len(job.inputs) - 1)


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


def _estimate(job: Job, translate: Translate) -> str:
    if job.estimate is None:
        return ""
    time = translate("status", "about {0}").format(duration_text(job.estimate.seconds, translate))
    return translate("status", "{0} to reach about {1}").format(time, size_text(job.estimate.size))


def _waiting(job: Job, translate: Translate) -> str:
    size = size_text(job.size) if job.size is not None else ""
    level = level_name(job.level, translate) if job.kind is Kind.COMPRESS else ""
    if job.held is Hold.ESTIMATING:
        return _joined([translate("status", "Estimating"), level, size])
    if job.held is Hold.CHOICE:
        return _joined(
            [translate("status", "Would take long, waits for your choice"), size, _estimate(job, translate)]
        )
    seal = translate("status", "with a password") if job.password and job.kind is Kind.COMPRESS else ""
    return _joined([translate("status", "Waiting"), level, seal, size, _estimate(job, translate)])


def _phase(job: Job, translate: Translate) -> str:
    latest = job.meter.latest
    if job.stopping is Control.CANCEL:
        return translate("status", "Cancelling")
    if job.stopping is Control.PAUSE:
        return translate("status", "Pausing")
    if latest is not None and latest.phase == "verifying":
        return translate("status", "Checking the result")
    if latest is None:
        return translate("status", "Starting")
    if latest.phase == "model":
        return translate("status", "Loading the model")
    if latest.phase == "reading":
        return translate("status", "Reading")
    return ""


def _running(job: Job, translate: Translate) -> str:
    latest, meter = job.meter.latest, job.meter
    parts = [_phase(job, translate)]
    if latest is not None and latest.total_bytes:
        amount = translate("status", "{0} of {1}")
        parts.append(amount.format(size_text(latest.done_bytes), size_text(latest.total_bytes)))
    if job.state is State.PAUSED:
        parts[0] = (
            translate("status", "Cancelling")
            if job.stopping is Control.CANCEL
            else translate("status", "Paused")
        )
    else:
        if meter.speed:
            parts.append(speed_text(meter.speed))
        if meter.seconds_left is not None:
            parts.append(translate("status", "{0} left").format(duration_text(meter.seconds_left, translate)))
    if latest is not None and latest.output_bytes and job.kind is Kind.COMPRESS:
        parts.append(translate("status", "{0} so far").format(size_text(latest.output_bytes)))
        if latest.done_bytes:
            parts.append(ratio_text(latest.done_bytes, latest.output_bytes, translate))
    return _joined(parts)


def _done(job: Job, translate: Translate) -> str:
    result = job.result or {}
    took = ""
    if job.took is not None:
        took = translate("status", "took {0}").format(duration_text(job.took, translate))
    sizes = job.sizes()
    if sizes:
        gain = "" if sizes[0] > sizes[1] else ratio_text(*sizes, translate)  # else it is the headline
        note = job.notices[-1] if job.partial else ""
        return _joined([saved_text(*sizes, translate), gain, took, note])
    if job.kind is Kind.TEST:
        return _joined([translate("status", "Everything in it is intact"), took])
    if job.kind is Kind.REPAIR:
        return _joined([translate("status", "Repaired; the damaged archive was kept"), took])
    if job.kind is Kind.SALVAGE:
        return _joined([translate("status", "Salvaged what is intact"), *job.notices])
    size = result.get("size")
    where = translate("status", "to {0}").format(job.output) if job.output is not None else ""
    size_words = size_text(size) if isinstance(size, int) else ""
    return _joined([translate("status", "Extracted"), size_words, took, where])


def status_line(job: Job, translate: Translate = english) -> str:
    """The line under the job's name."""
    match job.state:
        case State.WAITING:
            return _waiting(job, translate)
        case State.RUNNING | State.PAUSED:
            return _running(job, translate)
        case State.DONE:
            return _done(job, translate)
        case State.FAILED:
            return job.failure or translate("status", "It failed, and the worker did not say why.")
        case State.CANCELLED:
            return translate("status", "Cancelled; nothing was left behind")
        case State.SKIPPED:
            return translate("status", "Skipped: there is a file of that name already")


def headline(job: Job, translate: Translate = english) -> str:
    """The few words at the right edge of a job's card: the figure a person looks for."""
    sizes = job.sizes() if job.state is State.DONE else None
    if sizes:
        return ratio_text(*sizes, translate) if job.gained else ""
    if job.state in (State.RUNNING, State.PAUSED) and job.meter.fraction is not None:
        return f"{100 * job.meter.fraction:.0f}%"
    return ""
