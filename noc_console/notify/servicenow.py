"""ServiceNow by its Table API: one incident for each alarm, found again by its correlation_id."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx

from noc_console.notify.addresses import is_safe
from noc_console.notify.http import send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line, Url
from noc_console.routing.notice import Action, Notice
from noc_console.routing.texts import shortened

LONGEST_SHORT, LONGEST_KEY = 160, 100
# urgency and impact of an incident: 1 high, 2 medium, 3 low
_URGENCY = {"critical": "1", "major": "2"}
_RESOLVED = "6"


class ServiceNowConfig(HttpConfig, frozen=True):
    """The instance, the user whose password is the secret, and whom incidents are assigned to."""

    url: Url
    user: Line
    assignment_group: Line = ""
    category: Line = ""
    close_code: Line = "Solved (Permanently)"
    table: Line = "incident"


async def deliver(notice: Notice, config: ServiceNowConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Look for the alarm's incident; write one where there is none, else what is new into it."""
    if not is_safe(config.url):
        return Outcome("failed", "The address of ServiceNow must begin with https://.")
    door = _Door(config, secret, client)
    found = await door.ask("GET", "", params=_query(notice))
    if isinstance(found, Outcome):
        return _unwritten(found)
    rows = found.get("result")
    known = str(rows[0].get("sys_id", "")) if isinstance(rows, list) and rows else ""
    if not known and notice.action is Action.RESOLVE:
        return Outcome("sent", "There is no incident to close any more.")
    written = await (
        door.ask("PATCH", f"/{known}", json=_changes(notice, config))
        if known
        else door.ask("POST", "", json=_incident(notice, config))
    )
    if isinstance(written, Outcome):
        return written
    result = written.get("result")
    number = result.get("number", "") if isinstance(result, dict) else ""
    return Outcome("sent", f"Incident {number} is written.")


class _Door:
    """One signed way to one table."""

    def __init__(self, config: ServiceNowConfig, secret: str, client: httpx.AsyncClient) -> None:
        self._config, self._client = config, client
        pair = base64.b64encode(f"{config.user}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}", "Accept": "application/json"}
        self._address = f"{config.url.rstrip('/')}/api/now/table/{config.table}"

    async def ask(self, method: str, path: str, **how: Any) -> Outcome | dict[str, Any]:
        """Return the answer's JSON, or what went wrong."""
        request = self._client.build_request(method, self._address + path, headers=self._headers, **how)
        outcome, body = await send(self._client, request, self._config.timeout_s)
        if outcome.state != "sent":
            return outcome
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}


def _unwritten(outcome: Outcome) -> Outcome:
    # a question that was not answered has changed nothing there
    return Outcome("retry", outcome.text, outcome.retry_after_s) if outcome.state == "uncertain" else outcome


def _query(notice: Notice) -> dict[str, str]:
    key = correlation_id(notice)
    return {"sysparm_query": f"correlation_id={key}", "sysparm_fields": "sys_id,number,state", "sysparm_limit": "1"}


def correlation_id(notice: Notice) -> str:
    """Return the alarm's name there; ^ separates the parts of a query and must not be in it."""
    return notice.dedup_key.replace("^", "_")[-LONGEST_KEY:]


def _incident(notice: Notice, config: ServiceNowConfig) -> dict[str, str]:
    urgency = _URGENCY.get(str(notice.alarm.get("severity", "")), "3")
    values = {
        "short_description": shortened(notice.subject, LONGEST_SHORT),
        "description": notice.text,
        "urgency": urgency,
        "impact": urgency,
        "correlation_id": correlation_id(notice),
        "correlation_display": "noc-console",
        "assignment_group": config.assignment_group,
        "category": config.category,
    }
    return {name: value for name, value in values.items() if value}


def _changes(notice: Notice, config: ServiceNowConfig) -> dict[str, str]:
    note = f"{notice.subject}\n{notice.text}"
    if notice.action is Action.RESOLVE:
        return {"state": _RESOLVED, "close_code": config.close_code, "close_notes": note, "work_notes": note}
    return {"work_notes": note}


KIND = Kind(
    ServiceNowConfig,
    deliver,
    secret="the password of `user`",  # noqa: S106 - words, not a secret
    needs_secret=True,
    deduplicates=lambda config: True,
)
