"""The tables of knowledge: findings, alarm types and metrics, read once from `resources/catalogues`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from noc_console.errors import BugError
from noc_console.model import Finding, Severity
from noc_console.resources import resource


@dataclass(frozen=True, slots=True)
class FindingType:
    """What a finding id means; `severity` is None for findings that are events, never alarms."""

    id: str
    severity: Severity | None
    alarm_type: str
    clause: str
    tr: str
    title_en: str
    title_vi: str


@dataclass(frozen=True, slots=True)
class AlarmType:
    """One row of the alarm catalogue; `oid` is the suffix below the configured root."""

    key: str
    prom_name: str
    severity: Severity
    oid: str
    event_type: str
    probable_cause: str
    playbook: str
    title_en: str
    title_vi: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A measured quantity: SI unit, the resolution it is stored with, and the spec's other spelling."""

    key: str
    unit: str
    resolution: float
    alias: str
    title_en: str
    title_vi: str


@cache
def findings() -> Mapping[str, FindingType]:
    """Return the finding catalogue by id."""
    return MappingProxyType(
        {
            row["id"]: FindingType(
                id=row["id"],
                severity=None if row["severity"] == "event" else Severity(row["severity"]),
                alarm_type=row["alarm_type"],
                clause=row["clause"],
                tr=row["tr"],
                title_en=row["title_en"],
                title_vi=row["title_vi"],
            )
            for row in _rows("findings.csv")
        }
    )


@cache
def alarm_types() -> Mapping[str, AlarmType]:
    """Return the alarm catalogue by key."""
    return MappingProxyType(
        {
            row["key"]: AlarmType(**{**row, "severity": Severity(row["severity"])})  # type: ignore[arg-type]
            for row in _rows("alarm_types.csv")
        }
    )


@cache
def metrics() -> Mapping[str, Metric]:
    """Return the metric catalogue by key."""
    return MappingProxyType(
        {
            row["key"]: Metric(**{**row, "resolution": float(row["resolution"])})  # type: ignore[arg-type]
            for row in _rows("metrics.csv")
        }
    )


def severity_of(finding: Finding) -> Severity | None:
    """Return how bad a finding is: its own severity, else the catalogue's; None for a mere event."""
    return finding.severity or finding_type(finding.id).severity


def finding_type(finding_id: str) -> FindingType:
    """Return the catalogue's row of a finding; an unknown id is a bug, never data."""
    try:
        return findings()[finding_id]
    except KeyError:
        raise BugError(f"finding {finding_id!r} is not in the catalogue") from None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with resource(f"catalogues/{name}").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
