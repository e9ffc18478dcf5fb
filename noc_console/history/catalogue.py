"""Channels, inputs and templates as rows (R-175, R-177), and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from noc_console.errors import KnownError
from noc_console.history import schema
from noc_console.history.values import Template
from noc_console.model import Access, Channel, Expected, Input, Kind, Layer, Level, MediaMode

_TEMPLATE_COLUMNS = [f.name for f in fields(Template) if f.name not in ("id", "name")]


def read_channels(connection: Connection) -> tuple[Channel, ...]:
    """Return every channel with its inputs, by id."""
    inputs: dict[int, list[Input]] = {}
    for row in connection.execute(select(schema.inputs).order_by(schema.inputs.c.input_id)):
        inputs.setdefault(row.channel_id, []).append(_input(row))
    rows = connection.execute(select(schema.channels).order_by(schema.channels.c.channel_id))
    return tuple(_channel(row, inputs.get(row.channel_id, [])) for row in rows)


def save_channel(connection: Connection, channel: Channel, at: float) -> Channel:
    """Write a channel and its inputs; return it with the ids it was given (0 asks for a new one).

    Raises `KnownError` when another channel has the code.
    """
    table = schema.channels
    row = _channel_row(connection, channel, at)
    try:
        channel_id = _save(connection, table, "channel_id", channel.id, row, at)
    except IntegrityError:
        raise KnownError(f"A channel with the code {channel.code} exists already.") from None
    saved = tuple(_save_input(connection, replace(i, channel_id=channel_id)) for i in channel.inputs)
    kept = [i.id for i in saved]
    gone = schema.inputs.delete().where(
        schema.inputs.c.channel_id == channel_id, schema.inputs.c.input_id.not_in(kept)
    )
    connection.execute(gone)
    return replace(channel, id=channel_id, inputs=saved)


def remove_channel(connection: Connection, channel_id: int) -> None:
    """Remove a channel and its inputs; what was measured stays in the history."""
    connection.execute(schema.inputs.delete().where(schema.inputs.c.channel_id == channel_id))
    connection.execute(schema.channels.delete().where(schema.channels.c.channel_id == channel_id))


def read_templates(connection: Connection) -> tuple[Template, ...]:
    """Return every template, by name."""
    rows = connection.execute(select(schema.templates).order_by(schema.templates.c.template_name))
    return tuple(_template(row) for row in rows)


def save_template(connection: Connection, template: Template, at: float) -> Template:
    """Write a template; return it with its id. `KnownError` when another one has the name."""
    row = {name: getattr(template, name) for name in _TEMPLATE_COLUMNS}
    row |= {"template_name": template.name, "rules": dict(template.rules)}
    try:
        made = _save(connection, schema.templates, "template_id", template.id, row, at)
    except IntegrityError:
        raise KnownError(f"A template named {template.name} exists already.") from None
    return replace(template, id=made)


def remove_template(connection: Connection, template_id: int) -> None:
    """Remove a template no channel uses; `KnownError` naming a channel that does."""
    used = select(schema.channels.c.channel_code).where(schema.channels.c.template_id == template_id)
    code = connection.execute(used.limit(1)).scalar()
    if code is not None:
        raise KnownError(f"The template is used by channel {code}; give that channel another one first.")
    connection.execute(schema.templates.delete().where(schema.templates.c.template_id == template_id))


def save_probe(connection: Connection, name: str, port: int, at: float) -> int:
    """Write the row of an agent (R-176) and return its id."""
    table = schema.probes
    known = connection.execute(select(table.c.probe_id).where(table.c.probe_name == name)).scalar() or 0
    row = {"probe_name": name, "layer": 0, "location": "", "ip_address": "127.0.0.1", "port": port}
    row |= {"snmp_enabled": False, "snmp_version": ""}
    return _save(connection, table, "probe_id", known, row, at)


def _save(connection: Connection, table: Table, key: str, known: int, row: dict[str, Any], at: float) -> int:
    if known:
        changed = connection.execute(update(table).where(table.c[key] == known).values(row))
        if changed.rowcount:
            return known
        row = {**row, key: known}
    if "created_at" in table.c:
        row = {**row, "created_at": at}
    made = connection.execute(insert(table).values(row)).inserted_primary_key
    return int(made[0]) if made is not None else known


def _save_input(connection: Connection, wanted: Input) -> Input:
    row = {
        "channel_id": wanted.channel_id,
        "layer": int(wanted.layer),
        "kind": str(wanted.kind),
        "url": wanted.url,
        "level": str(wanted.level),
        "poll_s": wanted.poll_s,
        "access": {**asdict(wanted.access), "headers": dict(wanted.access.headers)},
        "expected": asdict(wanted.expected),
        "media": str(wanted.media),
        "media_rung": wanted.media_rung,
    }
    return replace(wanted, id=_save(connection, schema.inputs, "input_id", wanted.id, row, 0.0))


def _channel_row(connection: Connection, channel: Channel, at: float) -> dict[str, Any]:
    table = schema.templates
    template = connection.execute(
        select(table.c.template_id).where(table.c.template_name == channel.template)
    ).scalar()
    lowest = min(channel.inputs, key=lambda found: found.layer, default=None)
    return {
        "channel_code": channel.code,
        "channel_name": channel.name,
        "channel_type": "LIVE",
        "channel_class": channel.channel_class,
        "tier": channel.tier,
        "codec": "",
        "resolution": "",
        "is_4k": "4K" in channel.channel_class.upper(),
        "is_hdr": bool(lowest and lowest.expected.is_hdr),
        "has_atmos": "ATMOS" in (badge.upper() for badge in channel.badges),
        "input_url": lowest.url if lowest else "",
        "probe_id": connection.execute(select(func.min(schema.probes.c.probe_id))).scalar(),
        "template_id": template,
        "template_name": channel.template,
        "enabled": channel.is_enabled,
        "is_alarmed": channel.is_alarmed,
        "is_demo": channel.is_demo,
        "labels": list(channel.labels),
        "badges": list(channel.badges),
        "updated_at": at,
    }


def _channel(row: Any, inputs: Iterable[Input]) -> Channel:
    return Channel(
        id=row.channel_id,
        code=row.channel_code,
        name=row.channel_name,
        tier=row.tier,
        channel_class=row.channel_class,
        template=row.template_name,
        is_enabled=row.enabled,
        is_alarmed=row.is_alarmed,
        is_demo=row.is_demo,
        labels=tuple(row.labels),
        badges=tuple(row.badges),
        inputs=tuple(inputs),
    )


def _input(row: Any) -> Input:
    expected: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.expected.items()}
    return Input(
        id=row.input_id,
        channel_id=row.channel_id,
        layer=Layer(row.layer),
        kind=Kind(row.kind),
        url=row.url,
        level=Level(row.level),
        poll_s=row.poll_s,
        access=Access(**{**row.access, "hosts": tuple(row.access.get("hosts", ()))}),
        expected=Expected(**expected),
        media=MediaMode(row.media),
        media_rung=row.media_rung,
    )


def _template(row: Any) -> Template:
    values = {name: getattr(row, name) for name in _TEMPLATE_COLUMNS}
    return Template(id=row.template_id, name=row.template_name, **values)
