"""Is it us?: gathers what is at hand of a channel within seconds, has it judged, and keeps that as an event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from noc_console.agent.diagnostic_us_board import changes_of, layer_of, own_of, sisters_of
from noc_console.agent.flow import Flow
from noc_console.agent.guide_place import place_of_channel, sisters
from noc_console.agent.refusals import NotFound
from noc_console.agent.supervisor import Supervisor
from noc_console.alarms.cause import SISTERS, place_name
from noc_console.alarms.is_it_us import UsVerdict, judge
from noc_console.alarms.us_facts import LayerFacts, Name, Request, UsFacts
from noc_console.errors import KnownError
from noc_console.model import Channel, Event, Input, Kind
from noc_console.probes.diagnostics import registry
from noc_console.probes.diagnostics.ask import NoAsk
from noc_console.probes.diagnostics.delivery import Asked
from noc_console.probes.diagnostics.http_waterfall import waterfall
from noc_console.probes.diagnostics.values import Kit, Result, Row, Target
from noc_console.probes.secrets import Secrets
from noc_console.settings import Settings

ASKED = "IsItUsAsked"
PATIENCE_S = 7.0
_REQUEST_S = 4.0
_MOST_INPUTS = 6
T = TypeVar("T")
_CHANGES = frozenset(
    {
        *("ChannelAdded", "ChannelChanged", "ChannelEnabled", "ChannelDisabled", "RuleChanged", "RuleChangeRemoved"),
        *("TemplateChanged", "LadderChanged", "FormatChanged", "PsiTableChanged", "SourceChanged", "HdrChanged"),
        *("ProtectionChanged", "MaintenancePlanned", "MaintenanceEnded", "GuidesChanged", "WorkerReplaced"),
        *("DecoderReplaced", "ClockStepped", "RecordingStopped", "RecordingResumed", "NotifyConfigChanged"),
    }
)


@dataclass(frozen=True, slots=True)
class Now:
    """What the requests of this moment gave: the facts to judge, and their rows for a table."""

    requests: tuple[Request, ...] = ()
    rows: tuple[Row, ...] = ()
    names: tuple[Name, ...] = ()


@dataclass(slots=True)
class UsDesk:
    """Answers the question; one at a time for each channel, who asks meanwhile gets the same answer."""

    flow: Flow
    supervisor: Supervisor
    settings: Settings
    channels: Callable[[], Mapping[int, Channel]]
    group: asyncio.TaskGroup
    _running: dict[int, asyncio.Task[dict[str, Any]]] = field(default_factory=dict)

    async def ask(self, channel_id: int, by: str) -> dict[str, Any]:
        """Return the verdict on a channel with everything that was looked at, within ten seconds."""
        channel = self.channels().get(channel_id)
        if channel is None or not channel_id:
            raise NotFound(f"There is no channel {channel_id}.")
        running = self._running.get(channel_id)
        if running is None:
            running = self._running[channel_id] = self.group.create_task(self._answer(channel, by))
            running.add_done_callback(lambda _done: self._running.pop(channel_id, None))
        return await asyncio.shield(running)

    async def _answer(self, channel: Channel, by: str) -> dict[str, Any]:
        clock = self.flow.recorder.clock
        began = clock.now()
        now, changes = await asyncio.gather(self._now(channel), changes_of(self.flow.recorder, _CHANGES, channel.id))
        facts = replace(self._facts(channel, now), changes=changes)
        told = _told(channel, facts, judge(facts), now)
        told |= {"asked_at": began, "by": by, "took_s": round(clock.now() - began, 2)}
        kept = {**told, "text": f"Is it us? {told['says']}"}
        await self.flow.tell(Event(ASKED, clock.now(), channel.id, 0, kept))
        return told

    def _facts(self, channel: Channel, now: Now) -> UsFacts:
        board, at = self.flow.board, self.flow.recorder.clock.now()
        shown = board.channel(channel.id, at) or {"inputs": ()}
        alarms = [one for one in board.alarms() if one["channel_id"] == channel.id]
        everything = board.changes(0, at)
        place = place_of_channel(channel.id, self.channels(), at)
        here: set[int] = set()
        for entry in channel.inputs:
            here |= {other.id for other, _ in sisters(place, entry, self.channels().values())}
        return UsFacts(
            channel.id,
            at,
            tuple(layer_of(one, alarms, self._seen_s(one["id"], at)) for one in shown["inputs"]),
            now.requests,
            now.names,
            sisters_of(everything["channels"], channel.id, here),
            own_of(everything["agent"], shown["inputs"], at),
            folded=_folded(alarms, everything["alarms"]),
            labels=tuple(label for label in channel.labels if label.startswith(SISTERS)),
        )

    def _seen_s(self, input_id: int, at: float) -> float | None:
        """Return how long ago the picture of an input was looked at, None where it never was."""
        looked = self.flow.board.looked_at(input_id, ("picture/",))
        return None if looked is None else at - looked

    # -- the requests of this moment

    async def _now(self, channel: Channel) -> Now:
        """Ask every input that is served, all at once; what takes too long is told as such."""
        kit = Kit(self.settings, self.flow.recorder.clock.now, NoAsk())
        served = [one for one in channel.inputs if one.kind is not Kind.TS][:_MOST_INPUTS]
        asked = await asyncio.gather(*(_within(_asked(one, kit), _late(one)) for one in served))
        quick = [(name, one) for one in served for name in ("dns", "tls") if name == "dns" or one.url[:6] == "https:"]
        names = await asyncio.gather(*(_within(_name(kind, one, kit), None) for kind, one in quick))
        requests = tuple(request for some, _ in asked for request in some)
        rows = tuple(row for _, some in asked for row in some)
        return Now(requests, rows, tuple(one for one in names if one is not None))


async def _within(work: Awaitable[T], late: T) -> T:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await work
    except TimeoutError:
        return late


def _late(entry: Input) -> tuple[tuple[Request, ...], tuple[Row, ...]]:
    text = f"did not end within {PATIENCE_S:.0f} s"
    slow = Request(entry.id, entry.layer, "way to the newest segment", slow=text, is_in_body=True, total_s=PATIENCE_S)
    return (slow,), ({"what": "all", "layer": int(entry.layer), "wrong": text},)


async def _asked(entry: Input, kit: Kit) -> tuple[tuple[Request, ...], tuple[Row, ...]]:
    asked = await waterfall(entry, kit, timeout_s=_REQUEST_S)
    secrets = Secrets(entry.access, entry.url)
    rows = tuple({**one.row(secrets), "layer": int(entry.layer), "input_id": entry.id} for one in asked)
    return tuple(_request(entry, one, secrets) for one in asked), rows


def _request(entry: Input, one: Asked, secrets: Secrets) -> Request:
    reply = one.reply
    is_slow = reply.error == "timeout" and reply.status > 0
    return Request(
        entry.id,
        entry.layer,
        one.what,
        reply.peer,
        reply.status,
        reply.error,
        "" if is_slow else secrets.hide(one.wrong).rstrip("."),
        f"did not end within {reply.total_s:.0f} s" if is_slow else one.slow,
        is_in_body=reply.body_s > reply.ttfb_s,
        total_s=round(reply.total_s, 3),
    )


async def _name(kind: str, entry: Input, kit: Kit) -> Name | None:
    """Look at name and certificate; what says nothing here (an address instead of a name) is no evidence."""
    try:
        result: Result = await registry.run(kind, Target(entry=entry), kit)
    except KnownError as error:
        return Name(kind.upper(), entry.layer, str(error).rstrip("."))
    is_ill = result.fields.get("is_ok") == 0.0
    return Name(kind.upper(), entry.layer, result.text.rstrip(".") if is_ill else "", result.text.rstrip("."))


# -- what is told


def _folded(alarms: Iterable[Mapping[str, Any]], every: Iterable[Mapping[str, Any]]) -> tuple[str, float, str] | None:
    """Return the verdict of the alarm that this channel's alarms are folded under, where there is one."""
    by_id = {one["alarm_id"]: one for one in every}
    for alarm in alarms:
        parent = by_id.get(alarm.get("parent_id") or 0) or alarm
        made = parent.get("cause")
        # what is folded within one channel is found anew from what is there now; a place's fault is known here only
        if made and made.get("is_made") and made.get("verdict") and parent.get("condition") == "raised":
            evidence = (made.get("evidence") or [""])[0]
            return (
                str(made["verdict"]),
                float(made.get("confidence") or 0.0),
                str(evidence or "its alarms are folded"),
            )
    return None


def _told(channel: Channel, facts: UsFacts, verdict: UsVerdict, now: Now) -> dict[str, Any]:
    return {
        "channel_id": channel.id,
        "channel": channel.code,
        "name": channel.name,
        "verdict": verdict.cause,
        "says": verdict.says,
        "confidence": verdict.confidence,
        "level": verdict.level,
        "reasons": list(verdict.reasons),
        "against": list(verdict.against),
        "others": [{"cause": name, "weight": weight} for name, weight in verdict.others],
        "lines": [asdict(line) for line in verdict.lines],
        "layers": [_layer(one) for one in facts.layers],
        "waterfall": list(now.rows),
        "sisters": asdict(facts.sisters),
        "changes": [asdict(one) for one in facts.changes],
    }


def _layer(one: LayerFacts) -> dict[str, Any]:
    found = [{**asdict(each), "severity": str(each.severity)} for each in one.found]
    return {
        "input_id": one.input_id,
        "layer": one.layer,
        "place": place_name(one.layer),
        "kind": one.kind,
        "state": one.state,
        "mos": one.mos,
        "findings": found,
    }
