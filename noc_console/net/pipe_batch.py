"""Packs observations into batches of numpy records and reads them back: DECLARE and BATCH frames."""

from __future__ import annotations

import json
import math
import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from noc_console.model import Finding, Observation, Severity
from noc_console.net.pipe import FrameType, GarbledFrame, encoded, encoded_json

SAMPLE = np.dtype([("series", "<u4"), ("at", "<f8"), ("value", "<f4")])
LOOK = np.dtype([("scope", "<u4"), ("at", "<f8")])
_COUNTS = struct.Struct("<II")
_MOST_SAMPLES = 200_000
_MOST_LOOKS = 50_000
_MOST_NUMBERS = 1 << 20
_MOST_FINDINGS = 100
_LONGEST = 1000
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Series:
    """What a series number stands for."""

    input_id: int
    rung: str
    metric: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a scope number stands for."""

    input_id: int
    scope: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples (`SAMPLE` records), looks (`LOOK` records), and the findings of those looks that have any.

    `findings` is by the look's index in `looks`; a look without an entry had none.
    """

    samples: npt.NDArray[Any]
    looks: npt.NDArray[Any]
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)


class BatchEncoder:
    """Gathers observations and gives them out as frames; numbers series and scopes as they appear.

    It is bounded: while nobody takes the frames, samples over 200,000 are dropped and counted in `dropped`, and
    of more than 50,000 looks the newest of each scope is kept, so that no standing finding is lost. What a hostile
    stream can make long is cut: 100 findings of a look, 1,000 characters of a text.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._scopes: dict[tuple[int, str], tuple[int, dict[str, int]]] = {}
        self._series: dict[tuple[int, str, str], int] = {}
        self._new_scopes: list[tuple[int, int, str]] = []
        self._new_series: list[tuple[int, int, str, str]] = []
        self._numbers, self._ats, self._values = array("I"), array("d"), array("f")
        self._looks: list[tuple[int, float, tuple[Finding, ...]]] = []

    def add(self, observation: Observation) -> None:
        """Take one observation; values that are not finite are left out."""
        key = (observation.input_id, observation.scope)
        scope = self._scopes.get(key) or self._declare_scope(key)
        number, series = scope
        if len(self._looks) >= _MOST_LOOKS:
            self._thin_out()
        self._looks.append((number, observation.at, observation.findings))
        if len(self._numbers) > _MOST_SAMPLES:
            self.dropped += len(observation.metrics)
            return
        for metric, value in observation.metrics.items():
            index = series.get(metric)
            if index is None:
                index = series[metric] = self._declare_series(observation, metric)
            if index and math.isfinite(value):
                self._numbers.append(index)
                self._ats.append(observation.at)
                self._values.append(_fit(value))

    def flush(self) -> bytes:
        """Return the frames of what was gathered since the last flush, empty where nothing was."""
        if not self._looks:
            return b""
        return self._declaration() + encoded(FrameType.BATCH, self._batch())

    def _declaration(self) -> bytes:
        if not (self._new_series or self._new_scopes):
            return b""
        content = {"series": self._new_series, "scopes": self._new_scopes}
        self._new_series, self._new_scopes = [], []
        return encoded_json(FrameType.DECLARE, content)

    def _batch(self) -> bytes:
        samples = np.empty(len(self._numbers), SAMPLE)
        samples["series"], samples["at"], samples["value"] = self._numbers, self._ats, self._values
        looks = np.array([look[:2] for look in self._looks], LOOK)
        findings = [
            [i, [_form(f) for f in look[2][:_MOST_FINDINGS]]] for i, look in enumerate(self._looks) if look[2]
        ]
        self._numbers, self._ats, self._values = array("I"), array("d"), array("f")
        self._looks = []
        tail = json.dumps(findings, separators=(",", ":")).encode() if findings else b""
        return _COUNTS.pack(len(samples), len(looks)) + samples.tobytes() + looks.tobytes() + tail

    def _declare_scope(self, key: tuple[int, str]) -> tuple[int, dict[str, int]]:
        number = len(self._scopes) + 1
        self._new_scopes.append((number, *key))
        self._scopes[key] = (number, {})
        return self._scopes[key]

    def _declare_series(self, observation: Observation, metric: str) -> int:
        key = (observation.input_id, observation.rung, metric)
        number = self._series.get(key)
        if number is None:
            number = self._series[key] = len(self._series) + 1 if len(self._series) < _MOST_NUMBERS else 0
            if number:
                self._new_series.append((number, *key))
        return number

    def _thin_out(self) -> None:
        newest = {look[0]: look for look in self._looks}
        self._looks = list(newest.values())


class BatchDecoder:
    """Reads DECLARE and BATCH frames; `series` and `scopes` say what the numbers stand for."""

    def __init__(self) -> None:
        self.series: dict[int, Series] = {}
        self.scopes: dict[int, Scope] = {}

    def declare(self, content: Mapping[str, Any]) -> None:
        """Learn the numbers of a DECLARE frame's JSON; raises GarbledFrame."""
        try:
            self.series.update({int(n): Series(int(i), str(r), str(m)) for n, i, r, m in content["series"]})
            self.scopes.update({int(n): Scope(int(i), str(s)) for n, i, s in content["scopes"]})
        except (KeyError, TypeError, ValueError) as error:
            raise GarbledFrame("A DECLARE frame of the pipe has the wrong shape.") from error

    def batch(self, payload: bytes) -> Batch:
        """Return the batch of a BATCH frame; raises GarbledFrame where it is cut or names unknown numbers."""
        if len(payload) < _COUNTS.size:
            raise GarbledFrame("A BATCH frame of the pipe is too short.")
        n_samples, n_looks = _COUNTS.unpack_from(payload)
        looks_at = _COUNTS.size + n_samples * SAMPLE.itemsize
        tail_at = looks_at + n_looks * LOOK.itemsize
        if tail_at > len(payload):
            raise GarbledFrame("A BATCH frame of the pipe is cut short.")
        samples = np.frombuffer(payload, SAMPLE, n_samples, _COUNTS.size)
        looks = np.frombuffer(payload, LOOK, n_looks, looks_at)
        if not self.series.keys() >= set(np.unique(samples["series"]).tolist()):
            raise GarbledFrame("A BATCH frame of the pipe names an undeclared series.")
        if not self.scopes.keys() >= set(np.unique(looks["scope"]).tolist()):
            raise GarbledFrame("A BATCH frame of the pipe names an undeclared scope.")
        return Batch(samples, looks, _findings(payload[tail_at:], n_looks))


