"""Where blocks end, by zlib's rule and by GNU gzip's."""

from nacomp.transforms.deflate_blocks import BlockEnd
from nacomp.transforms.deflate_parameters import Parameters
from nacomp.transforms.deflate_tables import LITERAL, Token


def ends_at(parameters: Parameters, tokens: list[Token]) -> int | None:
    """The number of tokens of the first block."""
    end, at = BlockEnd(parameters, 0), 0
    for count, token in enumerate(tokens, 1):
        if end.after(at, token):
            return count
        at += token.length
    return None


def test_capacity() -> None:
    assert ends_at(Parameters(capacity=127), [LITERAL] * 200) == 127
    assert ends_at(Parameters(capacity=127), [LITERAL] * 126) is None


def test_gzip_ends_early_what_compresses_well() -> None:
    gzip = Parameters(truncates=True, capacity=32767)
    well = [LITERAL, LITERAL, Token(100, 1)] * 4000
    assert ends_at(gzip, well) == 4096
    assert ends_at(Parameters(capacity=32767), well) is None
    assert ends_at(gzip, [LITERAL] * 12_000) is None
    assert ends_at(gzip, [Token(100, 1)] * 12_000) is None  # more copies than literals
