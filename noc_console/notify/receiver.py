"""What every receiver is told by its configuration, and what a kind of receiver is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from noc_console.notify.outcome import Outcome
from noc_console.routing.notice import Notice

if TYPE_CHECKING:
    import httpx

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$"
Name = Annotated[str, Field(pattern=NAME)]
Line = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Phone = Annotated[str, Field(max_length=40, pattern=r"^[+0-9 ()./\-]*$")]


def _checked_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address begins with https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("a password does not belong into an address: set it as the secret")
    return text


Url = Annotated[str, Field(max_length=2000), AfterValidator(_checked_url)]


class QuietForm(BaseModel, frozen=True):
    """One span of quiet hours."""

    model_config = ConfigDict(extra="forbid")

    hours: Annotated[str, Field(max_length=40)]
    days: tuple[Annotated[str, Field(max_length=20)], ...] = Field(default=(), max_length=7)


class ReceiverConfig(BaseModel, frozen=True):
    """What every receiver has, whatever its kind; the secret is never here.

    `person` and `phone` are for people only: guides show whom to call.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    roles: tuple[Name, ...] = Field(default=(), max_length=20)
    enabled: bool = True
    person: Line = ""
    phone: Phone = ""
    quiet: tuple[QuietForm, ...] = Field(default=(), max_length=10)
    quiet_below: Annotated[str, Field(pattern="^(warning|minor|major|critical)$")] = "critical"
    timeout_s: float = Field(default=10.0, gt=0, le=120)
    give_up_min: float | None = Field(default=None, gt=0, le=7 * 24 * 60)


class HttpConfig(ReceiverConfig, frozen=True):
    """What receivers over HTTP have besides."""

    ca_file: Line = ""
    proxy: Line = ""


Deliver = Callable[[Notice, Any, str, "httpx.AsyncClient"], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of receiver: its configuration, how it is told, and how it treats what it hears twice.

    `deduplicates` says whether the same notice told twice is one there. `is_grouped`: people read it, so that
    notices of one group become one message. `hears_acknowledge`: it pages by itself until it is told that somebody is
    on it. `secret` says in words what its secret is.
    """

    config: type[ReceiverConfig]
    deliver: Deliver
    secret: str = ""
    needs_secret: bool = False
    is_grouped: bool = False
    hears_acknowledge: bool = False
    deduplicates: Callable[[Any], bool] = lambda config: False
