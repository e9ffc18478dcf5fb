"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real captures; tests that need it skip, saying so, where it is absent."""
    folder = Path(os.environ.get("NOC_TESTDATA") or Path(__file__).parents[2] / "shared" / "testdata")
    if not folder.is_dir():
        pytest.skip("real test data not found: set NOC_TESTDATA to its folder")
    return folder
