"""Why something failed, as the window says it: reasons that are known by heart, and sentences that go without one.

    worker's error -> its sentence with a known reason, or the plain sentence of its kind -> card, banner

Reasons are free text of the operating system (Linux's words) or of our own code. Those that a person can do something about
stand here. All others tell what does not fit in a file, to those who write such files: markers in hex, names of fields. The
window says the plain sentence then, and keeps the worker's own among the details of the job.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.wording import QT_TRANSLATE_NOOP, Translate, english

REASONS = (
    QT_TRANSLATE_NOOP("Reasons", "no such file or directory"),
    QT_TRANSLATE_NOOP("Reasons", "permission denied"),
    QT_TRANSLATE_NOOP("Reasons", "operation not permitted"),
    QT_TRANSLATE_NOOP("Reasons", "no space left on device"),
    QT_TRANSLATE_NOOP("Reasons", "disk quota exceeded"),
    QT_TRANSLATE_NOOP("Reasons", "read-only file system"),
    QT_TRANSLATE_NOOP("Reasons", "input/output error"),
    QT_TRANSLATE_NOOP("Reasons", "file name too long"),
    QT_TRANSLATE_NOOP("Reasons", "is a directory"),
    QT_TRANSLATE_NOOP("Reasons", "is a folder"),
    QT_TRANSLATE_NOOP("Reasons", "not a directory"),
    QT_TRANSLATE_NOOP("Reasons", "directory not empty"),
    QT_TRANSLATE_NOOP("Reasons", "device or resource busy"),
    QT_TRANSLATE_NOOP("Reasons", "stale file handle"),
    QT_TRANSLATE_NOOP("Reasons", "is neither a file, a folder nor a link"),
    QT_TRANSLATE_NOOP("Reasons", "is a link where the archive has a folder"),
    QT_TRANSLATE_NOOP("Reasons", "was cut off while it was in use"),
    QT_TRANSLATE_NOOP("Reasons", "another job is writing this archive"),
    QT_TRANSLATE_NOOP("Reasons", "changed since it was archived, so it stays"),
    QT_TRANSLATE_NOOP("Reasons", "holds what the system makes up as it is read, and no files"),
    QT_TRANSLATE_NOOP("Reasons", "changed while it was being read"),
    QT_TRANSLATE_NOOP("Reasons", "is no plain file and is not replaced"),
    QT_TRANSLATE_NOOP("Reasons", "its end is missing"),
    QT_TRANSLATE_NOOP("Reasons", "its end is zeros, so it was never written whole"),
    QT_TRANSLATE_NOOP("Reasons", "its beginning is zeros, so it was never written whole"),
    QT_TRANSLATE_NOOP("Reasons", "the end of its recovery data is missing"),
    QT_TRANSLATE_NOOP("Reasons", "it is a web page, so a download gave something else than the archive"),
    QT_TRANSLATE_NOOP(
        "Reasons", "it was changed on its way as if it were text; transfer it once more, as binary"
    ),
    QT_TRANSLATE_NOOP("Reasons", "its end is missing, or bytes were added behind it"),
    QT_TRANSLATE_NOOP("Reasons", "its end is missing or damaged, or bytes were added behind it"),
    QT_TRANSLATE_NOOP("Reasons", "its checksum does not match"),
    QT_TRANSLATE_NOOP("Reasons", "the header's checksum does not match"),
    QT_TRANSLATE_NOOP("Reasons", "the index's checksum does not match"),
    QT_TRANSLATE_NOOP("Reasons", "the decoded bytes' checksum does not match"),
    QT_TRANSLATE_NOOP("Reasons", "the file is empty"),
    QT_TRANSLATE_NOOP("Reasons", "none was found"),
    QT_TRANSLATE_NOOP("Reasons", "nothing was left behind"),
    QT_TRANSLATE_NOOP("Reasons", "there is not enough memory for this model and level"),
    QT_TRANSLATE_NOOP("Reasons", "close other programs, or use a smaller model"),
    QT_TRANSLATE_NOOP("Reasons", "use a smaller model"),
    QT_TRANSLATE_NOOP("Reasons", "it is part of the application and cannot be removed"),
    QT_TRANSLATE_NOOP("Reasons", "an empty password protects nothing; give a longer one, or none"),
    QT_TRANSLATE_NOOP("Reasons", "the names of its files are lost"),
    QT_TRANSLATE_NOOP("Reasons", "text file busy"),
    QT_TRANSLATE_NOOP("Reasons", "file too large"),
    QT_TRANSLATE_NOOP("Reasons", "too many open files"),
    QT_TRANSLATE_NOOP("Reasons", "no such device or address"),
    QT_TRANSLATE_NOOP("Reasons", "no such device"),
    QT_TRANSLATE_NOOP("Reasons", "connection timed out"),
    QT_TRANSLATE_NOOP("Reasons", "host is down"),
    QT_TRANSLATE_NOOP("Reasons", "too many levels of symbolic links"),
    QT_TRANSLATE_NOOP("Reasons", "invalid argument"),
    QT_TRANSLATE_NOOP("Reasons", "operation not supported"),
    QT_TRANSLATE_NOOP("Reasons", "cannot allocate memory"),
    QT_TRANSLATE_NOOP("Reasons", "structure needs cleaning"),
    QT_TRANSLATE_NOOP("Reasons", "remote I/O error"),
    QT_TRANSLATE_NOOP("Reasons", "is a link that leads nowhere"),
    QT_TRANSLATE_NOOP("Reasons", "is one of the inputs, and would be replaced by its own archive"),
    QT_TRANSLATE_NOOP("Reasons", "would be one file on this system"),
    QT_TRANSLATE_NOOP("Reasons", "what is finished is kept"),
    QT_TRANSLATE_NOOP("Reasons", "there is no file to compress"),
    QT_TRANSLATE_NOOP("Reasons", "the hub cannot be reached (is this machine online?)"),
    QT_TRANSLATE_NOOP("Reasons", "no Python with pip was found"),
    QT_TRANSLATE_NOOP("Reasons", "the index is cut off"),
    QT_TRANSLATE_NOOP("Reasons", "the seal is cut off"),
    QT_TRANSLATE_NOOP("Reasons", "its header differs from what the index says"),
    QT_TRANSLATE_NOOP("Reasons", "all of it is lost"),
    QT_TRANSLATE_NOOP("Reasons", "it predicted values that are not finite"),
    QT_TRANSLATE_NOOP("Reasons", "its values overflow on this text"),
    QT_TRANSLATE_NOOP("Reasons", "it does not predict the next token"),
    QT_TRANSLATE_NOOP("Reasons", "it cannot be read"),
)

PATTERNS = (
    QT_TRANSLATE_NOOP("Reasons", "{0} has {1} bytes, expected {2}"),
    QT_TRANSLATE_NOOP("Reasons", "two inputs would both be called {0}"),
    QT_TRANSLATE_NOOP("Reasons", "{0} in {1} files could not be saved"),
    QT_TRANSLATE_NOOP("Reasons", "the names of its files are lost, and {0} blocks before the last one found"),
    QT_TRANSLATE_NOOP("Reasons", "{0} blocks of another archive in it were left alone"),
    QT_TRANSLATE_NOOP("Reasons", "lies in {0}, which is one of the inputs"),
    QT_TRANSLATE_NOOP("Reasons", "{0} did not come back as it was (SHA-256)"),
    QT_TRANSLATE_NOOP(
        "Reasons", "pip cannot find {0} (is this machine online, and does its package index have it?)"
    ),
)
"""Reasons that name something."""

NOTES = (
    QT_TRANSLATE_NOOP("Notes", "left out: {0}: {1}"),
    QT_TRANSLATE_NOOP("Notes", "not counted: {0}: {1}"),
    QT_TRANSLATE_NOOP("Notes", "{0} holds no files"),
    QT_TRANSLATE_NOOP("Notes", "the GPU here has no room for this model, so it runs on the processor"),
    QT_TRANSLATE_NOOP("Notes", "there is no memory for the model {0} beside the first, which codes all"),
    QT_TRANSLATE_NOOP("Notes", "device {0} cannot take the model ({1}), so it is not used"),
    QT_TRANSLATE_NOOP(
        "Notes", "device {0} failed ({1}), so the work goes on without it; the result is the same"
    ),
    QT_TRANSLATE_NOOP("Notes", "level {0} would be better with a larger model"),
)
"""What a worker may remark on its way."""

COMMAND = re.compile(r"[:;]? (?:try: |with: )?nacomp (?:repair|decompress|models)\b.*")
"""What a remark says to those who type: the window has buttons for it."""
HELPED = ("has recovery data", "what is intact can be had")
"""Remarks that are nothing but such a hint."""

REASON_FIELDS = frozenset({"reason", "what", "advice", "left"})
"""Fields of an error's sentence that are free text; all others are names and numbers."""

