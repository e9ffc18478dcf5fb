"""notify.toml: receivers, routes and habits; read as a whole or refused in one sentence with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.notify.kinds import KINDS
from noc_console.notify.receiver import NAME, Line, ReceiverConfig
from noc_console.notify.routes import RouteForm
from noc_console.resources import resource
from noc_console.routing.hours import parse_hours, parse_zone
from noc_console.routing.policy import Receiver, Route

MAX_FILE_BYTES = 1024 * 1024
MAX_RECEIVERS = 200
_PLAIN = {"Extra inputs are not permitted": "there is no such setting", "Field required": "it is missing"}


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """What is configured: how each receiver is reached, how the policy sees it, and the routes."""

    receivers: Mapping[str, ReceiverConfig] = field(default_factory=dict)
    seen: Mapping[str, Receiver] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    route_rows: tuple[Mapping[str, Any], ...] = ()
    has_own_routes: bool = False
    zone: str = "UTC"
    give_up_s: float = 3600.0
    tells_demo: bool = False


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    zone: Line = "UTC"
    give_up_min: float = Field(default=60.0, gt=0, le=7 * 24 * 60)
    tell_demo: bool = False
    receivers: dict[Annotated[str, Field(pattern=NAME)], dict[str, Any]] = Field(
        default_factory=dict, max_length=MAX_RECEIVERS
    )
    routes: list[RouteForm] | None = Field(default=None, max_length=200)


def read(path: Path) -> str:
    """Return the text of the file, empty when there is none; `KnownError` when it cannot be read."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise KnownError(f"{path.name} is larger than 1 MiB.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise KnownError(f"{path.name} cannot be read as text.") from None


def parse(text: str, name: str = "notify.toml") -> NotifyConfig:
    """Return what a file says; `KnownError` names file, line and what is wrong."""
    try:
        rows = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise KnownError(f"{name}: {error}.") from None
    return from_rows(rows, text, name)


def from_rows(rows: Mapping[str, Any], text: str = "", name: str = "notify.toml") -> NotifyConfig:
    """Return the configuration of rows as TOML gives them; `text` is searched for the lines of what is wrong."""
    try:
        form = _File.model_validate(rows)
        zone = parse_zone(form.zone)
        receivers = {key: _receiver(key, row) for key, row in form.receivers.items()}
        seen = {key: _seen(key, one, form.zone) for key, one in receivers.items()}
        own = form.routes
        forms = own if own is not None else shipped_routes()
        routes = tuple(_at_route(number, lambda one=one: one.route(zone)) for number, one in enumerate(forms))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise KnownError(_sentence(name, text, tuple(first["loc"]), str(first["msg"]))) from None
    except _Wrong as error:
        raise KnownError(_sentence(name, text, error.loc, str(error))) from None
    except KnownError as error:
        raise KnownError(_sentence(name, text, ("zone",), str(error))) from None
    _all_different(forms, name)
    return NotifyConfig(
        receivers=receivers,
        seen=seen,
        routes=routes,
        route_rows=tuple(one.row() for one in forms),
        has_own_routes=own is not None,
        zone=form.zone,
        give_up_s=form.give_up_min * 60,
        tells_demo=form.tell_demo,
    )


def shipped_routes() -> list[RouteForm]:
    """Return the routes of `resources/policy.toml` (C-25)."""
    rows = tomllib.loads(resource("policy.toml").read_text(encoding="utf-8"))
    return [RouteForm.model_validate(row) for row in rows["routes"]]


class _Wrong(Exception):
    """Something is wrong at a place of the file."""

    def __init__(self, loc: tuple[str | int, ...], text: str) -> None:
        super().__init__(text)
        self.loc = loc


def _receiver(name: str, row: Mapping[str, Any]) -> ReceiverConfig:
    kind = KINDS.get(str(row.get("kind", "")))
    if kind is None:
        known = ", ".join(sorted(KINDS))
        raise _Wrong(("receivers", name, "kind"), f"receiver {name} needs a kind, one of {known}")
    try:
        return kind.config.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _Wrong(("receivers", name, *first["loc"]), _words(first["loc"], str(first["msg"]))) from None


def _seen(name: str, config: ReceiverConfig, zone_name: str) -> Receiver:
    zone = parse_zone(zone_name)
    try:
        quiet = tuple(parse_hours(one.hours, one.days, zone) for one in config.quiet)
    except KnownError as error:
        raise _Wrong(("receivers", name, "quiet"), str(error)) from None
    return Receiver(
        name=name,
        roles=frozenset(config.roles),
        is_enabled=config.enabled,
        quiet=quiet,
        quiet_below=Severity(config.quiet_below),
        is_grouped=KINDS[config.kind].is_grouped,
        hears_acknowledge=KINDS[config.kind].hears_acknowledge,
    )


def _at_route(number: int, made: Any) -> Route:
    try:
        route: Route = made()
    except KnownError as error:
        raise _Wrong(("routes", number), str(error)) from None
    return route


def _all_different(forms: list[RouteForm], name: str) -> None:
    seen: set[str] = set()
    for one in forms:
        if one.name in seen:
            raise KnownError(f"{name}: two routes are called {one.name}.")
        seen.add(one.name)


def _words(loc: tuple[str | int, ...], message: str) -> str:
    place = " ".join(str(part) for part in loc if not isinstance(part, int))
    what = _PLAIN.get(message, message.removeprefix("Value error, "))
    return f"{place}: {what}" if place else what


def _sentence(name: str, text: str, loc: tuple[str | int, ...], message: str) -> str:
    line = line_of(text, loc)
    where = f"{name}, line {line}" if line else name
    words = message if loc[:1] in (("zone",),) or ":" in message else _words(loc, message)
    return f"{where}: {words.rstrip('.')}."


def line_of(text: str, loc: tuple[str | int, ...]) -> int:
    """Return the line (1-based) of a key of a TOML text: the key's own, else that of its table; 0 when unknown."""
    lines = text.splitlines()
    begin = _table_line(lines, loc)
    for part in reversed([str(one) for one in loc]):
        for number in range(begin, len(lines)):
            if number > begin and lines[number].lstrip().startswith("["):
                break
            if re.match(rf'\s*"?{re.escape(part)}"?\s*=', lines[number]):
                return number + 1
    return begin + 1 if begin or loc[:1] in (("receivers",), ("routes",)) else 0


def _table_line(lines: list[str], loc: tuple[str | int, ...]) -> int:
    if len(loc) > 1 and loc[0] == "routes":
        heads = [number for number, line in enumerate(lines) if line.replace(" ", "").startswith("[[routes]]")]
        index = int(loc[1]) if isinstance(loc[1], int) else 0
        return heads[index] if index < len(heads) else 0
    if len(loc) > 1 and loc[0] == "receivers":
        wanted = re.compile(rf'\s*\[\s*receivers\s*\.\s*["\']?{re.escape(str(loc[1]))}["\']?\s*\]')
        return next((number for number, line in enumerate(lines) if wanted.match(line)), 0)
    return 0
