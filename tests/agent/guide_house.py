"""A room of guides over a real history and board: time is played by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.alarm_desk import AlarmDesk
from noc_console.agent.bell import Bell
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.guide_room import GuideRoom
from noc_console.agent.notices import Notices
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import NotFound
from noc_console.alarms.engine import Engine
from noc_console.alarms.foreign import Foreign, clear_foreign, raise_foreign
from noc_console.board import Board
from noc_console.history import History, open_history
from noc_console.model import Channel, Event, Expected, Input, Kind, Layer, Severity
from noc_console.settings import Settings

NOW = 1_790_006_400.0


def ott(number: int) -> Channel:
    entry = Input(number, number, Layer.PACKAGER, Kind.HLS, f"http://p.example/{number}.m3u8", expected=Expected(2.0))
    return Channel(number, f"CH_{number}", f"Channel {number}", labels=("encoder_host:10.0.0.7",), inputs=(entry,))


class Channels:
    """The channels of the house, as the alarm desk asks for them."""

    def __init__(self, count: int) -> None:
        self.by_id = {number: ott(number) for number in range(1, count + 1)}

    def find(self, number: int) -> Channel:
        if number not in self.by_id:
            raise NotFound(f"There is no channel {number}.")
        return self.by_id[number]


@dataclass
class House:
    """One agent's life without workers and without a server."""

    db: Path
    channels: Channels
    at: float = NOW
    history: History = field(init=False)
    room: GuideRoom = field(init=False)
    heard: list[Event] = field(default_factory=list)

    async def open(self) -> None:
        settings = Settings(db=self.db)
        clock = Clock(lambda: self.at, lambda: self.at)
        self.history = await open_history(settings, clock.now)
        self.recorder = Recorder(self.history, clock, self._kept)
        self.notices = Notices(settings, clock, self.recorder, self.channels.by_id.values)
        self.recorder.notices = self.notices
        board = Board("boot")
        board.configure(self.channels.by_id.values())
        engine = Engine(await self.history.last_alarm_id() + 1)
        self.flow = Flow(engine, self.recorder, board, Bell())
        desk = AlarmDesk(clock, self.flow, self.recorder, self.channels)  # type: ignore[arg-type]
        self.room = GuideRoom(self.recorder, self.flow, desk, lambda: self.channels.by_id, settings)
        self.room.library.folders = (self.db.parent / "shipped", self.db.parent / "guides")
        await self.notices.load()
        await self.room.take_up()

    def _kept(self, event: Event) -> None:
        self.heard.append(event)
        if hasattr(self, "room"):
            self.room.heard(event)

    async def close(self) -> None:
        await self.history.close()

    def write(self, folder: str, name: str, text: str) -> None:
        path = self.db.parent / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    async def raise_alarm(self, channel: int = 1, kind: str = "SEGMENT_SLOW") -> int:
        """Raise an alarm as another system would tell it; return its number."""
        foreign = Foreign(f"key-{channel}", kind, "It is slow.", Severity.MAJOR, self.channels.by_id[channel])
        (alarm,) = await self.flow.act(lambda: raise_foreign(self.flow.engine.ledger, foreign, self.at))
        return alarm.id

    async def clear_alarm(self, channel: int = 1) -> None:
        await self.flow.act(lambda: clear_foreign(self.flow.engine.ledger, f"key-{channel}", self.at, "It is well."))

    async def measure(self, metric: str, *samples: tuple[float, float], channel: int = 1) -> None:
        """Write samples, each (seconds before now, value)."""
        now = self.at
        for before, value in samples:
            self.at = now - before
            self.recorder.add_one(channel, "", metric, value)
            await self.recorder.tick()
        self.at = now

    async def beat(self, seconds: float = 0.0) -> None:
        """Let time pass, then do once what the beat does."""
        self.at += seconds
        await self.room.beat.step()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.heard]

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.heard if event.kind == kind]
