"""PagerDuty Events API v2: trigger, acknowledge and resolve under one dedup_key: told twice is told once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from noc_console.notify.addresses import is_safe
from noc_console.notify.http import send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line, Url
from noc_console.routing.notice import Action, Notice
from noc_console.routing.texts import shortened

LONGEST_SUMMARY, LONGEST_KEY = 1024, 255
_SEVERITIES = {"critical": "critical", "major": "error", "minor": "warning", "warning": "warning"}


class PagerDutyConfig(HttpConfig, frozen=True):
    """Where events go; the EU has an address of its own, and so have those that speak like it."""

    url: Url = "https://events.pagerduty.com/v2/enqueue"
    component: Line = ""


async def deliver(notice: Notice, config: PagerDutyConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Enqueue the event; 202 is success, 429 and 5xx are worth another try, 400 never is."""
    if not is_safe(config.url):
        return Outcome("failed", "The address of PagerDuty must begin with https://.")
    request = client.build_request("POST", config.url, json=payload(notice, config, secret))
    outcome, _ = await send(client, request, config.timeout_s)
    return outcome


def payload(notice: Notice, config: PagerDutyConfig, secret: str) -> dict[str, Any]:
    """Return the event."""
    event: dict[str, Any] = {
        "routing_key": secret,
        "event_action": _verb(notice),
        "dedup_key": shortened(notice.dedup_key, LONGEST_KEY),
        "client": "noc-console",
    }
    if event["event_action"] != "trigger":
        return event
    alarm = notice.alarm
    raised = datetime.fromtimestamp(float(alarm.get("raised_at") or notice.due_at), UTC)
    event["payload"] = {
        "summary": shortened(notice.subject, LONGEST_SUMMARY),
        "source": str(alarm.get("channel_code") or notice.data.get("agent") or "noc-console"),
        "severity": _SEVERITIES.get(str(alarm.get("severity", "")), "info"),
        "timestamp": raised.isoformat(timespec="milliseconds"),
        "component": config.component or f"layer {alarm.get('layer', 0)}",
        "group": str(notice.data.get("agent", "")),
        "class": str(alarm.get("alarm_type", "")),
        "custom_details": details(notice),
    }
    return event


def _verb(notice: Notice) -> str:
    if notice.action is Action.RESOLVE:
        return "resolve"
    return "acknowledge" if notice.reason == "acknowledged" else "trigger"


def details(notice: Notice) -> dict[str, Any]:
    """Return what the page shows besides."""
    alarm = notice.alarm
    names = ("message", "value", "threshold", "unit", "rungs", "playbook", "owner", "occurrences", "probable_cause")
    known = {name: alarm[name] for name in names if alarm.get(name) not in (None, "", [])}
    return {**known, "text": notice.text, "test": notice.is_test}


KIND = Kind(
    PagerDutyConfig,
    deliver,
    secret="the integration's routing key",  # noqa: S106 - words, not a secret
    needs_secret=True,
    hears_acknowledge=True,
    deduplicates=lambda config: True,
)
