"""What stands around a step, as values: the head, the lanes, what is said where no step is open, what was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.figures import age, clock, day_and_clock
from noc_console.views.guide_drawer_values import lane_names, lane_state
from noc_console.views.guide_head import GuideHead, LaneChip
from noc_console.views.guide_path import MAIN, cause, likely, nodes, open_lanes, severity_of
from noc_console.views.guide_step import StepHead
from noc_console.views.guide_words import said

Json = Mapping[str, Any]
_ENDINGS = {"form": "finished", "closed": "ended early", "link": "led on to another guide", "sign-off": "signed"}


def head_of(guide: Json | None, run: Json | None, desk: Desk, others: Sequence[str]) -> GuideHead:
    """Return the head of a walk."""
    if guide is None or run is None:
        return GuideHead(Severity.INDETERMINATE, "Guide", "", "", (), "")
    channel = desk.mirror.channels.get(run["channel_id"])
    alarm = run.get("alarm") or {}
    name = str(channel["name"]) if channel is not None else str(run["run"].get("channel") or "")
    badges = ([f"Tier {channel['tier']}"] if channel is not None else []) + (
        list(channel["badges"]) if channel is not None else []
    )
    with_ = [one for one in run["people"] if one != run["started_by"]]
    together = f", with {', '.join(with_)}" if with_ else ""
    under = [
        f"Started {clock(run['started_at'])} by {run['started_by'] or 'the agent'}{together}.",
        _where(guide, run),
    ]
    under += [_ALARM.get(run["alarm_state"], "")]
    return GuideHead(
        severity_of(run),
        said(run["title"]),
        str(run["channel"]),
        name,
        tuple(badges),
        " ".join(part for part in (*under, *others) if part),
        bool(alarm.get("acknowledged")),
    )


_ALARM = {
    "cleared": "The alarm has cleared.",
    "resolved": "The alarm is resolved.",
    "raised": "The alarm came again.",
}


def _where(guide: Json, run: Json) -> str:
    if run["ended_at"] is not None:
        return f"Ended {clock(run['ended_at'])}."
    at = len(nodes(guide, run, MAIN, coming=0))
    return f"Step {at} of about {at + len(likely(guide, run, MAIN))}."


def chips(guide: Json, run: Json) -> list[LaneChip]:
    """Return the lanes as chips of the head."""
    names = lane_names(guide, run)
    waits = MAIN not in open_lanes(guide, run) and len(names) > 1
    shown = {key: name for key, name in names.items() if key != MAIN or not waits}
    return [LaneChip(key, name, lane_state(guide, run, key)[1]) for key, name in shown.items()]


def notice_of(guide: Json | None, run: Json | None, lane: str, notice: str = "") -> tuple[StepHead, tuple[str, ...]]:
    """Return what the middle says where no step is open: loading, refused, ended, the lane is done."""
    if guide is None or run is None:
        return StepHead("", "", notice, ""), ()
    if run["ended_at"] is None:
        return StepHead("", "", "This lane is done", "L goes to the next lane."), ()
    took = f"took {age(run['ended_at'] - run['started_at'])}"
    how = _ENDINGS.get(run["ending"], run["ending"] or "over")
    found = run["verdict_so_far"]
    causes = ", ".join(cause(one["name"]) for one in found["primary"]) or "not determined"
    words = [f"Cause: {causes}, confidence {found['confidence'] * 100:.0f} %."]
    words += [
        f"{_label(guide, name)}: {_said(value)}"
        for name, value in run["run"]["form"].items()
        if value not in (None, "")
    ]
    words += [f"Skipped: {one.title}" for one in nodes(guide, run, MAIN, coming=0) if one.is_skipped]
    review = _review(guide, run)
    words += [review] if review else []
    words += ["Notes may still be added (Shift+N). Esc goes back."]
    return StepHead("", took, f"This guide is {how}", f"{day_and_clock(run['ended_at'])} ICT"), tuple(words)


def _label(guide: Json, name: str) -> str:
    fields = [one for step in guide["steps"] for one in step.get("fields") or ()]
    found = next((one for one in fields if one["name"] == name), None)
    return (said(found["label"]) if found else "") or name.replace("_", " ").capitalize()


def _review(guide: Json, run: Json) -> str:
    hours = [step["review_within_h"] for step in guide["steps"] if step["kind"] == "form" and step["review_within_h"]]
    return f"A review is due within {hours[0]:g} h." if hours and run["ending"] != "closed" else ""


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def past_of(guide: Json, run: Json, now: float) -> str:
    """Return how it went before, in one line; empty where it never was."""
    last = [one for one in run["usual"].get("last") or () if one["run_id"] != run["run_id"]][:3]
    if not last:
        return ""
    told = []
    for one in last:
        causes = " and ".join(cause(name) for name in one.get("verdict") or ()) or "no cause found"
        took = f", {age(one['ended_at'] - one['started_at'])}" if one.get("ended_at") else ""
        told.append(f"{day_and_clock(one['started_at'])[:-3]} {one.get('channel') or ''}: {causes}{took}")
    return "Last time: " + "; ".join(told)
