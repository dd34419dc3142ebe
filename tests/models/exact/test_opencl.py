"""The kernels for devices give the reference's bits: every architecture, model form, grouping of rows and width."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.models.errors import ModelError
from nacomp.models.exact.architecture import ARCHITECTURES
from nacomp.models.exact.engine import open_engine
from nacomp.models.exact.opencl.programs import program_of
from nacomp.models.exact.random_weights import Form, Rows, random_rows, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Weights
from nacomp.models.protocol import ContextWindow, Session
from tests.models.exact.opencl_devices import device, need_devices
from tests.models.exact.test_native import (
    CONTEXT,
    FORM,
    FORMS,
    SHAPES,
    fed,
    largest_weights,
    regrouped,
    with_overflow,
)
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

need_devices()

import pyopencl as cl  # noqa: E402 - after the skip

from nacomp.models.exact.opencl.model import DeviceModel  # noqa: E402
from nacomp.models.exact.opencl.program import (  # noqa: E402
    NVIDIA,
    PACKED,
    PLAIN,
    DeviceProgram,
    products_of,
)
from nacomp.models.exact.opencl.self_test import self_test  # noqa: E402
from nacomp.models.exact.opencl.session import MAX_ROWS, DeviceSession  # noqa: E402


def reference(weights: Weights, streams: int, context: ContextWindow) -> Session:
    return ReferenceSession(ReferenceModel(weights), streams, context)


def on_device(
    weights: Weights, streams: int, context: ContextWindow, number: int = 1, max_rows: int = MAX_ROWS
) -> DeviceSession:
    return DeviceSession(DeviceModel(weights, program_of(device(number))), streams, context, max_rows)


@cache
def hash_of(form: Form) -> str:
    (rows,) = random_rows(form, 2, [80], seed=5)
    return fed(reference(random_weights(form), 2, CONTEXT), [rows])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("number", [1, 2])
def test_every_grouping_on_either_device_gives_one_hash(shape: str, number: int) -> None:
    (rows,) = random_rows(FORM, 2, [80], seed=5)
    session = on_device(random_weights(FORM), 2, CONTEXT, number)
    assert fed(session, regrouped(rows, SHAPES[shape])) == hash_of(FORM)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what was found of the devices is kept, for several tests."""
    return tmp_path_factory.mktemp("devices")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture(
    architecture: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(home))
    model = TinyModel(
        architecture=architecture,
        layers=4,
        width=64,
        hidden=96,
        span=20,
        sentencepiece=architecture.startswith("gemma"),
    )
    path = write_tiny_gguf(tmp_path / "m.gguf", model)
    engine = open_engine(path, kernel="numpy")
    on = open_engine(path, device="1,2")
    assert on.kernel == "opencl"
    assert on.parameters() == engine.parameters()
    calls = random_rows(Form(vocabulary=300), 3, [1, 100, 7, 64], seed=2)
    expected = fed(engine.open_session(3, CONTEXT), calls)
    # One session goes to each device.
    assert [fed(on.open_session(3, CONTEXT), calls) for _ in range(2)] == [expected] * 2


ODD_FORMS = st.tuples(FORMS, st.integers(1, 90), st.integers(1, 300), st.sampled_from([2, 6, 18, 20, 256]))


