"""The native core; see `reference.py` for what each argument means."""

from collections.abc import Sequence

class Encoder:
    """One block's bytes to the coder's words."""

    def __init__(
        self, profile: int, size: int, width: int = 0, pixel: int = 1, delimiter: int = 0, kernel: str = ""
    ) -> None: ...
    def encode(self, bytes: bytes) -> int:
        """Append bytes, `size` of them at the most; gives the bytes of words so far."""

    def finish(self) -> bytes: ...

class Decoder:
    """What an Encoder of the same settings wrote."""

    def __init__(
        self,
        words: bytes,
        profile: int,
        size: int,
        width: int = 0,
        pixel: int = 1,
        delimiter: int = 0,
        kernel: str = "",
    ) -> None: ...
    def decode(self, count: int) -> bytes:
        """The next bytes. Raises ValueError for words that no encoder writes."""

class PictureEncoder:
    """A picture's bytes to the coder's words; see `runs.PictureEncoder`."""

    def __init__(self, size: int, row: int, pixel: int) -> None: ...
    def encode(self, bytes: bytes) -> int:
        """Append whole pixels, `size` bytes at the most; gives the bytes of words so far."""

    def finish(self) -> bytes: ...

class PictureDecoder:
    """What a PictureEncoder of the same settings wrote."""

    def __init__(self, words: bytes, size: int, row: int, pixel: int) -> None: ...
    def decode(self, count: int) -> bytes:
        """The next bytes, of whole pixels. Raises ValueError for words that no encoder writes."""

class Predictor:
    def __init__(
        self,
        profile: int,
        size: int,
        width: int = 0,
        pixel: int = 1,
        delimiter: int = 0,
        outside_inputs: int = 0,
        streams: int = 1,
        kernel: str = "",
    ) -> None: ...
    def predict(self, stream: int, outside: Sequence[int] = (), selector: int = 0) -> int: ...
    def learn(self, bit: int) -> None: ...

def turn_code(content: bytes, forward: bool) -> bytes:
    """As `machine_code.turn_code`."""

def turn_words(content: bytes, forward: bool) -> bytes:
    """As `words.turn_words`."""

def available_kernels() -> list[str]:
    """Kernels that this processor can run, best first; they differ in speed alone."""
