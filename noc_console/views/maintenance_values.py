"""Maintenance windows and suppressions as rows, facts and the fields of the form: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from noc_console.errors import KnownError
from noc_console.model import Layer
from noc_console.views.drawer_sheet import Entry, Fact, Head, Plain
from noc_console.views.figures import DASH, age
from noc_console.views.maintenance_slots import slots_of, slots_text
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
ZONE = "Asia/Ho_Chi_Minh"
_FORMAT = "%Y-%m-%d %H:%M"
COLUMNS = (
    Column("State", 190),
    Column("Name", 210),
    Column("Kind", 120),
    Column("About", 0),
    Column("When", 300, is_wide_only=True),
    Column("Hides", 60, is_right=True),
    Column("30 d", 60, is_right=True),
    Column("Warning", 260),
)
HIDING_COLUMNS = (Column("Window", 240), Column("Kind", 130), Column("Hides it", 110), Column("Why", 0))


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form's fields, as written."""

    name: str = ""
    kind: str = "maintenance"
    start: str = ""
    end: str = ""
    slots: str = ""
    zone: str = ZONE
    labels: str = ""
    channels: str = ""
    layers: tuple[int, ...] = ()
    alarm_types: str = ""
    while_type: str = ""
    reason: str = ""


def record(row: Json, now: float, codes: Mapping[int, str]) -> Record:
    """Return a window as a row."""
    warning = str(row.get("warning") or "")
    return Record(
        str(row["id"]),
        (
            state_cell(row, now),
            Cell(str(row["name"]) or "no name", is_strong=True),
            Cell(str(row["kind"]), Tone.SECONDARY),
            Cell(about(row["target"], codes)),
            Cell(span_text(row), Tone.SECONDARY),
            Cell(str(len(row["hides"])), Tone.TEXT if row["hides"] else Tone.TERTIARY),
            Cell(str(row.get("hid_30d", 0)), Tone.SECONDARY if row.get("hid_30d") else Tone.TERTIARY),
            Cell(warning, Tone.DOUBT, Mark.WARNING) if warning else Cell(""),
        ),
        str(row["reason"]),
    )


def state_cell(row: Json, now: float) -> Cell:
    """Return how a window stands: open with what is left, next with how long until, over."""
    ends = min(one for one in (row["end"], row["ended_at"], float("inf")) if one is not None)
    if row["is_open"]:
        if row["while_type"]:
            return Cell(f"while {row['while_type']}", mark=Mark.SPANNER)
        left = row["next_turn"]
        return Cell(f"open, {age(float(left) - now)} left" if left else "open", mark=Mark.SPANNER, is_strong=True)
    if now >= ends:
        return Cell("ended" if row["ended_at"] else "over", Tone.TERTIARY, Mark.DASH)
    if row["next_turn"]:
        return Cell(f"opens in {age(float(row['next_turn']) - now)}", Tone.SECONDARY, Mark.CLOCK)
    return Cell("not open", Tone.TERTIARY, Mark.DASH)


def about(target: Json, codes: Mapping[int, str]) -> str:
    """Return what a window is about in one line."""
    if target.get("is_everything"):
        return "everything"
    parts = [codes.get(int(one), f"channel {one}") for one in target["channels"]]
    parts += [f"L{one} {Layer(one).name.capitalize()}" for one in target["layers"]]
    parts += [f"label {one}" for one in target["labels"]]
    parts += [f"agent {one}" for one in target["agents"]] + [f"region {one}" for one in target["regions"]]
    parts += [str(one) for one in target["alarm_types"]]
    return ", ".join(parts) or "nothing"


def span_text(row: Json) -> str:
    """Return when a window is open, in its own zone."""
    place = zone_of(str(row["zone"]))
    if row["slots"]:
        return f"{slots_text(row['slots']).replace(chr(10), ', ')} {row['zone']}"
    begin = _stamp(row["start"], place) if row["start"] else ""
    end = _stamp(row["end"], place) if row["end"] is not None else ""
    if begin[:10] == end[:10]:
        end = end[11:]
    return f"{begin or 'always'} {DASH} {end}".rstrip(f" {DASH}") if begin or end else "always"


