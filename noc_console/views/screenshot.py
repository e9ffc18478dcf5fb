"""`noc-console screenshot`: draws one view offscreen into a PNG, from a history file, a running agent, or the lab."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noc_console.errors import KnownError

if TYPE_CHECKING:
    from noc_console.views.desk import Desk
    from noc_console.views.endpoint import Source
    from noc_console.views.window import Window

_DRY = 2
_QUIET = ("notices", "nms", "maintenance", "rules", "incidents", "guides", "shift")
_LINK_S = 40.0
_END_S = 8.0
_STORY = ("stale-playlist", "slow-segment")
_STREAM_STORY = ("ts-cc-errors", "ts-pcr-jitter")


@dataclass(frozen=True, slots=True)
class Shot:
    """What is drawn: which view, how large, after how long."""

    view: str
    width: int
    height: int
    after_s: float


def run(view: str, file: Path, *, db: Path | None, attach: str, theme: str, size: str, after: float) -> int:
    """Draw a view and return 0; the lab with two faults is watched when neither db nor attach is given.

    Raises KnownError for an unknown view, a bad size, or an agent that does not come up.
    """
    if view not in VIEWS:
        raise KnownError(f"there is no view '{view}'; choose one of: {', '.join(VIEWS)}")
    shot = Shot(view, *_size_of(size), max(0.0, min(after, 3600.0)))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        _draw(shot, file, Path(folder), (db, attach, theme))
    return 0


def _draw(shot: Shot, file: Path, folder: Path, told: tuple[Path | None, str, str]) -> None:
    from PySide6.QtCore import QSettings, qInstallMessageHandler
    from qasync import QEventLoop

    from noc_console.views.app import source_for
    from noc_console.views.endpoint import Embedded
    from noc_console.views.program import application_for, desk_for
    from noc_console.views.theme import theme as theme_named

    db, attach, theme = told
    qInstallMessageHandler(_qt_says)
    look = theme_named(theme)
    application = application_for(look)
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    desk = desk_for(look, settings)
    desk.operator.rename("T. Linh")
    is_lab = db is None and not attach
    source = Embedded(folder / "local.db", "yes") if is_lab else source_for(db, attach)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    try:
        with loop:
            loop.run_until_complete(_shoot(desk, source, shot, file, is_lab))
    finally:
        if isinstance(source, Embedded):
            source.wait_end(_END_S)


async def _shoot(desk: Desk, source: Source, shot: Shot, file: Path, is_lab: bool) -> None:
    from noc_console.views.link import AgentLink
    from noc_console.views.window import Window

    window = Window(desk)
    window.resize(shot.width, shot.height)
    window.show()
    desk.tasks.start(AgentLink(source, desk.mirror, desk.agent).run())
    try:
        await _linked(desk)
        if is_lab:
            await _set_up(desk, shot.view)
            await _tell_story(desk)
        if is_lab and shot.view.startswith("ts"):
            await _break_streams(desk)
        if is_lab and shot.view == "drills":
            await _drill(window, desk)
        if is_lab and shot.view.startswith("incident"):
            from noc_console.views.screenshot_incident import tell_incidents

            await tell_incidents(desk)
        if is_lab and shot.view in ("guide", "guides", "shift", "checklist"):
            from noc_console.views.screenshot_guide import tell_guides

            await tell_guides(desk)
        # the view is opened early, so that what it asks of the agent is there when it is drawn
        await asyncio.sleep(shot.after_s / 2)
        VIEWS[shot.view](window, desk)
        await asyncio.sleep(max(shot.after_s / 2, 1.0))
        VIEWS[shot.view](window, desk)
        await asyncio.sleep(0.6)
        window.show_lit()
        _write(window, file)
    finally:
        window.may_close = True
        window.close()
        await desk.tasks.stop()
        source.let_go()


async def _linked(desk: Desk) -> None:
    for _ in range(int(_LINK_S * 10)):
        if desk.mirror.agent:
            return
        await asyncio.sleep(0.1)
    raise KnownError(desk.mirror.link_text or "The agent did not come up.")


async def _set_up(desk: Desk, view: str) -> None:
    from noc_console.views.screenshot_people import plan_work, tell_people

    if view in ("notices", "receivers", "told", "nms"):
        await tell_people(desk)
    if view in ("maintenance", "hiding"):
        await plan_work(desk)


async def _tell_story(desk: Desk) -> None:
    """Break two of the lab's channels, so that the picture has something to show."""
    client = desk.agent.client
    for _ in range(int(_LINK_S * 10)):
        if any(one["demo"] for one in desk.mirror.channels.values()):
            break
        await asyncio.sleep(0.1)
    if client is None:
        return
    codes = [desk.mirror.channels[key]["code"] for key in desk.mirror.order if desk.mirror.channels[key]["demo"]]
    for fault, code in zip(_STORY, codes, strict=False):
        await client.post("/lab/faults", {"channel": code, "fault": fault, "seconds": 600})


