"""Who asks for more is told why a text went without the language model; who does not is not."""

import random
from pathlib import Path

import pytest

from nacomp.codecs import mixed
from nacomp.codecs.block_choice import WithoutModel
from tests.nacomp.workbench import nacomp, prose

rng = random.Random(8)
TABLE = b"".join(b"%d;%d;%.3f\n" % (i, rng.randrange(9), rng.gauss(0, 50)) for i in range(3000))
SPARED = f"without the language model: {WithoutModel.SAMPLED}"
REPEATS = f"without the language model: {WithoutModel.REPEATS}"


@pytest.mark.skipif(not mixed.available(), reason="nothing is sampled without the native core")
@pytest.mark.parametrize(
    ("text", "told"), [(TABLE, SPARED), (b"the same line again\n" * 9000, REPEATS), (prose(3000), "")]
)
def test_reason_is_told(text: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(text)
    plain = nacomp("compress", "--level", "fast", "-f", "t", cwd=tmp_path)
    more = nacomp("compress", "--level", "fast", "-f", "-v", "t", cwd=tmp_path)
    assert plain.code == more.code == 0
    assert told in more.err
    assert ("without the language model" in more.err) == bool(told)
    assert "without the language model" not in plain.err
