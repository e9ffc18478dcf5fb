"""A notice becomes the content of a trap: its OID, the four varbinds of the requirement, the v1 form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from noc_console.catalogues import alarm_types
from noc_console.model import Severity
from noc_console.notify.snmp_config import Oid, SnmpConfig, parse_oid

# RFC 3418: the generic traps' notifications stand under snmpTraps
SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
SNMP_TRAP_ENTERPRISE: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 3, 0)
SNMP_TRAP_ADDRESS: Oid = (1, 3, 6, 1, 6, 3, 18, 1, 3, 0)
NOTICE_SUFFIX: Oid = (0, 1)  # a notice whose alarm type has no OID of its own
MAX_TEXT_BYTES = 255  # SnmpAdminString, RFC 3411: UTF-8, at most 255 octets

_GENERIC = {"coldStart": 1, "warmStart": 2, "linkDown": 3, "linkUp": 4, "authenticationFailure": 5}
# C-13, requirement 1.6: the generic types the sources send in v1
_GENERIC_OF = {
    "TS_SYNC_LOSS": "linkDown",
    "PAT_ERROR": "linkDown",
    "PMT_ERROR": "linkDown",
    "PTS_DTS_ERROR": "linkDown",
    "CC_ERROR": "authenticationFailure",
    "PCR_JITTER": "warmStart",
    "VIDEO_MOS_LOW": "coldStart",
    "VIDEO_FREEZE": "linkDown",
    "BLACK_FRAME": "warmStart",
    "LOUDNESS_OUT_OF_RANGE": "warmStart",
    "AUDIO_SILENCE": "linkDown",
    "HDR_METADATA_MISSING": "linkDown",
    "ABR_SEGMENT_MISSING": "linkDown",
    "HTTP_5XX": "linkDown",
}

Value = tuple[Oid, Literal["integer", "text", "oid"], int | str | Oid]


@dataclass(frozen=True, slots=True)
class Trap:
    """What an NMS is told: `oid` is the event's (root and suffix), `at` Unix seconds UTC."""

    oid: Oid
    alarm_type: str
    severity: Severity
    program: str
    message: str
    at: float


def trap_of(action: str, subject: str, alarm: Mapping[str, Any], at: float, root: str) -> Trap:
    """Return the trap of a notice about an alarm object (R-140 to R-142).

    A resolve is the same OID with severity cleared; a test says TEST first. `at` counts where the alarm says no time.
    """
    alarm_type = str(alarm.get("alarm_type", ""))
    is_clear = action == "resolve" or alarm.get("severity") == Severity.CLEARED
    text = str(alarm.get("message") or subject)
    if alarm.get("test") and "TEST" not in text:
        text = f"TEST {text}"
    return Trap(
        oid=parse_oid(root) + suffix_of(alarm_type),
        alarm_type=alarm_type,
        severity=Severity.CLEARED if is_clear else Severity(str(alarm.get("severity", "indeterminate")).lower()),
        program=str(alarm.get("channel_code", "")),
        message=f"Cleared: {text}" if is_clear else text,
        at=_time_of(action, alarm, at),
    )


def suffix_of(alarm_type: str) -> Oid:
    """Return the OID suffix of an alarm type below the root, that of a mere notice where it has none."""
    row = alarm_types().get(alarm_type)
    return tuple(int(part) for part in row.oid.strip(".").split(".")) if row and row.oid else NOTICE_SUFFIX


def varbinds(trap: Trap, config: SnmpConfig, version: str, uptime_s: float) -> tuple[Value, ...]:
    """Return all the PDU carries, in order: sysUpTime.0, snmpTrapOID.0, then .1 to .4 below the event's OID."""
    severity: Value = (*_below(trap, 1), "text", str(trap.severity))
    if config.severity == "number":
        severity = (*_below(trap, 1), "integer", trap.severity.snmp)
    body: tuple[Value, ...] = (
        severity,
        (*_below(trap, 2), "text", clipped(trap.program)),
        (*_below(trap, 3), "text", clipped(trap.message)),
        (*_below(trap, 4), "text", iso(trap.at)),
    )
    # RFC 3418: TimeTicks are hundredths of a second and wrap at 2^32
    head: tuple[Value, ...] = ((SYS_UP_TIME, "integer", int(uptime_s * 100) % 2**32),)
    generic = generic_of(trap) if version == "1" and config.generic else None
    if generic is None:
        return (*head, (SNMP_TRAP_OID, "oid", trap.oid), *body)
    # RFC 3584, 3.2: a generic trap's enterprise comes from snmpTrapEnterprise.0; the event's OID stays readable in it
    return (*head, (SNMP_TRAP_OID, "oid", generic), *body, (SNMP_TRAP_ENTERPRISE, "oid", trap.oid))


def generic_of(trap: Trap) -> Oid | None:
    """Return the notification of the generic v1 type of an alarm, linkUp when a linkDown clears; None without one."""
    name = _GENERIC_OF.get(trap.alarm_type)
    if name is None:
        return None
    if name == "linkDown" and trap.severity is Severity.CLEARED:
        name = "linkUp"
    return (*SNMP_TRAPS, _GENERIC[name])


def iso(at: float) -> str:
    """Return a time as ISO 8601 in UTC with milliseconds, such as 2026-11-20T14:25:47.123Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clipped(text: str) -> str:
    """Return a text that fits an SNMP string, cut between characters, on one line."""
    line = " ".join(text.split())
    content = line.encode("utf-8", "replace")
    if len(content) <= MAX_TEXT_BYTES:
        return content.decode()
    return content[: MAX_TEXT_BYTES - 3].decode("utf-8", "ignore") + "…"


def _below(trap: Trap, number: int) -> tuple[Oid]:
    return ((*trap.oid, number),)


def _time_of(action: str, alarm: Mapping[str, Any], at: float) -> float:
    if action == "raise":
        told = alarm.get("raised_at")
    elif action == "resolve":
        told = alarm.get("cleared_at") or alarm.get("resolved_at")
    else:
        told = None
    return float(told) if isinstance(told, int | float) else at
