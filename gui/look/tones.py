"""The tones of a message, each with its picture and its colour."""

from enum import Enum


class Tone(Enum):
    """How serious a message is. The value is what the style sheet asks for."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


PICTURES = {Tone.INFO: "info", Tone.WARNING: "warning", Tone.ERROR: "warning"}
INKS = {Tone.INFO: "accent", Tone.WARNING: "warning", Tone.ERROR: "danger"}
