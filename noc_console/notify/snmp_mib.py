"""The MIB: two modules, written from the alarm catalogue and the OID root of the settings (R-145). Pure.

The requirement puts a notification's objects below the notification's own OID (R-142). In one module that is a fault
of SMIv2 (a scalar's parent must be a simple node), so the objects have a module of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from noc_console.catalogues import AlarmType, alarm_types
from noc_console.model import Severity
from noc_console.notify.snmp_config import DEFAULT_ROOT, Oid, parse_oid

MODULE = "NOC-CONSOLE-MIB"
OBJECTS = "NOC-CONSOLE-OBJECTS-MIB"
REVISION = "202611200000Z"
NOTIFICATIONS_NODE, OBJECTS_NODE = 100, 101
# the groups of the suffix table
GROUPS = {
    0: ("nocNotices", "what the console says that is no alarm"),
    1: ("nocTsCritical", "transport stream, priority 1"),
    2: ("nocTsNetwork", "transport stream and network"),
    3: ("nocVideo", "picture"),
    4: ("nocAudio", "sound"),
    5: ("nocHdr", "HDR"),
    6: ("nocAbr", "adaptive streaming"),
    7: ("nocCdn", "HTTP and CDN"),
    8: ("nocSystem", "probes and system"),
    9: ("nocPipeline", "media pipeline"),
}
_NOTICE = AlarmType("NOC_NOTICE", "NocNotice", Severity.INDETERMINATE, ".0.1", "", "", "", "Notice", "")
_SEVERITY = """NocSeverity ::= TEXTUAL-CONVENTION
    STATUS      current
    DESCRIPTION
        "Perceived severity of ITU-T X.733 with the numbers of
        ItuPerceivedSeverity (RFC 3877). The number is not an order:
        critical, major, minor, warning, indeterminate, cleared is."
    SYNTAX      INTEGER {
                    cleared(1),
                    indeterminate(2),
                    critical(3),
                    major(4),
                    minor(5),
                    warning(6)
                }
"""
_OBJECTS_SAY = """What a notification of noc-console carries: four objects below the
        notification's own OID, sent without an instance sub-identifier."""
_NOTIFICATIONS_SAY = """Notifications of noc-console, the operator console for television
        and streaming. Each alarm type is one notification. When the alarm
        clears, the same notification is sent with severity cleared."""
_TOP = ("ccitt", "iso", "joint-iso-ccitt")
_PARTS = (
    ("Severity", "The perceived severity; cleared ends the alarm."),
    ("Program", "The code of the channel; empty for the agent itself."),
    ("Message", "What is wrong, with the measured value; TEST marks a test."),
    ("Time", "When it happened, ISO 8601 in UTC."),
)


def modules(root: str = DEFAULT_ROOT, severity: Literal["number", "text"] = "number") -> Mapping[str, str]:
    """Return both modules (SMIv2) by name for an OID root; KnownError where the root is none."""
    oid = parse_oid(root)
    rows = sorted((row for row in (_NOTICE, *alarm_types().values()) if row.oid), key=_suffix)
    is_number = severity == "number"
    return {OBJECTS: _objects_module(oid, rows, is_number), MODULE: _notifications_module(oid, rows)}


def _objects_module(oid: Oid, rows: Sequence[AlarmType], is_number: bool) -> str:
    base = "MODULE-IDENTITY, OBJECT-TYPE" + (", enterprises" if _is_enterprise(oid) else "")
    imports = {
        "SNMPv2-SMI": base,
        **({"SNMPv2-TC": "TEXTUAL-CONVENTION"} if is_number else {}),
        "SNMPv2-CONF": "MODULE-COMPLIANCE, OBJECT-GROUP",
        "SNMP-FRAMEWORK-MIB": "SnmpAdminString",
    }
    names = [f"{name_of(row.key)}{part}" for row in rows for part, _ in _PARTS]
    return "\n".join(
        [
            f"{OBJECTS} DEFINITIONS ::= BEGIN\n",
            _imports(imports),
            _identity("nocConsoleObjects", _OBJECTS_SAY, _place((*oid, OBJECTS_NODE))),
            f"nocConsoleRoot OBJECT IDENTIFIER ::= {_place(oid)}\n",
            *([_SEVERITY] if is_number else []),
            *(_group(number, *GROUPS[number]) for number in GROUPS),
            *(text for row in rows for text in _objects(row, is_number)),
            *_conformance("nocObjects", "nocConsoleObjects", "OBJECT-GROUP", "OBJECTS", names),
            "END\n",
        ]
    )


