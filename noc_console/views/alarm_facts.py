"""What a drawer says about an alarm and its channel: plain values from the board, no Qt widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.catalogues import alarm_types
from noc_console.catalogues import findings as finding_types
from noc_console.model import Layer, Severity
from noc_console.views.alarm_states import HIDDEN as _HIDDEN
from noc_console.views.alarm_states import cause_entries, hiding_entries, state_facts
from noc_console.views.drawer_sheet import Entry, Fact, Head, Item, Plain, Said
from noc_console.views.figures import age, clock, day_and_clock, number

Json = Mapping[str, Any]
_DAY_S = 86_400


def alarm_entries(
    alarm: Json,
    channel: Json | None,
    others: list[Json],
    now: float,
    kin: Sequence[Json] = (),
    told: Sequence[Entry] = (),
) -> tuple[Entry, ...]:
    """Return the drawer's entries for an alarm: facts, cause, evidence, people, what hides it, its companions.

    `kin` are the alarms folded under it, `others` the other alarms of its channel, `told` says who was told.
    """
    same = _others(others, now, "Same channel") if others else ()
    return (
        *_facts(alarm, now),
        *cause_entries(alarm, list(kin), now),
        *_evidence(alarm, channel, now),
        *_people(alarm),
        *told,
        *hiding_entries(alarm),
        *same,
    )


def channel_entries(channel: Json, alarms: list[Json], now: float) -> tuple[Entry, ...]:
    """Return the drawer's entries for a channel without a chosen alarm: its inputs and what is found."""
    inputs: list[Entry] = [
        Fact(f"L{one['layer']} {one['kind'].upper()}", f"{one['level']}, {one['state']}\n{one['url']}")
        for one in channel["inputs"]
    ]
    return (
        Head("Inputs"),
        *(inputs or [Plain("No input: edit the channel to give it a URL.")]),
        *_findings(channel, now, "Findings"),
        *(_others(alarms, now, "Alarms") if alarms else (Head("Alarms"), Plain("No open alarms"))),
    )


def state_line(alarm: Json) -> str:
    """Return one line: severity, condition, acknowledgement."""
    if alarm["resolved"]:
        return f"{alarm['severity'].capitalize()}, resolved by {alarm['resolved_by'] or 'the agent'}"
    condition = {"raised": "open", "clearing": "clearing", "cleared": "cleared by itself"}
    hidden = _HIDDEN.get(str(alarm.get("state", "")))
    if hidden:
        return f"{alarm['severity'].capitalize()}, {hidden}"
    held = f"acknowledged by {alarm['acknowledged_by']}" if alarm["acknowledged"] else "not acknowledged"
    return f"{alarm['severity'].capitalize()}, {condition.get(alarm['condition'], alarm['condition'])}, {held}"


def title_of(alarm_type: str) -> str:
    """Return an alarm type's title for people, from the catalogue."""
    known = alarm_types().get(alarm_type)
    return known.title_en if known is not None else alarm_type


def when(at: float, now: float) -> str:
    """Return a time of day, with its date where it is not within a day."""
    return clock(at) if now - at < _DAY_S else day_and_clock(at)


def value_text(alarm: Json, key: str) -> str:
    """Return the measured value or the threshold with its unit, `n/a` where the rule has none."""
    value = alarm.get(key)
    unit = alarm.get("unit") or ""
    if value is None:
        return "n/a"
    if unit in ("1", "ratio"):
        unit = ""
    digits = 0 if float(value).is_integer() and abs(value) >= 10 else 2 if abs(value) < 1 else 1
    return number(float(value), digits, unit)


