"""The sender with a real HTTP receiver and a ledger played by hand: order, retries, groups, repeats, ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from notice_bench import Answer, Heard, HttpReceiver, http_receiver

from noc_console.model import Event, Severity
from noc_console.notify import sender as senders
from noc_console.notify.kinds import KINDS
from noc_console.notify.lane import Lane
from noc_console.notify.ledger import Ledger
from noc_console.notify.sender import Sender, Target
from noc_console.routing.notice import Notice

NOW = 1_790_000_100.0


@dataclass
class Desk:
    """A sender, the time it is told, and the journal it writes."""

    url: str
    at: float = NOW
    journal: list[Event] = field(default_factory=list)
    untold: list[Notice] = field(default_factory=list)
    written: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.sender = Sender(Ledger(self.keep), lambda: self.at, random.Random(1))
        self.sender.never_told = self.untold.append

    async def keep(self, events: Sequence[Event]) -> None:
        self.journal += events
        self.written.set()

    def use(self, name: str = "one", kind: str = "webhook", secret: str = "", **more: Any) -> None:
        places = {"webhook": {"url": f"{self.url}/hook"}, "slack": {}, "pagerduty": {"url": f"{self.url}/pd"}}
        row = {"kind": kind, "timeout_s": 0.5, **places[kind], **more}
        target = Target(name, KINDS[kind].config.model_validate(row), 3600.0, secret)
        self.sender.use({**self.sender.targets, name: target})

    async def until(self, question: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not question():
                await self.written.wait()
                self.written.clear()
                await asyncio.sleep(0)

    async def said(self, kind: str, count: int = 1) -> list[Event]:
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    def of(self, kind: str) -> list[Event]:
        return [one for one in self.journal if one.kind == kind]

    def later(self, seconds: float) -> None:
        self.at += seconds
        self.sender._woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.sender.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as one:
        yield one


@pytest.fixture
def desk(receiver: HttpReceiver) -> Desk:
    made = Desk(receiver.url)
    made.use()
    return made


Make = Callable[..., Notice]


@pytest.fixture
def notice(make_notice: Any) -> Make:
    def make(name: str, action: str = "raise", number: int = 7, **more: Any) -> Notice:
        return replace(make_notice(action, number), id=name, due_at=NOW, **more)

    return make


async def test_the_intent_is_written_before_the_sending_and_the_outcome_after(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    heard_at_intent: list[int] = []
    keep = desk.keep

    async def watching(events: Sequence[Event]) -> None:
        if any(one.kind == "NoticeSending" for one in events):
            heard_at_intent.append(len(receiver.heard))
        await keep(events)

    desk.sender._ledger._keep = watching
    desk.sender.take([notice("a"), notice("b", number=8)])
    async with desk.running():
        await desk.said("NoticeSent", 2)
    assert heard_at_intent == [0]
    assert [(one.kind, one.data["ids"]) for one in desk.journal] == [
        ("NoticeSending", ["a"]),
        ("NoticeSending", ["b"]),
        ("NoticeSent", ["a"]),
        ("NoticeSent", ["b"]),
    ]


async def test_429_is_waited_for_as_long_as_it_asks(desk: Desk, receiver: HttpReceiver, notice: Make) -> None:
    receiver.answers = [Answer(429, b"", {"Retry-After": "120"}), Answer()]
    desk.sender.take([notice("a")])
    async with desk.running():
        (held,) = await desk.said("NoticeHeld")
        assert held.data["next_at"] == NOW + 120
        assert "asks for 120 s" in held.data["outcome"]
        desk.later(119)
        await asyncio.sleep(0)
        assert len(receiver.heard) == 1
        desk.later(1)
        (sent,) = await desk.said("NoticeSent")
    assert sent.data["attempts"] == 2
    assert not receiver.heard[1].json["may_be_a_repeat"]


async def test_the_pause_grows_and_has_an_end(desk: Desk, receiver: HttpReceiver, notice: Make) -> None:
    receiver.answers = [Answer(500)]
    desk.sender.take([notice("a")])
    pauses = []
    async with desk.running():
        for count in range(1, 12):
            held = (await desk.said("NoticeHeld", count))[-1]
            pauses.append(held.data["next_at"] - desk.at)
            desk.later(pauses[-1])
    assert all(0.75 * 2 ** (n + 1) <= pause <= 1.25 * 2 ** (n + 1) for n, pause in enumerate(pauses[:7]))
    assert max(pauses) <= 1.25 * 300
    assert len({round(pause, 3) for pause in pauses[-3:]}) == 3  # jitter: not everybody at the same moment


async def test_what_cannot_be_told_in_time_is_given_up_and_its_end_is_not_told(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    receiver.answers = [Answer(500)]
    desk.sender.take([notice("a"), notice("b", "resolve")])
    async with desk.running():
        await desk.said("NoticeHeld")
        desk.later(3601)
        (failed,) = await desk.said("NoticeFailed")
        (dropped,) = await desk.said("NoticeDropped")
    assert (failed.data["reason"], failed.data["ids"]) == ("gave-up", ["a"])
    assert "Given up after 60 min" in failed.data["outcome"]
    assert (dropped.data["reason"], dropped.data["ids"]) == ("never-told", ["b"])
    assert [one.id for one in desk.untold] == ["a"]
    assert desk.sender.waiting == 0


async def test_one_alarms_notices_keep_their_order_and_one_that_is_not_taken_blocks_no_other(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    refused: list[str] = []

    def first_one_of_a_fails(heard: Heard) -> Answer:
        name = heard.json["notice_id"]
        if name == "a1" and not refused:
            refused.append(name)
            return Answer(500)
        return Answer(200)

    receiver.decide = first_one_of_a_fails  # type: ignore[method-assign]
    desk.sender.take([notice("a1"), notice("a2", "resolve"), notice("b1", number=8), notice("c1", number=9)])
    async with desk.running():
        await desk.said("NoticeHeld")
        desk.later(10)
        await desk.said("NoticeSent", 4)
    names = [one.json["notice_id"] for one in receiver.heard]
    assert sorted(names[:3]) == ["a1", "b1", "c1"]
    assert names[3:] == ["a1", "a2"]


def test_one_that_is_never_taken_is_tried_less_and_less_while_others_go(notice: Make) -> None:
    lane, tries, gone = Lane("one"), 0, 0
    lane.put(notice("bad"))
    for second in range(600):
        now = NOW + second
        lane.put(notice(f"n{second}", number=100 + second))
        for entries in lane.ready(now):
            if entries[0].notice.id == "bad":
                tries += 1
                lane.failed(entries, 0.0, now, random.Random(second))
            else:
                gone += 1
                lane.sent(entries, now)
    assert 5 <= tries <= 10  # 2, 4, 8, 16 ... s apart
    assert gone > 590


def test_what_waits_behind_its_alarms_first_notice_does_not_wake_the_lane(notice: Make) -> None:
    lane = Lane("one")
    lane.put(notice("a1"))
    lane.put(notice("a2", "resolve"))
    lane.put(notice("b1", number=8))
    failing, other = lane.ready(NOW)
    next_at = lane.failed(failing, 0.0, NOW, random.Random(1))
    lane.sent(other, NOW)
    assert lane.ready(NOW) == []
    assert lane.next_at(NOW) == next_at > NOW
    assert [entry.notice.id for (entry,) in lane.ready(next_at)] == ["a1"]


async def test_a_lost_answer_is_told_as_uncertain_and_not_again(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    receiver.answers = [Answer(cut=True), Answer()]
    desk.sender.take([notice("a")])
    async with desk.running():
        (uncertain,) = await desk.said("NoticeUncertain")
        desk.sender.take([notice("b", number=8)])
        desk.later(600)
        await desk.said("NoticeSent")
    assert uncertain.data["ids"] == ["a"]
    assert "it may have heard" in uncertain.data["outcome"]
    assert [one.json["notice_id"] for one in receiver.heard] == ["a", "b"]


async def test_a_receiver_that_de_duplicates_is_told_again_after_a_lost_answer(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    desk.use("pager", "pagerduty", secret="key")
    receiver.answers = [Answer(cut=True), Answer(202)]
    desk.sender.take([notice("a", receiver="pager")])
    async with desk.running():
        await desk.said("NoticeHeld")
        desk.later(10)
        await desk.said("NoticeSent")
    keys = [one.json["dedup_key"] for one in receiver.heard]
    assert len(keys) == 2
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("state", "kind", "repeats"),
    [("queued", "webhook", False), ("held", "webhook", False), ("sending", "webhook", True)],
)
async def test_after_a_kill_an_intent_without_an_outcome_is_told_as_a_possible_repeat(
    desk: Desk, receiver: HttpReceiver, notice: Make, state: str, kind: str, repeats: bool
) -> None:
    desk.sender.resume([(notice("a"), state, 1)])
    async with desk.running():
        await desk.said("NoticeSent")
    (heard,) = receiver.heard
    assert heard.json["may_be_a_repeat"] is repeats
    assert heard.json["subject"].endswith("(may be a repeat)") is repeats


async def test_people_get_one_message_for_a_group_and_the_next_after_its_interval(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    desk.use("chat", "slack", secret=f"{receiver.url}/services/x")

    def grouped(name: str, number: int) -> Notice:
        made = notice(name, number=number, receiver="chat")
        return replace(made, data={**made.data, "group": "major", "interval_s": 60.0})

    desk.sender.take([grouped("a", 1)])
    async with desk.running():
        await desk.said("NoticeSent")
        desk.sender.take([grouped("b", 2), grouped("c", 3), grouped("d", 4)])
        desk.later(59)
        await asyncio.sleep(0)
        assert len(receiver.heard) == 1
        desk.later(1)
        sent = (await desk.said("NoticeSent", 2))[-1]
    assert sent.data["ids"] == ["b", "c", "d"]
    assert sent.data["alarm_ids"] == [2, 3, 4]
    text = receiver.heard[1].json["text"]
    assert "3 alarms: [CRITICAL] CH_1" in text


async def test_a_storm_for_people_is_a_few_messages_and_every_notice_is_accounted_for(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    desk.use("chat", "slack", secret=f"{receiver.url}/services/x")
    storm = []
    for number in range(1, 501):
        made = notice(f"n{number}", number=number, receiver="chat")
        storm.append(replace(made, data={**made.data, "group": "storm", "interval_s": 0.0}))
    desk.sender.take(storm)
    async with desk.running():
        await desk.until(lambda: sum(len(one.data["ids"]) for one in desk.of("NoticeSent")) == 500)
    (message,) = receiver.heard
    assert "500 alarms: [CRITICAL] CH_1" in message.json["text"]


async def test_a_removed_receiver_drops_what_waits_and_says_so(desk: Desk, notice: Make) -> None:
    desk.sender.take([replace(notice("a"), due_at=NOW + 900)])
    desk.sender.use({})
    async with desk.running():
        (dropped,) = await desk.said("NoticeDropped")
    assert (dropped.data["reason"], dropped.data["ids"]) == ("receiver-gone", ["a"])


async def test_a_changed_receiver_is_tried_at_once(desk: Desk, receiver: HttpReceiver, notice: Make) -> None:
    receiver.answers = [Answer(503), Answer()]
    desk.sender.take([notice("a")])
    async with desk.running():
        await desk.said("NoticeHeld")
        desk.use("one", "webhook", headers={"X-Fixed": "1"})
        await desk.said("NoticeSent")
    assert receiver.heard[1].headers["X-Fixed"] == "1"


async def test_one_slow_receiver_keeps_nobody_waiting(desk: Desk, receiver: HttpReceiver, notice: Make) -> None:
    receiver.decide = lambda heard: Answer(late_s=30.0 * (heard.json["notice_id"] == "a"))  # type: ignore[method-assign]
    desk.use("two")
    desk.sender.take([notice("a")])
    async with desk.running():
        await desk.said("NoticeSending")
        desk.sender.take([notice("b", receiver="two")])
        (sent,) = await desk.said("NoticeSent")
        await desk.said("NoticeUncertain")
    assert sent.data["receiver"] == "two"


async def test_a_sending_under_way_when_the_agent_ends_gets_its_outcome(
    desk: Desk, receiver: HttpReceiver, notice: Make
) -> None:
    receiver.answers = [Answer(late_s=0.2)]
    desk.sender.take([notice("a")])
    async with desk.running():
        await desk.said("NoticeSending")
        async with asyncio.timeout(5):
            while not receiver.heard:
                await asyncio.sleep(0)
    assert [one.kind for one in desk.journal] == ["NoticeSending", "NoticeSent"]


def test_a_full_outbox_takes_what_is_critical_and_nothing_else(
    desk: Desk, notice: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "MAX_WAITING", 2)
    desk.sender.take([notice("a"), notice("b")])
    assert not desk.sender.has_room(Severity.MAJOR)
    assert desk.sender.has_room(Severity.CRITICAL)
    desk.sender.take([notice("c"), notice("d")])
    assert not desk.sender.has_room(Severity.CRITICAL)


def test_no_secret_is_in_the_text_of_a_target(desk: Desk) -> None:
    desk.use("pager", "pagerduty", secret="s3cr3t")
    assert "s3cr3t" not in repr(desk.sender.targets)
