"""Alarms that another system raises and clears: one per key of that system, beside our own rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.alarms.alarm import Alarm
from noc_console.alarms.ledger import Change, Ledger, unanswered
from noc_console.catalogues import alarm_types
from noc_console.model import Channel, Severity


@dataclass(frozen=True, slots=True)
class Foreign:
    """What another system says of one condition; `severity` None means the alarm type's own."""

    key: str
    alarm_type: str
    message: str
    severity: Severity | None = None
    channel: Channel | None = None


def raise_foreign(ledger: Ledger, foreign: Foreign, at: float) -> list[Change]:
    """Raise an alarm, or renew the one that is open: told again only when it is worse or had cleared.

    The severity of an open alarm only rises, as with our own; the message is always the newest. One that an operator
    called false stays quiet until the other system has cleared it.
    """
    severity = foreign.severity or alarm_types()[foreign.alarm_type].severity
    known = ledger.of_foreign(foreign.key)
    if known is None and foreign.key in ledger.foreign_false:
        return []
    if known is None:
        return [ledger.told(_fresh(ledger, foreign, severity, at), "AlarmRaised", at)]
    worst = max(severity, known.severity, key=lambda one: one.rank)
    renewed = replace(known, message=foreign.message)
    if known.condition == "cleared":
        again = replace(ledger.again(renewed), severity=severity)
        return [ledger.told(again, "AlarmRaised", at)]
    if worst is not known.severity:
        return [ledger.told(unanswered(replace(renewed, severity=worst)), "AlarmUpdated", at, "severity")]
    return [ledger.shown(renewed)] if renewed != known else []


def clear_foreign(ledger: Ledger, key: str, at: float, note: str = "") -> list[Change]:
    """Clear the alarm of a key; nothing where none is open."""
    known = ledger.of_foreign(key)
    ledger.foreign_false.pop(key, None)
    return [] if known is None or known.condition == "cleared" else [ledger.cleared(known, at, note)]


def _fresh(ledger: Ledger, foreign: Foreign, severity: Severity, at: float) -> Alarm:
    channel = foreign.channel
    entry = min(channel.inputs, key=lambda one: one.layer, default=None) if channel else None
    return Alarm(
        id=ledger.new_id(),
        channel_id=channel.id if channel else 0,
        channel_code=channel.code if channel else "",
        input_id=entry.id if entry else 0,
        layer=int(entry.layer) if entry else 0,
        alarm_type=foreign.alarm_type,
        severity=severity,
        message=foreign.message,
        raised_at=at,
        foreign=foreign.key,
    )