def _facts(alarm: Json, now: float) -> list[Entry]:
    severity = Severity(alarm["severity"])
    facts: list[Entry] = [Fact("Finding", alarm["message"], severity)]
    if alarm.get("value") is not None:
        facts.append(Fact("Value", value_text(alarm, "value"), severity))
    if alarm.get("threshold") is not None:
        facts.append(Fact("Threshold", value_text(alarm, "threshold")))
    facts += [
        Fact("Raised", f"{when(alarm['raised_at'], now)} ICT"),
        *(
            [Fact("Layer", f"L{alarm['layer']} {Layer(alarm['layer']).name.capitalize()}")]
            if alarm["channel_id"]
            else []
        ),
        Fact("Occurrences", str(alarm["occurrences"])),
    ]
    if alarm["rungs"]:
        facts.append(Fact("Rungs", ", ".join(rung.partition("@")[0] for rung in alarm["rungs"])))
    if alarm["probable_cause"]:
        facts.append(Fact("Cause", _words(alarm["probable_cause"])))
    if alarm["playbook"]:
        facts.append(Fact("Guide", alarm["playbook"]))
    if alarm["cleared_at"]:
        facts.append(Fact("Cleared", f"{when(alarm['cleared_at'], now)} ICT"))
    return [*facts, *state_facts(alarm, now)]


def _evidence(alarm: Json, channel: Json | None, now: float) -> list[Entry]:
    if not alarm["channel_id"]:
        return [Head("Evidence"), Plain("This alarm is about the agent itself, not about a channel.")]
    if channel is None:
        return [Head("Evidence"), Plain("The channel is not on the board any more.")]
    return _findings(channel, now, "Evidence", alarm["input_id"])


def _findings(channel: Json, now: float, head: str, input_id: int = 0) -> list[Entry]:
    found = [
        (one, finding)
        for one in channel["inputs"]
        for finding in one["findings"]
        if not input_id or one["id"] == input_id
    ]
    groups: dict[tuple[int, str, str], list[Json]] = {}
    for one, finding in found:
        groups.setdefault((one["layer"], finding["id"], finding["severity"]), []).append(finding)
    ordered = sorted(groups.items(), key=lambda pair: -Severity(pair[0][2]).rank)
    newest = max((finding["at"] for _, finding in found), default=0.0)
    count = f"{len(groups)} fact{'s' if len(groups) != 1 else ''}"
    note = f"{count}, {clock(newest)}" if found else ""
    if not found:
        return [Head(head), Plain("Nothing is wrong in the newest look.")]
    return [Head(head, note), *(_finding_item(key[0], group, now) for key, group in ordered)]


def _finding_item(layer: int, group: list[Json], now: float) -> Item:
    """Return one entry for the same finding on one rung or on many."""
    finding = max(group, key=lambda one: float(one["at"]))
    scopes = [one["scope"].partition("/")[2].partition("@")[0] or one["scope"] for one in group]
    known = finding_types().get(finding["id"])
    clause = finding.get("clause") or (known.clause if known is not None else "")
    count = sum(int(one["count"]) for one in group)
    times = f", {count} times" if count > len(group) else ""
    where = scopes[0] if len(group) == 1 else f"{len(group)} rungs"
    since = min(float(one["since"]) for one in group)
    note = f"L{layer} {where}, for {age(now - since)}{times}"
    return Item(Severity(finding["severity"]), str(finding["text"]), f"{note}{'  ' + clause if clause else ''}")


def _people(alarm: Json) -> list[Entry]:
    told: list[tuple[float, Entry]] = []
    if alarm["acknowledged"] and alarm["acknowledged_at"]:
        at = float(alarm["acknowledged_at"])
        told.append((at, Said(clock(at), f"{alarm['acknowledged_by']} acknowledged and owns it")))
    told += [
        (float(note["at"]), Said(clock(float(note["at"])), f"{note['by']}: {note['text']}"))
        for note in alarm["notes"]
    ]
    if alarm["resolved"] and alarm["resolved_at"]:
        at = float(alarm["resolved_at"])
        told.append((at, Said(clock(at), f"{alarm['resolved_by'] or 'The agent'} resolved it")))
    entries = [entry for _, entry in sorted(told, key=lambda pair: pair[0])]
    return [Head("Who knows"), *(entries or [Plain("Nobody has acknowledged it yet.")])]


def _others(alarms: list[Json], now: float, head: str) -> tuple[Entry, ...]:
    items = [
        Item(Severity(one["severity"]), one["message"], one["type"], age(now - one["raised_at"]), one["acknowledged"])
        for one in alarms
    ]
    return (Head(head, f"{len(alarms)} open"), *items)


def _words(camel: str) -> str:
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in camel)
    return spaced.strip().capitalize()
