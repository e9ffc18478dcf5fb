"""Real webhook payloads of Alertmanager are read; what is none is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.notify.alertmanager_in import read_payload
from noc_console.notify.mapping import judged
from noc_console.notify.mapping_config import parse

RULES = parse(
    """
[[rules]]
name = "channel down"
source = "alertmanager"
match = { "labels.alertname" = "ChannelDown" }
alarm = "SERVICE_DOWN"
severity = "{labels.severity}"
channel = "{labels.channel}"
message = "{annotations.summary} ({labels.instance})"
"""
).rules


def payload(testdata: Path, name: str) -> Any:
    return json.loads((testdata / "prometheus" / "alertmanager-payloads" / f"{name}.json").read_text())["body"]


def test_a_firing_alert_raises_and_its_resolve_clears_the_same(testdata: Path) -> None:
    (firing,) = read_payload(payload(testdata, "webhook-firing-1"), 10.0, "10.0.0.5")
    (resolved,) = read_payload(payload(testdata, "webhook-resolved-1"), 20.0, "10.0.0.6")
    raised, cleared = judged(RULES, firing), judged(RULES, resolved)
    assert raised is not None
    assert cleared is not None
    assert (raised.alarm_type, raised.channel, raised.severity) == ("SERVICE_DOWN", "ch1", Severity.CRITICAL)
    assert raised.message == "Channel ch1 down (127.0.0.1:19100)"
    assert (raised.is_clear, cleared.is_clear) == (False, True)
    assert raised.key == cleared.key  # also from the other node of a cluster
    assert firing.says == "ChannelDown: Channel ch1 down"
    assert resolved.says == "Resolved: ChannelDown: Channel ch1 down"


def test_alerts_without_a_fingerprint_are_told_apart_by_their_labels(testdata: Path) -> None:
    body = payload(testdata, "webhook-firing-1")
    one = {**body["alerts"][0], "fingerprint": ""}
    other = {**one, "labels": {**one["labels"], "channel": "ch2"}}
    keys = [found.key for found in read_payload({**body, "alerts": [one, other]}, 0.0, "")]
    assert keys[0] != keys[1]
    assert "alertname=ChannelDown" in keys[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"alerts": None}, "alerts"),
        ({"alerts": [{"status": "maybe"}]}, "alerts.0.status"),
        ({"alerts": [{"status": "firing", "labels": {"a": 5}}]}, "alerts.0.labels.a"),
        ({"alerts": [{"status": "firing", "labels": {"a": "x" * 10_001}}]}, "at most 10000"),
        ({"alerts": [{"status": "firing"}] * 1001}, "at most 1000"),
        ({"version": "3", "alerts": []}, "Version 3"),
    ],
)
def test_what_is_no_payload_is_refused_in_one_sentence(change: dict[str, Any], why: str) -> None:
    with pytest.raises(KnownError, match=why) as wrong:
        read_payload(change, 0.0, "")
    assert "\n" not in str(wrong.value)
    assert len(str(wrong.value)) < 300
