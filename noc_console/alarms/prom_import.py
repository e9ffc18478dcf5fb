"""Prometheus alert rules to our own: the subset that says the same here; what does not is listed with its reason."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from noc_console.alarms.rulebook import rule_of
from noc_console.catalogues import alarm_types, metrics
from noc_console.errors import KnownError
from noc_console.model import Severity

MOST_RULES = 500
_CLEAR_S = 60.0
_SEVERITIES = {"page": "critical", "high": "major", "low": "minor", "warn": "warning"}
_SCALES = {"_ms": 0.001, "_ns": 1e-9, "_kbps": 1000.0, "_percent": 0.01}
_HARMLESS = frozenset({"job", "instance"})
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_METRIC = r"(?P<metric>[a-zA-Z_:][\w:.]*)\s*(?P<labels>\{[^{}]*\})?"
_SPAN = r"\[\s*(?P<span>\w+)\s*\]"
_TEST = rf"\s*(?P<op>>=|<=|==|!=|>|<)\s*(?P<limit>{_NUMBER})"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern + _TEST + r"\Z"))
    for name, pattern in (
        ("value", _METRIC),
        ("over", rf"(?P<function>avg|min|max)_over_time\(\s*{_METRIC}{_SPAN}\s*\)"),
        ("count", rf"(?P<function>rate|increase)\(\s*{_METRIC}{_SPAN}\s*\)"),
        ("apart", rf"abs\(\s*{_METRIC}\s*(?P<sign>[-+])\s*(?P<centre>{_NUMBER})\s*\)"),
        ("drop", rf"\(?\s*{_METRIC}\s+offset\s+(?P<span>\w+)\s*-\s*(?P<again>[a-zA-Z_:][\w:.]*)\s*\)?"),
    )
)


@dataclass(frozen=True, slots=True)
class Translation:
    """Rules in the form of `rules.toml` with the name they had, and what could not be translated, with why."""

    rules: list[dict[str, Any]]
    untranslated: list[dict[str, str]]


class _Untranslated(Exception):
    """Why a rule says nothing we can say."""


def loaded(text: str) -> Any:
    """Return a YAML text as plain values; KnownError when it is none, or when it repeats itself by anchors."""
    import yaml  # wanted once in a while, and 30 ms of every start otherwise

    try:
        if any(isinstance(token, yaml.AliasToken | yaml.AnchorToken) for token in yaml.scan(text)):
            raise KnownError("The file uses YAML anchors; write it out in full.")
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise KnownError("The file cannot be read as YAML.") from None


def translated(document: Any) -> Translation:
    """Translate the alerts of a rules file; recording rules are listed as what they are."""
    groups = document.get("groups") if isinstance(document, Mapping) else None
    if not isinstance(groups, list):
        raise KnownError("This is no Prometheus rules file: it has no list of groups.")
    found = Translation([], [])
    for group in groups:
        for row in (group.get("rules") or []) if isinstance(group, Mapping) else []:
            if len(found.rules) + len(found.untranslated) >= MOST_RULES:
                raise KnownError(f"The file has more than {MOST_RULES} rules.")
            _take(found, row if isinstance(row, Mapping) else {})
    return found


def _take(found: Translation, row: Mapping[str, Any]) -> None:
    name, expression = str(row.get("alert") or row.get("record") or "?"), str(row.get("expr", ""))
    try:
        if "alert" not in row:
            raise _Untranslated("It records a new metric; only alerts are read.")
        rule = _rule(name, " ".join(expression.split()), row)
        if any(rule["key"] == known["rule"]["key"] for known in found.rules):
            raise _Untranslated("An alert of the same name and metric was translated already.")
        rule_of(rule)
    except (_Untranslated, KnownError) as why:
        found.untranslated.append({"name": name, "expr": expression, "why": str(why)})
    else:
        found.rules.append({"name": name, "expr": expression, "rule": rule})


def _rule(name: str, expression: str, row: Mapping[str, Any]) -> dict[str, Any]:
    alarm = _types().get(name.lower())
    if alarm is None:
        raise _Untranslated(f"{name} is no alarm type of ours.")
    form, parts = _parsed(expression)
    metric, scale = _metric(parts["metric"])
    _mind_labels(parts["labels"])
    limit = float(parts["limit"]) * scale
    held = _seconds(str(row.get("for", "0s")))
    said: dict[str, Any] = {
        "key": f"prom-{name}-{metric.replace('.', '-')}"[:100],
        "alarm": alarm,
        "metric": metric,
        "text": f"{metrics()[metric].title_en} {{value}} {metrics()[metric].unit}, limit {{limit}}".replace(
            " 1,", ","
        ),
    }
    edge = _edge(parts["op"], limit)
    hold = {"raise_after_s": held, "clear_after_s": _CLEAR_S}
    match form:
        case "value":
            said |= {**edge, "hold": hold}
        case "over":
            said |= _over(parts, edge, hold)
        case "count":
            said |= {"sum": _sum(parts, limit, held)}
        case "apart":
            centre = float(parts["centre"]) * scale * (-1.0 if parts["sign"] == "+" else 1.0)
            said |= {**edge, "absolute": True, "centre": centre, "hold": hold}
        case _:
            if parts["again"] != parts["metric"]:
                raise _Untranslated("Two metrics are compared.")
            said |= {**edge, "drop": {"over_s": _seconds(parts["span"])}, "hold": hold}
    return said | _severity(row)


def _parsed(expression: str) -> tuple[str, dict[str, str]]:
    for name, pattern in _FORMS:
        if found := pattern.match(expression):
            return name, found.groupdict()
    raise _Untranslated(
        "The expression is not one of: metric op number, avg, min or max_over_time, rate, increase, "
        "abs(metric - number), metric offset time - metric."
    )


def _over(parts: Mapping[str, str], edge: dict[str, Any], hold: dict[str, float]) -> dict[str, Any]:
    """Return what a statistic over a time means: an extreme is a hold, an average is measured."""
    span = _seconds(parts["span"])
    always = ("min", "above") if "above" in edge else ("max", "below")
    if parts["function"] == "avg":
        return {**edge, "mean": {"over_s": span}, "hold": hold}
    if parts["function"] == always[0]:
        return {**edge, "hold": {**hold, "raise_after_s": hold["raise_after_s"] + span}}
    return {**edge, "hold": {**hold, "clear_after_s": span}}


def _sum(parts: Mapping[str, str], limit: float, held: float) -> dict[str, float]:
    """Return a counter's growth as what it is here: values of single looks added up over the time."""
    if parts["op"] not in (">", ">="):
        raise _Untranslated("A counter that grows too little cannot be judged here.")
    span = _seconds(parts["span"])
    above = limit * span if parts["function"] == "rate" else limit
    above = math.nextafter(above, -math.inf) if parts["op"] == ">=" else above
    return {"above": above, "window_s": span, "raise_after_s": held, "clear_after_s": _CLEAR_S}


