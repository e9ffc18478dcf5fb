"""Notices, receivers and answers of the dry run as rows and facts: plain values, no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noc_console.model import Severity
from noc_console.routing.reasons import SKIP, TELL
from noc_console.views.alarm_filter import Chip
from noc_console.views.drawer_sheet import Entry, Fact, Head, Plain, Said
from noc_console.views.figures import age, clock, day_and_clock
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
_DAY_S = 86_400.0
STATES: Mapping[str, tuple[Mark, Tone]] = {
    "queued": (Mark.RING, Tone.SECONDARY),
    "sending": (Mark.OUT, Tone.SECONDARY),
    "held": (Mark.CLOCK, Tone.DOUBT),
    "sent": (Mark.TICK, Tone.SECONDARY),
    "failed": (Mark.CROSS, Tone.ILL),
    "uncertain": (Mark.QUESTION, Tone.DOUBT),
    "skipped": (Mark.DASH, Tone.TERTIARY),
}
NOTICE_COLUMNS = (
    Column("Time", 132),
    Column("State", 104),
    Column("Channel", 160),
    Column("Alarm", 220),
    Column("Receiver", 150),
    Column("Action", 84),
    Column("Outcome or reason", 0),
    Column("Tries", 56, is_right=True, is_wide_only=True),
)
RECEIVER_COLUMNS = (
    Column("Receiver", 200),
    Column("Kind", 120),
    Column("State", 130),
    Column("Waiting", 84, is_right=True),
    Column("Secret", 120),
    Column("Roles", 220, is_wide_only=True),
    Column("Last outcome", 0),
)
TOLD_COLUMNS = (Column("When", 110), Column("Receiver", 150), Column("Route", 160), Column("Why", 0))
LEFT_OUT_COLUMNS = (Column("Receiver", 170), Column("Reason", 150), Column("In words", 0))


def reason_words(name: str) -> str:
    """Return the sentence behind a reason's name; the name where there is none."""
    return TELL.get(name) or SKIP.get(name) or name


def state_cell(state: str) -> Cell:
    """Return a state as shape and word."""
    mark, tone = STATES.get(state, (Mark.QUESTION, Tone.TERTIARY))
    return Cell(state, tone, mark)


def when(at: float, now: float) -> str:
    """Return a time of day, with its date where it is not within a day."""
    return clock(at) if abs(now - at) < _DAY_S else day_and_clock(at)


def notice_record(row: Json, now: float) -> Record:
    """Return a notice as a row."""
    alarm = alarm_of(row)
    what = str(row.get("outcome") or "") or reason_words(str(row["reason"]))
    severity = Severity(alarm["severity"]) if alarm.get("severity") else None
    return Record(
        str(row["notice_id"]),
        (
            Cell(when(float(row["queued_at"]), now)),
            state_cell(str(row["state"])),
            Cell(str(alarm.get("channel_code") or "Agent"), is_mono=True, is_strong=True),
            Cell(str(alarm.get("type") or "trial"), Tone.SECONDARY, is_mono=True, severity=severity),
            Cell(str(row["receiver"])),
            Cell(str(row["action"]), Tone.SECONDARY),
            Cell(what, Tone.TEXT if row["state"] in ("failed", "uncertain", "held") else Tone.SECONDARY),
            Cell(str(row["attempts"]), Tone.SECONDARY),
        ),
        str(row["body"].get("subject", "")),
    )


def alarm_of(row: Json) -> Json:
    """Return the alarm object a notice is about; empty for a trial."""
    found: Json = (row["body"].get("data") or {}).get("alarm") or {}
    return found


def fits(row: Json, keys: frozenset[str], text: str) -> bool:
    """Say whether a notice passes the chips (any of the states, any of the receivers) and the search."""
    states = {key[2:] for key in keys if key.startswith("s:")}
    receivers = {key[2:] for key in keys if key.startswith("r:")}
    if (states and row["state"] not in states) or (receivers and row["receiver"] not in receivers):
        return False
    alarm = alarm_of(row)
    words = (alarm.get("channel_code"), alarm.get("type"), row["receiver"], row["outcome"], row["body"].get("text"))
    return text.casefold() in " ".join(str(word or "") for word in words).casefold()


def chips(rows: Sequence[Json]) -> list[Chip]:
    """Return the chips: all, each state that occurs, each receiver."""
    states, receivers = (Counter(str(row[name]) for row in rows) for name in ("state", "receiver"))
    return [
        Chip("open", "All", len(rows)),
        *(Chip(f"s:{state}", state.capitalize(), states[state]) for state in STATES if states[state]),
        *(Chip(f"r:{name}", name, count) for name, count in sorted(receivers.items())),
    ]


def notice_entries(row: Json, history: Iterable[Json], now: float) -> list[Entry]:
    """Return a notice's facts, why it was sent, and every outcome in order."""
    alarm, at = alarm_of(row), float(row["queued_at"])
    facts: list[Entry] = [
        Fact("Receiver", str(row["receiver"])),
        Fact("Action", str(row["action"])),
        Fact("Reason", f"{reason_words(str(row['reason']))} ({row['reason']})"),
        Fact("Alarm", str(alarm.get("message") or "a trial of the receiver")),
        Fact("Due", f"{when(float(row['due_at']), now)} ICT"),
        Fact("Tries", str(row["attempts"])),
    ]
    done = [Fact("Done", f"{when(float(row['done_at']), now)} ICT")] if row.get("done_at") else []
    lines = [Said(when(at, now), "Queued"), *(_outcome(event, now) for event in history if _is_of(event, row))]
    if len(lines) == 1 and row.get("outcome"):
        lines.append(Said(when(float(row.get("done_at") or at), now), f"{row['state']}: {row['outcome']}"))
    return [*facts, *done, Head("Outcomes"), *lines]


