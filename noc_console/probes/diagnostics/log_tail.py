"""Log: the last records of a log file in an allowed folder, counted by level, code and other fields."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.probes.diagnostics.values import Kit, Result, Row, Target

RECORDS = 50
_MOST_LINE = 16_384
_MOST_DEPTH = 20
_MOST_FIELDS = 20
_MOST_VALUES = 5
_SHOWN = 300
_LEVELS = ("level", "severity", "levelname", "log_level", "lvl")
_CODES = ("error_code", "code", "err", "errno", "status", "status_code", "exception", "event")
_ERRORS = frozenset({"error", "err", "critical", "fatal", "alert", "emergency", "emerg", "crit", "panic", "severe"})
_WARNINGS = frozenset({"warning", "warn"})
_ERROR_WORD = re.compile(r"\b(error|critical|fatal|panic|exception|traceback|failed)\b", re.IGNORECASE)
_WARNING_WORD = re.compile(r"\bwarn(ing)?\b", re.IGNORECASE)
_SECRET = re.compile(r"(?i)\b(token|password|passwd|secret|authorization|api[_-]?key)(\"?\s*[=:]\s*\"?)([^\s\",;&]+)")


@dataclass(frozen=True, slots=True)
class Record:
    """One line: its text, its level (error, warning or empty), its code, and its fields where it is JSON."""

    text: str
    level: str
    code: str
    fields: Mapping[str, Any]


async def examine(target: Target, kit: Kit) -> Result:
    """Return what the last 50 records say; `wish["file"]` names the file, without it the site's usual one is read."""
    name = target.wish.get("file", "")
    kit.progress(0.2, "Reading the log")
    return judged(name, kit.ask.log(name))


def judged(name: str, body: bytes) -> Result:
    """Return the counts of the last records, the errors among them newest first, and the whole tail as evidence."""
    lines = [line for line in body.decode("utf-8", "replace").splitlines() if line.strip()][-RECORDS:]
    records = [record(line[:_MOST_LINE]) for line in lines]
    errors = [one for one in records if one.level == "error"]
    warnings = sum(one.level == "warning" for one in records)
    codes = Counter(one.code for one in errors if one.code)
    top = codes.most_common(1)
    fields: dict[str, float | None] = {
        "is_ok": float(not errors),
        "lines": float(len(records)),
        "errors": float(len(errors)),
        "warnings": float(warnings),
        "distinct_codes": float(len(codes)),
        "top_code_count": float(top[0][1] if top else 0),
    }
    often = f", most often {top[0][0]} ({top[0][1]})" if top else ""
    text = f"{name or 'Log'}: {len(errors)} errors and {warnings} warnings in the last {len(records)} records{often}."
    told: list[Row] = [
        {"what": "error", "code": one.code, "text": _hidden(one.text)[:_SHOWN]} for one in errors[::-1]
    ]
    kept = _hidden("\n".join(lines)).encode() if lines else b""
    return Result(fields, text, [*_counted(records), *told], (("text/plain", kept),) if kept else ())


def record(line: str) -> Record:
    """Return a line as a record; JSON objects by their fields, other lines by the words in them."""
    told = _object(line)
    if told is None:
        level = "error" if _ERROR_WORD.search(line) else "warning" if _WARNING_WORD.search(line) else ""
        return Record(line, level, "", {})
    said = next((str(told[name]).lower() for name in _LEVELS if name in told), "")
    level = "error" if said in _ERRORS else "warning" if said in _WARNINGS else ""
    code = next((str(told[name])[:80] for name in _CODES if told.get(name) not in (None, "")), "")
    return Record(line, level, code, told)


def _object(line: str) -> Mapping[str, Any] | None:
    if not line.lstrip().startswith("{") or line.count("{") + line.count("[") > 10 * _MOST_DEPTH:
        return None
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _counted(records: Sequence[Record]) -> list[Row]:
    """Return the values of each JSON field that has few of them, the most frequent first."""
    values: dict[str, Counter[str]] = {}
    for one in records:
        for name, value in list(one.fields.items())[:_MOST_FIELDS]:
            if isinstance(value, str | int | bool) and len(str(value)) <= 60:
                values.setdefault(str(name)[:60], Counter())[str(value)] += 1
    several = {name: found for name, found in values.items() if len(found) <= max(_MOST_VALUES, len(records) // 3)}
    return [
        {"what": "field", "name": name, "value": _hidden(f"{name}={value}").partition("=")[2], "count": count}
        for name, found in list(several.items())[:_MOST_FIELDS]
        for value, count in found.most_common(_MOST_VALUES)
    ]


def _hidden(text: str) -> str:
    """Return text without what follows a word for a secret."""
    return _SECRET.sub(r"\1\2***", text)
