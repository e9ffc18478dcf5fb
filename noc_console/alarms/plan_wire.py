"""Windows as JSON, for the API and the journal, and back; what cannot be is one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from noc_console.alarms.maintenance import FOR_EVER, Slot, Window
from noc_console.alarms.targets import Target


def window_json(window: Window) -> dict[str, Any]:
    """Return a window as the API tells it; `end` is null for one without an end."""
    row = asdict(window)
    row["target"] = _listed(row["target"])
    row["slots"] = [_listed(slot) for slot in row["slots"]]
    row["end"] = None if window.end == FOR_EVER else window.end
    return row


def window_of(row: Mapping[str, Any]) -> Window:
    """Return the window a row describes."""
    target, slots = row.get("target", {}), row.get("slots", ())
    plain = {key: value for key, value in row.items() if key not in ("target", "slots", "end")}
    return Window(
        **plain,
        target=Target(**{key: _frozen(value) for key, value in target.items()}),
        slots=tuple(Slot(**{key: _frozen(value) for key, value in slot.items()}) for slot in slots),
        end=FOR_EVER if row.get("end") is None else float(row["end"]),
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _listed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}
