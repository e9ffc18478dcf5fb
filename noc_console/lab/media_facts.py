"""Tells when an ill of the media begins and ends by the stream's own clock, so that a monitor can be scored."""

from __future__ import annotations

from typing import Any

from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.fault import Fault
from noc_console.lab.fault_desk import FaultDesk
from noc_console.lab.options import TICKS
from noc_console.lab.transport import DELAY, WRAP
from noc_console.lab.ts_turn import stamp_of

_TICKS_PER_S = 90_000


def media_times(fault: Fault, channel: LabChannel, desk: FaultDesk) -> dict[str, Any]:
    """Return the presentation times of the first ill frame and of the first healthy one after it, in seconds.

    Behind an ad break or a restart of the packager the clock is another one: the end may be before the begin. Those
    of a multicast transport stream have names of their own.
    """
    told: dict[str, Any] = {
        "is_ready": not desk.is_waiting(fault),
        "length_s": round(fault.ends_at - fault.begins_at, 6),
        "begins_pts_s": _presented_s(channel, fault.begins_at),
        "ends_pts_s": _presented_s(channel, fault.ends_at),
    }
    if (shown := desk.carried.get(fault.channel)) is not None:
        told["ts_begins_pts_s"] = _on_air_s(shown, fault.begins_at)
        told["ts_ends_pts_s"] = _on_air_s(shown, fault.ends_at)
    return told


def _on_air_s(channel: LabChannel, at: float) -> float:
    schedule = channel.schedule
    return (stamp_of(schedule.frame(schedule.border(at))) & WRAP) / _TICKS_PER_S


def _presented_s(channel: LabChannel, at: float) -> float:
    schedule = channel.schedule
    frame = schedule.frame(at)
    slot = schedule.slot(schedule.covering(frame))
    ticks = (slot.stamp + frame - slot.start) * TICKS
    if channel.form is Form.HLS_TS:
        ticks = (ticks + DELAY) & WRAP
    return ticks / _TICKS_PER_S
