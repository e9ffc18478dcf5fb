"""What an inspection tells: one frozen result of any kind of source, and its JSON; light to import."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console import catalogues
from noc_console.model import Finding, Kind, Severity
from noc_console.probes.inspected import Inspected

#: What an inspection calls a file that is neither a playlist nor a transport stream.
MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a source is and what is wrong with it; `requests` are waterfall rows, oldest first.

    `seconds` is how long it was watched, 0 for one look.
    """

    source: str
    kind: Kind | str
    findings: tuple[Finding, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    proposal: Mapping[str, Any] = field(default_factory=dict)
    requests: tuple[Mapping[str, Any], ...] = ()
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing of minor severity or worse was found."""
        return all(severity(finding).rank < Severity.MINOR.rank for finding in self.findings)

    def form(self) -> dict[str, Any]:
        """Return the JSON of `noc-console inspect --json`."""
        return {
            "source": self.source,
            "kind": str(self.kind),
            "findings": [_finding_form(finding) for finding in self.findings],
            "metrics": _plain(self.metrics),
            "details": _plain(self.details),
        }

    def proposal_form(self) -> dict[str, Any]:
        """Return what *Add channel* proposes for this source."""
        return {"kind": str(self.kind), **_plain(self.proposal)}


def of_stream(source: str, found: Inspected) -> Inspection:
    """Return the inspection of a transport stream."""
    return Inspection(source, Kind.TS, merged(found.findings), found.metrics, found.details, found.proposal)


def of_media(source: str, found: Inspected) -> Inspection:
    """Return the inspection of a media file: no playlist, and no transport stream."""
    return Inspection(source, MEDIA, merged(found.findings), found.metrics, found.details)


def together(found: Inspection, media: Inspected) -> Inspection:
    """Return an inspection with what was measured of its picture and sound."""
    findings = merged((*found.findings, *media.findings))
    metrics, details = {**found.metrics, **media.metrics}, {**found.details, **media.details}
    return replace(found, findings=findings, metrics=metrics, details=details)


def severity(finding: Finding) -> Severity:
    """Return how bad a finding is; an event is no state and counts as indeterminate."""
    return catalogues.severity_of(finding) or Severity.INDETERMINATE


def merged(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return one finding per id with the counts added up, the worst first; text and place are the first one's."""
    merged: dict[str, Finding] = {}
    for finding in findings:
        seen = merged.get(finding.id)
        if seen is None:
            merged[finding.id] = finding
        else:
            worst = max(seen, finding, key=lambda each: severity(each).rank)
            merged[finding.id] = replace(seen, count=seen.count + finding.count, severity=worst.severity)
    return tuple(sorted(merged.values(), key=lambda finding: -severity(finding).rank))


def _finding_form(finding: Finding) -> dict[str, Any]:
    clause = finding.where.get("clause") or catalogues.finding_type(finding.id).clause
    return {
        "id": finding.id,
        "severity": str(severity(finding)),
        "clause": clause,
        "count": finding.count,
        "text": finding.text,
        "where": _plain({key: value for key, value in finding.where.items() if key != "clause"}),
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can tell it: what is no finite number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