def _fit(value: float) -> float:
    """Return a value that float32 can hold, so that a huge one becomes the largest instead of an error."""
    return min(max(value, -_LARGEST), _LARGEST)


def _form(finding: Finding) -> dict[str, Any]:
    where = {
        key[:_LONGEST]: each[:_LONGEST] if isinstance(each, str) else each for key, each in finding.where.items()
    }
    form: dict[str, Any] = {"id": finding.id, "text": finding.text[:_LONGEST], "where": where}
    if finding.count != 1:
        form["count"] = finding.count
    if finding.severity is not None:
        form["severity"] = finding.severity
    return form


def _cut(each: str | int | float) -> str | int | float:
    return each[:_LONGEST] if isinstance(each, str) else each


def _findings(raw: bytes, n_looks: int) -> dict[int, tuple[Finding, ...]]:
    if not raw:
        return {}
    try:
        found = {int(i): tuple(_finding(form) for form in forms) for i, forms in json.loads(raw)}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise GarbledFrame("The findings of a BATCH frame of the pipe cannot be read.") from error
    if any(not 0 <= i < n_looks for i in found):
        raise GarbledFrame("A BATCH frame of the pipe has findings without a look.")
    return found


def _finding(form: Mapping[str, Any]) -> Finding:
    severity = form.get("severity")
    return Finding(
        id=str(form["id"]),
        text=str(form["text"]),
        where=dict(form["where"]),
        count=int(form.get("count", 1)),
        severity=Severity(severity) if severity else None,
    )
