"""Tells from the access log which published segments were never fetched, and how regularly playlists were polled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noc_console.lab.access import AccessLog, Tally
from noc_console.lab.channels import LabChannel
from noc_console.lab.fault import Fault
from noc_console.lab.faults import FAULTS
from noc_console.lab.hls_pages import IFRAMES

_LISTED = 100


@dataclass(frozen=True, slots=True)
class RungReport:
    """What became of one rung during the watch; `missed` are sequence number and time of publication."""

    polls: int
    first_poll_at: float
    last_poll_at: float
    longest_gap_s: float
    published: int
    fetched: int
    headed: int
    missed: tuple[tuple[int, float], ...] = field(default=())

    def json(self) -> dict[str, Any]:
        """Return the report as plain JSON, with at most 100 of the missed segments."""
        return {
            "polls": self.polls,
            "first_poll_at": self.first_poll_at,
            "last_poll_at": self.last_poll_at,
            "longest_gap_s": round(self.longest_gap_s, 4),
            "published": self.published,
            "fetched": self.fetched,
            "headed": self.headed,
            "missed": len(self.missed),
            "missed_segments": [{"seq": seq, "published_at": at} for seq, at in self.missed[:_LISTED]],
        }


@dataclass(frozen=True, slots=True)
class Watch:
    """What is needed to judge: the log, the faults that hid segments, window in segments, and grace in seconds.

    Segments published later than `grace_s` before the last poll are not judged: there was no time to fetch them.
    """

    log: AccessLog
    faults: Sequence[Fault]
    window: int
    grace_s: float

    def channel(self, channel: LabChannel) -> Mapping[str, RungReport]:
        """Return a report for each rung whose playlist was polled, or for DASH: each rung that was fetched."""
        own = {rung: tally for (code, rung), tally in self.log.tallies.items() if code == channel.code}
        if channel.form.is_hls:
            watched = {rung: (tally, tally) for rung, tally in own.items() if tally.polls and rung != IFRAMES}
        else:
            mpd = own.get("", Tally())
            watched = {rung: (mpd, tally) for rung, tally in own.items() if rung and (tally.fetched or tally.headed)}
        return {rung: self._rung(channel, rung, *pair) for rung, pair in sorted(watched.items())}

    def _rung(self, channel: LabChannel, rung: str, polls: Tally, segments: Tally) -> RungReport:
        schedule = channel.schedule
        hidden = [one for one in self.faults if _hides(one, channel, rung)]
        first, last = schedule.edge(polls.first_poll_at) + 1, schedule.edge(polls.last_poll_at - self.grace_s)
        listed_s = self.window * schedule.grid.segment_s
        published = 0
        missed: list[tuple[int, float]] = []
        for seq in range(first, last + 1):
            at = schedule.wall(schedule.slot(seq).end)
            if any(one.begins_at <= at and at + listed_s <= one.ends_at for one in hidden):
                continue
            published += 1
            if not segments.has(seq):
                missed.append((seq, at))
        return RungReport(
            polls.polls,
            polls.first_poll_at,
            polls.last_poll_at,
            polls.longest_gap_s,
            published,
            published - len(missed),
            segments.headed,
            tuple(missed),
        )


def _hides(fault: Fault, channel: LabChannel, rung: str) -> bool:
    kind = FAULTS.get(fault.kind)
    is_ours = fault.channel == channel.code and fault.rung in ("", rung)
    return is_ours and kind is not None and kind.hides
