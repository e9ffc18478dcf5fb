"""G: from an alarm to its guide, the same from the list, the drawer, the channel's page and the wall."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from noc_console.views.actions import add_action
from noc_console.views.desk import Desk


def add_guide_way(screen: QWidget, desk: Desk, chosen: Callable[[], int]) -> QAction:
    """Give a screen the way to the guide of the chosen alarm; `chosen` returns its id, 0 for none."""

    def go() -> None:
        alarm_id = chosen()
        if alarm_id:
            desk.ways.openGuide.emit(alarm_id)
        else:
            desk.ways.say.emit("There is no alarm here: a guide opens from an alarm, or from Guides (Ctrl+G).")

    return add_action(screen, "Guide", "G", go, within=True)


def alarm_of_channel(desk: Desk, channel_id: int) -> int:
    """Return the worst open alarm of a channel, 0 for none."""
    channel = desk.mirror.channels.get(channel_id)
    return int(channel["alarm_id"] or 0) if channel is not None else 0
