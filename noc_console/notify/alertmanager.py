"""Alertmanager API v2, outward: an alert is its labels; the same labels with an end in the past resolve it."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import Field

from noc_console.catalogues import alarm_types
from noc_console.notify.http import send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line, Url
from noc_console.routing.notice import Action, Notice


class AlertmanagerConfig(HttpConfig, frozen=True):
    """Where it is; `user` makes the secret a password, else it is a bearer token.

    Alertmanager resolves by itself what nobody repeats: an alert of ours lives `lifetime_h` unless it clears.
    """

    url: Url
    user: Line = ""
    labels: dict[str, Line] = Field(default_factory=dict, max_length=20)
    lifetime_h: float = Field(default=168.0, gt=0, le=720)


async def deliver(notice: Notice, config: AlertmanagerConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Post the alert; a worse severity is another alert, so the former one is resolved with it."""
    address = f"{config.url.rstrip('/')}/api/v2/alerts"
    request = client.build_request("POST", address, json=alerts(notice, config), headers=_login(config, secret))
    outcome, _ = await send(client, request, config.timeout_s)
    return outcome


def alerts(notice: Notice, config: AlertmanagerConfig) -> list[dict[str, Any]]:
    """Return the alerts of one notice."""
    was = str(notice.data.get("severity_was") or "")
    severity = str(notice.alarm.get("severity", ""))
    if notice.action is Action.RESOLVE:
        return [_alert(notice, config, was or severity, ends=True)]
    former = [_alert(notice, config, was, ends=True)] if was and was != severity else []
    return [*former, _alert(notice, config, severity, ends=False)]


def _alert(notice: Notice, config: AlertmanagerConfig, severity: str, *, ends: bool) -> dict[str, Any]:
    alarm = notice.alarm
    began = float(alarm.get("raised_at") or notice.due_at)
    end = float(alarm.get("cleared_at") or alarm.get("resolved_at") or notice.due_at)
    # one that waited long must not have ended before it arrives
    until = max(began, end) if ends else max(began, time.time()) + config.lifetime_h * 3600
    return {
        "labels": labels(notice, config, severity),
        "annotations": {"summary": notice.subject, "description": notice.text},
        "startsAt": _time(began),
        "endsAt": _time(until),
    }


def labels(notice: Notice, config: AlertmanagerConfig, severity: str) -> dict[str, str]:
    """Return the labels that are the alert: the same for as long as the alarm is open and no worse."""
    alarm = notice.alarm
    kind = alarm_types().get(str(alarm.get("alarm_type", "")))
    found = {
        "alertname": kind.prom_name if kind else "NocConsole",
        "severity": severity,
        "channel": str(alarm.get("channel_code") or ""),
        "layer": str(alarm.get("layer", "")),
        "alarm_id": str(notice.alarm_id),
        "agent": str(notice.data.get("agent", "")),
        "test": "true" if notice.is_test else "",
        **config.labels,
    }
    return {name: value for name, value in found.items() if value}


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _login(config: AlertmanagerConfig, secret: str) -> dict[str, str]:
    if not secret:
        return {}
    if not config.user:
        return {"Authorization": f"Bearer {secret}"}
    pair = base64.b64encode(f"{config.user}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


KIND = Kind(
    AlertmanagerConfig,
    deliver,
    secret="the password of `user`, or a bearer token",  # noqa: S106 - words, not a secret
    deduplicates=lambda config: True,
)