async def _drill(window: Window, desk: Desk) -> None:
    """Start a drill, as an instructor does on the screen."""
    from noc_console.views.drills import DrillsScreen

    window.stage.show_screen("drills")
    screen = window.stage.findChild(DrillsScreen)
    for _ in range(100):
        await asyncio.sleep(0.1)
        if screen is not None and screen.scenarios.choose("wrong-lists"):
            screen.team.setText("Shift B")
            screen.refresh()
            next(action for action in screen.actions() if action.text() == "Start the drill").trigger()
            return


async def _break_streams(desk: Desk) -> None:
    """Break the first of the lab's transport streams."""
    client = desk.agent.client
    demo = [one for one in desk.mirror.channels.values() if one["demo"]]
    codes = sorted(one["code"] for one in demo if any(own["kind"] == "ts" for own in one["inputs"]))
    if client is None or not codes:
        return
    for fault in _STREAM_STORY:
        await client.post("/lab/faults", {"channel": codes[0], "fault": fault, "seconds": 600})


def _qt_says(kind: object, context: object, message: str) -> None:
    """Pass on what Qt says, but not that an offscreen window has no size hints."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")


def _write(window: Window, file: Path) -> None:
    if not window.grab().save(str(file), "PNG"):
        raise KnownError(f"{file} could not be written.")


def _size_of(size: str) -> tuple[int, int]:
    width, _, height = size.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or not (800 <= int(width) <= 7680 and 600 <= int(height) <= 4320):
        raise KnownError(f"'{size}' is not a size; write width x height, for example 1920x1080.")
    return int(width), int(height)


def _screen(name: str) -> Callable[[Window, Desk], None]:
    def show(window: Window, desk: Desk) -> None:
        if window.stage.name != name:
            window.stage.show_screen(name)

    return show


def _channel(window: Window, desk: Desk) -> None:
    from noc_console.views.penalty_model import PenaltyModel

    box = PenaltyModel(desk.mirror)
    box.rank()
    wanted = box.next_ill(0) or (desk.mirror.order[0] if desk.mirror.order else 0)
    if wanted and window.stage.name != "channel":
        window.stage.open_channel(wanted)


def _is_it_us(window: Window, desk: Desk) -> None:
    _channel(window, desk)
    if not window.us_card.isVisible():
        window.is_it_us()


def _stream(window: Window, desk: Desk) -> None:
    from noc_console.views.ts_facts import ts_rows

    rows = ts_rows(desk.mirror)
    if rows and window.stage.name != "ts-input":
        window.stage.open_transport(rows[0].id)


def _add_channel(window: Window, desk: Desk) -> None:
    if window.stage.name != "add-channel":
        window.stage.add_channel()


def _palette(window: Window, desk: Desk) -> None:
    window.find_card.pop_up()


def _keys(window: Window, desk: Desk) -> None:
    window.show_keys()


def _hiding(window: Window, desk: Desk) -> None:
    alarms = desk.mirror.open_alarms()
    if alarms and window.stage.name != "maintenance":
        window.stage.show_screen("maintenance", int(alarms[-1]["id"]))


def _incident(window: Window, desk: Desk) -> None:
    if window.stage.name != "incident":
        window.stage.open_incident(2 if desk.mirror.agent.get("lab") else 1)


def _walk(kind: str, view: str) -> Callable[[Window, Desk], None]:
    def show(window: Window, desk: Desk) -> None:
        known = (desk.mirror.agent.get("guides") or {}).get("open") or ()
        runs = [int(one["run_id"]) for one in known if str(one["guide"]).startswith("CL-") == (kind == "checklist")]
        if window.stage.name != view and runs:
            window.stage.show_screen(view, runs[0])

    return show


def _notice_view(number: int) -> Callable[[Window, Desk], None]:
    def show(window: Window, desk: Desk) -> None:
        from noc_console.views.notices_screen import NoticesScreen

        _screen("notices")(window, desk)
        screen = window.stage.currentWidget()
        alarms = desk.mirror.open_alarms()
        if isinstance(screen, NoticesScreen) and screen.stack.currentIndex() != number:
            screen.views.go(number)
            if number == _DRY and alarms:
                screen.open(int(alarms[0]["id"]))

    return show


_PLAIN = ("overview", "wall", "channels", "alarms", "drills", "import", "lab", "mosaic", "ts")
VIEWS: Mapping[str, Callable[[Window, Desk], None]] = {
    **{name: _screen(name) for name in (*_PLAIN, *_QUIET)},
    "add-channel": _add_channel,
    "channel": _channel,
    "checklist": _walk("checklist", "checklist"),
    "guide": _walk("playbook", "guide"),
    "hiding": _hiding,
    "incident": _incident,
    "is-it-us": _is_it_us,
    "keys": _keys,
    "palette": _palette,
    "receivers": _notice_view(1),
    "told": _notice_view(_DRY),
    "ts-input": _stream,
}
