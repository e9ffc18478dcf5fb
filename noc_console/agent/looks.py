"""Puts the looks of a batch together again: which samples belong to which look at which scope."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from noc_console.catalogues import findings
from noc_console.model import Finding, Observation
from noc_console.net.pipe_batch import Batch, BatchDecoder

_log = logging.getLogger(__name__)
_HTTP = "http"
Key = tuple[int, str, float, bool]


def looks_of(batch: Batch, names: BatchDecoder) -> Iterator[Observation]:
    """Yield the observations of a batch in order.

    A sample belongs to the look at the same input, rung and moment; figures of requests (`http.*`) have looks of
    their own, which may fall on the same moment as another look at the rung.
    """
    metrics = _metrics(batch, names)
    none: dict[str, float] = {}
    no_findings: tuple[Finding, ...] = ()
    for index, (number, at) in enumerate(batch.looks.tolist()):
        scope = names.scopes[number]
        kind, _, rung = scope.scope.partition("/")
        own = metrics.pop((scope.input_id, rung, at, kind == _HTTP), none)
        found = batch.findings.get(index, no_findings)
        yield Observation(scope.input_id, scope.scope, at, own, _known(found) if found else no_findings)


def _metrics(batch: Batch, names: BatchDecoder) -> dict[Key, dict[str, float]]:
    found: dict[Key, dict[str, float]] = {}
    for number, at, value in batch.samples.tolist():
        series = names.series[number]
        key = (series.input_id, series.rung, at, series.metric.startswith("http."))
        found.setdefault(key, {})[series.metric] = value
    return found


def _known(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Leave out what the catalogue does not know: a worker's slip must not stop the core."""
    for finding in found:
        if finding.id not in findings():
            _log.error("a worker found %r, which is not in the catalogue", finding.id)
    return tuple(finding for finding in found if finding.id in findings())
