"""Slack and those that speak like it (Mattermost): one POST to an incoming webhook, whose address is the secret."""

from __future__ import annotations

from typing import Any

import httpx

from noc_console.notify.addresses import is_safe
from noc_console.notify.http import send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line
from noc_console.routing.notice import Action, Notice
from noc_console.routing.texts import shortened

LONGEST = 3000  # of a section's text
_COLOURS = {"critical": "#d55e00", "major": "#e69f00", "minor": "#f0e442", "warning": "#56b4e9"}
_CLEARED = "#808080"


class SlackConfig(HttpConfig, frozen=True):
    """Whom to call by name: `<!channel>` for everybody, `<!subteam^ID>` for a team."""

    mention_critical: Line = "<!channel>"
    mention_major: Line = ""


async def deliver(notice: Notice, config: SlackConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Post the message; Slack answers 200 with `ok`, 429 with Retry-After, 4xx for what it will never take."""
    if not is_safe(secret):
        return Outcome("failed", "The secret of a Slack receiver is its webhook's address, beginning with https://.")
    request = client.build_request("POST", secret, json=payload(notice, config))
    outcome, _ = await send(client, request, config.timeout_s)
    return outcome


def payload(notice: Notice, config: SlackConfig) -> dict[str, Any]:
    """Return the body: a line that pushes to phones, and the rest beside a coloured bar."""
    severity = str(notice.alarm.get("severity", ""))
    calls = notice.action in (Action.RAISE, Action.ESCALATE, Action.UPDATE) and not notice.is_test
    mention = {"critical": config.mention_critical, "major": config.mention_major}.get(severity, "") if calls else ""
    line = escaped(notice.subject)
    return {
        "text": f"{mention} {line}".strip(),
        "attachments": [
            {
                "color": _CLEARED if notice.action is Action.RESOLVE else _COLOURS.get(severity, _CLEARED),
                "fallback": line,
                "text": escaped(shortened(notice.text, LONGEST)),
            }
        ],
    }


def escaped(text: str) -> str:
    """Return a text in which nothing calls people or makes links (Slack: escape &, < and >)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


KIND = Kind(
    SlackConfig,
    deliver,
    secret="the address of the incoming webhook",  # noqa: S106 - words, not a secret
    needs_secret=True,
    is_grouped=True,
)
