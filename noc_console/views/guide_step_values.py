"""What the middle of the guide shows of a step, as values: question, evidence cards, answers, command, fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.model import Severity
from noc_console.views.figures import GAP, age, clock
from noc_console.views.guide_answer_row import GuideAnswer
from noc_console.views.guide_cards import EvidenceCard
from noc_console.views.guide_path import cause, lanes_of, open_stay, severity_of, step_of, title_of, way_words, ways
from noc_console.views.guide_words import is_worse_below, label, provenance, said, samples, value

Json = Mapping[str, Any]
_OLD_S = 900.0
_KEYS = "123456789"
_MOST_KNOWN = 5
_COUNTS = ("sum", "count", "max", "increase")


@dataclass(frozen=True, slots=True)
class Command:
    """A command to copy: where it runs, what it does, which names nobody has told."""

    text: str
    where: str
    effect: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field to fill in: of a form, or a result the step asks for."""

    name: str
    label: str
    kind: str = "text"
    options: tuple[str, ...] = ()
    required: bool = False
    unit: str = ""
    value: Any = None
    warning: str = ""
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class StepView:
    """Everything drawn of the step that stands open in a lane."""

    id: str
    kind: str
    number: int
    title: str
    why: str
    entered_at: float
    usual_s: float | None
    cards: tuple[EvidenceCard, ...] = ()
    answers: tuple[GuideAnswer, ...] = ()
    answers_note: str = ""
    command: Command | None = None
    fields: tuple[FieldView, ...] = ()
    words: tuple[str, ...] = ()
    wants_text: str = ""
    primary: str = ""
    can_skip: bool = False
    diagnosed: Json | None = None
    severity: Severity = Severity.CLEARED
    waits_until: float | None = None


def step_view(guide: Json, run: Json, lane: str, now: float, who: str) -> StepView | None:
    """Return the open step of a lane; None where the walk has ended or the lane is done."""
    stands = open_stay(run, lane)
    if stands is None or run["ended_at"] is not None:
        return None
    stay = stands[1]
    step = step_of(guide, stay["step"])
    kind = str(step.get("kind"))
    answers, note = _answers(guide, run, step, stay)
    words, primary = _words(guide, run, step, stay, now, who)
    return StepView(
        id=stay["step"],
        kind=kind,
        number=1
        + sum(one["lane"] in ("", lane) and not one["is_undone"] for one in run["run"]["stays"][: stands[0]]),
        title=title_of(guide, stay["step"]),
        why=said(step.get("why")),
        entered_at=float(stay["entered_at"]),
        usual_s=run["usual"]["steps"].get(stay["step"]),
        cards=tuple(cards(guide, run, step, now)),
        answers=answers,
        answers_note=note,
        command=_command(run, step),
        fields=tuple(_fields(guide, run, step)),
        words=words,
        wants_text=_TEXTS.get(kind, ""),
        primary=primary,
        can_skip=kind not in ("form", "sign-off", "lanes"),
        diagnosed=run["diagnosed"].get(stay["step"]) if kind == "diagnostic" else None,
        severity=severity_of(run),
        waits_until=_until(step, stay),
    )


_TEXTS = {
    "manual": "Paste the result or write what you saw",
    "question": "Write what you saw",
    "notify": "What was said, ticket or name",
    "diagnostic": "",
}


def cards(guide: Json, run: Json, step: Json, now: float) -> Iterable[EvidenceCard]:
    """Return a card for everything a step shows; ill where a comparison by this value pointed at a cause."""
    questions, evidence = guide["questions"], run["evidence"]
    speaking = ill_names(run)
    for name in shown(guide, run, step):
        answer = evidence.get(name)
        is_unknown = answer is None or answer.get("value") is None
        ended = float((answer or {}).get("end") or 0.0)
        is_old = not is_unknown and run["ended_at"] is None and 0 < ended < now - _OLD_S
        is_ill = name in speaking and not is_unknown and _may_be_ill(questions.get(name.partition(".")[0]), answer)
        is_ill = is_ill and _is_ill_side(name, run, questions)
        note = f"as of {clock(ended)}, {age(now - ended)} old" if is_old else samples(answer)
        yield EvidenceCard(
            label(name, questions),
            value(name, answer, questions),
            note,
            severity_of(run) if is_ill else Severity.CLEARED,
            is_unknown,
            is_old,
            provenance(name, answer, questions),
        )


def ill_names(run: Json) -> frozenset[str]:
    """Return the questions by which a step that says something of the cause was decided."""
    stays = [stay for stay in run["run"]["stays"] if not stay["is_undone"] and stay["signs"]]
    return frozenset(term["name"] for stay in stays for term in stay["terms"] if term["holds"])


