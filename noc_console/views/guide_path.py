"""The path of a walk as values: steps that were walked, the one that is open, the likely ones to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from noc_console.model import Severity
from noc_console.views.guide_words import label, said, written

Json = Mapping[str, Any]
MAIN = ""
_ENDS = ("end", "join", "")
_MOST_COMING = 40
_MOST_LINES = 4
_CAUSES = {
    "source": "source",
    "encoder": "encoder",
    "headend-network": "headend network",
    "packager": "packager",
    "origin": "origin",
    "cdn": "CDN",
    "isp": "ISP",
    "network": "network",
    "probe": "our measurement",
    "player": "player",
    "pipeline": "pipeline",
    "expected": "no fault",
}


class State(StrEnum):
    """How a step of the tree stands."""

    DONE = "done"
    NOW = "now"
    COMING = "coming"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Node:
    """One step as the tree draws it: `chip` is the answer, `other` the branch that was not taken."""

    number: int
    step: str
    title: str
    state: State
    chip: str = ""
    lines: tuple[str, ...] = ()
    other: str = ""
    note: str = ""
    is_skipped: bool = False
    has_no_data: bool = False
    place: int = -1
    """Where the stay is in the run; -1 for one to come."""


def cause(name: str) -> str:
    """Return a cause in people's words."""
    return _CAUSES.get(name, name)


def severity_of(run: Json) -> Severity:
    """Return how bad the alarm of a walk is now, else what the guide says of it."""
    now = (run.get("alarm") or {}).get("severity")
    return Severity(now or run["severity"] or "indeterminate")


def step_of(guide: Json, step: str) -> dict[str, Any]:
    """Return a step of a guide by its id; empty where the guide has none of that name."""
    return next((one for one in guide["steps"] if one["id"] == step), {})


def title_of(guide: Json, step: str) -> str:
    """Return what a step is called, or what stands for the end."""
    if step == "end":
        return "End of the guide"
    if step == "join":
        return "This lane is done"
    one = step_of(guide, step)
    return said(one.get("text")) or _KINDS.get(str(one.get("kind")), step.replace("-", " ").capitalize())


_KINDS = {"conclude": "What it means", "lanes": "Lanes side by side", "wait": "Wait", "form": "Resolution"}


def ways(step: Json) -> list[tuple[str, dict[str, Any]]]:
    """Return every way out of a step with its key, as deeds name it."""
    found = [
        (f"{key}.{place}", one) for key in ("branches", "options") for place, one in enumerate(step.get(key) or ())
    ]
    if isinstance(step.get("next"), str) and step["next"]:
        found.append(("next", {"next": step["next"], "says": {}}))
    return found + [(key, step[key]) for key in ("otherwise", "no_data") if step.get(key)]


def way_words(key: str, way: Json) -> str:
    """Return what a way says, or what it is where it says nothing."""
    return said(way.get("says")) or {"no_data": "no data", "otherwise": "otherwise", "next": "go on"}.get(key, key)


def open_stay(run: Json, lane: str) -> tuple[int, dict[str, Any]] | None:
    """Return where a lane stands, with its place in the run."""
    for place, stay in enumerate(run["run"]["stays"]):
        if stay["lane"] == lane and stay["left_at"] is None and not stay["is_undone"]:
            return place, stay
    return None


def lanes_of(run: Json) -> tuple[str, ...]:
    """Return the lanes of a walk, the main one first; only that one while nothing is parallel."""
    return tuple(dict.fromkeys([MAIN, *(stay["lane"] for stay in run["run"]["stays"] if not stay["is_undone"])]))


def open_lanes(guide: Json, run: Json) -> list[str]:
    """Return the lanes somebody can work in now: the main one not while it waits for the others."""
    found = [(lane, stands[1]) for lane in lanes_of(run) if (stands := open_stay(run, lane)) is not None]
    working = [lane for lane, stay in found if step_of(guide, stay["step"]).get("kind") != "lanes"]
    return working or [lane for lane, _ in found]


def likely(guide: Json, run: Json, lane: str) -> list[str]:
    """Return the steps that come if the data are right: suggested ways, else the first, up to the end."""
    stands = open_stay(run, lane)
    if stands is None:
        return []
    seen: set[str] = {stands[1]["step"]}
    found: list[str] = []
    at = _follow(guide, stands[1]["step"], run.get("suggested") or {})
    while at not in _ENDS and at not in seen and len(found) < _MOST_COMING:
        found.append(at)
        seen.add(at)
        at = _follow(guide, at, {})
    return found


