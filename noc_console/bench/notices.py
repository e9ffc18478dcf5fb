"""Bench of notices: from the journal to a receiver on loopback, in peace and in a storm; every one accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.clock import Clock
from noc_console.agent.notices import Notices
from noc_console.agent.recorder import Recorder
from noc_console.bench import Row
from noc_console.history import open_history
from noc_console.history.outbox import NoticeQuery
from noc_console.model import Event
from noc_console.settings import Settings

GOAL_S = 0.3
STORM = 2000
STORM_S = 10.0
_CHILD = "from noc_console.bench.notices import child; child()"
_PATIENCE_S = 60.0
_CONFIG = """
[receivers.hook]
kind = "webhook"
url = "http://127.0.0.1:{port}/hook"
roles = ["log"]

[receivers.chat]
kind = "slack"
roles = ["chat"]
"""


def run(options: Mapping[str, str]) -> list[Row]:
    """Tell `alarms` (100) alarms one after the other, then 2,000 in 10 s, to a webhook and to a chat."""
    return asyncio.run(_measured(int(options.get("alarms", "100"))))


async def _measured(alarms: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        async with _site(Path(folder)) as site:
            steady = await site.tell(range(1, alarms + 1), 1, 0.05)
            rows = [_row("notices: journal to receiver, one after the other", steady, "p95 < 300 ms", GOAL_S)]
            storm = await site.tell(range(10_001, 10_001 + STORM), 20, 20 * STORM_S / STORM)
            rows.append(_row(f"notices: storm of {STORM} in {STORM_S:.0f} s", storm, "p95 shown", None))
            rows += await site.accounts(alarms + STORM)
            return rows


def _row(what: str, delays: Sequence[float], goal: str, limit_s: float | None) -> Row:
    ordered = sorted(delays)
    at = {share: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95)}
    measured = f"p50 {at[0.5] * 1e3:.0f} ms, p95 {at[0.95] * 1e3:.0f} ms, longest {ordered[-1] * 1e3:.0f} ms"
    how = f"{len(delays)} alarms, each kept with its notice, then its intent, then one POST and its outcome"
    return Row(what, goal, measured, None if limit_s is None else at[0.95] < limit_s, how)


@dataclass(slots=True)
class _Site:
    """Router, outbox and sender on a real history, and what the receiver in its own process heard."""

    notices: Notices
    recorder: Recorder
    clock: Clock
    arrived: dict[str, float] = field(default_factory=dict)
    messages: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, stream: asyncio.StreamReader) -> None:
        """Note what the receiver says it heard, and when."""
        while line := await stream.readline():
            at, path, notice_id = line.decode().split()
            if path == "/hook":
                self.arrived.setdefault(notice_id.rpartition("-")[0], float(at))
            self.messages += path != "/hook"
            self.news.set()

    async def tell(self, numbers: range, at_once: int, pause_s: float) -> list[float]:
        """Raise alarms at a pace, some at once; return how long each took from the journal to the receiver."""
        raised: dict[str, float] = {}
        due = time.monotonic()
        for begin in range(0, len(numbers), at_once):
            due += pause_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            events = [_raised(number, self.clock.now()) for number in numbers[begin : begin + at_once]]
            raised |= {f"{one.data['alarm']['alarm_id']}-{int(one.at)}": one.at for one in events}
            await self.recorder.keep(events)
        wanted = frozenset(raised)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                while not wanted <= self.arrived.keys():
                    self.news.clear()
                    await self.news.wait()
        return [self.arrived.get(name, float("inf")) - at for name, at in raised.items()]

    async def accounts(self, alarms: int) -> list[Row]:
        """Return whether each notice is known to have been told."""
        end = time.monotonic() + _PATIENCE_S
        while self.notices.sender.waiting and time.monotonic() < end:  # noqa: ASYNC110 - nobody else asks
            await asyncio.sleep(0.1)
        rows = await self.notices.known(NoticeQuery(limit=10 * alarms))
        sent = {
            name: sum(row["receiver"] == name and row["state"] == "sent" for row in rows) for name in ("hook", "chat")
        }
        measured = f"{sent['hook']} and {sent['chat']} of {alarms} told; the chat got {self.messages} messages"
        is_met = sent["hook"] == sent["chat"] == alarms
        return [Row("notices: accounted for", "every one", measured, is_met, "rows of the outbox, state sent")]


@contextlib.asynccontextmanager
async def _site(folder: Path) -> AsyncIterator[_Site]:
    receiver = await asyncio.create_subprocess_exec(sys.executable, "-c", _CHILD, stdout=asyncio.subprocess.PIPE)
    assert receiver.stdout is not None
    port = int(await receiver.stdout.readline())
    (folder / "notify.toml").write_text(_CONFIG.format(port=port), encoding="utf-8")
    secrets = folder / "local.db.secrets"
    secrets.write_text(json.dumps({"chat": f"http://127.0.0.1:{port}/chat"}), encoding="utf-8")
    secrets.chmod(0o600)
    clock, settings = Clock(), Settings(db=folder / "local.db")
    history = await open_history(settings, clock.now)
    recorder = Recorder(history, clock, lambda event: None)
    notices = Notices(settings, clock, recorder, lambda: ())
    recorder.notices = notices
    await notices.load()
    site = _Site(notices, recorder, clock)
    tasks = [asyncio.create_task(site.hear(receiver.stdout)), asyncio.create_task(notices.sender.run())]
    try:
        yield site
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        receiver.kill()
        await receiver.wait()
        await history.close()


def _raised(number: int, at: float) -> Event:
    alarm: dict[str, Any] = {
        "alarm_id": number,
        "channel_id": number % 500,
        "channel_code": f"CH_{number % 500}",
        "input_id": number % 500,
        "layer": 3,
        "alarm_type": "STALE_PLAYLIST",
        "event_type": "qualityOfService",
        "severity": "critical",
        "message": "No new segment for 20.1 s, limit 9.0 s",
        "condition": "raised",
        "raised_at": at,
    }
    return Event("AlarmRaised", at, number % 500, number % 500, {"alarm": alarm})


def child() -> None:
    """Answer every POST with 200 and print when it came, to where, and which notice it was."""
    asyncio.run(_answer())


async def _answer() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in head.split("\r\n")}
        await reader.readexactly(int(fields.get("content-length", "0")))
        name = fields.get("idempotency-key") or "-"
        sys.stdout.write(f"{time.time()} {head.split()[1]} {name}\n")
        sys.stdout.flush()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()
