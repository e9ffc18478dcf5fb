"""The name of this agent among all that report to one NMS; engine ids are made of it."""

from __future__ import annotations

import socket

_told: list[str] = []


def introduce(name: str) -> None:
    """Say the name before the first notice goes out."""
    _told[:] = [name]


def own_name() -> str:
    """Return the name that was told, else the machine's."""
    return _told[0] if _told else socket.gethostname()