def _notifications_module(oid: Oid, rows: Sequence[AlarmType]) -> str:
    groups = [name for name, _ in GROUPS.values()]
    objects = [f"{name_of(row.key)}{part}" for row in rows for part, _ in _PARTS]
    imports = {
        "SNMPv2-SMI": "MODULE-IDENTITY, NOTIFICATION-TYPE",
        "SNMPv2-CONF": "MODULE-COMPLIANCE, NOTIFICATION-GROUP",
        OBJECTS: _wrapped(["nocConsoleRoot", *groups, *objects], 4),
    }
    return "\n".join(
        [
            f"{MODULE} DEFINITIONS ::= BEGIN\n",
            _imports(imports),
            _identity("nocConsole", _NOTIFICATIONS_SAY, f"{{ nocConsoleRoot {NOTIFICATIONS_NODE} }}"),
            *(_notification(row) for row in rows),
            *_conformance(
                "nocNotifications",
                "nocConsole",
                "NOTIFICATION-GROUP",
                "NOTIFICATIONS",
                [name_of(row.key) for row in rows],
            ),
            "END\n",
        ]
    )


def name_of(key: str) -> str:
    """Return the name of an alarm type in the MIB: TS_SYNC_LOSS is tsSyncLoss."""
    first, *others = key.lower().split("_")
    return first + "".join(part.capitalize() for part in others)


def _suffix(row: AlarmType) -> Oid:
    return tuple(int(part) for part in row.oid.strip(".").split(".") if part)


def _imports(names: Mapping[str, str]) -> str:
    return "IMPORTS\n" + "\n".join(f"    {what}\n        FROM {where}" for where, what in names.items()) + ";\n"


def _is_enterprise(oid: Oid) -> bool:
    return len(oid) > 6 and oid[:6] == (1, 3, 6, 1, 4, 1)


def _place(oid: Oid) -> str:
    parent, below = ("enterprises", oid[6:]) if _is_enterprise(oid) else (_TOP[oid[0]], oid[1:])
    return f"{{ {parent} {' '.join(map(str, below))} }}"


def _identity(name: str, says: str, place: str) -> str:
    return f"""{name} MODULE-IDENTITY
    LAST-UPDATED "{REVISION}"
    ORGANIZATION "noc-console"
    CONTACT-INFO
        "The operator of this noc-console."
    DESCRIPTION
        "{says}"
    REVISION    "{REVISION}"
    DESCRIPTION
        "First version."
    ::= {place}
"""


def _group(number: int, name: str, says: str) -> str:
    return f"-- {says}\n{name} OBJECT IDENTIFIER ::= {{ nocConsoleRoot {number} }}\n"


def _notification(row: AlarmType) -> str:
    group, number = _suffix(row)
    name = name_of(row.key)
    says = f"{row.title_en}. Usual severity: {row.severity}." if row.playbook else "A trial of the way to this NMS."
    names = _wrapped([f"{name}{part}" for part, _ in _PARTS], 18)
    return (
        f"{name} NOTIFICATION-TYPE\n    OBJECTS     {{ {names} }}\n    STATUS      current\n"
        f'    DESCRIPTION\n        "{says}"\n    ::= {{ {GROUPS[group][0]} {number} }}\n'
    )


def _objects(row: AlarmType, is_number: bool) -> Iterator[str]:
    group, number = _suffix(row)
    for place, (part, text) in enumerate(_PARTS, 1):
        form = "NocSeverity" if part == "Severity" and is_number else "SnmpAdminString"
        yield (
            f"{name_of(row.key)}{part} OBJECT-TYPE\n    SYNTAX      {form}\n    MAX-ACCESS  accessible-for-notify\n"
            f'    STATUS      current\n    DESCRIPTION\n        "{text}"\n'
            f"    ::= {{ {GROUPS[group][0]} {number} {place} }}\n"
        )


def _wrapped(names: Sequence[str], indent: int) -> str:
    return (",\n" + " " * indent).join(names)


def _conformance(name: str, parent: str, macro: str, clause: str, names: Sequence[str]) -> Iterator[str]:
    yield f"{name}Conformance OBJECT IDENTIFIER ::= {{ {parent} 1 }}\n"
    yield (
        f"{name}Compliance MODULE-COMPLIANCE\n    STATUS      current\n    DESCRIPTION\n"
        f'        "What a noc-console sends."\n    MODULE\n'
        f"    MANDATORY-GROUPS {{ {name}Group }}\n    ::= {{ {name}Conformance 1 }}\n"
    )
    yield (
        f"{name}Group {macro}\n    {clause} {{ {_wrapped(names, 8)} }}\n"
        f'    STATUS      current\n    DESCRIPTION\n        "All of it."\n    ::= {{ {name}Conformance 2 }}\n'
    )
