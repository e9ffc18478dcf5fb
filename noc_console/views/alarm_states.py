"""What a drawer says of an alarm's state: expiry, shelf, flapping, no data, its cause, and what hides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.model import Severity
from noc_console.views.drawer_sheet import Entry, Fact, Head, Item, Plain
from noc_console.views.figures import age, clock

Json = Mapping[str, Any]
HIDDEN = {
    "shelved": "on the shelf",
    "suppressed": "hidden by design",
    "out_of_service": "in maintenance",
    "latched": "condition gone, waits for acknowledgement",
    "returned": "condition gone, nobody answered",
}
_MOST_KIN = 12


def state_facts(alarm: Json, now: float) -> list[Entry]:
    """Return the facts that only some alarms have."""
    facts: list[Entry] = []
    if alarm.get("acknowledged_until"):
        facts.append(Fact("Ack. ends", f"{clock(alarm['acknowledged_until'])} ICT"))
    if alarm.get("acknowledgement_expired_at"):
        facts.append(Fact("Ack. ended", f"{clock(alarm['acknowledgement_expired_at'])} ICT, answer again"))
    if alarm.get("shelved"):
        facts.append(Fact("Shelved", f"until {clock(alarm['shelved_until'])} ICT, {alarm['shelved_reason']}"))
    if alarm.get("flapping"):
        facts.append(Fact("Flapping", f"{alarm['flaps_per_min']:.1f} times a minute, kept as one alarm"))
    if alarm.get("no_data_since"):
        facts.append(Fact("No data", f"for {age(now - alarm['no_data_since'])}: the hold stands still"))
    return facts


def cause_entries(alarm: Json, kin: Sequence[Json], now: float) -> list[Entry]:
    """Return the verdict with its evidence, and the alarms folded under this one."""
    cause = alarm.get("cause")
    if not cause and alarm.get("parent_id"):
        return [Head("Cause"), Plain(f"Folded under alarm {alarm['parent_id']}: they share a cause.")]
    if not cause:
        return []
    note = f"confidence {cause['confidence'] * 100:.0f} %"
    entries: list[Entry] = [Head("First cause", note), Fact("Verdict", str(cause["verdict"]))]
    entries += [Plain(str(line)) for line in cause["evidence"]]
    if kin:
        entries.append(Head("Same cause", f"{len(kin)} alarms"))
        entries += [_kin(one, now) for one in kin[:_MOST_KIN]]
    return entries


def hiding_entries(alarm: Json) -> list[Entry]:
    """Return what hides an alarm, in the operator's words."""
    if "hidden_by" not in alarm:
        return []
    lines = [str(line) for line in alarm["hidden_by"]]
    return [Head("What hides this?"), *([Plain(line) for line in lines] or [Plain("Nothing hides it.")])]


def _kin(alarm: Json, now: float) -> Item:
    lasted = age(now - float(alarm["raised_at"]))
    code = str(alarm["channel_code"] or "Agent")
    return Item(Severity(alarm["severity"]), code, str(alarm["message"]), lasted, bool(alarm["acknowledged"]))
