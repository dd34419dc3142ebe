"""What one job says about itself, in one line and in words: under its name in the list, and to screen readers."""

from nacomp.gui.core.jobs import Job, Kind, State
from nacomp.gui.core.wording import (
    Translate,
    duration_text,
    english,
    ratio_text,
    saved_text,
    size_text,
    speed_text,
)


def _joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


def _estimate(job: Job, tr: Translate) -> str:
    if job.estimate is None:
        return ""
    time = tr("status", "about {0}").format(duration_text(job.estimate.seconds, tr))
    if job.estimate.size is None:
        return time
    return tr("status", "{0} to reach about {1}").format(time, size_text(job.estimate.size))


def _waiting(job: Job, tr: Translate) -> str:
    size = size_text(job.size) if job.size is not None else ""
    if job.held == "estimating":
        return _joined([tr("status", "Estimating"), size])
    if job.held == "choice":
        return _joined([tr("status", "Would take long, waits for your choice"), size, _estimate(job, tr)])
    return _joined([tr("status", "Waiting"), size, _estimate(job, tr)])


def _phase(job: Job, tr: Translate) -> str:
    latest = job.meter.latest
    if job.stopping == "cancel":
        return tr("status", "Cancelling")
    if job.stopping == "pause":
        return tr("status", "Pausing")
    if latest is not None and latest.phase == "verifying":
        return tr("status", "Checking the result")
    if latest is None:
        return tr("status", "Starting")
    if latest.phase == "model":
        return tr("status", "Loading the model")
    if latest.phase == "reading":
        return tr("status", "Reading")
    return ""


def _running(job: Job, tr: Translate) -> str:
    latest, meter = job.meter.latest, job.meter
    parts = [_phase(job, tr)]
    if latest is not None and latest.total_bytes:
        amount = tr("status", "{0} of {1}")
        parts.append(amount.format(size_text(latest.done_bytes), size_text(latest.total_bytes)))
    if job.state is State.PAUSED:
        parts[0] = tr("status", "Cancelling") if job.stopping == "cancel" else tr("status", "Paused")
    else:
        if meter.speed:
            parts.append(speed_text(meter.speed))
        if meter.seconds_left is not None:
            parts.append(tr("status", "{0} left").format(duration_text(meter.seconds_left, tr)))
    if latest is not None and latest.output_bytes and job.kind is Kind.COMPRESS:
        parts.append(tr("status", "{0} so far").format(size_text(latest.output_bytes)))
        if latest.done_bytes:
            parts.append(ratio_text(latest.done_bytes, latest.output_bytes, tr))
    return _joined(parts)


def _done(job: Job, tr: Translate) -> str:
    result = job.result or {}
    seconds = result.get("seconds")
    took = ""
    if isinstance(seconds, int | float):
        took = tr("status", "took {0}").format(duration_text(seconds, tr))
    sizes = job.sizes()
    if sizes:
        return _joined([saved_text(*sizes, tr), ratio_text(*sizes, tr), took])
    if job.kind is Kind.TEST:
        return _joined([tr("status", "Everything in it is intact"), took])
    size = result.get("size")
    return _joined([tr("status", "Extracted"), size_text(size) if isinstance(size, int) else "", took])


def status_line(job: Job, tr: Translate = english) -> str:
    """The line under the job's name."""
    match job.state:
        case State.WAITING:
            return _waiting(job, tr)
        case State.RUNNING | State.PAUSED:
            return _running(job, tr)
        case State.DONE:
            return _done(job, tr)
        case State.FAILED:
            return job.failure or tr("status", "It failed, and the worker did not say why.")
        case State.CANCELLED:
            return tr("status", "Cancelled; nothing was left behind")
        case State.SKIPPED:
            return tr("status", "Skipped: there is a file of that name already")


def headline(job: Job, tr: Translate = english) -> str:
    """The few words at the right edge of a job's card: the figure a person looks for."""
    sizes = job.sizes() if job.state is State.DONE else None
    if sizes:
        return ratio_text(*sizes, tr) if sizes[0] > sizes[1] else ""
    if job.state in (State.RUNNING, State.PAUSED) and job.meter.fraction is not None:
        return f"{100 * job.meter.fraction:.0f}%"
    return ""