LONG_PATH = 70
"""Characters; two lines of a card in the smallest window hold a sentence with such a path."""

TECHNICAL = frozenset(
    {
        "DeviceUnavailable",
        "ExtraMissing",
        "FingerprintMismatch",
        "HashMismatch",
        "HomeMissing",
        "KernelUnavailable",
        "LimitExceeded",
        "OtherFloatRules",
        "UnsupportedArchive",
    }
)
"""Errors whose own sentence is always for those who type, or who write archives."""


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What matches a template with anything in its open places."""
    return re.compile(re.sub(r"\\\{\d\\\}", "(.+?)", re.escape(template)) + r"\Z", re.DOTALL)


def _part(text: str, translate: Translate) -> str:
    """What stands in an open place: a level, a further reason, or a name."""
    if text in set(Level):
        return level_name(Level(text), translate)
    return reason_text(text, translate) or text


def _filled(text: str, templates: tuple[str, ...], context: str, translate: Translate) -> str | None:
    for template in templates:
        if match := _pattern(template).match(text):
            return translate(context, template).format(*(_part(part, translate) for part in match.groups()))
    return None


def reason_text(reason: str, translate: Translate = english) -> str | None:
    """A reason in the window's language; None if it is none of those that people are told."""
    if not reason or reason in REASONS:
        return translate("Reasons", reason) if reason else ""
    if "; " in reason:
        parts = [reason_text(part, translate) for part in reason.split("; ")]
        return None if None in parts else "; ".join(filter(None, parts))
    return _filled(reason, PATTERNS, "Reasons", translate)


