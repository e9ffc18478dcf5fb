"""What the rules remember, kept over the agent's end: a hold that ran goes on, a window of counts is not empty."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from noc_console.alarms.engine import Engine
from noc_console.errors import KnownError
from noc_console.history import History

_KEY = "rules_memory"
_FRESH_S = 600.0  # older than this, what was counted is of another time
_MOST_ALARMS = 2000
_MOST_BYTES = 32 * 1024**2
_log = logging.getLogger(__name__)


async def remember(history: History, engine: Engine, at: float, *, is_last: bool) -> None:
    """Write the memory down; a store that cannot is told elsewhere, the rules then begin anew.

    While the agent runs, in a great storm nothing is written: the looks go before.
    """
    if not is_last and len(engine.alarms) > _MOST_ALARMS:
        return
    text = json.dumps({"at": at, "memory": engine.memory(is_whole=is_last)}, separators=(",", ":"))
    if len(text) > _MOST_BYTES:
        return
    try:
        await history.note(_KEY, text)
    except KnownError as error:
        _log.info("the rules' memory was not kept: %s", error)


async def remembered(history: History, at: float) -> Mapping[str, Any]:
    """Return the memory as it was written down, empty when there is none or it is too old."""
    try:
        kept = json.loads(await history.noted(_KEY) or "{}")
    except (ValueError, KnownError):
        return {}
    is_fresh = isinstance(kept, dict) and 0 <= at - float(kept.get("at", 0.0)) <= _FRESH_S
    return kept["memory"] if is_fresh else {}
