"""The way in by itself, all parts real: configuration that comes and goes, and alarms that end by themselves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from noc_console.agent.bell import Bell
from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.incoming import IncomingDesk
from noc_console.agent.recorder import Recorder
from noc_console.agent.trap_door import TrapDoor
from noc_console.alarms.engine import Engine
from noc_console.alarms.wire import from_json, to_json
from noc_console.board import Board
from noc_console.history import open_history
from noc_console.model import Event
from noc_console.notify.mapping import Incoming
from noc_console.notify.secrets import Secrets
from noc_console.settings import Settings

RULE = '[[rules]]\nname = "x"\nalarm = "SERVICE_DOWN"\nkey = "{key}"\nclear_after_min = '


@dataclass
class Stage:
    """A desk, its flow, and the events that were kept."""

    desk: IncomingDesk
    flow: Flow
    told: list[Event]
    running: asyncio.Task[None]

    def write(self, text: str) -> None:
        self.desk.path.write_text(text)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for the next events until something is so."""
        async with asyncio.timeout(20):
            while not is_so():
                await self.flow.bell.news(1)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.told]


@asynccontextmanager
async def stage(folder: Path, engine: Engine | None = None) -> AsyncIterator[Stage]:
    clock, bell, told = Clock(), Bell(), list[Event]()
    history = await open_history(Settings(db=folder / "local.db"), clock.now)
    recorder = Recorder(history, clock, told.append)
    flow = Flow(engine or Engine(), recorder, Board("boot"), bell)
    channels = ChannelDesk(clock, recorder, flow, lambda: None, lambda name: name)
    vault = Secrets(folder / "secrets")
    desk = IncomingDesk(clock, flow, channels, vault, folder / "incoming.toml", TrapDoor(clock, folder / "mibs"))
    running = asyncio.create_task(desk.run())
    try:
        yield Stage(desk, flow, told, running)
    finally:
        running.cancel()
        await asyncio.wait([running])
        await history.close()


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_CONSOLE_KEYRING", "no")


def notice(at: float, key: str = "k") -> Incoming:
    return Incoming("trap", at, "10.0.0.1", "lost", "", {"key": key})


async def test_an_alarm_that_nobody_clears_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "incoming.toml").write_text(RULE + "1")
    async with stage(tmp_path) as one:
        await one.until(lambda: bool(one.desk.config.rules))
        now = one.desk.clock.now()
        await one.desk.take([notice(now - 120, "old"), notice(now, "new")])
        assert len(one.flow.engine.alarms) == 2
        one.desk.door.woken.set()
        await one.until(lambda: "AlarmCleared" in one.kinds())
        left = [alarm.foreign for alarm in one.flow.engine.alarms.values() if alarm.condition != "cleared"]
        assert left == ["x|10.0.0.1||new"]
        cleared = next(event for event in one.told if event.kind == "AlarmCleared")
        assert cleared.data["alarm"]["notes"][-1]["text"] == "Nothing more was heard of it."


async def test_it_ends_by_itself_also_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "incoming.toml").write_text(RULE + "60")
    async with stage(tmp_path) as one:
        await one.until(lambda: bool(one.desk.config.rules))
        await one.desk.take([notice(one.desk.clock.now())])
        (alarm,) = one.flow.engine.alarms.values()
    (tmp_path / "incoming.toml").write_text(RULE + "0.001")
    engine = Engine(9)
    engine.restore([from_json(to_json(alarm))], 0.0)
    async with stage(tmp_path, engine) as one:
        await one.until(lambda: "AlarmCleared" in one.kinds())


async def test_a_file_that_becomes_wrong_is_told_once_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "incoming.toml").write_text(RULE + "60")
    async with stage(tmp_path) as one:
        await one.until(lambda: bool(one.desk.config.rules))
        one.write("[[rules]]\nname = 3")
        await one.desk.reload()
        await one.desk.reload()
        assert one.kinds() == ["IncomingConfigRefused"]
        assert one.told[0].data["text"] == "incoming.toml: rule 1, name: Input should be a valid string."
        assert [rule.name for rule in one.desk.config.rules] == ["x"]
        one.write("")
        await one.desk.reload()
        assert (one.desk.fault, one.desk.config.rules) == ("", ())


async def test_a_port_that_is_taken_is_said_and_had_when_it_is_free(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        (tmp_path / "incoming.toml").write_text(f"[traps]\nenabled = true\nport = {port}\n")
        async with stage(tmp_path) as one:
            await one.until(lambda: bool(one.desk.fault))
            assert one.desk.fault == f"Traps cannot be received at 127.0.0.1 port {port}: Address already in use."
            other.close()
            await one.until(lambda: one.desk.door.port == port)
            assert one.desk.fault == ""


async def test_switched_off_the_port_is_free_again_and_a_changed_secret_opens_anew(tmp_path: Path) -> None:
    (tmp_path / "incoming.toml").write_text("[traps]\nenabled = true\nport = 0\n")
    async with stage(tmp_path) as one:
        await one.until(lambda: one.desk.door.port > 0)
        first = one.desk.door.receiver
        await one.desk.reload()
        assert one.desk.door.receiver is first
        await one.desk.keep_secrets({"communities": ["another"]})
        assert one.desk.door.receiver is not first
        port = one.desk.door.port
        one.write("")
        await one.desk.reload()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", port))
    assert "another" in (tmp_path / "secrets").read_text()
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600