def _is_ill_side(name: str, run: Json, questions: Json) -> bool:
    """Say whether a comparison that held found the bad side: too much of what is worse when more, or the reverse."""
    question = questions.get(name) or {}
    metric, is_count = str(question.get("metric") or ""), question.get("statistic") in _COUNTS
    held = [term for stay in run["run"]["stays"] for term in stay["terms"] if term["name"] == name and term["holds"]]
    # a mean above zero only says that something flows
    sides = [("<" in term["text"]) == is_worse_below(metric) for term in held if term["operand"] or is_count]
    return not metric or any(sides)


def _may_be_ill(question: Json | None, answer: Json | None) -> bool:
    """Facts and counts of sisters are no fault by themselves; sisters that are ill are."""
    if question is None or question["kind"] in ("fact", "input", "events", "baseline"):
        return False
    if question["kind"] == "peers":
        return bool(question["operator"] or question["finding"]) and bool((answer or {}).get("value"))
    return True


def leaves(when: Any) -> Iterable[Json]:
    """Return the comparisons of a condition in JSON, whatever joins them."""
    if not isinstance(when, Mapping):
        return
    if "operator" in when:
        yield when
    for part in when.get("parts") or ():
        yield from leaves(part)
    yield from leaves(when.get("part"))


def condition_names(step: Json) -> list[str]:
    """Return the questions a step's conditions compare, in order."""
    found = [leaf["name"] for key, way in ways(step) for leaf in leaves(way.get("when"))]
    for name in ("when", "then_check"):
        found += [leaf["name"] for leaf in leaves(step.get(name))]
    return list(dict.fromkeys(found))


def shown(guide: Json, run: Json, step: Json) -> list[str]:
    """Return the questions shown at a step: its own, else those by which the path was found, what speaks first."""
    own = list(dict.fromkeys([*(step.get("show") or ()), *condition_names(step)]))
    if own or step.get("kind") in ("form", "sign-off", "items"):
        return own
    stays = [stay for stay in run["run"]["stays"] if not stay["is_undone"] and stay["left_at"] is not None]
    known = [term["name"] for stay in reversed(stays) for term in stay["terms"] if term["value"] is not None]
    speaking = ill_names(run)
    questions = guide["questions"]

    def weight(name: str) -> tuple[bool, bool]:
        kind = questions.get(name.partition(".")[0], {}).get("kind")
        return kind in ("fact", "input", "events"), name not in speaking

    return sorted(dict.fromkeys(known), key=weight)[:_MOST_KNOWN]


def _answers(guide: Json, run: Json, step: Json, stay: Json) -> tuple[tuple[GuideAnswer, ...], str]:
    if step.get("kind") not in ("question", "decide"):
        return (), ""
    suggested = str((run.get("suggested") or {}).get(stay["step"]) or "")
    found = []
    for key, way in ways(step)[: len(_KEYS)]:
        if key == "next":
            continue
        is_suggested = key == suggested
        found.append(
            GuideAnswer(
                key, _capital(way_words(key, way)), _leads(guide, way), _data(way, suggested, key), is_suggested
            )
        )
    if not suggested:
        note = "The data say nothing to this."
    else:
        place = next((n for n, one in enumerate(found, 1) if one.is_suggested), 0)
        note = f"The data suggest answer {place}."
    return tuple(found), note


def _leads(guide: Json, way: Json) -> str:
    return f"Go to: {title_of(guide, way['next'])}"


def _data(way: Json, suggested: str, key: str) -> str:
    told = [f"points to {_and(way['blames'])}"] if way.get("blames") else []
    told += [f"rules out {_and(way['rules_out'])}"] if way.get("rules_out") else []
    if suggested and key == suggested:
        told.insert(0, "the data agree")
    elif suggested and key != "no_data":
        told.insert(0, "the data disagree")
    return ", ".join(told)


def _and(names: Iterable[str]) -> str:
    return " and ".join(cause(name) for name in names)


def _command(run: Json, step: Json) -> Command | None:
    found = run["commands"].get(step.get("id"))
    if not found:
        return None
    where = "" if "{" in found["on"] else str(found["on"])
    return Command(found["text"], where, said(step.get("is")), tuple(found["missing"]))


def _fields(guide: Json, run: Json, step: Json) -> Iterable[FieldView]:
    for name in step.get("result") or ():
        asked = guide["questions"].get(name, {})
        known = (run["evidence"].get(name) or {}).get("value")
        kind = str(asked.get("type") or "number")
        yield FieldView(name, label(name, guide["questions"]), kind, unit=str(asked.get("unit") or ""), value=known)
    form = run["forms"].get(step.get("id"), {"values": {}, "warnings": {}})
    for one in step.get("fields") or ():
        name = one["name"]
        yield FieldView(
            name,
            said(one["label"]) or _capital(name.replace("_", " ")),
            one["kind"],
            tuple(one["options"]),
            bool(one["required"]),
            one["unit"],
            form["values"].get(name),
            form["warnings"].get(name, ""),
            name in form["values"],
        )


