"""The whole line: console, own agent, lab; a stream breaks, the wall shows it, the journal has it."""

from __future__ import annotations

import asyncio
import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from noc_console.views.desk import AgentDoor, Desk, Frame, Operator, Ways
from noc_console.views.endpoint import Embedded
from noc_console.views.link import AgentLink
from noc_console.views.sheet import dress
from noc_console.views.state import BoardMirror
from noc_console.views.tasks import Tasks
from noc_console.views.theme import theme
from noc_console.views.window import Window

CRITICAL = "#d55e00"
PATIENCE_S = 45.0


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    monkeypatch.setenv("NOC_LAB_CHANNELS", "4")
    monkeypatch.setenv("NOC_LAB_SEGMENT_S", "2")
    one = Embedded(tmp_path / "local.db", "yes")
    yield one
    one.wait_end(10)


async def until(is_true: Callable[[], bool], what: str) -> None:
    loop = asyncio.get_running_loop()
    limit = loop.time() + PATIENCE_S
    while not is_true():
        assert loop.time() < limit, f"waited {PATIENCE_S:.0f} s for {what}"
        await asyncio.sleep(0.1)


@pytest.mark.timeout(170)
def test_a_broken_stream_is_seen_on_the_wall_taken_by_the_operator_and_kept(
    qapp: QApplication, source: Embedded, tmp_path: Path
) -> None:
    look = theme()
    dress(qapp, look)
    qapp.setQuitOnLastWindowClosed(False)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    desk = Desk(BoardMirror(), look, Ways(), Frame(), Operator(settings), AgentDoor(), Tasks())
    desk.operator.rename("T. Linh")
    in_qt(qapp, _story(desk, source))


def in_qt(qapp: QApplication, story: Coroutine[Any, Any, None]) -> None:
    loop = QEventLoop(qapp)
    with loop:
        loop.run_until_complete(story)


async def _story(desk: Desk, source: Embedded) -> None:
    window = Window(desk)
    window.resize(1920, 1080)
    window.show()
    desk.tasks.start(AgentLink(source, desk.mirror, desk.agent).run())
    try:
        await _break_and_mend(desk, window)
    finally:
        window.may_close = True
        window.close()
        await desk.tasks.stop()
        source.let_go()


async def _break_and_mend(desk: Desk, window: Window) -> None:
    channels = desk.mirror.channels

    def all_measured() -> bool:
        return len(channels) == 4 and all(row["state"] == "ok" for row in channels.values())

    await until(all_measured, "four measured channels")
    desk.ways.openScreen.emit("wall")
    await asyncio.sleep(0.5)
    assert _amount(window, CRITICAL) < 200, "a healthy wall has no colour"

    client = desk.agent.client
    assert client is not None
    ill = channels[desk.mirror.order[0]]
    order = {"channel": ill["code"], "fault": "missing-segment", "seconds": 300}
    fault = await client.post("/lab/faults", order)
    await until(lambda: channels[ill["id"]]["severity"] == "critical", "a critical tile")
    await asyncio.sleep(0.5)
    window.show_lit()
    assert _amount(window, CRITICAL) > 1000, "the tile's head is filled with the colour of critical"

    alarm_id = channels[ill["id"]]["alarm_id"]
    await client.alarm_verb(alarm_id, "acknowledge", desk.operator.name, "asked the packager team")
    await until(lambda: bool(channels[ill["id"]]["acknowledged"]), "the acknowledged mark")

    await client.delete(f"/lab/faults/{fault['id']}")
    await until(lambda: channels[ill["id"]]["severity"] == "cleared", "a normal tile")

    kinds = Counter(event["kind"] for event in (await client.journal(""))["events"])
    assert kinds["AlarmRaised"] == kinds["AlarmAcknowledged"] == kinds["AlarmCleared"] == 1
    board = await client.board(0)
    assert board["agent"]["recording"]["state"] == "ok"


def _amount(window: Window, colour: str) -> int:
    """How many pixels of the window have exactly this colour, every second one counted."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = QColor(colour).rgb()
    wide, high = image.width(), image.height()
    return sum(image.pixel(x, y) == wanted for y in range(60, high - 30, 2) for x in range(60, wide, 2))
