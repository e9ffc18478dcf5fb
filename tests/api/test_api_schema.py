"""The described API is the served one: requests made from the description never meet a bug."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from running_agent import TOKEN, RunningAgent

EXAMPLES = 3
TRUST = {"Authorization": f"Bearer {TOKEN}"}
# an endless answer, and a command that would make the agent outlive the tests
LEFT_OUT = ("/board/stream", "/agent/keep")


@pytest.fixture(scope="module")
def operations(agent: RunningAgent) -> list[Any]:
    schema = schemathesis.openapi.from_url(f"{agent.url}/api/v1/openapi.json", headers=TRUST)
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if not one.path.endswith(LEFT_OUT)]


def test_every_path_of_the_contract_is_described(operations: list[Any]) -> None:
    described = {f"{one.method.upper()} {one.path.removeprefix('/api/v1')}" for one in operations}
    assert {
        "GET /board", "GET /alarms/active", "GET /alarms", "GET /alarms/{alarm_id}",
        "GET /alarms/{alarm_id}/history", "POST /alarms/{alarm_id}/acknowledge", "POST /alarms/{alarm_id}/resolve",
        "POST /alarms/{alarm_id}/note", "POST /channels/{channel_id}/test-alarm", "GET /series", "GET /journal",
        "GET /top", "GET /captures/{digest}", "GET /channels/{channel_id}/requests",
        "GET /channels/{channel_id}/playlist", "POST /inspect", "GET /inspect/{job}", "GET /channels",
        "POST /channels", "GET /channels/{channel_id}", "PUT /channels/{channel_id}",
        "DELETE /channels/{channel_id}", "POST /channels/{channel_id}/enable",
        "POST /channels/{channel_id}/disable", "POST /channels/import", "GET /templates", "POST /templates",
        "GET /probes", "GET /health", "GET /programs", "GET /programs/{program_id}",
        "GET /programs/{program_id}/alarms", "GET /programs/{program_id}/metrics", "GET /flows",
        "GET /reports/daily", "GET /reports/loudness", "GET /lab", "POST /lab/faults",
        "DELETE /lab/faults/{fault_id}", "POST /demo/remove", "GET /metrics",
        "POST /alarms/{alarm_id}/shelve", "POST /alarms/{alarm_id}/unshelve", "POST /alarms/bulk",
        "GET /alarms/ageing", "GET /alarms/load", "GET /alarms/{alarm_id}/hiding", "GET /maintenance",
        "POST /maintenance", "GET /maintenance/explorer", "PUT /maintenance/{window_id}",
        "POST /maintenance/{window_id}/clone", "POST /maintenance/{window_id}/end",
        "POST /maintenance/{window_id}/reclassify", "GET /channels/{channel_id}/rules", "GET /rules/changes",
        "POST /rules/changes", "PUT /rules/profile", "GET /rules/profile/preview", "POST /rules/import",
        "POST /workshop", "GET /workshop/{job}", "POST /workshop/{job}/apply",
    } <= described  # fmt: skip


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_no_request_made_from_or_against_the_description_meets_a_bug(operations: list[Any], mode: Any) -> None:
    for operation in operations:
        _try(operation, mode)


def _try(operation: Any, mode: Any) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def one(case: Any) -> None:
        reply = case.call(headers=TRUST)
        assert reply.status_code != 500, f"{case.method} {case.formatted_path}: {reply.text}"
        if reply.status_code >= 400:
            assert reply.json()["status"] == "error"

    one()
