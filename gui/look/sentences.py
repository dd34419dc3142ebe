"""Sentences that come from elsewhere, repeated for the tool that collects what is to be translated.

Errors: the worker sends an error's sentence with its fields open (`Failure.sentence`); the sentences themselves stand on the
classes, and a test compares them. Two are missing here: what wants a password is said by `logic/locks.py`.
Reasons in them are free text; these are the ones a person is likely to meet, in the words of the operating system (Linux's)
or of our own code. Any other stays English inside a translated sentence. Notes on models stand in the catalogue.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP

ERRORS = (
    QT_TRANSLATE_NOOP("Errors", "The archive is damaged beyond what its recovery data can repair: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "{path} is damaged: {what}."),
    QT_TRANSLATE_NOOP("Errors", "The archive is damaged or not a nacomp archive: {reason}."),
    QT_TRANSLATE_NOOP("Errors", "Block {number} of the archive is damaged: {reason}."),
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
    QT_TRANSLATE_NOOP(
        "Errors", "There is no home folder that models could be kept in; name a folder in NACOMP_HOME."
    ),
    QT_TRANSLATE_NOOP("Errors", "The archive cannot be repaired: it has no usable recovery data ({reason})."),
    QT_TRANSLATE_NOOP(
        "Errors", "This needs at least {needed_mb:,} MB of memory and {free_mb:,} MB are free; {advice}."
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
)

CATALOGUE_NOTES = (
    QT_TRANSLATE_NOOP("Catalogue", "Comes with nacomp: small, quick, at once at hand."),
    QT_TRANSLATE_NOOP(
        "Catalogue",
        "Much smaller archives than with the built-in model, and slower. Comes as a Python package.",
    ),
    QT_TRANSLATE_NOOP("Catalogue", "About 15% smaller archives of prose than with the instruct model."),
    QT_TRANSLATE_NOOP("Catalogue", "Another 13% smaller, and nearly three times the work."),
)
"""The notes of `models/library/catalogue.toml`, in its words; a test compares."""
