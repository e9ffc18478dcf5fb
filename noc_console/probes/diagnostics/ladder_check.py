"""Ladder check: every rung's playlist and newest segment now: who is there, who fails, how far apart they are."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.errors import KnownError
from noc_console.media import dash, hls
from noc_console.media.hls.rungs import rungs_of
from noc_console.model import Input, Kind
from noc_console.net.fetch import Fetcher
from noc_console.probes.diagnostics.delivery import Asked, Way, playlist_of, segment_of
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Row, Target
from noc_console.probes.secrets import Secrets

MOST_RUNGS = 40
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One rung as it is served now: what was asked, and the number of its newest segment."""

    rung: str
    asked: tuple[Asked, ...]
    newest: int | None = None
    is_video: bool = True

    @property
    def wrong(self) -> str:
        """What is wrong with it in a few words, empty where nothing is."""
        return next((f"{one.what} {one.wrong}" for one in self.asked if one.wrong), "")


async def examine(target: Target, kit: Kit) -> Result:
    """Return how many rungs are offered and expected, how many fail, and by how many segments their edges differ."""
    entry = target.served()
    async with Fetcher(kit.now) as fetcher:
        way = Way(entry, fetcher, kit.settings, timeout_s=kit.settings.request_timeout_s)
        kit.progress(0.1, "Fetching the ladder")
        steps = await (_dash_steps(way, kit) if entry.kind is Kind.DASH else _hls_steps(way, kit))
    return judged(entry, steps)


def judged(entry: Input, steps: Sequence[Step]) -> Result:
    """Return what the rungs say together."""
    secrets = Secrets(entry.access, entry.url)
    failing = [one for one in steps if one.wrong]
    labels = {one.rung for one in steps}
    missing = [label for label in entry.expected.rungs if label not in labels]
    edges = [one.newest for one in steps if one.newest is not None and one.is_video]
    spread = float(max(edges) - min(edges)) if len(edges) > 1 else 0.0 if edges else None
    expected = len(entry.expected.rungs) or len(steps)
    fields: dict[str, float | None] = {
        "is_ok": float(not failing and not missing and (spread or 0.0) <= 1),
        "rungs": float(len(steps)),
        "rungs_expected": float(expected),
        "failing": float(len(failing)),
        "edge_spread": spread,
    }
    rows: list[Row] = [_row(one, secrets) for one in steps]
    rows += [{"rung": label, "wrong": "expected, not offered"} for label in missing]
    return Result(fields, secrets.hide(_text(steps, failing, missing)), rows)


def _text(steps: Sequence[Step], failing: Sequence[Step], missing: Sequence[str]) -> str:
    told = [f"{one.rung}: {one.wrong}" for one in failing[:3]] + [f"{label} is not offered" for label in missing[:3]]
    if not told:
        return f"All {len(steps)} rungs are served."
    return f"{len(failing)} of {len(steps)} rungs fail, {len(missing)} are missing: {'; '.join(told)}."


def _row(step: Step, secrets: Secrets) -> Row:
    last = step.asked[-1].reply if step.asked else None
    return {
        "rung": step.rung,
        "newest": step.newest,
        "status": last.status if last else None,
        "total_s": round(sum(one.reply.total_s for one in step.asked), 4),
        "size_bytes": last.size_bytes if last else None,
        "wrong": secrets.hide(step.wrong),
    }


async def _hls_steps(way: Way, kit: Kit) -> list[Step]:
    reply = await way.ask(way.entry.url)
    playlist, fault = playlist_of(reply)
    if playlist is None:
        raise Impossible(f"The ladder could not be read: {fault or reply.error_text or f'answered {reply.status}'}")
    if isinstance(playlist, hls.Media):
        return [await _hls_step(way, "", way.entry.url)]
    rungs = [rung for rung in rungs_of(playlist) if rung.uri and rung.kind != "iframe"][:MOST_RUNGS]
    return await _together([_hls_step(way, rung.label, rung.uri, rung.kind == "video") for rung in rungs], kit)


async def _hls_step(way: Way, label: str, url: str, is_video: bool = True) -> Step:
    reply = await way.ask(url)
    playlist, fault = playlist_of(reply)
    if not isinstance(playlist, hls.Media) or not playlist.segments:
        return Step(label, (Asked("playlist", reply, fault=fault or "lists no segment"),), None, is_video)
    newest = playlist.segments[-1]
    segment = await way.ask(playlist.absolute(newest.uri), is_media=True)
    asked = (Asked("playlist", reply), segment_of(segment, newest.duration_s))
    return Step(label, asked, newest.sequence, is_video)


async def _dash_steps(way: Way, kit: Kit) -> list[Step]:
    reply = await way.ask(way.entry.url)
    if not reply.is_ok:
        raise Impossible(f"The ladder could not be read: {reply.error_text or f'answered {reply.status}'}")
    try:
        mpd = dash.parse(reply.body, reply.effective_url)
    except KnownError as bad:
        raise Impossible(f"The ladder could not be read: {bad}") from None
    period = next((one for one in reversed(mpd.periods) if dash.offers(one)), None)
    offers = dash.offers(period)[:MOST_RUNGS] if period is not None else ()
    return await _together([_dash_step(way, mpd, offer, kit.now()) for offer in offers], kit)


async def _dash_step(way: Way, mpd: dash.Mpd, offer: dash.Offer, at: float) -> Step:
    is_video = offer.rung.kind == "video"
    # the newest but one: clocks that differ a little make it no fault
    newest = next(iter(dash.segments(mpd, offer.period, offer.representation, at, limit=2)), None)
    if newest is None:
        return Step(offer.label, (), None, is_video)
    segment = segment_of(await way.ask(newest.url, is_media=True), newest.duration_s)
    return Step(offer.label, (segment,), newest.number, is_video)


async def _together(steps: Sequence[Coroutine[Any, Any, Step]], kit: Kit) -> list[Step]:
    """Ask a few rungs at once: all at once would be a load test."""
    free, done = asyncio.Semaphore(_AT_ONCE), 0

    async def one(step: Coroutine[Any, Any, Step]) -> Step:
        nonlocal done
        async with free:
            found = await step
        done += 1
        kit.progress(0.1 + 0.9 * done / len(steps), f"{done} of {len(steps)} rungs")
        return found

    return await asyncio.gather(*map(one, steps))
