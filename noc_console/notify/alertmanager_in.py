"""Alertmanager's webhook (version 4 of its payload): each alert becomes one incoming notice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noc_console.errors import KnownError
from noc_console.notify.mapping import Incoming

MAX_ALERTS = 1000
_Text = Annotated[str, Field(max_length=10_000)]
_Texts = Annotated[dict[Annotated[str, Field(max_length=500)], _Text], Field(max_length=100)]


class _Alert(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: Literal["firing", "resolved"]
    labels: _Texts = Field(default_factory=dict)
    annotations: _Texts = Field(default_factory=dict)
    starts_at: _Text = Field(default="", alias="startsAt")
    ends_at: _Text = Field(default="", alias="endsAt")
    generator_url: _Text = Field(default="", alias="generatorURL")
    fingerprint: Annotated[str, Field(max_length=100)] = ""


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore")

    version: str = "4"
    receiver: _Text = ""
    external_url: _Text = Field(default="", alias="externalURL")
    group_key: _Text = Field(default="", alias="groupKey")
    truncated: int = Field(default=0, alias="truncatedAlerts", ge=0)
    alerts: Annotated[list[_Alert], Field(max_length=MAX_ALERTS)]


def read_payload(body: Any, at: float, peer: str) -> tuple[Incoming, ...]:
    """Return the alerts of one webhook call; KnownError says in one sentence what is wrong with it."""
    try:
        payload = _Payload.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        raise KnownError(f"This is no payload of Alertmanager: {where}: {first['msg']}.") from None
    if payload.version != "4":
        raise KnownError(f"Version {payload.version[:20]} of Alertmanager's payload is unknown; 4 is understood.")
    return tuple(_incoming(alert, payload, at, peer) for alert in payload.alerts)


def _incoming(alert: _Alert, payload: _Payload, at: float, peer: str) -> Incoming:
    name = alert.labels.get("alertname", "alert")
    summary = alert.annotations.get("summary") or alert.annotations.get("description") or ""
    is_over = alert.status == "resolved"
    return Incoming(
        source="alertmanager",
        at=at,
        peer=peer,
        says=f"{'Resolved: ' if is_over else ''}{name}{': ' + summary if summary else ''}"[:1000],
        key=alert.fingerprint or _labels_key(alert.labels),
        fields=_fields(alert, payload),
        raw={**alert.model_dump(by_alias=True), "receiver": payload.receiver, "externalURL": payload.external_url},
        is_over=is_over,
    )


def _fields(alert: _Alert, payload: _Payload) -> dict[str, str]:
    return {
        "status": alert.status,
        "receiver": payload.receiver,
        "fingerprint": alert.fingerprint,
        "generator_url": alert.generator_url,
        **{f"labels.{name}": value for name, value in alert.labels.items()},
        **{f"annotations.{name}": value for name, value in alert.annotations.items()},
    }


def _labels_key(labels: Mapping[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