def note_text(note: str, translate: Translate = english) -> str | None:
    """A worker's remark in the window's language; None for one that only names a command. One that is not known stays."""
    if any(words in note for words in HELPED):
        return None
    note = COMMAND.sub("", note)
    return _filled(note, NOTES, "Notes", translate) or note


def named(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an error, a model by its name alone: an archive knows it by its SHA-256 too."""
    told = dict(fields)
    if isinstance(model := told.get("model"), str):
        told["model"] = model.partition(" with SHA-256 ")[0]
    if "path" in told:
        told["path"] = short_path(str(told["path"]))
    return told


def short_path(path: str) -> str:
    """A path of which a sentence can be read: of a long one its name, and of a long name both ends."""
    if len(path) <= LONG_PATH:
        return path
    name = "…/" + path.rstrip("/").rpartition("/")[2]
    half = LONG_PATH // 2
    return name if len(name) <= LONG_PATH else f"{name[:half]}…{name[-half:]}"


def told_fields(
    kind: str, template: str, fields: Mapping[str, Any], translate: Translate
) -> dict[str, Any] | None:
    """The fields of an error's sentence, its reasons translated; None if the plain sentence of its kind is to be said."""
    if kind in TECHNICAL:
        return None
    told = named(fields)
    for name, value in fields.items():
        if name in REASON_FIELDS and isinstance(value, str) and f"{{{name}}}" in template:
            text = reason_text(value, translate)
            if text is None and plain_sentence(kind, fields, translate) is not None:
                return None
            told[name] = value if text is None else text
    return told


def plain_sentence(kind: str, fields: Mapping[str, Any], translate: Translate = english) -> str | None:
    """What an error of this kind means, without its reason; None for kinds that are said in full."""
    words = _plain(kind, translate)
    return None if words is None else words.format(**named(fields))


def _plain(kind: str, translate: Translate) -> str | None:
    match kind:
        case "CorruptArchive":
            return translate("Errors", "The archive is damaged or not a nacomp archive.")
        case "DamagedBlock":
            return translate("Errors", "Block {number} of the archive is damaged.")
        case "NoRecoveryData":
            return translate("Errors", "The archive cannot be repaired: it has no usable recovery data.")
        case "BeyondRepair":
            return translate("Errors", "The archive is damaged beyond what its recovery data can repair.")
        case "UnsupportedArchive":
            return translate(
                "Errors",
                "This archive needs a newer nacomp: it was written in a way that this one does not know.",
            )
        case "LimitExceeded":
            return translate(
                "Errors", "This archive asks for more memory, room or work than is safe; it may be hostile."
            )
        case "UnsafePath":
            return translate("Errors", "The path {path} cannot be in an archive.")
        case "BytesLost":
            return translate("Errors", "A part of {path} is lost; the rest is saved.")
        case "FileProblem":
            return translate("Errors", "{path} cannot be used.")
        case "UsageError":
            return translate("Errors", "That cannot be done in this way.")
    return _plain_of_models(kind, translate)


def _plain_of_models(kind: str, translate: Translate) -> str | None:
    match kind:
        case "ModelError" | "UnsupportedModel":
            return translate("Errors", "The model {model} cannot be used.")
        case "DownloadFailed":
            return translate("Errors", "The model {model} could not be downloaded.")
        case "HashMismatch":
            return translate(
                "Errors", "The file for the model {model} is not the one that was expected; nothing was kept."
            )
        case "HomeMissing":
            return translate("Errors", "There is no home folder that models could be kept in.")
        case "KernelUnavailable":
            return translate(
                "Errors", "The way of computing that was asked for is not available on this machine."
            )
        case "DeviceUnavailable":
            return translate("Errors", "The graphics card that was asked for cannot be used here.")
        case "OtherFloatRules":
            return translate(
                "Errors",
                "Other software in this process changed its arithmetic, and archives would decode nowhere else.",
            )
        case "ExtraMissing":
            return translate("Errors", "This needs an optional part of nacomp that is not installed here.")
        case "FingerprintMismatch":
            return translate(
                "Errors",
                "This archive was written by another llama.cpp than the one here; only that one can read it.",
            )
    return None
