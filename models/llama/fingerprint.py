"""What a llama.cpp archive is bound to: the build, the processor's features, the devices, and a hash of real logits.

The facts explain a refusal; the probe decides where facts are not enough. It runs a fixed text through as many sequences
as the archive's blocks may have, in batches of the shapes that coding uses: all streams, some, one, several tokens of one
stream, and past a slide of the window.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nacomp.models.errors import FingerprintMismatch
from nacomp.models.llama.devices import device_name, devices
from nacomp.models.llama.library import ggml_base, library
from nacomp.models.llama.settings import LlamaSettings
from nacomp.models.protocol import ContextWindow, IntRow, Session
from nacomp.models.tokens.vocabulary import Vocabulary

PROBE_TEXT = (
    b"Call me when the 3 ships of 1492 are back, said the clerk; she wrote x[i] = f(y) + 1 and left. "
)
PROBE_CONTEXT = ContextWindow(48, 4)
PROBE_RUN = 5
"""Tokens of one stream in one batch: what fits in one slide of the probe's window."""


def machine_facts(settings: LlamaSettings) -> dict[str, int | str]:
    """What can be said of this machine before a model is loaded."""
    return {**build_facts(), "device": device_name(devices(), settings.gpu_layers)}


def build_facts() -> dict[str, int | str]:
    """Which llama.cpp this is and what it was built with: package, versions, features of the processor it uses."""
    import llama_cpp

    llama = library()
    return {
        "package": str(llama_cpp.__version__),
        "build": f"{_text(llama.llama_version())} ggml {_ggml_text('ggml_version')} {_ggml_text('ggml_commit')}",
        "system": f"{sys.platform} {_text(llama.llama_print_system_info())}".strip(" |"),
    }


def _text(value: bytes | None) -> str:
    return (value or b"?").decode("utf-8", "replace")


def _ggml_text(function: str) -> str:
    import ctypes

    call = getattr(ggml_base(), function, None)
    if call is None:
        return "?"
    call.restype = ctypes.c_char_p
    return _text(call())


def probe(session: Session, vocabulary: Vocabulary) -> str:
    """SHA-256, hexadecimal, of the logits of the probe; `session` is fresh and has PROBE_CONTEXT."""
    text = np.frombuffer(PROBE_TEXT, np.uint8)
    tokens = vocabulary.model_tokens(vocabulary.byte_symbols[text])
    digest = hashlib.sha256()
    for step, streams in enumerate(_batches(session.streams)):
        row = np.arange(len(streams))
        fed = tokens[(step * 3 + row * 7) % len(tokens)]
        want = np.ones(len(streams), np.bool_)
        want[:-1] = streams[:-1] != streams[1:]
        digest.update(session.feed(streams, fed, want).tobytes())
    return digest.hexdigest()


def _batches(streams: int) -> Iterator[IntRow]:
    """The streams of each batch's rows."""
    everything = np.arange(streams, dtype=np.int32)
    yield everything
    yield everything[: -(-streams // 2)]
    yield everything[-1:]
    yield everything
    for _ in range(PROBE_CONTEXT.window // PROBE_RUN + 1):
        yield np.zeros(PROBE_RUN, np.int32)
    yield everything


def check_machine(archive: Mapping[str, Any], settings: LlamaSettings) -> None:
    """What can be said before a model is loaded. Raises FingerprintMismatch."""
    here = machine_facts(settings)
    check_fingerprint({name: archive.get(name) for name in here}, here)


def check_fingerprint(archive: Mapping[str, Any], here: Mapping[str, int | str]) -> None:
    """Raises FingerprintMismatch, which says what differs, unless every field is the same."""
    names = sorted({*archive, *here}, key=lambda name: (name == "probe", name))
    differing = [name for name in names if archive.get(name) != here.get(name)]
    if differing:
        # The probe differs whenever something else does; alone it is the only hint.
        told = [name for name in differing if name != "probe"] or differing
        parts = []
        for name in told:
            there, found = _shown(archive.get(name), here.get(name))
            parts.append(f"{name}: archive {there}, here {found}")
        raise FingerprintMismatch(differences="; ".join(parts))


SHOWN = 300
"""Characters of a field that a refusal tells."""


def _shown(*values: object) -> list[str]:
    """Two fields as text, cut to what lies around their first difference."""
    one, other = ("nothing" if value is None else str(value) for value in values)
    pairs = enumerate(zip(one, other, strict=False))
    alike = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    begin = alike - SHOWN // 3 if alike > 2 * SHOWN // 3 else 0
    return [
        ("..." if begin else "") + text[begin : begin + SHOWN] + ("..." if text[begin + SHOWN :] else "")
        for text in (one, other)
    ]
