"""Ticket file: one JSON file for each alarm in a folder, for desks that pick tickets up from there."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

import httpx
from pydantic import AfterValidator, Field

from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import Kind, ReceiverConfig
from noc_console.routing.notice import Action, Notice

MAX_TICKET_BYTES = 4 * 1024**2


def _absolute(text: str) -> str:
    if not Path(text).is_absolute() or "\x00" in text:
        raise ValueError("the folder must be named from the root, like /var/spool/noc-tickets")
    return text


class TicketFileConfig(ReceiverConfig, frozen=True):
    """The folder tickets are put into; it must be there."""

    folder: Annotated[str, Field(max_length=1000), AfterValidator(_absolute)]


async def deliver(notice: Notice, config: TicketFileConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Write the ticket or what is new in it; a notice that is in it already changes nothing."""
    try:
        return await asyncio.to_thread(_write, notice, Path(config.folder))
    except OSError as error:
        return Outcome("retry", f"The ticket cannot be written to {config.folder}: {error.strerror}.")


def _write(notice: Notice, folder: Path) -> Outcome:
    path = folder / name_of(notice)
    ticket = _known(path) or {"ticket": path.stem, "opened_at": notice.due_at, "history": []}
    history: list[dict[str, Any]] = ticket["history"]
    if any(row.get("notice") == notice.id for row in history):
        return Outcome("sent", f"{path.name} has it already.")
    row = {"at": notice.due_at, "action": str(notice.action), "notice": notice.id}
    history.append({**row, "subject": notice.subject, "text": notice.text})
    ticket |= {
        "status": "closed" if notice.action is Action.RESOLVE else "open",
        "subject": history[0]["subject"],
        "test": notice.is_test,
        "agent": notice.data.get("agent", ""),
        "alarm": dict(notice.alarm),
    }
    fresh = folder / f".{path.name}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640), "w", encoding="utf-8") as file:
            json.dump(ticket, file, ensure_ascii=False, indent=1, default=str)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return Outcome("sent", f"{path.name} is written.")


def name_of(notice: Notice) -> str:
    """Return the file's name: the alarm's number, and a digest so that no other alarm ever has it."""
    return f"ticket-{notice.alarm_id}-{hashlib.sha256(notice.dedup_key.encode()).hexdigest()[:12]}.json"


def _known(path: Path) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > MAX_TICKET_BYTES:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("history"), list) else None


KIND = Kind(TicketFileConfig, deliver, deduplicates=lambda config: True)