@settings(max_examples=20, deadline=None)
@given(
    odd=ODD_FORMS,
    streams=st.integers(1, 4),
    context=st.tuples(st.integers(1, 40), st.integers(0, 39)).map(
        lambda w: ContextWindow(w[0], min(w[1], w[0] - 1))
    ),
    sizes=st.lists(st.integers(1, 64), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
)
def test_any_model_and_rows_give_the_reference_bits(
    odd: tuple[Form, int, int, int], streams: int, context: ContextWindow, sizes: list[int], seed: int
) -> None:
    """Widths that the native kernels do not take are among them."""
    plain, width, hidden, head_size = odd
    rotary = None if plain.rotary is None else min(plain.rotary, head_size)
    for form in (plain, replace(plain, width=width, hidden=hidden, head_size=head_size, rotary=rotary)):
        weights = random_weights(form)
        calls = random_rows(form, streams, sizes, seed)
        expected = fed(reference(weights, streams, context), calls)
        assert fed(on_device(weights, streams, context, max_rows=64), calls) == expected


def test_largest_sums() -> None:
    weights = largest_weights(FORM)
    calls = [Rows(np.zeros(n, np.int32), np.zeros(n, np.int32), np.ones(n, np.bool_)) for n in (1, 4, 64)]
    assert fed(on_device(weights, 1, CONTEXT), calls) == fed(reference(weights, 1, CONTEXT), calls)


TERMS = [f"as_char4(a).s{i}*as_char4(b).s{i}" for i in range(4)]


@pytest.mark.parametrize("terms", [TERMS, TERMS[:3]])
def test_products_by_the_instruction_for_packed_words(terms: list[str]) -> None:
    """The device here lacks it: a text stands in for it, so that the words' way to it is tried; a wrong one is not used."""
    stand_in = (*PLAIN, "-DPACKED_DOT", f"-Ddot_4x8packed_ss_int(a,b)=({'+'.join(terms)})")
    broken = (*PLAIN, "-DPACKED_DOT", "-Ddot_4x8packed_ss_int(a,b)=(no such thing)")
    unknown = (*PLAIN, "-no-such-option")  # refused by another error
    program = DeviceProgram(device(), products=[broken, unknown, stand_in])
    options = program._program.get_build_info(device().handle, cl.program_build_info.OPTIONS)
    assert ("PACKED_DOT" in options) is (terms == TERMS)
    session = DeviceSession(DeviceModel(random_weights(FORM), program), 2, CONTEXT)
    assert fed(session, random_rows(FORM, 2, [80], seed=5)) == hash_of(FORM)


@pytest.mark.parametrize(
    ("extensions", "capability", "products"),
    [
        ("cl_khr_icd", (0, 0), []),
        ("cl_khr_icd cl_khr_integer_dot_product", (0, 0), [PACKED]),
        ("cl_nv_device_attribute_query", (9, 0), [NVIDIA]),
        ("cl_nv_device_attribute_query", (6, 0), []),
    ],
)
def test_products_that_a_device_should_have(
    extensions: str, capability: tuple[int, int], products: list[tuple[str, ...]]
) -> None:
    said = SimpleNamespace(
        extensions=extensions,
        compute_capability_major_nv=capability[0],
        compute_capability_minor_nv=capability[1],
    )
    assert products_of(replace(device(), handle=said)) == products


@pytest.mark.parametrize("place", ["ffn_down", "attn_v", "output"])
def test_overflowing_model_is_refused(place: str) -> None:
    session = on_device(with_overflow(random_weights(FORM), place), 1, CONTEXT)
    calls = random_rows(FORM, 1, [4], seed=1)
    for _ in range(2):  # it is of no use afterwards
        with pytest.raises(ModelError, match="overflow"):
            fed(session, calls)


@pytest.mark.parametrize(("stream", "token"), [(2, 0), (-1, 0), (0, 77), (0, -1)])
def test_rows_out_of_range_reach_no_device(stream: int, token: int) -> None:
    session = on_device(random_weights(FORM), 2, CONTEXT)
    with pytest.raises(ValueError, match="range"):
        session.feed(np.array([stream], np.int32), np.array([token], np.int32), np.ones(1, np.bool_))


def test_more_rows_than_there_is_room_for() -> None:
    session = on_device(random_weights(FORM), 1, CONTEXT, max_rows=8)
    nine = np.zeros(9, np.int32)
    with pytest.raises(ValueError, match="most is 8"):
        session.feed(nine, nine, nine > 0)


@pytest.mark.parametrize("option", ["-cl-fast-relaxed-math", "-cl-denorms-are-zero"])
def test_a_device_that_rounds_otherwise_fails_the_self_test(option: str) -> None:
    assert self_test(DeviceProgram(device(), (option,))) is not None


def test_the_self_test_passes() -> None:
    assert self_test(program_of(device())) is None