def _until(step: Json, stay: Json) -> float | None:
    minutes = step.get("minutes") if step.get("kind") == "wait" else step.get("within_min")
    return (
        float(stay["entered_at"]) + float(minutes) * 60
        if minutes and step.get("kind") in ("wait", "verify")
        else None
    )


def _words(guide: Json, run: Json, step: Json, stay: Json, now: float, who: str) -> tuple[tuple[str, ...], str]:
    """Return the lines below the question, and what Enter does."""
    after = _after(guide, step)
    match step.get("kind"):
        case "notify":
            told = [f"To: {', '.join(step['to'])}", *([said(step["message"])] if said(step.get("message")) else [])]
            return tuple(told), f"Tell them{after}"
        case "manual":
            return (), f"Done{after}"
        case "question" | "decide":
            held = ("You went back to this step: it waits for you.",) if stay["is_held"] else ()
            return held, "Answer"
        case "action":
            return _action(run, step, who, after)
        case "diagnostic":
            return _diagnostic(run, step, after)
        case "wait" | "verify":
            return _waiting(step, stay, now), ""
        case "link":
            return (
                f"The guide {step['guide']} opens with the same channel, alarm and evidence.",
            ), f"Open {step['guide']}"
        case "lanes":
            return _lanes(run, step), ""
        case "form":
            return (), "Finish the guide"
        case "items" | "sign-off":
            return ("Its lines are marked on a page of their own.",), "Open the lines"
    return (), f"Go on{after}"


def _after(guide: Json, step: Json) -> str:
    following = str(step.get("next") or "")
    if not following or following == "join":
        return ""
    words = title_of(guide, following)
    return ", end the guide" if following == "end" else f", go to {words[:1].lower()}{words[1:]}"


def _action(run: Json, step: Json, who: str, after: str) -> tuple[tuple[str, ...], str]:
    told = [f"Who does it: {step['role']}"] if step.get("role") else []
    told += [f"Risk: {said(step['risk'])}"] if said(step.get("risk")) else []
    approval = run["run"]["approvals"].get(step["id"])
    if not step.get("approval"):
        return (*told, "It changes a system: you are asked for the reason."), f"Done{after}"
    if approval is None:
        told.append(f"A second person approves first: {step['approval']}.")
        return tuple(told), f"Ask {step['approval']} for approval"
    asked = f"{approval['asked_by']} asked at {clock(float(approval['asked_at']))}: {approval['reason']}"
    if approval["given_by"]:
        return (*told, asked, f"{approval['given_by']} approved."), f"Done{after}"
    if approval["asked_by"].strip().casefold() == who.strip().casefold():
        return (*told, asked, f"Waits for {step['approval']}: somebody with another name says yes (Shift+A)."), ""
    return (*told, asked, "You may approve (Enter) or refuse with a reason (Shift+D)."), "Approve"


def _diagnostic(run: Json, step: Json, after: str) -> tuple[tuple[str, ...], str]:
    found = run["diagnosed"].get(step["id"])
    name = str(step["run"]).replace("-", " ")
    if found is None:
        return (f"Built in, reads only: {name}. It is bounded in time and recorded.",), f"Run {name}"
    if found["state"] == "running":
        by = f", started by {found['by']}" if found.get("by") else ""
        return (f"Running{by}. Work on; the result comes here.",), ""
    if found["state"] == "failed":
        return (f"It failed: {found['text']}",), f"Run {name} again"
    return (str(found["text"]),), f"Go on{after}"


def _waiting(step: Json, stay: Json, now: float) -> tuple[str, ...]:
    until = _until(step, stay)
    left = max(0.0, (until or now) - now)
    if step["kind"] == "wait":
        check = " Then the figures are looked at again." if step.get("then_check") else ""
        return (f"{age(left)} left, until {clock(until or now)} ICT.{check}",)
    wanted = [
        f"{leaf['name'].replace('_', ' ')} {leaf['operator']}{GAP}{leaf['operand']}"
        for leaf in leaves(step.get("when"))
    ]
    return (
        f"Goes on by itself as soon as it holds: {', '.join(wanted)}.",
        f"{age(left)} left, until {clock(until or now)} ICT; asked anew every 5 s.",
    )


def _lanes(run: Json, step: Json) -> tuple[str, ...]:
    names = [said(lane["name"]) for lane in step["lanes"]]
    known = [lane for lane in lanes_of(run) if lane]
    return (f"Side by side: {', '.join(names)}. L goes to the next lane; {len(known)} have begun.",)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
