"""Sentences that come from elsewhere, repeated for the tool that collects what is to be translated.

Errors: the worker sends an error's sentence with its fields open (`Failure.sentence`); the sentences themselves stand on the
classes, and a test compares them. Two are missing here: what wants a password is said by `logic/locks.py`.
The reasons in them are in `logic/reasons.py`. Notes on models stand in the catalogue.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP

ERRORS = (
    QT_TRANSLATE_NOOP("Errors", "The archive is damaged beyond what its recovery data can repair: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "{path} is damaged: {what}."),
    QT_TRANSLATE_NOOP("Errors", "The archive is damaged or not a nacomp archive: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "Block {number} of the archive is damaged: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "The device {device} was asked for and cannot be used: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "The model {model} could not be downloaded: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "There is no entry {path} in this archive."),
    QT_TRANSLATE_NOOP(
        "Errors", "{feature} needs an optional part of nacomp; install it with: pip install 'nacomp[{extra}]'"
    ),
    QT_TRANSLATE_NOOP(
        "Errors",
        "{path} changed while it was being read, so nothing was written; compress it again when it is at rest.",
    ),
    QT_TRANSLATE_NOOP("Errors", "{path}: {reason}."),
    QT_TRANSLATE_NOOP(
        "Errors",
        "This archive was written by a llama.cpp engine that differs from this one ({differences})"
        "; its floats would not repeat, so it is refused.",
    ),
    QT_TRANSLATE_NOOP(
        "Errors", "The GPUs here have room for {room} copies of this model, {wanted} were asked for."
    ),
    QT_TRANSLATE_NOOP(
        "Errors", "The file for model {model} has SHA-256 {actual}, expected {expected}; nothing was kept."
    ),
    QT_TRANSLATE_NOOP("Errors", "Stopped on request; {left}."),
    QT_TRANSLATE_NOOP(
        "Errors", "The kernel {kernel} was asked for and cannot run here ({reason}); available: {available}."
    ),
    QT_TRANSLATE_NOOP(
        "Errors", "The archive asks for {asked} where the limit is {limit}; it may be hostile ({what})."
    ),
    QT_TRANSLATE_NOOP("Errors", "The file object that was handed over is no file of bytes: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "The model {model} cannot be used: {reason}."),
    QT_TRANSLATE_NOOP(
        "Errors",
        "Other software in this process changed its arithmetic: it {fault}, and archives would decode nowhere else.",
    ),
    QT_TRANSLATE_NOOP("Errors", "The model {model} is not on this machine."),
    QT_TRANSLATE_NOOP("Errors", "The models {models} are not on this machine."),
    QT_TRANSLATE_NOOP(
        "Errors", "There is no home folder that models could be kept in; name a folder in NACOMP_HOME."
    ),
    QT_TRANSLATE_NOOP("Errors", "The archive cannot be repaired: it has no usable recovery data ({reason})."),
    QT_TRANSLATE_NOOP(
        "Errors", "This needs at least {needed_mb:,} MB of memory and {free_mb:,} MB are free; {advice}."
    ),
    QT_TRANSLATE_NOOP(
        "Errors", "The archive is in its place, but not all inputs could be read; left out: {count}."
    ),
    QT_TRANSLATE_NOOP("Errors", "{path} exists already."),
    QT_TRANSLATE_NOOP("Errors", "{failed} of {total} inputs failed."),
    QT_TRANSLATE_NOOP("Errors", "The path {path} cannot be in an archive: {reason}."),
    QT_TRANSLATE_NOOP(
        "Errors",
        "This archive needs {needed}, which this version of nacomp does not know; a newer release may.",
    ),
    QT_TRANSLATE_NOOP("Errors", "The model file {model} cannot be used by the {engine} engine: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "{reason}."),
    QT_TRANSLATE_NOOP(
        "Errors",
        "The written archive did not decode to its source ({path}); it was removed and the source kept.",
    ),
)

CATALOGUE_NOTES = (
    QT_TRANSLATE_NOOP("Catalogue", "Comes with nacomp: small, quick, at once at hand."),
    QT_TRANSLATE_NOOP(
        "Catalogue",
        "Much smaller archives than with the built-in model, and slower. Comes as a Python package.",
    ),
    QT_TRANSLATE_NOOP("Catalogue", "About 15% smaller archives of prose than with the instruct model."),
    QT_TRANSLATE_NOOP("Catalogue", "Another 13% smaller, and nearly three times the work."),
    QT_TRANSLATE_NOOP(
        "Catalogue",
        "Far smaller archives of text that is not English, beside SmolLM2 for the rest. Slower than SmolLM2 135M. Its terms:"
        " ai.google.dev/gemma/terms",
    ),
)
"""The notes of `models/library/catalogue.toml`, in its words; a test compares."""
