"""What a picture of the screens of issue 5 needs: receivers that answer and do not, and planned windows."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noc_console.views.desk import Desk

_TICKETS = {"kind": "ticket-file", "roles": ["log"]}
_CHAT = {"kind": "webhook", "url": "http://127.0.0.1:9/hook", "roles": ["chat", "page"]}
_MANAGER = {"kind": "syslog", "host": "127.0.0.1", "roles": ["engineer", "shift-lead"], "enabled": False}


async def tell_people(desk: Desk) -> None:
    """Set up a ticket folder that takes notices, a webhook nobody answers, and one that is switched off."""
    client = desk.agent.client
    if client is None:
        return
    tickets = {**_TICKETS, "folder": tempfile.mkdtemp(prefix="noc-console-tickets-")}
    people = {"tickets": tickets, "team-chat": _CHAT, "shift-lead": _MANAGER}
    await client.put("/policy", {"tell_demo": True, "by": "T. Linh"})
    await client.put("/receivers", {"receivers": people, "by": "T. Linh"})


async def plan_work(desk: Desk) -> None:
    """Plan a window that is open, one that comes again each week, and a suppression that is about nothing."""
    client, now = desk.agent.client, desk.mirror.now()
    if client is None or not desk.mirror.order:
        return
    first = desk.mirror.order[-1]
    by = {"by": "J. Hoa"}
    nights = {"start": "01:00", "end": "04:00", "weekdays": [1, 3]}
    plans = (
        {"name": "Packager 03 disk", "target": {"channels": [first]}, "start": now - 600, "end": now + 5400},
        {"name": "Night works", "target": {"layers": [3]}, "slots": [nights], "zone": "Asia/Ho_Chi_Minh"},
        {"name": "Old encoder", "kind": "suppression", "target": {"labels": ["rack-9"]}},
        {"name": "Slow first", "kind": "suppression", "target": {"alarm_types": ["SEGMENT_SLOW"]}},
    )
    for plan in plans:
        await client.post("/maintenance", {"reason": "planned work", **plan}, by)
