"""Jira by REST: one issue for each alarm, found again by a label; comments on it, and a transition at its end."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Annotated, Any

import httpx
from pydantic import Field

from noc_console.notify.addresses import is_safe
from noc_console.notify.http import send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line, Url
from noc_console.routing.notice import Action, Notice
from noc_console.routing.texts import shortened

LONGEST_SUMMARY = 255


class JiraConfig(HttpConfig, frozen=True):
    """The site and the project; with `user` the secret is an API token (Cloud), without it a personal token.

    `done` is the number of the transition that closes an issue; empty: a comment says that it is over.
    """

    url: Url
    project: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,30}$")]
    issue_type: Line = "Incident"
    user: Line = ""
    done: Annotated[str, Field(pattern=r"^[0-9]{0,10}$")] = ""
    is_cloud: bool = False
    labels: Annotated[tuple[Annotated[str, Field(pattern=r"^[^\s]{1,100}$")], ...], Field(max_length=10)] = ()


async def deliver(notice: Notice, config: JiraConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Look for the alarm's issue; open one where there is none, else comment on it."""
    if not is_safe(config.url):
        return Outcome("failed", "The address of Jira must begin with https://.")
    desk = _Desk(config, secret, client)
    known = await desk.find(notice)
    if isinstance(known, Outcome):
        return Outcome("retry", known.text, known.retry_after_s) if known.state == "uncertain" else known
    if not known:
        if notice.action is Action.RESOLVE:
            return Outcome("sent", "There is no issue to close any more.")
        return _named(await desk.ask("POST", "/rest/api/2/issue", json=issue(notice, config)))
    return await desk.go_on(known, notice)


class _Desk:
    """One signed way to one site."""

    def __init__(self, config: JiraConfig, secret: str, client: httpx.AsyncClient) -> None:
        self._config, self._client = config, client
        pair = base64.b64encode(f"{config.user}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}" if config.user else f"Bearer {secret}"}

    async def find(self, notice: Notice) -> Outcome | str:
        """Return the key of the alarm's issue, empty when there is none."""
        path = "/rest/api/3/search/jql" if self._config.is_cloud else "/rest/api/2/search"
        jql = f'project = "{self._config.project}" AND labels = "{label(notice)}"'
        found = await self.ask("GET", path, params={"jql": jql, "fields": "labels", "maxResults": "1"})
        if isinstance(found, Outcome):
            return found
        issues = found.get("issues")
        return str(issues[0].get("key", "")) if isinstance(issues, list) and issues else ""

    async def go_on(self, key: str, notice: Notice) -> Outcome:
        """Comment on an issue once, and close it at the end where a transition is set."""
        comment = {"body": f"{notice.subject}\n{notice.text}"}
        said = await self.ask("POST", f"/rest/api/2/issue/{key}/comment", json=comment)
        if isinstance(said, Outcome):
            return said
        if notice.action is Action.RESOLVE and self._config.done:
            step = {"transition": {"id": self._config.done}}
            closed = await self.ask("POST", f"/rest/api/2/issue/{key}/transitions", json=step)
            if isinstance(closed, Outcome):
                return closed
        return Outcome("sent", f"Issue {key} is written.")

    async def ask(self, method: str, path: str, **how: Any) -> Outcome | dict[str, Any]:
        """Return the answer's JSON, or what went wrong."""
        address = self._config.url.rstrip("/") + path
        request = self._client.build_request(method, address, headers=self._headers, **how)
        outcome, body = await send(self._client, request, self._config.timeout_s)
        if outcome.state != "sent":
            return outcome
        try:
            found = json.loads(body) if body else {}
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}


def _named(answer: Outcome | dict[str, Any]) -> Outcome:
    return answer if isinstance(answer, Outcome) else Outcome("sent", f"Issue {answer.get('key', '')} is opened.")


def label(notice: Notice) -> str:
    """Return the label that is the alarm's name there."""
    return f"noc-{hashlib.sha256(notice.dedup_key.encode()).hexdigest()[:20]}"


def issue(notice: Notice, config: JiraConfig) -> dict[str, Any]:
    """Return the issue as it is opened."""
    return {
        "fields": {
            "project": {"key": config.project},
            "issuetype": {"name": config.issue_type},
            "summary": shortened(notice.subject, LONGEST_SUMMARY),
            "description": notice.text,
            "labels": ["noc-console", label(notice), *config.labels],
        }
    }


KIND = Kind(
    JiraConfig,
    deliver,
    secret="an API token of `user`, or a personal access token",  # noqa: S106 - words, not a secret
    needs_secret=True,
    deduplicates=lambda config: False,
)
