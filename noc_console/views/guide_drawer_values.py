"""What the drawer of a guide shows, as values: verdict so far, timers, contact, action items, lanes, who did what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noc_console.views.drawer_sheet import Entry, Fact, Head, Plain, Said
from noc_console.views.figures import age, clock
from noc_console.views.guide_path import MAIN, cause, likely, nodes, open_stay, step_of, title_of
from noc_console.views.guide_sheet import Check, Contact, Countdown, Meter
from noc_console.views.guide_words import said

Json = Mapping[str, Any]
_TODO = ("manual", "notify", "action", "diagnostic")
_MOST_LOG = 8
_MOST_TODO = 8


def entries(guide: Json, run: Json, lane: str, now: float, book: Sequence[Json]) -> list[Entry]:
    """Return the drawer from top to bottom."""
    return [
        *verdict(guide, run),
        *timers(run, now),
        *contacts(guide, book),
        *items(guide, run, lane),
        *lane_meters(guide, run, lane),
        *handed(run),
        *log(guide, run),
    ]


def verdict(guide: Json, run: Json) -> Iterable[Entry]:
    """Return primary, secondary and ruled out causes with the confidence and what it rests on."""
    found = run["verdict_so_far"]
    stays = [stay for stay in run["run"]["stays"] if not stay["is_undone"]]
    numbers: dict[str, int] = {}
    for place, stay in enumerate(stays, 1):
        numbers.setdefault(stay["step"], place)
    done = sum(stay["left_at"] is not None for stay in stays)
    yield Head("Verdict so far" if run["ended_at"] is None else "Verdict", f"after step {done}" if done else "")
    for one in found["primary"]:
        yield Fact("Primary", _with_signs(one))
    if not found["primary"]:
        yield Fact("Primary", "not determined yet" if run["ended_at"] is None else "not determined")
    for one in found["secondary"]:
        yield Fact("Secondary", _with_signs(one))
    out = [f"{_capital(cause(one['name']))}{_steps(one['against'], numbers)}" for one in found["ruled_out"]]
    if out:
        yield Fact("Ruled out", "\n".join(out))
    yield _confidence(found)
    if run["missing"]:
        yield Fact("No data", "\n".join(title_of(guide, step) for step in run["missing"]))


def _confidence(found: Json) -> Meter:
    signs = {sign["step"] for one in found["primary"] for sign in one["signs"]}
    against = {sign["step"] for one in found["primary"] for sign in one["against"]}
    level = {"high": "high", "medium": "medium", "low": "low"}.get(found["level"], "")
    note = (
        f"{_count(len(signs), 'finding')} agree, {len(against)} against; {level}"
        if found["primary"]
        else "no finding yet"
    )
    share = float(found["confidence"])
    return Meter("Confidence", share, f"{share * 100:.0f} %", note, marks=max(len(signs), 0))


def _with_signs(one: Json) -> str:
    why = next((said(sign["because"]) or said(sign["says"]) for sign in one["signs"]), "")
    return _capital(cause(one["name"])) + (f"\n{why}" if why else "")


def _steps(signs: Sequence[Json], numbers: Mapping[str, int]) -> str:
    found = sorted({numbers[sign["step"]] for sign in signs if sign["step"] in numbers})
    return f" (step {', '.join(map(str, found))})" if found else ""


def timers(run: Json, now: float) -> Iterable[Entry]:
    """Return the next escalation as a countdown, then how long all has taken."""
    yield Head("Timers", "the alarm has cleared: nobody is called" if _is_muted(run) else "")
    if run["ended_at"] is None:
        coming = next_timer(run)
        if coming is not None:
            yield _countdown(run, coming, now)
        else:
            yield Plain("No escalation is to come.")
    for one in run["timers"]:
        if one["is_fired"]:
            yield Fact(f"After {one['after_min']:g} min", f"{_DONE[one['do']]}: {said(one['text'])}")
    end = run["ended_at"] or now
    if run["raised_at"] is not None:
        yield Fact("Alarm open", age(end - run["raised_at"]))
    yield Fact("In this guide", age(end - run["started_at"]))
    usual = run["usual"].get("run_s")
    yield Fact("Median", age(usual) if usual is not None else "no walk of this guide has ended yet")


_DONE = {"offer": "Offered", "remind": "Reminded", "notify": "Told", "escalate": "Escalated"}
_WILL = {"offer": "until offer", "remind": "until reminder", "notify": "until notice", "escalate": "until escalation"}


def next_timer(run: Json) -> Json | None:
    """Return the timer that comes next; None where none does."""
    return next((one for one in sorted(run["timers"], key=lambda one: one["at"]) if not one["is_fired"]), None)


def _countdown(run: Json, one: Json, now: float) -> Countdown:
    left, whole = float(one["at"]) - now, float(one["after_min"]) * 60
    to = f" to {', '.join(one['to'])}" if one["to"] else ""
    since = "the alarm" if run["raised_at"] is not None else "the start"
    return Countdown(
        minutes(left), f"{_WILL[one['do']]}{to}", f"{one['after_min']:g} min after {since}: {said(one['text'])}",
        1 - left / whole if whole else 1.0, left <= 0,
    )  # fmt: skip


def minutes(seconds: float) -> str:
    """Return `12:40`; nothing below zero."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _is_muted(run: Json) -> bool:
    return run["alarm_state"] in ("cleared", "resolved")


