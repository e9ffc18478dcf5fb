"""The way to the agent: found, followed, lost, found again; against a server on loopback and a real agent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from noc_console.bench.boards import board
from noc_console.errors import KnownError
from noc_console.views.desk import AgentDoor
from noc_console.views.endpoint import Attached, Embedded
from noc_console.views.link import AgentLink
from noc_console.views.state import BoardMirror, Link


class Boards:
    """Answers GET /board from a list; the last answer is held back until there is another one."""

    def __init__(self, *answers: dict) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []
        self.more = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer right":
            return web.json_response({"status": "error", "message": "The token is wrong."}, status=401)
        self.asked.append(int(request.query["since"]))
        while not self.answers:
            self.more.clear()
            await self.more.wait()
        return web.json_response(self.answers.pop(0))

    def add(self, answer: dict) -> None:
        self.answers.append(answer)
        self.more.set()


@asynccontextmanager
async def serving(boards: Boards) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/api/v1/board", boards.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def following(source, mirror: BoardMirror, door: AgentDoor, tell=None) -> AsyncIterator[AgentLink]:
    link = AgentLink(source, mirror, door, tell)
    task = asyncio.ensure_future(link.run())
    try:
        yield link
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_the_board_is_followed_from_revision_to_revision(qapp):
    boards = Boards(board(3, rev=5))
    mirror, door = BoardMirror(), AgentDoor()
    async with serving(boards) as url, following(Attached(url, "right"), mirror, door):
        await until(lambda: len(mirror.channels) == 3)
        assert door.client is not None
        boards.add({**board(4, rev=9), "channels": board(4)["channels"][3:]})
        await until(lambda: len(mirror.channels) == 4)
        await until(lambda: len(boards.asked) >= 3)
    assert boards.asked[:3] == [0, 5, 9]
    assert door.client is None


async def test_another_boot_is_asked_for_everything(qapp):
    boards = Boards(board(3, rev=5, boot="a"), board(1, rev=2, boot="b"), board(2, rev=2, boot="b"))
    mirror = BoardMirror()
    async with serving(boards) as url, following(Attached(url, "right"), mirror, AgentDoor()):
        await until(lambda: mirror.boot == "b")
        assert len(mirror.channels) == 2
    assert boards.asked[:3] == [0, 5, 0]


async def test_a_wrong_token_is_said_in_the_agents_words(qapp):
    mirror = BoardMirror()
    async with serving(Boards()) as url, following(Attached(url, "wrong"), mirror, AgentDoor()) as link:
        for _ in range(4):
            link.try_now()
            await asyncio.sleep(0.15)
        await until(lambda: mirror.is_lost)
    assert mirror.link_text == "The token is wrong."


@pytest.mark.parametrize("answer", ["no board at all", {}, {"boot": "bench", "rev": 6}, [1, 2]])
async def test_an_answer_that_is_no_board_is_a_lost_link_not_the_end_of_the_console(qapp, answer):
    mirror = BoardMirror()
    boards = Boards(board(3, rev=5))
    async with serving(boards) as url, following(Attached(url, "right"), mirror, AgentDoor()) as link:
        await until(lambda: mirror.link is Link.LINKED)
        boards.add(answer)
        await until(lambda: mirror.is_lost)
        assert mirror.channel_state(mirror.channels[1]) == "lost"
        boards.add(board(3, rev=6))
        link.try_now()
        await until(lambda: mirror.link is Link.LINKED)


async def test_a_far_agent_over_plain_http_is_refused(qapp):
    mirror = BoardMirror()
    async with following(Attached("http://192.0.2.1:8443", "right"), mirror, AgentDoor()) as link:
        for _ in range(4):
            link.try_now()
            await asyncio.sleep(0.05)
        await until(lambda: mirror.is_lost)
    assert "https" in mirror.link_text


async def test_without_a_token_the_agent_is_not_asked():
    with pytest.raises(KnownError, match="token"):
        await Attached("http://127.0.0.1:1", "").find()


async def test_our_own_agent_is_started_killed_and_started_again(qapp, tmp_path):
    source = Embedded(tmp_path / "local.db", "no")
    mirror, door = BoardMirror(), AgentDoor()
    told_to: list[str] = []
    try:
        async with following(source, mirror, door, told_to.append):
            await until(lambda: mirror.link is Link.LINKED)
            boot, pid = mirror.boot, source.pid
            told = json.loads((tmp_path / "local.db.agent").read_text(encoding="utf-8"))
            assert told["pid"] == pid
            second = await Embedded(tmp_path / "local.db", "no").find()
            assert second.url == told["url"]
            os.kill(pid, signal.SIGKILL)
            await until(lambda: mirror.is_lost)
            assert mirror.link_text == "The agent was killed by signal 9; it is being started again."
            await until(lambda: mirror.link is Link.LINKED)
            assert mirror.boot != boot
            assert told_to[0].startswith("The agent was killed by signal 9 at ")
            assert told_to[0].endswith(" and was started again. What was recorded before is there.")
    finally:
        assert await asyncio.to_thread(source.wait_end, 8.0)
