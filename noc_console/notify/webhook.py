"""Webhook: one POST of JSON, or of the operator's template, signed with HMAC and numbered against repeats."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Annotated, Any

import httpx
from pydantic import Field, field_validator

from noc_console.errors import KnownError
from noc_console.notify import templates
from noc_console.notify.http import send
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, Kind, Line, Url
from noc_console.routing.notice import Notice

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9\-]{1,64}$")]
_OURS = frozenset({"content-length", "host", "transfer-encoding", "connection"})


class WebhookConfig(HttpConfig, frozen=True):
    """Where to, with which headers and body; the secret signs the body."""

    url: Url
    headers: dict[HeaderName, Line] = Field(default_factory=dict, max_length=20)
    template: Annotated[str, Field(max_length=templates.MAX_TEMPLATE)] = ""
    content_type: Line = "application/json"
    deduplicates: bool = False

    @field_validator("template")
    @classmethod
    def _readable(cls, text: str) -> str:
        if text:
            try:
                templates.check(text)
            except KnownError as error:
                raise ValueError(str(error).rstrip(".")) from None
        return text

    @field_validator("headers")
    @classmethod
    def _allowed(cls, headers: dict[str, str]) -> dict[str, str]:
        for name in headers:
            if name.lower() in _OURS:
                raise ValueError(f"the header {name} is set by the program")
        return headers


async def deliver(notice: Notice, config: WebhookConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Post the notice; the receiver can know a repeat by `Idempotency-Key` and the sender by the signature."""
    try:
        content = body(notice, config)
    except KnownError as error:
        return Outcome("failed", str(error))
    headers = {**config.headers, "Content-Type": config.content_type, "Idempotency-Key": notice.id}
    if secret:
        headers |= signature(secret, content, int(time.time()))
    request = client.build_request("POST", config.url, content=content, headers=headers)
    outcome, _ = await send(client, request, config.timeout_s)
    return outcome


def body(notice: Notice, config: WebhookConfig) -> bytes:
    """Return the bytes that are posted."""
    values = payload(notice)
    if config.template:
        return templates.render(config.template, values).encode("utf-8", "replace")
    return json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "replace")


def payload(notice: Notice) -> dict[str, Any]:
    """Return what a template may use, which is also the body where there is none."""
    return {
        "version": 1,
        "notice_id": notice.id,
        "dedup_key": notice.dedup_key,
        "action": str(notice.action),
        "reason": notice.reason,
        "subject": notice.subject,
        "text": notice.text,
        "agent": notice.data.get("agent", ""),
        "test": notice.is_test,
        "may_be_a_repeat": notice.is_repeat,
        "alarm": dict(notice.alarm),
    }


def signature(secret: str, content: bytes, at: int) -> dict[str, str]:
    """Return the headers that prove who sent this and when: HMAC-SHA256 over `TIME.BODY`."""
    digest = hmac.new(secret.encode(), str(at).encode() + b"." + content, hashlib.sha256).hexdigest()
    return {"X-Noc-Timestamp": str(at), "X-Noc-Signature": f"sha256={digest}"}


KIND = Kind(
    WebhookConfig,
    deliver,
    secret="the key that signs the body (HMAC-SHA256)",  # noqa: S106 - words, not a secret
    deduplicates=lambda config: bool(config.deduplicates),
)
