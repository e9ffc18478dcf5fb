"""A received notification in words: the fields a mapping looks at, and the one line an operator reads. Pure."""

from __future__ import annotations

from noc_console.notify.mapping import Incoming
from noc_console.notify.trap_receiver import Received
from noc_console.notify.trap_receiver_ber import Oid, Varbind
from noc_console.notify.trap_receiver_mibs import Names

MAX_SAID = 5
MAX_HEX = 8192  # of the PDU's bytes; what was decoded is kept whole


def incoming_of(received: Received, names: Names) -> Incoming:
    """Return the notification as every incoming notice is known: flat fields, one line, and the raw content."""
    one = received.notification
    trap = names.name(one.trap_oid)
    values = [(bind, names.name(bind.oid), names.value(bind)) for bind in one.varbinds]
    fields = {"trap_oid": dotted(one.trap_oid), "trap": trap, "version": received.version, "peer": received.peer}
    fields |= {"agent": one.agent, "enterprise": dotted(one.enterprise)} if one.agent else {}
    fields |= {"user": received.user} if received.user else {}
    for number, (bind, name, value) in enumerate(values, 1):
        fields |= {str(number): bind.text, dotted(bind.oid): bind.text, name: value}
        # without the instance too: ifIndex for ifIndex.3
        fields.setdefault(_without_instance(name), value)
    said = "; ".join(f"{name} = {value[:200]}" for _, name, value in values[:MAX_SAID])
    return Incoming(
        source="trap",
        at=received.at,
        peer=received.peer,
        says=f"{trap}: {said}"[:1000] if said else trap,
        key="",
        fields=fields,
        raw=_raw(received, values),
    )


def dotted(oid: Oid) -> str:
    """Return an OID in its usual form."""
    return ".".join(map(str, oid))


def _raw(received: Received, values: list[tuple[Varbind, str, str]]) -> dict[str, object]:
    one = received.notification
    return {
        "version": received.version,
        "user": received.user,
        "level": received.level,
        "inform": one.is_inform,
        "uptime_s": one.uptime_s,
        "trap_oid": dotted(one.trap_oid),
        "varbinds": [
            {"oid": dotted(bind.oid), "name": name, "type": bind.type, "value": value} for bind, name, value in values
        ],
        "pdu_hex": received.pdu[: MAX_HEX // 2].hex(),
    }


def _without_instance(name: str) -> str:
    head, _, rest = name.partition(".")
    return head if head and not head[0].isdigit() and rest else name