def _edge(op: str, limit: float) -> dict[str, Any]:
    """Return the limit a comparison means; ours are exclusive, so one that includes it is moved by one step."""
    match op:
        case ">":
            return {"above": limit}
        case ">=":
            return {"above": math.nextafter(limit, -math.inf)}
        case "<":
            return {"below": limit}
        case "<=":
            return {"below": math.nextafter(limit, math.inf)}
        case "==" if limit == 0:
            return {"below": math.nextafter(0.0, math.inf)}
        case "!=" if limit == 0:
            return {"above": 0.0}
    raise _Untranslated(f"{op} {limit:g} asks for an exact value; only == 0 and != 0 are known here.")


def _metric(name: str) -> tuple[str, float]:
    found = _names().get(name.lower())
    if found is None:
        raise _Untranslated(f"{name} is not measured here.")
    return found


def _mind_labels(labels: str | None) -> None:
    for name in re.findall(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)", labels or ""):
        if name not in _HARMLESS:
            raise _Untranslated(f"It is for some series only ({name}); make it an exception of those channels.")


def _severity(row: Mapping[str, Any]) -> dict[str, Any]:
    labels = row.get("labels")
    word = str((labels if isinstance(labels, Mapping) else {}).get("severity", "")).lower()
    word = _SEVERITIES.get(word, word)
    if not word:
        return {}
    if word not in {str(one) for one in Severity} - {"cleared", "indeterminate"}:
        raise _Untranslated(f"The severity {word[:30]!r} is none of ours.")
    return {"severity_is": word}


def _text(metric: str) -> str:
    one = metrics()[metric]
    unit = "" if one.unit == "1" else f" {one.unit}"
    return f"{one.title_en} {{value}}{unit}, limit {{limit}}{unit}"


def _seconds(text: str) -> float:
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhdw])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise _Untranslated(f"{text[:20]!r} is not a time.")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


@cache
def _types() -> Mapping[str, str]:
    return {name.lower(): one.key for one in alarm_types().values() for name in (one.prom_name, one.key)}


@cache
def _names() -> Mapping[str, tuple[str, float]]:
    """Return every name a metric goes by: ours, the spec's other one with its unit, and the one we export."""
    found: dict[str, tuple[str, float]] = {}
    for one in metrics().values():
        alias = one.alias.lower()
        scale = next((scale for ending, scale in _SCALES.items() if alias.endswith(ending)), 1.0)
        found.setdefault(one.key, (one.key, 1.0))
        found.setdefault("noc_" + re.sub(r"[^a-z0-9_]", "_", one.key), (one.key, 1.0))
        if alias:
            found.setdefault(alias, (one.key, scale))
    return found
