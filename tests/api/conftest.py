"""One running agent for all tests of its API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import running_agent
from running_agent import RunningAgent


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent whose channels point to a port where nobody answers."""
    with running_agent.running(tmp_path_factory.mktemp("api") / "local.db") as running:
        yield running
