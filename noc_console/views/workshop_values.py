"""Rules, replays, imports and severity profiles as rows, and an edit read back: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.views.figures import GAP, age, day_and_clock
from noc_console.views.records import Cell, Column, Mark, Record, Tone

Json = Mapping[str, Any]
RULE_COLUMNS = (
    Column("Rule", 220),
    Column("Alarm", 220),
    Column("On", 52),
    Column("Limits and holds", 0),
    Column("Who says so", 220),
    Column("Now", 150),
)
SPAN_COLUMNS = (Column("Raised", 120), Column("Lasted", 80, is_right=True), Column("Channel", 160), Column("Message"))
BROUGHT_COLUMNS = (Column("Alert", 220), Column("Rule", 200), Column("Expression", 0))
UNREAD_COLUMNS = (Column("Alert", 220), Column("Why not", 0), Column("Expression", 360))
SHIFT_COLUMNS = (
    Column("TR 101 290", 100),
    Column("Finding", 260),
    Column("Title", 0),
    Column("Now", 150),
    Column("Then", 150),
)
_WORDS = {
    "above": "alarm above",
    "below": "alarm below",
    "clear_below": "clear below",
    "clear_above": "clear above",
    "bad": "bad looks",
    "of": "of the last",
    "good": "good looks to clear",
    "is_on": "rule is on",
}


def words_of(field: str) -> str:
    """Return what a field of a rule is called."""
    name = field.removesuffix("_s")
    unit = ", s" if name != field else ""
    return _WORDS.get(field, name.replace("_", " ") + unit)


def value_text(value: Any) -> str:
    """Return a field's value as it is written: empty for none, yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def value_of(text: str, before: Any) -> Any:
    """Return what a text means for a field. Raises KnownError with one sentence."""
    word = text.strip().casefold()
    if isinstance(before, bool):
        if word not in ("yes", "no"):
            raise KnownError(f"'{text[:20]}' is neither yes nor no.")
        return word == "yes"
    if not word:
        return None
    try:
        number = float(word.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        raise KnownError(f"'{text[:20]}' is no number.") from None
    if number != number or abs(number) == float("inf"):
        raise KnownError(f"'{text[:20]}' is no number.")
    return int(number) if isinstance(before, int) and number.is_integer() else number


def changes_of(rule: Json, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a rule that were written differently. Raises KnownError with one sentence."""
    found = {}
    for one in rule["fields"]:
        text = texts.get(one["field"], "")
        if text.strip() != value_text(one["value"]):
            found[one["field"]] = value_of(text, one["value"])
    return found


def rule_record(rule: Json) -> Record:
    """Return a rule of a channel as a row: its limits, and the source nearest to the channel."""
    fields = {one["field"]: one for one in rule["fields"]}
    is_on = bool(fields["is_on"]["value"]) if "is_on" in fields else True
    parts = [_said(name, one["value"]) for name, one in fields.items() if _is_told(name, one)]
    sources = list(dict.fromkeys(str(one["source"]) for one in rule["fields"] if one["below"]))
    states = [one for one in rule["states"] if one.get("phase", "normal") != "normal"]
    now = (
        Cell(str(states[0]["phase"]), mark=Mark.WARNING, is_strong=True) if states else Cell("normal", Tone.TERTIARY)
    )
    return Record(
        str(rule["rule"]),
        (
            Cell(str(rule["rule"]), is_mono=True, is_strong=True),
            Cell(str(rule["alarm_type"]), Tone.SECONDARY, is_mono=True),
            Cell("yes", Tone.SECONDARY) if is_on else Cell("off", Tone.TERTIARY),
            Cell(", ".join(parts) or "findings only"),
            Cell(", ".join(sources) or "shipped rule", Tone.TEXT if sources else Tone.TERTIARY),
            now,
        ),
        str(rule["metric"] or ", ".join(rule["findings"])),
    )


def source_text(one: Json) -> str:
    """Return who says so of one field, and what was said below that."""
    before = ", ".join(f"{source} {value_text(value) or 'none'}" for source, value in reversed(one["below"]))
    return f"{one['source']}{', over ' + before if before else ''}"


def span_records(spans: Sequence[Json]) -> list[Record]:
    """Return alarms of a replay as rows."""
    return [
        Record(
            f"{number}",
            (
                Cell(day_and_clock(float(one["start"])), severity=Severity(one["severity"])),
                Cell(age(float(one["end"]) - float(one["start"])) if one["end"] else "open", Tone.SECONDARY),
                Cell(str(one["channel_code"]), is_mono=True),
                Cell(str(one["message"]), Tone.SECONDARY),
            ),
        )
        for number, one in enumerate(spans)
    ]


def replay_text(result: Json) -> str:
    """Return one line about a replay."""
    counts = [f"{result[name]['count']} {word}" for name, word in (("both", "in both"), ("raised", "new"))]
    gone = f"{result['missed']['count']} missed"
    return f"{result['channels']} channels, {result['looks']} looks: {', '.join(counts)}, {gone}"


def brought_records(rules: Sequence[Json]) -> list[Record]:
    """Return translated Prometheus rules as rows."""
    return [
        Record(
            f"{number}",
            (
                Cell(str(one["name"]), mark=Mark.TICK, is_strong=True),
                Cell(str(one["rule"]["key"]), Tone.SECONDARY, is_mono=True),
                Cell(str(one["expr"]), Tone.SECONDARY, is_mono=True),
            ),
        )
        for number, one in enumerate(rules)
    ]


def unread_records(rows: Sequence[Json]) -> list[Record]:
    """Return what could not be translated, with why."""
    return [
        Record(
            f"{number}",
            (
                Cell(str(one["name"]), Tone.DOUBT, Mark.WARNING),
                Cell(str(one["why"])),
                Cell(str(one["expr"]), Tone.TERTIARY, is_mono=True),
            ),
        )
        for number, one in enumerate(rows)
    ]


def shift_records(rows: Sequence[Json]) -> list[Record]:
    """Return the findings whose severity would change."""
    return [
        Record(
            str(one["finding"]),
            (
                Cell(str(one["tr"]), Tone.SECONDARY),
                Cell(str(one["finding"]), Tone.SECONDARY, is_mono=True),
                Cell(str(one["title"])),
                Cell(str(one["before"]), severity=Severity(one["before"])),
                Cell(str(one["after"]), severity=Severity(one["after"]), is_strong=True),
            ),
        )
        for one in rows
    ]


def _said(name: str, value: Any) -> str:
    words = words_of(name)
    return f"{words.removesuffix(', s')} {value_text(value)}{GAP + 's' if words.endswith(', s') else ''}"


def _is_told(name: str, one: Json) -> bool:
    return name != "is_on" and one["value"] is not None
