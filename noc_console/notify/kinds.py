"""The registry of receivers: one entry for each kind."""

from __future__ import annotations

from collections.abc import Mapping

from noc_console.notify import snmp, webhook
from noc_console.notify.receiver import Kind

KINDS: Mapping[str, Kind] = {
    "snmp": snmp.KIND,
    "webhook": webhook.KIND,
}
