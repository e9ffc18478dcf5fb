"""Pictures of views: what is refused, and one drawn by the real command."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from aiohttp import web
from PySide6.QtGui import QImage

from noc_console.bench.boards import board
from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.views.screenshot import VIEWS, run
from noc_console.views.theme import theme


def test_an_unknown_view_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(KnownError, match="overview, wall, channels"):
        run("nowhere", tmp_path / "x.png", db=None, attach="", theme="", size="1920x1080", after=1)


@pytest.mark.parametrize("size", ["big", "10x10", "1920", "99999x1080", "1920x-1"])
def test_a_size_that_is_none_is_refused(size, tmp_path):
    with pytest.raises(KnownError, match="is not a size"):
        run("wall", tmp_path / "x.png", db=None, attach="", theme="", size=size, after=1)


def test_every_view_of_the_command_line_is_there():
    assert set(VIEWS) == {
        *(
            "overview",
            "wall",
            "mosaic",
            "channels",
            "channel",
            "alarms",
            "add-channel",
            "import",
            "lab",
            "keys",
            "palette",
        ),
        *("ts", "ts-input", "notices", "receivers", "told", "nms", "maintenance", "hiding", "rules"),
        *("incidents", "incident", "is-it-us", "guides", "guide", "checklist", "shift", "drills"),
    }


async def test_a_running_agent_is_drawn_by_the_real_command(tmp_path: Path):
    async def answer(request: web.Request) -> web.Response:
        if request.query["since"] != "0":
            await asyncio.sleep(float(request.query["wait"]))
        return web.json_response(board(300))

    app = web.Application()
    app.router.add_get("/api/v1/board", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    file = tmp_path / "wall.png"
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    command = ["-m", "noc_console", "screenshot", "wall", str(file), "--attach", url, "--after", "0"]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command, env={**os.environ, "NOC_CONSOLE_TOKEN": "any"}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(child.communicate(), 50)
    await runner.cleanup()
    assert (child.returncode, said) == (0, b"")
    image = QImage(str(file))
    assert (image.width(), image.height()) == (1920, 1080)
    critical = theme().severity[Severity.CRITICAL]
    assert image.pixelColor(1562, 120) == critical
    assert sum(image.pixelColor(x, 352) == critical for x in range(60, 1550)) > 40
