"""Is it us?: what the answer says on the card and as text for a ticket; no Qt, so that it is told by tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.model import Severity
from noc_console.views.drawer_sheet import Entry, Head, Item, Plain
from noc_console.views.figures import clock

Json = Mapping[str, Any]
_GROUPS = (
    ("layers", "Layers at this minute"),
    ("waterfall", "Asked now"),
    ("names", "Name and certificate"),
    ("sisters", "Other channels"),
    ("changes", "Changed in the last 30 min"),
    ("own", "This agent"),
)
_STATES = {"ill": Severity.MAJOR, "well": Severity.CLEARED, "unknown": Severity.INDETERMINATE}
_MARKS = {"ill": "!", "well": "-", "unknown": "?"}
_CAUSES = {"isp": "ISP or line", "cdn": "CDN", "us": "us", "nothing": "nothing"}


@dataclass(frozen=True, slots=True)
class CardHead:
    """What stands in the card's head: channel, verdict, how sure it is (0 to 1, negative: not told), when."""

    title: str
    says: str
    note: str = ""
    confidence: float = -1.0
    is_ill: bool = False


def head_of(answer: Json) -> CardHead:
    """Return the head of an answer."""
    is_told = answer["verdict"] not in ("unclear",)
    sure = f"{answer['confidence']:.0%} sure, {answer['level']}" if is_told else "no verdict"
    note = f"{sure} · asked {clock(answer['asked_at'])} ICT, took {answer['took_s']:.1f} s"
    is_ill = answer["verdict"] not in ("nothing", "unclear")
    return CardHead(
        _name(answer), str(answer["says"]), note, float(answer["confidence"]) if is_told else -1.0, is_ill
    )


def entries_of(answer: Json) -> tuple[Entry, ...]:
    """Return the lines of an answer: why, what speaks against it, and everything that was looked at."""
    return tuple(_entries(answer))


def text_of(answer: Json) -> str:
    """Return an answer as plain text, for a ticket or a chat."""
    head = head_of(answer)
    lines = [f"Is it us? {head.title}", f"{head.says} ({head.note})", ""]
    lines += [f"* {reason}" for reason in answer["reasons"]]
    lines += [f"* against: {reason}" for reason in answer["against"]]
    for group, title in _GROUPS:
        own = [one for one in answer["lines"] if one["group"] == group]
        if own:
            lines += ["", f"{title}:", *(f" {_MARKS.get(one['state'], ' ')} {one['text']}" for one in own)]
    return "\n".join(lines) + "\n"


def _entries(answer: Json) -> Iterator[Entry]:
    yield Head("Why", _others(answer))
    for reason in answer["reasons"]:
        yield Plain(f"• {_sentence(reason)}")
    for reason in answer["against"]:
        yield Plain(f"• Against it: {reason}.")
    if not answer["reasons"]:
        yield Plain("Nothing speaks for one place.")
    for group, title in _GROUPS:
        own = [one for one in answer["lines"] if one["group"] == group]
        if own:
            yield Head(title)
            yield from (Item(_severity(answer, one), _sentence(one["text"]).rstrip(".")) for one in own)


def _severity(answer: Json, line: Json) -> Severity:
    """Return the worst severity found at a layer for its line; other lines have that of their state."""
    if line["group"] == "layers" and line["state"] == "ill":
        place = [one for one in answer["layers"] if line["text"].startswith(f"{one['place']} ({one['kind']})")]
        found = [Severity(each["severity"]) for one in place for each in one["findings"] if each.get("is_now", True)]
        return max(found, key=lambda one: one.rank, default=Severity.MAJOR)
    return _STATES.get(line["state"], Severity.INDETERMINATE)


def _others(answer: Json) -> str:
    told = [f"{_CAUSES.get(one['cause'], one['cause'])} {one['weight']:.0%}" for one in answer["others"]]
    return f"or {', '.join(told)}" if told else ""


def _name(answer: Json) -> str:
    code, name = str(answer["channel"]), str(answer.get("name") or "")
    return f"{code}  {name}" if name and name != code else code


def _sentence(text: str) -> str:
    told = text[:1].upper() + text[1:]
    return told if told.endswith((".", "?", "!")) else f"{told}."