def told_entries(rows: Sequence[Json], dry: Json, now: float) -> list[Entry]:
    """Return the drawer's section of an alarm: who was told, who will be, who was not, each with the reason."""
    lines: list[Entry] = [
        Said(
            when(float(row["done_at"] or row["queued_at"]), now),
            f"{row['receiver']}, {row['action']}: {row['state']}\n{reason_words(str(row['reason']))}",
        )
        for row in sorted(rows, key=lambda one: float(one["queued_at"]))[-8:]
    ]
    coming = [one for one in dry.get("told", ()) if not one["done"] and float(one["at"]) > now]
    lines += [Said(clock(float(one["at"])), f"{one['receiver']} will be told\n{one['says']}") for one in coming[:4]]
    lines += [Said("not told", f"{one['receiver']}\n{one['says']}") for one in list(dry.get("not_told", ()))[:4]]
    empty = Plain("Nobody: no receiver is set up for this alarm.")
    return [Head("Who was told and why"), *(lines or [empty])]


def receiver_record(row: Json, last: Json | None, now: float) -> Record:
    """Return a receiver as a row."""
    state = str(row["state"])
    shown = {"ok": (Mark.TICK, Tone.SECONDARY), "off": (Mark.DASH, Tone.TERTIARY)}
    mark, tone = shown.get(state, (Mark.CROSS, Tone.ILL))
    outcome = str(row.get("fault") or "")
    if not outcome and last is not None:
        outcome = f"{when(float(last['done_at'] or last['queued_at']), now)} {last['state']}: {last['outcome']}"
    return Record(
        str(row["name"]),
        (
            Cell(str(row["name"]), is_strong=True),
            Cell(str(row["kind"]), Tone.SECONDARY, is_mono=True),
            Cell(state if state != "failing" else f"failing, {row['failures']} times", tone, mark),
            Cell(str(row["waiting"]), Tone.TEXT if row["waiting"] else Tone.TERTIARY),
            secret_cell(row),
            Cell(", ".join(map(str, row.get("roles") or ())) or "none", Tone.SECONDARY),
            Cell(outcome or "nothing sent yet", Tone.SECONDARY if outcome else Tone.TERTIARY),
        ),
        outcome,
    )


def secret_cell(row: Json) -> Cell:
    """Return whether a receiver's secret is set."""
    if row["has_secret"]:
        return Cell("set", Tone.SECONDARY, Mark.TICK)
    if row["needs_secret"]:
        return Cell("not set", Tone.DOUBT, Mark.WARNING)
    return Cell("none needed", Tone.TERTIARY, Mark.DASH)


def receiver_entries(row: Json, now: float) -> list[Entry]:
    """Return a receiver's facts; never a secret."""
    known = {
        "name", "state", "waiting", "waits_since", "failures", "fault", "next_at", "has_secret", "secret",
        "needs_secret", "kind", "roles",
    }  # fmt: skip
    facts: list[Entry] = [Fact("Kind", str(row["kind"])), Fact("Roles", ", ".join(row.get("roles") or ()) or "none")]
    facts += [Fact("Waiting", f"{row['waiting']} notices"), Fact("Secret", _secret_words(row))]
    if row.get("waits_since"):
        facts.append(Fact("Waits for", age(now - float(row["waits_since"]))))
    if row.get("fault"):
        facts.append(Fact("Fault", str(row["fault"]), Severity.MAJOR))
    if row.get("next_at"):
        facts.append(Fact("Tries again", f"{when(float(row['next_at']), now)} ICT"))
    more: list[Entry] = [Fact(key.replace("_", " "), _short(value)) for key, value in row.items() if key not in known]
    heading: list[Entry] = [Head("Set up as")] if more else []
    return [*facts, *heading, *more]


def told_records(answer: Json, now: float) -> list[Record]:
    """Return who would be told, in the order of time."""
    return [
        Record(
            f"{number}",
            (
                Cell(_delay(one), mark=Mark.TICK if one["done"] else Mark.RING),
                Cell(str(one["receiver"]), is_strong=True),
                Cell(str(one["route"]), Tone.SECONDARY, is_mono=True),
                Cell(f"{one['action']}: {one['says']}", Tone.SECONDARY),
            ),
            f"{when(float(one['at']), now)} ICT",
        )
        for number, one in enumerate(answer["told"])
    ]


def left_out_records(answer: Json) -> list[Record]:
    """Return who would not be told, with the named reason."""
    return [
        Record(
            f"{number}",
            (
                Cell(str(one["receiver"]), mark=Mark.DASH),
                Cell(str(one["reason"]), Tone.SECONDARY, is_mono=True),
                Cell(str(one["says"]), Tone.SECONDARY),
            ),
        )
        for number, one in enumerate(answer["not_told"])
    ]


def _delay(one: Json) -> str:
    return "already" if one["done"] else "at once" if one["after_s"] < 1 else f"after {age(float(one['after_s']))}"


def _is_of(event: Json, row: Json) -> bool:
    return str(row["notice_id"]) in {str(one) for one in event["data"].get("ids") or ()}


def _outcome(event: Json, now: float) -> Said:
    words = str(event["kind"]).removeprefix("Notice").lower()
    told = str(event["data"].get("outcome") or "")
    return Said(when(float(event["at"]), now), f"{words.capitalize()}{': ' + told if told else ''}")


def _secret_words(row: Json) -> str:
    what = f" ({row['secret']})" if row.get("secret") else ""
    return ("set" if row["has_secret"] else "not set" if row["needs_secret"] else "none needed") + what


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)[:200] or "none"
    return str(value)[:200]
