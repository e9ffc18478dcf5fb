"""Drills as they are told: the faults as the lab really made them, the score sheet, the training record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from noc_console.drills.plan import Drill
from noc_console.drills.scoring import Planted, Sheet
from noc_console.drills.truth import TruthTable

Json = Mapping[str, Any]


def planted(made: Iterable[tuple[Drill, Json]], log: Iterable[Json], table: TruthTable) -> list[Planted]:
    """Return the faults with the times the lab's log says: those of media begin when their media are made."""
    logged = {int(one["id"]): one for one in log}
    found = []
    for drill, begun in made:
        now, truth = logged.get(int(begun["id"]), begun), table.faults[drill.fault]
        times = float(now["begins_at"]), float(now["ends_at"])
        found.append(
            Planted(drill.fault, str(now["title"]), drill.channel, *times, causes=truth.causes, alarms=truth.alarms)
        )
    return sorted(found, key=lambda one: one.begins_at)


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """Return a score sheet as JSON."""
    return asdict(sheet)


def training_row(drill: Json, topic: str, ended_at: float) -> dict[str, Any]:
    """Return the row of the training record: team, topic, hours, date (UTC), trainer."""
    return {
        "drill_id": drill["drill_id"],
        "team": drill["team"],
        "topic": topic,
        "hours": round((ended_at - drill["started_at"]) / 3600, 2),
        "date": datetime.fromtimestamp(drill["started_at"], UTC).date().isoformat(),
        "trainer": drill["trainer"],
        "people": list(drill["sheet"]["people"]),
        "points": drill["sheet"]["points"],
    }
