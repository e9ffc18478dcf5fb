"""The newest picture of a channel under the facts of a tooltip: fetched when the pointer rests on a tile."""

from __future__ import annotations

import asyncio
import base64
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip, QWidget

from noc_console.views import figures
from noc_console.views.desk import Desk
from noc_console.views.mosaic_facts import absent
from noc_console.views.wall_facts import facts_of


class PictureTip:
    """Asks for one picture at a time; what comes after the pointer has gone on is thrown away."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self._asked = 0
        self._busy: asyncio.Task[None] | None = None

    def ask(self, desk: Desk, channel_id: int, on_screen: QPoint) -> None:
        """Add the picture of a channel to the tooltip that is shown now, as soon as it is here."""
        client = desk.agent.client
        self._asked = channel_id
        if client is None or not desk.mirror.channels[channel_id].get("thumbnail"):
            return
        if self._busy is not None and not self._busy.done():
            self._busy.cancel()
        work = client.get_bytes(f"/channels/{channel_id}/thumbnail")
        self._busy = desk.tasks.start(work, partial(self._show, desk, channel_id, on_screen), _keep)

    def _show(self, desk: Desk, channel_id: int, on_screen: QPoint, jpeg: bytes) -> None:
        if channel_id == self._asked and channel_id in desk.mirror.channels and QToolTip.isVisible():
            QToolTip.showText(on_screen, with_picture(desk, channel_id, jpeg), self._owner)


def with_picture(desk: Desk, channel_id: int, jpeg: bytes) -> str:
    """Return the facts of a channel with its picture and how old that is, as rich text."""
    channel, mirror = desk.mirror.channels[channel_id], desk.mirror
    thumbnail = channel.get("thumbnail")
    age = f"picture {figures.age(mirror.now() - thumbnail['at'])} old" if thumbnail else absent(channel, mirror.agent)
    source = base64.b64encode(jpeg).decode("ascii")
    return f'{facts_of(channel, mirror)}<br><img src="data:image/jpeg;base64,{source}" width="256"><br>{age}'


def _keep(_sentence: str) -> None:
    """Leave the tooltip without a picture: the link's own banner says what is wrong."""
