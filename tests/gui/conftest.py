"""What window tests share: a running application on the real worker, and this test's own settings folder."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def own_home() -> Path:
    """Settings and models of this test alone (made by the fixture that every test has)."""
    return Path(os.environ["NACOMP_HOME"])
