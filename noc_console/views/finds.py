"""Collects what the palette can find: ill channels first, then all channels, open alarms, actions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtGui import QAction

from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.palette import Find
from noc_console.views.penalty_model import Row, ranked


def everything(desk: Desk, actions: Iterable[QAction]) -> list[Find]:
    """Return all finds, the most wanted first."""
    return [*_alarms(desk), *_actions(actions), *_channels(desk)]


def _channels(desk: Desk) -> list[Find]:
    mirror = desk.mirror
    ill = [place.channel_id for place in ranked(mirror) if place.kind is not Row.HEADING]
    order = [*ill, *(key for key in mirror.order if key not in set(ill))]
    return [
        Find(
            f"{mirror.channels[key]['code']}  {mirror.channels[key]['name']}",
            "channel",
            partial(desk.ways.openChannel.emit, key),
            Severity(mirror.channels[key]["severity"]),
        )
        for key in order
    ]


def _alarms(desk: Desk) -> list[Find]:
    return [
        Find(
            f"{alarm['channel_code']}  {alarm['message']}",
            "alarm",
            partial(desk.ways.openAlarm.emit, alarm["id"]),
            Severity(alarm["severity"]),
        )
        for alarm in desk.mirror.open_alarms()
    ]


def _actions(actions: Iterable[QAction]) -> list[Find]:
    return [
        Find(action.text(), "action", action.trigger, None, action.shortcut().toString())
        for action in actions
        if action.isEnabled() and action.text()
    ]
