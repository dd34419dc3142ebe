"""Headers there and back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.deflate_parameters import LEVELS, Parameters, Search, read_parameters, write_parameters

SEARCHING = st.builds(
    Parameters,
    search=st.sampled_from([Search.GREEDY, Search.LAZY]),
    filtered=st.booleans(),
    truncates=st.booleans(),
    from_start=st.booleans(),
    joint=st.booleans(),
    rough=st.booleans(),
    window_bits=st.integers(9, 15),
    hash_bits=st.integers(8, 16),
    good=st.integers(0, 65535),
    lazy=st.integers(0, 65535),
    nice=st.integers(3, 65535),
    chain=st.integers(4, 4096),
    capacity=st.integers(1, 2**31 - 1),
)


@given(SEARCHING)
def test_there_and_back(parameters: Parameters) -> None:
    rest = iter(write_parameters(parameters) + b"next")
    assert read_parameters(rest) == parameters
    assert bytes(rest) == b"next"


@pytest.mark.parametrize("level", LEVELS)
def test_levels_take_five_bytes(level: int) -> None:
    parameters = Parameters().at_level(level)
    header = write_parameters(parameters)
    assert len(header) == 5
    assert read_parameters(iter(header)) == parameters


@pytest.mark.parametrize("search", [Search.LITERALS, Search.RUNS])
def test_without_chains_three_bytes(search: Search) -> None:
    parameters = replace(Parameters(), search=search)
    assert read_parameters(iter(write_parameters(parameters))) == parameters
    assert len(write_parameters(parameters)) == 3


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x80\x01",  # an unknown flag
        b"\x00\x00",  # blocks of no tokens
        b"\x00\xff\xff\xff\xff\x0f",  # of 2^32 - 1
        b"\x00\x80\x80\x80\x80\x80\x00",  # a number of six bytes
        b"\x03\x01\x68\x0f",  # a window of 8 bits
        b"\x03\x01\xaf\x0f",  # level 10
        b"\x03\x01\x6f\x11",  # a hash of 17 bits
        b"\x03\x01\x0f\x0f\x00\x00\x02\x04",  # nice lengths of 2
        b"\x03\x01\x0f\x0f\x00\x00\x03\x03",  # chains of 3
        b"\x03\x01\x0f\x0f\x00\x00\x03",
    ],
)
def test_what_is_no_header(header: bytes) -> None:
    with pytest.raises(CorruptArchive):
        read_parameters(iter(header))
