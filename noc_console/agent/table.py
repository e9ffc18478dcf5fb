"""The live table in a terminal: channels worst first, one line for the agent, and how to attach a console."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from noc_console.model import Severity

State = Mapping[str, Any]
_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.MAJOR: "bold bright_red",
    Severity.MINOR: "yellow",
    Severity.WARNING: "cyan",
    Severity.INDETERMINATE: "magenta",
    Severity.CLEARED: "",
}
_REFRESH_S = 1.0
_PRINT_S = 30.0
_ROOM_ROWS = 9


async def show(state: Callable[[], State], url: str, how: str, console: Console | None = None) -> None:
    """Draw until cancelled; where the output is no terminal, print the table every 30 s."""
    console = console or Console()
    if not console.is_terminal:
        while True:
            console.print(drawn(state(), url, how, 10_000))
            await asyncio.sleep(_PRINT_S)
    with Live(console=console, auto_refresh=False, redirect_stderr=False) as live:
        while True:
            live.update(drawn(state(), url, how, console.size.height), refresh=True)
            await asyncio.sleep(_REFRESH_S)


def drawn(state: State, url: str, how: str, height: int) -> Group:
    """Return the whole picture for a terminal of a height in rows."""
    channels = sorted(state["channels"], key=_urgency)
    room = max(3, height - _ROOM_ROWS)
    table = Table(expand=True, box=None, pad_edge=False, header_style="bold")
    for column, options in _COLUMNS:
        table.add_column(column, **options)
    for channel in channels[:room]:
        table.add_row(*_row(channel, state["at"]))
    parts: list[Table | Text] = [_agent_line(state), table]
    if not channels:
        parts.append(Text("No channel yet: add one from a console (demo channels need half a minute at first)."))
    if len(channels) > room:
        parts.append(Text(f"... and {len(channels) - room} more, all less urgent"))
    parts += [Text(""), Text(f"Attach a console:  noc-console console --attach {url}"), Text(how, style="dim")]
    return Group(*parts)


_COLUMNS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Severity", {"no_wrap": True, "width": 14}),
    ("Code", {"no_wrap": True}),
    ("Name", {"no_wrap": True, "overflow": "ellipsis"}),
    ("State", {"no_wrap": True, "width": 9}),
    ("What", {"no_wrap": True, "overflow": "ellipsis", "ratio": 1}),
    ("Age", {"no_wrap": True, "justify": "right", "width": 8}),
)


def _urgency(channel: State) -> tuple[int, bool, str]:
    return -Severity(channel["severity"]).rank, bool(channel.get("acknowledged")), str(channel["code"])


def _row(channel: State, now: float) -> tuple[Text, ...]:
    severity = Severity(channel["severity"])
    style = _STYLES[severity]
    word = f"{severity.letter} {severity.value}" if severity.rank else "  ok"
    if channel.get("acknowledged"):
        word += " ack"
    since = float(channel.get("since") or 0.0)
    return (
        Text(word, style=style),
        Text(str(channel["code"])),
        Text(str(channel["name"])),
        Text(str(channel["state"])),
        Text(str(channel.get("text") or ""), style=style),
        Text(age(now - since) if severity.rank and since else ""),
    )


def _agent_line(state: State) -> Text:
    agent = state["agent"]
    recording, workers = agent["recording"], agent["workers"]
    requests = sum(worker.get("requests_per_s") or 0.0 for worker in workers)
    well = sum(worker["state"] == "ok" for worker in workers)
    kept = "recording" if recording["state"] == "ok" else f"NOT RECORDED: {recording['text']}"
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(state["at"]))
    line = f"{at} UTC  agent {agent['name']}  workers {well}/{len(workers)}  {requests:.0f} requests/s  {kept}"
    return Text(line, style="bold" if recording["state"] == "ok" else "bold white on red")


def age(seconds: float) -> str:
    """Return a duration as an operator says it: 45 s, 12 min, 3 h, 2 d."""
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{max(0.0, seconds) / unit:.0f} {name}"
    return f"{seconds / 86400:.0f} d"
