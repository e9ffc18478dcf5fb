"""The tables of walks through guides and of evidence: what their events say, rebuilt from the journal at will."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from noc_console.history import journal, schema
from noc_console.model import Event

ANSWERED = "EvidenceAnswered"
EVIDENCE_KINDS = frozenset({ANSWERED, "EvidenceKept", "CaptureStored", "FramesKept"})
PREFIX = "Guide"
_RUNS = schema.guide_runs
_SLICE = 2000
_KINDS = select(schema.journal.c.kind).where(schema.journal.c.kind != journal.TICK).distinct()


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs to return, newest first; what is empty asks for nothing."""

    limit: int = 100
    guide: str = ""
    kind: str = ""
    alarm_id: int = 0
    alarm_type: str = ""
    is_over: bool | None = None


def project(connection: Connection, events: Iterable[Event]) -> None:
    """Write what these events say of runs and evidence, in the transaction the events are written in."""
    lines: list[dict[str, int]] = []
    evidence: list[dict[str, int]] = []
    newest: dict[int, Event] = {}
    for event in events:
        if event.kind in EVIDENCE_KINDS and "alarm_id" in event.data:
            evidence.append({"alarm_id": int(event.data["alarm_id"]), "seq": event.seq})
        elif _is_of_run(event):
            number = int(event.data["run"]["run_id"])
            lines.append({"run_id": number, "seq": event.seq})
            newest[number] = event
    if evidence:
        connection.execute(insert(schema.evidence_events), evidence)
    if lines:
        connection.execute(insert(schema.guide_run_events), lines)
    for number, event in newest.items():
        row = _row(number, event)
        changed = connection.execute(update(_RUNS).where(_RUNS.c.run_id == number).values(row))
        if not changed.rowcount:
            connection.execute(insert(_RUNS).values(row))


def rebuild(connection: Connection) -> int:
    """Write the tables anew from the journal; return how many events were read."""
    for table in (_RUNS, schema.guide_run_events, schema.evidence_events):
        connection.execute(table.delete())
    kinds = frozenset(
        kind for kind in connection.execute(_KINDS).scalars() if kind.startswith(PREFIX) or kind in EVIDENCE_KINDS
    )
    count, after = 0, 0
    while kinds and (events := journal.read_events(connection, after, kinds, _SLICE)):
        project(connection, events)
        count, after = count + len(events), events[-1].seq
    return count


def runs(connection: Connection, query: RunQuery) -> tuple[Mapping[str, Any], ...]:
    """Return the summaries of the newest runs that fit, newest first."""
    chosen = select(_RUNS.c.body).order_by(_RUNS.c.started_at.desc(), _RUNS.c.run_id.desc()).limit(query.limit)
    for name in ("guide", "kind", "alarm_id", "alarm_type"):
        if wanted := getattr(query, name):
            chosen = chosen.where(_RUNS.c[name] == wanted)
    if query.is_over is not None:
        chosen = chosen.where(_RUNS.c.is_over.is_(query.is_over))
    return tuple(connection.execute(chosen).scalars())


def last_run_id(connection: Connection) -> int:
    """Return the highest number a run ever had, 0 where there is none."""
    return connection.execute(select(func.max(_RUNS.c.run_id))).scalar() or 0


def run_events(connection: Connection, run_id: int) -> tuple[Event, ...]:
    """Return the events of one run in order."""
    seqs = select(schema.guide_run_events.c.seq).where(schema.guide_run_events.c.run_id == run_id)
    return journal.events_of(connection, seqs)


def evidence_events(connection: Connection, alarm_id: int) -> tuple[Event, ...]:
    """Return the events that tell an alarm's evidence, in order."""
    seqs = select(schema.evidence_events.c.seq).where(schema.evidence_events.c.alarm_id == alarm_id)
    return journal.events_of(connection, seqs)


def _is_of_run(event: Event) -> bool:
    return event.kind.startswith(PREFIX) and "run" in event.data


def _row(number: int, event: Event) -> dict[str, Any]:
    said = dict(event.data["run"])
    return {
        "run_id": number,
        "guide": str(said.get("guide", ""))[:100],
        "kind": str(said.get("kind", ""))[:20],
        "alarm_id": int(said.get("alarm_id") or 0),
        "alarm_type": str(said.get("alarm_type") or "")[:50],
        "channel_id": int(said.get("channel_id") or 0),
        "is_over": said.get("ended_at") is not None,
        "started_at": float(said.get("started_at") or event.at),
        "ended_at": said.get("ended_at"),
        "seq": event.seq,
        "body": said,
    }
