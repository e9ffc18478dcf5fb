"""Writes the channel list as it is shown to CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.views.channels_columns import COLUMNS
from noc_console.views.state import BoardMirror, Json


def export(path: Path, channels: Sequence[Json], mirror: BoardMirror) -> None:
    """Write the channels in their order; `.json` gives JSON, anything else CSV. Raises KnownError."""
    rows = [{column.key: _plain(column.value(one, mirror)) for column in COLUMNS} for one in channels]
    for row, channel in zip(rows, channels, strict=True):
        row["severity"] = channel["severity"]
        row["state"] = mirror.channel_state(channel)
    try:
        if path.suffix.lower() == ".json":
            path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        else:
            _write_csv(path, rows)
    except OSError as error:
        raise KnownError(f"{path} could not be written: {error.strerror}.") from None


def _write_csv(path: Path, rows: Sequence[dict[str, str | float | None]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.key for column in COLUMNS])
        writer.writeheader()
        writer.writerows({key: _safe(value) for key, value in row.items()} for row in rows)


def _plain(value: str | float) -> str | float | None:
    return None if value == -1.0 else value


def _safe(value: str | float | None) -> str | float | None:
    """Keep a spreadsheet from taking a channel's text for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
