"""Telegram: one message of a bot to a chat; the bot's token is the secret and stands in the address."""

from __future__ import annotations

import json
import re

import httpx

from noc_console.notify.addresses import is_safe
from noc_console.notify.http import MAX_RETRY_AFTER_S, send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line, Url
from noc_console.routing.notice import Notice
from noc_console.routing.texts import shortened

LONGEST = 4096  # characters of a message
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_\-]{1,200}")


class TelegramConfig(HttpConfig, frozen=True):
    """Which chat; `url` is another server that speaks the Bot API."""

    chat: Line
    thread: int | None = None
    url: Url = "https://api.telegram.org"
    silent_below_major: bool = True


async def deliver(notice: Notice, config: TelegramConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Send the message as plain text; 429 says how long to wait in `parameters.retry_after`."""
    if not _TOKEN.fullmatch(secret):
        return Outcome("failed", "The secret of a Telegram receiver is its bot's token, like 123456:ABC.")
    if not is_safe(config.url):
        return Outcome("failed", "The address of a Telegram server must begin with https://.")
    address = f"{config.url.rstrip('/')}/bot{secret}/sendMessage"
    request = client.build_request("POST", address, json=payload(notice, config))
    outcome, body = await send(client, request, config.timeout_s)
    return _asked(outcome, body)


def payload(notice: Notice, config: TelegramConfig) -> dict[str, object]:
    """Return the body of sendMessage."""
    quiet = config.silent_below_major and notice.alarm.get("severity") not in ("critical", "major")
    values: dict[str, object] = {
        "chat_id": config.chat,
        "text": shortened(f"{notice.subject}\n\n{notice.text}", LONGEST),
        "disable_notification": quiet,
        "link_preview_options": {"is_disabled": True},
    }
    return values if config.thread is None else {**values, "message_thread_id": config.thread}


def _asked(outcome: Outcome, body: bytes) -> Outcome:
    if outcome.state == "sent":
        return outcome
    try:
        told = json.loads(body)
        wait_s = float(told["parameters"]["retry_after"]) if outcome.state == "retry" else 0.0
    except (ValueError, KeyError, TypeError):
        return outcome
    return Outcome(outcome.state, outcome.text, min(max(outcome.retry_after_s, wait_s), MAX_RETRY_AFTER_S))


KIND = Kind(
    TelegramConfig,
    deliver,
    secret="the token of the bot",  # noqa: S106 - words, not a secret
    needs_secret=True,
    is_grouped=True,
)