def entries(row: Json, now: float, codes: Mapping[int, str], alarms: Mapping[int, Json]) -> list[Entry]:
    """Return a window's facts, and the alarms it hides now."""
    facts: list[Entry] = [
        Fact("Kind", "maintenance: out of service" if row["kind"] == "maintenance" else "suppression: by design"),
        Fact("About", about(row["target"], codes)),
        Fact("When", span_text(row)),
        Fact("Zone", str(row["zone"])),
        Fact("Reason", str(row["reason"]) or "none was given"),
        Fact("Planned by", str(row["by"]) or "n/a"),
        Fact("Inputs", f"{row.get('inputs', 0)} are meant"),
        Fact("Hid", f"{row.get('hid_30d', 0)} alarms in 30 days"),
    ]
    if row["while_type"]:
        facts.insert(3, Fact("Only while", f"{row['while_type']} is open on the channel"))
    if row.get("warning"):
        facts.append(Fact("Warning", str(row["warning"])))
    hidden: list[Entry] = [
        Plain(f"{alarms[one]['channel_code']} {alarms[one]['type']}" if one in alarms else f"Alarm {one}")
        for one in row["hides"][:30]
    ]
    return [*facts, Head("Hides now", str(len(row["hides"]))), *(hidden or [Plain("It hides nothing now.")])]


def hiding_records(answer: Json) -> list[Record]:
    """Return what hides an alarm: sentences first, then each window that is about it with why it does or not."""
    said = [
        Record(f"s{number}", (Cell(str(line), mark=Mark.CLOCK, is_strong=True), Cell(""), Cell("yes"), Cell("")))
        for number, line in enumerate(answer["hidden_by"])
    ]
    return said + [
        Record(
            f"w{one['id']}",
            (
                Cell(str(one["name"])),
                Cell(str(one["kind"]), Tone.SECONDARY),
                Cell("yes", mark=Mark.TICK) if one["hides"] else Cell("no", Tone.TERTIARY, Mark.DASH),
                Cell(str(one["why"]), Tone.SECONDARY),
            ),
        )
        for one in answer["windows"]
    ]


def form_of(row: Json, codes: Mapping[int, str]) -> Form:
    """Return a window as the form shows it."""
    place, target = zone_of(str(row["zone"])), row["target"]
    return Form(
        name=str(row["name"]),
        kind=str(row["kind"]),
        start=_stamp(row["start"], place) if row["start"] else "",
        end=_stamp(row["end"], place) if row["end"] is not None else "",
        slots=slots_text(row["slots"]),
        zone=str(row["zone"]),
        labels=", ".join(target["labels"]),
        channels=", ".join(codes.get(int(one), str(one)) for one in target["channels"]),
        layers=tuple(target["layers"]),
        alarm_types=", ".join(target["alarm_types"]),
        while_type=str(row["while_type"]),
        reason=str(row["reason"]),
    )


def body_of(form: Form, codes: Mapping[int, str], known: Json | None = None) -> dict[str, Any]:
    """Return what is sent. Raises KnownError with one sentence where a field cannot be read.

    `known` is the window that is changed: what the form does not show of its target stays.
    """
    ids = {code.casefold(): number for number, code in codes.items()}
    zone = zone_of(form.zone)
    before = known["target"] if known else {}
    target = {
        "labels": _words(form.labels),
        "channels": [_channel(word, ids) for word in _words(form.channels)],
        "layers": list(form.layers),
        "alarm_types": [word.upper() for word in _words(form.alarm_types)],
        "agents": list(before.get("agents", ())),
        "regions": list(before.get("regions", ())),
        "is_everything": bool(before.get("is_everything", False)),
    }
    if not form.name.strip():
        raise KnownError("Give the window a name.")
    return {
        "name": form.name.strip(),
        "kind": form.kind,
        "target": target,
        "start": _moment(form.start, zone, "start") or 0.0,
        "end": _moment(form.end, zone, "end"),
        "slots": slots_of(form.slots),
        "zone": form.zone.strip(),
        "while_type": form.while_type.strip().upper(),
        "reason": form.reason.strip(),
    }


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone. Raises KnownError where there is none of that name."""
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KnownError(f"There is no time zone '{name[:40]}'; write one like {ZONE}.") from None


def fresh(now: float, kind: str = "maintenance") -> Form:
    """Return an empty form: two hours from the next full quarter."""
    begin = (now // 900 + 1) * 900
    place = zone_of(ZONE)
    return Form(kind=kind, start=_stamp(begin, place), end=_stamp(begin + 7200, place))


def _stamp(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime(_FORMAT)


def _moment(text: str, zone: ZoneInfo, what: str) -> float | None:
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip(), _FORMAT).replace(tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        raise KnownError(f"The {what} is no time: write it like 2026-11-20 22:00.") from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]


def _channel(word: str, ids: Mapping[str, int]) -> int:
    if word.casefold() not in ids:
        raise KnownError(f"There is no channel {word[:40]}.")
    return ids[word.casefold()]


def codes_of(channels: Mapping[int, Json], order: Sequence[int]) -> dict[int, str]:
    """Return the channels' codes by id."""
    return {key: str(channels[key]["code"]) for key in order if key in channels}