def nodes(guide: Json, run: Json, lane: str, *, coming: int = 3) -> list[Node]:
    """Return the tree of a lane from its first step: what was walked, what is open, what is likely to come."""
    trail = [
        (place, stay)
        for place, stay in enumerate(run["run"]["stays"])
        if not stay["is_undone"] and stay["lane"] in {MAIN, lane}
    ]
    drawn = [_node(guide, run, number, *one) for number, one in enumerate(trail, 1)]
    ahead = likely(guide, run, lane)[:coming]
    first = len(drawn) + 1
    return drawn + [Node(first + n, one, title_of(guide, one), State.COMING) for n, one in enumerate(ahead)]


def taken(stay: Json) -> str:
    """Return the chip of a step that was left: the answer, or how it was left."""
    if stay["is_skipped"]:
        return "skipped"
    if stay["has_no_data"]:
        return "no data"
    words = said(stay["says"])
    return words or ("done" if stay["by"] else "")


def _node(guide: Json, run: Json, number: int, place: int, stay: Json) -> Node:
    step = step_of(guide, stay["step"])
    is_open = stay["left_at"] is None
    is_over = is_open and run["ended_at"] is not None
    return Node(
        number,
        stay["step"],
        title_of(guide, stay["step"]),
        State.OVER if is_over else State.NOW if is_open else State.DONE,
        "" if is_open else taken(stay),
        tuple(line for line in _lines(guide, run, stay, step) if line)[:_MOST_LINES],
        _not_taken(guide, step, stay),
        _by(stay),
        bool(stay["is_skipped"]),
        bool(stay["has_no_data"]),
        place,
    )


def _lines(guide: Json, run: Json, stay: Json, step: Json) -> Iterable[str]:
    told = _values(guide, run, stay, step)
    yield from told
    if stay["is_skipped"]:
        yield f"Skipped: {stay['reason']}" if stay["reason"] else "Skipped, named in the report"
    elif stay["result"] and not told:
        yield str(stay["result"]).strip().splitlines()[0]
    for sign in stay["signs"][:1]:
        yield _sign(sign)
    if stay["reason"] and not stay["is_skipped"]:
        yield f"Reason: {stay['reason']}"
    if stay["left_at"] is None and run["ended_at"] is None:
        yield _WANTED.get(str(step.get("kind")), "")


_WANTED = {
    "question": "Your answer is needed",
    "decide": "Choose by hand, or wait for data",
    "manual": "Your result is needed",
    "action": "Your word is needed",
    "notify": "Your word is needed",
    "diagnostic": "Run it",
    "form": "Fill in the form",
    "wait": "Waiting",
    "verify": "Waiting for the figures",
    "link": "Leads to another guide",
    "lanes": "Lanes are open",
    "items": "Mark each line",
    "sign-off": "Signatures are needed",
    "evidence": "Go on",
    "conclude": "Go on",
}


def _sign(sign: Json) -> str:
    for key, verb in (("blames", "Points to"), ("rules_out", "Rules out"), ("secondary", "Perhaps")):
        if sign[key]:
            return f"{verb} {' and '.join(cause(name) for name in sign[key])}"
    return said(sign["because"])


def _values(guide: Json, run: Json, stay: Json, step: Json) -> list[str]:
    questions, evidence = guide["questions"], run["evidence"]
    terms = {term["name"]: term["value"] for term in stay["terms"]}
    names = list(terms) or [name for name in step.get("show") or () if name in evidence]
    told = []
    for name in names[: 1 if stay["signs"] else 2]:
        number = terms.get(name, evidence.get(name, {}).get("value"))
        words = "no data" if number is None else written(name, float(number), questions)
        told.append(f"{label(name, questions)} {words}")
    return told


def _not_taken(guide: Json, step: Json, stay: Json) -> str:
    others = [(key, way) for key, way in ways(step) if key not in (stay["way"], "no_data")]
    if step.get("kind") not in ("decide", "question", "verify", "wait") or not others:
        return ""
    taken_next = next((way["next"] for key, way in ways(step) if key == stay["way"]), "")
    key, way = next(((key, way) for key, way in others if way["next"] != taken_next), others[0])
    return f"{way_words(key, way)}:  {title_of(guide, way['next'])}"


def _by(stay: Json) -> str:
    return str(stay["by"] or "")


def _follow(guide: Json, step: str, suggested: Json) -> str:
    one = step_of(guide, step)
    found = dict(ways(one))
    key = str(suggested.get(step) or "")
    preferred = (key, "otherwise" if one.get("kind") == "decide" else "next", "options.0", "branches.0", "next")
    return next((str(found[name]["next"]) for name in preferred if name in found), "")
