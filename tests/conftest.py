"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def collected_on_this_thread() -> Iterator[None]:
    """Collect garbage between tests only: a dead widget's cycle met on a thread of the store ends the process."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def collect_young() -> Iterator[None]:
    """Collect what the test left, on the thread that Qt knows."""
    yield
    gc.collect(1)


@pytest.fixture(scope="module", autouse=True)
def collect_all() -> Iterator[None]:
    """Collect everything once for each file of tests."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real captures; tests that need it skip, saying so, where it is absent."""
    folder = Path(os.environ.get("NOC_TESTDATA") or Path(__file__).parents[2] / "shared" / "testdata")
    if not folder.is_dir():
        pytest.skip("real test data not found: set NOC_TESTDATA to its folder")
    return folder
