"""The catalogue's desk: channels are added, changed, enabled, imported and removed; one event each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.agent import imports
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.forms import MOST_SLATES, ChannelForm, InputForm, to_channel
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest, Conflict, NotFound
from noc_console.agent.wire import channel_json, is_4k
from noc_console.errors import KnownError
from noc_console.model import Channel, Event, Expected, MediaMode

MOST_CHANNELS = 5000


@dataclass(slots=True)
class ChannelDesk:
    """The channels of this agent; every change is in the history before anything else hears of it."""

    clock: Clock
    recorder: Recorder
    flow: Flow
    changed: Callable[[], None]
    template_of: Callable[[str], str]
    media_of: Callable[[str], MediaMode] = lambda _: MediaMode.KEYFRAMES
    by_id: dict[int, Channel] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    # -- reads

    def listed(self, tier: int | None = None, only_4k: bool | None = None) -> list[dict[str, Any]]:
        """Return the channels by code."""
        found = sorted(self.by_id.values(), key=lambda channel: channel.code)
        return [
            self._json(channel)
            for channel in found
            if tier in (None, channel.tier) and only_4k in (None, is_4k(channel))
        ]

    def one(self, channel_id: int) -> dict[str, Any]:
        """Return one channel."""
        return self._json(self.find(channel_id))

    def find(self, channel_id: int) -> Channel:
        """Return one channel as a noun; NotFound when there is none."""
        try:
            return self.by_id[channel_id]
        except KeyError:
            raise NotFound(f"There is no channel {channel_id}.") from None

    # -- verbs

    async def add(self, form: ChannelForm, by: str, *, is_demo: bool = False) -> dict[str, Any]:
        """Add a channel; it is measured at once."""
        async with self._turn:
            wanted = to_channel(self._complete(form), is_demo=is_demo)
            self._refuse_twins(wanted)
            return self._json(await self._save(wanted, "ChannelAdded", by))

    async def change(self, channel_id: int, form: ChannelForm, by: str) -> dict[str, Any]:
        """Change what the form says of a channel."""
        async with self._turn:
            known = self.find(channel_id)
            wanted = to_channel(self._templated(form), known)
            self._refuse_twins(wanted)
            if wanted == known:
                return self._json(known)
            return self._json(await self._save(wanted, "ChannelChanged", by))

    async def enable(self, channel_id: int, is_enabled: bool, by: str) -> dict[str, Any]:
        """Measure a channel, or stop measuring it."""
        async with self._turn:
            known = self.find(channel_id)
            if known.is_enabled == is_enabled:
                return self._json(known)
            kind = "ChannelEnabled" if is_enabled else "ChannelDisabled"
            return self._json(await self._save(replace(known, is_enabled=is_enabled), kind, by))

    async def purge(self, channel_id: int, by: str) -> None:
        """Remove a channel for good; what was measured stays in the history until it ages out."""
        async with self._turn:
            known = self.find(channel_id)
            event = Event("ChannelRemoved", self.clock.now(), known.id, 0, {"code": known.code, "by": by})
            await self.recorder.remove_channel(known, event)
            del self.by_id[known.id]
        self.changed()

    async def bring(self, text: str, dry_run: bool, by: str) -> dict[str, Any]:
        """Add and change channels by a list; a dry run only says what would happen."""
        rows = await asyncio.to_thread(imports.rows, text)
        by_code = {channel.code: channel for channel in self.by_id.values()}
        answer: dict[str, Any] = {"add": [], "change": [], "same": 0, "errors": []}
        forms = []
        for row in rows:
            if row.form is None:
                answer["errors"].append({"line": row.line, "message": row.message})
                continue
            known = by_code.get(row.form.channel_code or "")
            try:
                wanted = to_channel(self._templated(row.form) if known else self._complete(row.form), known)
            except KnownError as error:
                answer["errors"].append({"line": row.line, "message": str(error)})
                continue
            if known is None:
                answer["add"].append(channel_json(wanted))
            elif wanted == known:
                answer["same"] += 1
                continue
            else:
                pair = {"before": channel_json(known), "after": channel_json(wanted)}
                answer["change"].append({"code": known.code, **pair})
            forms.append(wanted)
        if not dry_run:
            await self._save_all(forms, by)
        return answer

    async def set_slate(self, channel_id: int, name: str, digits: str | None, by: str) -> dict[str, Any]:
        """Remember a picture that is shown instead of the programme by its hash, or with None forget it."""
        async with self._turn:
            known = self.find(channel_id)
            inputs = tuple(replace(one, expected=_with_slate(one.expected, name, digits)) for one in known.inputs)
            if inputs == known.inputs:
                return self._json(known)
            return self._json(await self._save(replace(known, inputs=inputs), "ChannelChanged", by))

    async def point(self, channel: Channel, urls: Iterable[str]) -> None:
        """Give the inputs of a channel new addresses: the lab has moved."""
        async with self._turn:
            inputs = tuple(replace(one, url=url) for one, url in zip(channel.inputs, urls, strict=False))
            await self._save(replace(channel, inputs=inputs), "ChannelChanged", "demo")

    # -- within

    async def _save_all(self, wanted: Iterable[Channel], by: str) -> None:
        async with self._turn:
            for channel in wanted:
                kind = "ChannelChanged" if channel.id else "ChannelAdded"
                await self._save(channel, kind, by, tell=False)
        self.changed()

    async def _save(self, wanted: Channel, kind: str, by: str, *, tell: bool = True) -> Channel:
        if not wanted.id and len(self.by_id) >= MOST_CHANNELS:
            raise Conflict(f"This agent has {MOST_CHANNELS} channels already; use a second agent.")
        saved = await self.recorder.save_channel(
            wanted, lambda channel: Event(kind, self.clock.now(), channel.id, 0, _told(channel, by))
        )
        self.by_id[saved.id] = saved
        if tell:
            self.changed()
        return saved

    def _complete(self, form: ChannelForm) -> ChannelForm:
        form = self._templated(_named(form))
        if not form.channel_code:
            form = form.model_copy(update={"channel_code": self._free_code(form.channel_name or "")})
        if not form.inputs and not form.input_url:
            raise BadRequest("A channel needs an input_url, or inputs with at least one url.")
        return self._with_usual_media(form)

    def _with_usual_media(self, form: ChannelForm) -> ChannelForm:
        """Return the form whose inputs are measured as the template says, where they do not say themselves."""
        inputs = form.inputs or [InputForm(url=form.input_url or "")]
        usual = self.media_of(form.template or Channel(0, "", "").template)
        told = [one if one.media else one.model_copy(update={"media": usual}) for one in inputs]
        return form.model_copy(update={"inputs": told})

    def _templated(self, form: ChannelForm) -> ChannelForm:
        """Return the form with its template's name, which may have been told by number; BadRequest if unknown."""
        return form.model_copy(update={"template": self.template_of(form.template)}) if form.template else form

    def _free_code(self, name: str) -> str:
        if not name:
            raise BadRequest("A channel needs a channel_code or a channel_name.")
        code, taken = imports.code_of(name), {channel.code for channel in self.by_id.values()}
        numbered = (f"{code}_{number}" for number in range(2, MOST_CHANNELS + 2))
        return code if code not in taken else next(one for one in numbered if one not in taken)

    def _refuse_twins(self, wanted: Channel) -> None:
        for channel in self.by_id.values():
            if channel.code == wanted.code and channel.id != wanted.id:
                raise Conflict(f"A channel with the code {wanted.code} exists already.")

    def _json(self, channel: Channel) -> dict[str, Any]:
        return channel_json(channel, self.flow.board.channel(channel.id, self.clock.now()))


def _named(form: ChannelForm) -> ChannelForm:
    """A channel without a name is called by its code."""
    return form if form.channel_name else form.model_copy(update={"channel_name": form.channel_code})


def _with_slate(expected: Expected, name: str, digits: str | None) -> Expected:
    slates = {key: kept for key, kept in expected.slates.items() if key != name}
    if digits is not None:
        slates[name] = digits
    if len(slates) > MOST_SLATES:
        raise Conflict(f"A channel has at most {MOST_SLATES} slates; forget one first.")
    return replace(expected, slates=slates)


def _told(channel: Channel, by: str) -> dict[str, Any]:
    return {"by": by, "channel": channel_json(channel)}