def contacts(guide: Json, book: Sequence[Json]) -> Iterable[Entry]:
    """Return whom to call: the first of the guide's roles that has somebody, then who stands behind."""
    roles = [role for role in guide["contacts"] if role]
    if not roles:
        return
    found = people(guide, book)
    yield Head("Contact", "" if found else "nobody has these roles")
    if not found:
        yield Plain(f"{', '.join(roles)}: the contact book (Notices, receivers) names nobody.")
        return
    role, first = found[0]
    others = [f"{one.get('person') or one['name']}, {one.get('phone') or part}" for part, one in found[1:3]]
    backup = f"Backup: {'; '.join(others)}" if others else ""
    yield Contact(str(first.get("person") or first["name"]), role, str(first.get("phone") or ""), backup)


def people(guide: Json, book: Sequence[Json]) -> list[tuple[str, Json]]:
    """Return the receivers that have a role of the guide, with the role, those with a number first."""
    found = [(role, one) for role in guide["contacts"] for one in book if role in _roles(one)]
    return sorted(found, key=lambda pair: not pair[1].get("phone"))


def _roles(one: Json) -> Sequence[str]:
    """Return the roles of a receiver that is not switched off; what is as usual the agent does not tell."""
    return one.get("roles") or () if one.get("enabled", True) else ()


def items(guide: Json, run: Json, lane: str) -> Iterable[Entry]:
    """Return what people have done and what is to do: manual steps, notices, actions, diagnostics."""
    todo = [Check(one.title, one.note, one.is_done) for one in _todo(guide, run, lane)]
    if todo:
        yield Head("Action items", f"{sum(one.is_done for one in todo)} of {len(todo)} done")
        yield from todo[:_MOST_TODO]


def _todo(guide: Json, run: Json, lane: str) -> Iterable[_Do]:
    for stay in run["run"]["stays"]:
        kind = step_of(guide, stay["step"]).get("kind")
        if kind in _TODO and not stay["is_undone"] and not stay["is_skipped"]:
            is_done = stay["left_at"] is not None
            yield _Do(title_of(guide, stay["step"]), stay["by"] or ("agent" if is_done else ""), is_done)
    if run["ended_at"] is None:
        for step in likely(guide, run, lane):
            if step_of(guide, step).get("kind") in _TODO:
                yield _Do(title_of(guide, step), "\u2014", False)


class _Do:
    def __init__(self, title: str, note: str, is_done: bool) -> None:
        self.title, self.note, self.is_done = title, note, is_done


def lane_meters(guide: Json, run: Json, lane: str) -> Iterable[Entry]:
    """Return the lanes with how far each is; nothing while there is one only."""
    names = lane_names(guide, run)
    if len(names) < 2:
        return
    yield Head("Parallel lanes")
    for key, name in names.items():
        if key != MAIN:
            share, text = lane_state(guide, run, key)
            yield Meter(name, share, text, is_on=key == lane)


def lane_names(guide: Json, run: Json) -> dict[str, str]:
    """Return the lanes of a walk by their key in the run, the main one first."""
    titles = {one["first"]: said(one["name"]) for step in guide["steps"] for one in step.get("lanes") or ()}
    keys = dict.fromkeys([MAIN, *(stay["lane"] for stay in run["run"]["stays"] if not stay["is_undone"])])
    return {key: titles.get(key, key) if key else "Main" for key in keys}


def lane_state(guide: Json, run: Json, lane: str) -> tuple[float, str]:
    """Return how much of a lane is done, and where it stands in words."""
    walked = nodes(guide, run, lane, coming=0)
    ahead = len(likely(guide, run, lane))
    if open_stay(run, lane) is None:
        return 1.0, "done"
    return (len(walked) - 1) / max(len(walked) + ahead, 1), f"step {len(walked)} of {len(walked) + ahead}"


def handed(run: Json) -> Iterable[Entry]:
    """Return notes and pictures, newest first."""
    notes = run["run"]["notes"]
    if notes:
        yield Head("Notes", str(len(notes)))
        for note in reversed(notes[-5:]):
            mark = " (picture)" if note["picture"] else ""
            yield Said(clock(note["at"])[:5], f"{note['by']}: {note['text']}{mark}")


def log(guide: Json, run: Json) -> Iterable[Entry]:
    """Return who did what, newest first; what was refused with the reason."""
    rows = run["run"]["log"]
    if not rows:
        return
    yield Head("Who did what", ", ".join(run["people"]))
    for row in reversed(rows[-_MOST_LOG:]):
        deed = row["deed"]
        step = f": {title_of(guide, deed['step'])}" if deed.get("step") else ""
        refused = f". Refused: {row['refused']}" if row["refused"] else ""
        yield Said(clock(row["at"])[:5], f"{deed['by']} {_VERBS.get(deed['kind'], deed['kind'])}{step}{refused}")


_VERBS = {
    "chose": "answered",
    "did": "did",
    "disagreed": "disagreed",
    "went-back": "went back",
    "skipped": "skipped",
    "noted": "noted",
    "ticked-off": "ticked off a handover note",
    "asked-approval": "asked for approval",
    "approved": "gave a word",
    "took-offer": "took what was offered",
    "escalated": "escalated",
    "filled": "filled in the form",
    "marked": "marked a line",
    "signed": "signed",
    "closed": "ended the guide",
}


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
