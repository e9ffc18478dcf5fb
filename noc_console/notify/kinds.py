"""The registry of receivers: one entry for each kind, imported when one of it is configured."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from noc_console.notify.receiver import Kind

# httpx, aiosmtplib and pysnmp together cost an agent half a second of its start: only who tells pays
_FILES: Mapping[str, str] = {
    "alertmanager": "noc_console.notify.alertmanager",
    "jira": "noc_console.notify.jira",
    "mail": "noc_console.notify.mail",
    "pagerduty": "noc_console.notify.pagerduty",
    "servicenow": "noc_console.notify.servicenow",
    "slack": "noc_console.notify.slack",
    "snmp": "noc_console.notify.snmp",
    "syslog": "noc_console.notify.syslog",
    "telegram": "noc_console.notify.telegram",
    "ticket-file": "noc_console.notify.ticket_file",
    "webhook": "noc_console.notify.webhook",
}


class _Kinds(Mapping[str, Kind]):
    """Each file of a receiver has its `KIND`."""

    def __getitem__(self, name: str) -> Kind:
        """Return a kind; KeyError for a name that is none."""
        kind: Kind = importlib.import_module(_FILES[name]).KIND
        return kind

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(_FILES)

    def __len__(self) -> int:
        """Return how many kinds there are."""
        return len(_FILES)


KINDS: Mapping[str, Kind] = _Kinds()
