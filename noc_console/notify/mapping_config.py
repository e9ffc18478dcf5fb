"""incoming.toml: whether and how we listen for other systems' notices, and the rules that make alarms of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from noc_console.catalogues import alarm_types
from noc_console.errors import KnownError
from noc_console.notify.mapping import Rule, filled, severity_of, test_of
from noc_console.notify.snmp_config import Auth, Priv, Version

MAX_FILE_BYTES = 1024 * 1024
Text = Annotated[str, Field(max_length=500)]
Tests = Annotated[dict[Text, Text], Field(max_length=50)]


class User(BaseModel, frozen=True):
    """A sender of v3 notifications; its keys are secrets and stand elsewhere. What it may do less is refused."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=32)]
    auth: Auth = "none"
    priv: Priv = "none"

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.priv != "none" and self.auth == "none":
            raise ValueError("encryption needs authentication: choose an auth protocol too")
        return self


class Traps(BaseModel, frozen=True):
    """Where traps are taken, and how many; off unless told, on loopback unless told."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = False
    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    port: int = Field(default=1162, ge=0, le=65535)
    versions: Annotated[tuple[Version, ...], Field(min_length=1, max_length=3)] = ("1", "2c", "3")
    users: Annotated[tuple[User, ...], Field(max_length=64)] = ()
    sources: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    per_second: float = Field(default=200.0, gt=0, le=5000)
    per_source_per_second: float = Field(default=50.0, gt=0, le=5000)
    max_bytes: int = Field(default=16384, ge=484, le=65507)

    @field_validator("sources")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_networks(networks)


class Webhook(BaseModel, frozen=True):
    """Whether Alertmanager's webhook is answered."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = False


class RuleForm(BaseModel, frozen=True):
    """One rule as the operator writes it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^|]+$")]
    source: Literal["", "trap", "alertmanager"] = ""
    peers: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    match: Tests = Field(default_factory=dict)
    alarm: Text = ""
    severity: Text = ""
    severities: Tests = Field(default_factory=dict)
    channel: Text = ""
    channel_pattern: Text = ""
    message: Text = ""
    key: Text = ""
    clear: Tests = Field(default_factory=dict)
    clear_after_min: float = Field(default=0.0, ge=0, le=7 * 24 * 60)

    @field_validator("peers")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_networks(networks)

    @field_validator("alarm")
    @classmethod
    def _known(cls, key: str) -> str:
        if key and key not in alarm_types():
            raise ValueError(f"there is no alarm type {key}")
        return key

    @field_validator("severities")
    @classmethod
    def _words(cls, words: dict[str, str]) -> dict[str, str]:
        for word in words.values():
            if severity_of(word) is None:
                raise ValueError(f"{word} is no severity")
        return words

    @model_validator(mode="after")
    def _sense(self) -> Self:
        for text in (*self.match.values(), *self.clear.values(), f"re:{self.channel_pattern}"):
            try:
                test_of(text)
            except re.error as error:
                raise ValueError(f"'{text}' is no regular expression: {error}") from None
        if "{" not in self.severity and self.severity and severity_of(filled(self.severity, {})) is None:
            raise ValueError(f"{self.severity} is no severity")
        return self

    def rule(self) -> Rule:
        """Return the rule."""
        return Rule(
            name=self.name,
            source=self.source,
            peers=self.peers,
            match={name: test_of(text) for name, text in self.match.items()},
            alarm=self.alarm,
            severity=self.severity,
            severities=self.severities,
            channel=self.channel,
            channel_pattern=re.compile(self.channel_pattern) if self.channel_pattern else None,
            message=self.message,
            key=self.key,
            clear={name: test_of(text) for name, text in self.clear.items()},
            clear_after_s=self.clear_after_min * 60,
        )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    traps: Traps = Traps()
    alertmanager: Webhook = Webhook()
    rules: Annotated[tuple[RuleForm, ...], Field(max_length=1000)] = ()


@dataclass(frozen=True, slots=True)
class IncomingConfig:
    """What incoming.toml says."""

    traps: Traps = field(default_factory=Traps)
    alertmanager: Webhook = field(default_factory=Webhook)
    rules: tuple[Rule, ...] = ()
    forms: tuple[Mapping[str, Any], ...] = ()


def parse(text: str, name: str = "incoming.toml") -> IncomingConfig:
    """Return what a file says; KnownError names the place and what is wrong there."""
    try:
        form = _File.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise KnownError(f"{name}: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise KnownError(f"{name}: {_place(first['loc'])}{_said(first['msg'])}.") from None
    names = [one.name for one in form.rules]
    twice = next((one for one in names if names.count(one) > 1), "")
    if twice:
        raise KnownError(f"{name}: two rules are called {twice}.")
    forms = tuple(one.model_dump(mode="json", exclude_defaults=True) for one in form.rules)
    return IncomingConfig(form.traps, form.alertmanager, tuple(one.rule() for one in form.rules), forms)


def _place(loc: tuple[int | str, ...]) -> str:
    """Return where something is wrong: `rule 3, severity: `."""
    parts = [str(part) for part in loc if not isinstance(part, int)]
    number = next((part + 1 for part in loc if isinstance(part, int)), 0)
    if parts[:1] == ["rules"] and number:
        parts[0] = f"rule {number}"
    return ", ".join(parts) + ": " if parts else ""


def _said(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")


def _checked_networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    for one in networks:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"{one} is no address or network such as 10.50.0.0/24") from None
    return networks
